// Words in the reader's language. Keys are English texts, or keys of reasons.

const found = globalThis.document?.getElementById("words");
const catalogue = found ? JSON.parse(found.textContent || "{}") : {};

export const language = globalThis.document?.documentElement.lang || "en";
const locale = language === "ko" ? "ko-KR" : "en-US";

/**
 * Return a text in the reader's language with its parameters filled in.
 * @param {string} text English text with {named} places
 * @param {Object<string, string|number>} [params]
 */
export function t(text, params = {}) {
  return fill(catalogue[text] || text, params);
}

/** A number and its unit stay on one line. */
const BEFORE_UNIT = /(?<=\d) (?=(?:h|min|ms|s)(?![\w/]))/g;

/** Return one of two texts, for one thing or for more of them; Korean says both alike. */
export function many(one, more, n, params = {}) {
  return t(n === 1 ? one : more, { n: number(n), ...params });
}

/** Fill the {named} places of a template. */
export function fill(template, params) {
  return template.replace(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  ).replace(BEFORE_UNIT, "\u00a0");
}

/** Return a template as it goes on within a sentence: names are parameters, or begin small anyway. */
export function within(template) {
  return template.replace(/^[A-Z](?=[a-z]* )/, (first) => first.toLowerCase());
}

/**
 * Return the sentence of a reason.
 * @param {{key: string, params?: Object<string, any>}} reason
 * @param {boolean} [isWithin] whether it goes on after words such as "because"
 */
export function because(reason, isWithin = false) {
  const params = {};
  for (const [name, value] of Object.entries(reason.params ?? {})) params[name] = said(name, value);
  const template = catalogue[reason.key];
  if (template) return singular(fill(isWithin ? within(template) : template, params));
  const rest = Object.values(params).join(" · ");
  return reason.key.replaceAll("-", " ") + (rest ? `: ${rest}` : "");
}

/** Places in a log and terms are names; other numbers are amounts. */
const NAMES = ["index", "term", "oldest", "newest"];

/** Return a parameter of a reason as a reader wants it; the engine's names say what it is. */
function said(name, value) {
  if (typeof value === "string") return value.replace(/^default\//, "");
  if (typeof value !== "number" || NAMES.includes(name)) return value;
  if (name === "since") return value < opened ? t("{span} before the lab opened", { span: span(between(value, opened)) }) : clock(value);
  if (name.endsWith("bytes")) return quantity(value);
  return value.toLocaleString(locale, { maximumFractionDigits: 2 });
}

/** Templates of reasons count in the plural; English alone has another word for one. */
function singular(sentence) {
  return language === "en" ? sentence.replace(/(?<![\d.,])1 (ready )?(pod|endpoint|member|word|worker|command|disruption)s\b/g, "1 $1$2") : sentence;
}

/** Return a size as Kubernetes writes it: 128Mi, or 64Ki if it is less than one. */
export function quantity(bytes) {
  const mebibytes = bytes / 1_048_576;
  return mebibytes < 1 && bytes > 0 ? `${Math.ceil(bytes / 1024)}Ki` : `${Math.round(mebibytes)}Mi`;
}

/** A name longer than this might not fit on a line of a phone. */
const NAME_MAX = 24;
const NAME = /^[\w.:/]+-[\w.:/-]*\w$/;

/** Tell whether a text is a name that would break at its hyphens, and is short enough not to. */
export const isName = (text) => text.length <= NAME_MAX && NAME.test(text);

/** Return a text in pieces, each name one of them. */
export const withNames = (text) => text.split(/([\w.:/]+-[\w.:/-]*\w)/).filter(Boolean);

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

/** Return the milliseconds between two instants, whole seconds by the lab's clock: so spans add up. */
export function between(from, to) {
  const second = (instant) => Math.floor((instant - opened) / 1000);
  return Math.max(0, second(to) - second(from)) * 1000;
}

/** Return a lab instant as a reader says it; what is older than the lab's opening has no clock. */
export function moment(instant) {
  return instant < opened ? t("before the lab opened") : t("at lab {clock}", { clock: clock(instant) });
}

/** Return the instant of which the sentence of a reason tells, null if the clock cannot say it. */
export function toldAt({ at, reason }) {
  const told = reason.key === "lease-not-renewed" ? reason.params.since : at;
  return told < opened ? null : told;
}

/** Return a whole number with separators. */
export function number(value) {
  return Math.round(value).toLocaleString(locale);
}

/** Return a whole number for a narrow place: 1B or 10억 if it is as large as `from`. */
export function short(value, from = 10_000) {
  return value < from ? number(value) : value.toLocaleString(locale, { notation: "compact", maximumFractionDigits: 1 });
}

/** Return seconds as a reader says them, in one piece: 43 s, 1 min 12 s, 3 h 5 min 54 s. */
export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [h, m, n] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const said = seconds < 60 ? t("{n} s", { n }) : h ? t("{h} h {m} min {n} s", { h, m, n }) : t("{m} min {n} s", { m, n });
  return said.replaceAll(" ", "\u00a0");
}
