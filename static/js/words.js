// Words in the reader's language. Keys are English texts, or keys of reasons.

const found = globalThis.document?.getElementById("words");
const catalogue = found ? JSON.parse(found.textContent || "{}") : {};

export const language = globalThis.document?.documentElement.lang || "en";

/**
 * Return a text in the reader's language with its parameters filled in.
 * @param {string} text English text with {named} places
 * @param {Object<string, string|number>} [params]
 */
export function t(text, params = {}) {
  return fill(catalogue[text] || text, params);
}

/** Fill the {named} places of a template. */
export function fill(template, params) {
  return template.replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}

/**
 * Return the sentence of a reason.
 * @param {{key: string, params?: Object<string, any>}} reason
 */
export function because(reason) {
  const params = {};
  for (const [name, value] of Object.entries(reason.params ?? {})) {
    params[name] = typeof value === "string" ? value.replace(/^default\//, "") : value;
  }
  if (typeof params.since === "number") params.since = clock(params.since);
  const template = catalogue[reason.key];
  if (template) return fill(template, params);
  const rest = Object.values(params).join(" · ");
  return reason.key.replaceAll("-", " ") + (rest ? `: ${rest}` : "");
}

let opened = 0;

/** The lab opened at this instant: `lab 00:00:00`. */
export function setOpened(instant) {
  opened = instant;
}

/** Return a lab instant as hours, minutes and seconds since the lab opened. */
export function clock(instant) {
  const seconds = Math.floor((instant - opened) / 1000);
  const sign = seconds < 0 ? "−" : "";
  const abs = Math.abs(seconds);
  const two = (n) => String(n).padStart(2, "0");
  return `${sign}${two(Math.floor(abs / 3600))}:${two(Math.floor(abs / 60) % 60)}:${two(abs % 60)}`;
}

/** Return a lab instant as a reader says it; what is older than the lab's opening has no clock. */
export function moment(instant) {
  return instant < opened ? t("before the lab opened") : t("at lab {clock}", { clock: clock(instant) });
}

/** Return a whole number with separators. */
export function number(value) {
  return Math.round(value).toLocaleString(language === "ko" ? "ko-KR" : "en-US");
}

/** Return seconds as a reader says them: 43 s, 4 min 12 s. */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return t("{n} s", { n: seconds });
  return t("{m} min {n} s", { m: Math.floor(seconds / 60), n: seconds % 60 });
}
