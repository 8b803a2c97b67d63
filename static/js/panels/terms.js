// Sentences in which terms are marked: a dotted line says that there is an explanation.

import { h } from "preact";

let partsOf = null;

/** Mark terms from now on; the glossary comes after the first picture, and sentences are plain until then. */
export function markTerms(parts) {
  partsOf = parts;
}

/** Draw a sentence with its terms marked. */
export function explained(sentence) {
  const found = typeof sentence === "string" ? partsOf?.(sentence) : null;
  return found?.map((part) => (typeof part === "string" ? part : h("span", { class: "term", "data-term": part[1] }, part[0]))) ?? sentence;
}
