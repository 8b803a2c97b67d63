// Sentences in which terms are marked: a dotted line says that there is an explanation.

import { h } from "preact";
import { parts } from "../state/glossary.js";

/** Draw a sentence with its terms marked; before the glossary is there it is plain. */
export function explained(sentence) {
  const found = typeof sentence === "string" ? parts(sentence) : null;
  return found?.map((part) => (typeof part === "string" ? part : h("span", { class: "term", "data-term": part[1] }, part[0]))) ?? sentence;
}
