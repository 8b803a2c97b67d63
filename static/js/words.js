// The words of the page in the reader's language; what is missing is shown in English.

/** @type {Record<string, string>} */
let words = {};

/** Take the dictionary that the page carries. */
export function learn(/** @type {Record<string, string>} */ dictionary) {
  words = dictionary;
}

/** Put parameters into a template: t("{n} pods", {n: 3}). */
export function t(/** @type {string} */ text, /** @type {Record<string, any>} */ params = {}) {
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) =>
    name in params ? String(params[name]) : whole,
  );
}

/** The sentence of a reason: {key, params}. */
export function sentence(/** @type {{key: string, params: Record<string, any>}} */ reason) {
  return t(reason.key, reason.params);
}

const NUMBER = new Intl.NumberFormat(document.documentElement.lang || "en");

/** A number with the reader's separators. */
export function number(/** @type {number} */ value) {
  return NUMBER.format(Math.round(value));
}
