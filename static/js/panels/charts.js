// Charts over lab time: requests by fate, and replicas ready against wanted.

import { h } from "preact";
import { ink } from "../ink.js";
import { causeWord } from "../state/causes.js";
import { apart, rates } from "../state/history.js";
import { watch } from "../state/watched.js";
import { clock, number, short, t } from "../words.js";
import { Plot } from "./plot.js";

const WINDOW_MS = 8 * 60_000;
const MARKS_MAX = 12;
const MARKS_APART_MS = 10_000;

/** Each is stacked upon the one before it. */
const FATES = {
  lines: [
    { stroke: () => ink("accent"), width: 1.8, fill: () => ink("accent", 0.22) },
    { stroke: null },
    { stroke: null },
  ],
  bands: [
    { series: [2, 1], fill: () => ink("warn", 0.85) },
    { series: [3, 2], fill: () => ink("bad", 0.9) },
  ],
};
const COUNTS = {
  lines: [
    { stroke: () => ink("ok"), width: 1.9, fill: () => ink("ok-soft") },
    { stroke: () => ink("text2"), width: 1.5, dash: [4, 3] },
  ],
  bands: [{ series: [2, 1], fill: () => ink("warn-soft") }],
};

/** Return the window of lab time that ends at an instant. */
export function windowTo(store, now) {
  const from = Math.max(store.settings.opened, now - WINDOW_MS);
  return { from, to: Math.max(now, from + 60_000) };
}

/** Draw both charts. */
export function charts(store, now) {
  const shown = shownAt(store, now);
  const missing = unrecorded(store, shown.view);
  return [
    requests(store, shown), replicas(store, shown, now),
    missing && h("p", { class: "quiet norecord" }, missing),
  ];
}

/** Draw the one that the last row can read. */
export function stageChart(store, now) {
  return requests(store, shownAt(store, now), STAGE_FONT_PX);
}

const FONT_PX = 11;
const STAGE_FONT_PX = 18;

function shownAt(store, now) {
  const view = windowTo(store, now);
  const samples = visible(store.history.samples, view, now);
  const marks = apart(store.history.marks
    .filter((mark) => mark.at >= view.from && mark.at <= now && mark.level === "bad"), MARKS_APART_MS)
    .slice(-MARKS_MAX).map((mark) => mark.at);
  return { samples, view, marks };
}

function requests(store, { samples, view, marks }, font = FONT_PX) {
  const current = rates(store.tables);
  const total = current.ok + current.slow + current.errors;
  const top = ceiling(Math.max(10, ...samples.map(all)));
  const share = total > 0 ? (current.errors / total) * 100 : 0;
  const causes = Object.entries(current.failed).filter(([, rate]) => rate >= 0.5)
    .sort((a, b) => b[1] - a[1]).map(([cause]) => causeWord(cause));
  return h("figure", { class: "chart", "data-term": "requests" },
    h("figcaption", null, h("span", null, t("Requests per second")),
      h("b", { class: "num" }, number(total), " ",
        h("small", { class: share >= 0.05 ? "bad" : "" }, t("{n}% fail", { n: share.toFixed(1) })))),
    h(Plot, {
      ...FATES, view, top, marks, font, dot: 1, label: t("Requests per second: answered, slow and failed"),
      data: [samples.map((s) => s.at), samples.map((s) => s.ok), samples.map((s) => s.ok + s.slow), samples.map(all)],
    }),
    h("p", { class: "keys" },
      h("span", { class: "k ok" }, t("answered")), h("span", { class: "k slow" }, t("slow")),
      h("span", { class: "k failed", "data-term": "failed", "data-more": causes.join(", ") || null },
        causes.length ? t("failed: {causes}", { causes: causes.join(", ") }) : t("failed"))));
}

/** Say from when on there is a record, if a window begins before that; else nothing. */
export function unrecorded(store, view) {
  const { from, isTold } = store.history;
  return isTold && from > view.from ? t("no record before {clock}", { clock: clock(from) }) : "";
}

/** Return all requests of a sample: answered, slow or failed. */
export const all = (sample) => sample.ok + sample.slow + sample.errors;

function replicas(store, { samples, view, marks }, now) {
  const focus = watch(store, now);
  if (!focus) return null;
  const { key, workload } = focus;
  const { name } = workload;
  const title = {
    chosen: t("{name} (chosen): ready / wanted", { name }),
    lacks: t("{name} lacks most: ready / wanted", { name }),
  }[focus.why] ?? t("{name}: replicas, ready / wanted", { name });
  const ready = samples.map((s) => s.replicas[key]?.[0] ?? 0);
  const wanted = samples.map((s) => s.replicas[key]?.[1] ?? 0);
  const top = Math.max(4, Math.ceil((Math.max(...wanted, ...ready, 1) + 1) / 2) * 2);
  return h("figure", { class: "chart", "data-term": "replicas" },
    // Another subject is another title, which comes in with a mark.
    h("figcaption", null, h("span", { key: key + focus.why, class: focus.why === "lacks" ? "subject bad" : "subject" }, title),
      h("b", { class: "num" }, short(workload.ready), " ", h("small", null, `/ ${short(workload.wanted)}`))),
    h(Plot, {
      ...COUNTS, view, top, marks, font: FONT_PX, dot: 1, data: [samples.map((s) => s.at), ready, wanted],
      label: title,
    }));
}

/** Return the samples of a window, the one that holds at its beginning and one at its end. */
export function visible(all, view, now) {
  const samples = all.filter((each) => each.at <= now);
  let first = samples.findIndex((each) => each.at > view.from) - 1;
  if (first < -1) first = samples.length - 1;
  const shown = samples.slice(Math.max(0, first));
  return shown.length ? [...shown, { ...shown.at(-1), at: Math.max(now, shown.at(-1).at) }] : [];
}

function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= value * 1.05) ?? value;
}
