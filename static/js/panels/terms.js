// Sentences in which terms are marked: a dotted line says that there is an explanation.

import { h } from "preact";
import { isName, withNames } from "../words.js";

let partsOf = null;

/** Mark terms from now on; the glossary comes after the first picture, and sentences are plain until then. */
export function markTerms(parts) {
  partsOf = parts;
}

/** Draw a sentence with its terms marked, and names in one piece. */
export function explained(sentence) {
  if (typeof sentence !== "string") return sentence;
  return (partsOf?.(sentence) ?? [sentence]).flatMap((part) => (typeof part === "string" ? unbroken(part)
    : h("span", { class: `term ${isName(part[0]) ? "name" : ""}`, "data-term": part[1] }, part[0])));
}

const unbroken = (text) => withNames(text).map((piece) => (isName(piece) ? h("span", { class: "name" }, piece) : piece));
