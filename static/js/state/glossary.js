// The glossary: what terms mean, and where they stand in sentences.

import { language } from "../words.js";

const SENTENCES_MAX = 1_000;
let asked = null;
let marker = null;
const known = new Map();

/** Return what each term means: asked for once, and again by whoever hovers if that failed. */
export function glossary() {
  asked ??= fetch(`/glossary/${language}.json`).then((answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }).then((terms) => {
    marker = markerOf(terms);
    known.clear();
    return terms;
  });
  return asked.catch(() => (asked = null));
}

/**
 * Return how terms are found in sentences: one pattern with a group for each, the longest first.
 * @param {Object<string, [string, string, string?]>} terms each with a title, a text and its spelling
 */
export function markerOf(terms) {
  const spelled = Object.entries(terms).filter(([, [, , spelling]]) => spelling)
    .sort((a, b) => b[1][2].length - a[1][2].length);
  if (!spelled.length) return null;
  // No part of a name: neither web-pods nor apps/pods is about pods. Korean particles may follow.
  const pattern = `(?<![\\p{L}\\d_./-])(?:${spelled.map(([, [, , spelling]]) => `(${spelling})`).join("|")})(?![a-z\\d_/-]|\\.\\w)`;
  return { pattern: new RegExp(pattern, "giu"), names: spelled.map(([name]) => name) };
}

/** Split a sentence at its terms, each at its first place: texts, and pairs of a text and its term. */
export function split(sentence, { pattern, names }) {
  const found = [];
  const seen = new Set();
  let from = 0;
  for (const match of sentence.matchAll(pattern)) {
    const name = names[match.slice(1).findIndex((group) => group !== undefined)];
    if (seen.has(name)) continue;
    seen.add(name);
    if (match.index > from) found.push(sentence.slice(from, match.index));
    found.push([match[0], name]);
    from = match.index + match[0].length;
  }
  if (from < sentence.length) found.push(sentence.slice(from));
  return found;
}

/** Return the parts of a sentence, or null as long as no term is known. */
export function parts(sentence) {
  if (!marker) return null;
  if (!known.has(sentence)) {
    if (known.size > SENTENCES_MAX) known.clear();
    known.set(sentence, split(sentence, marker));
  }
  return known.get(sentence);
}
