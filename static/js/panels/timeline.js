// The timeline: what came before now, and a slider to look back along it.
//
// It stays SVG while the charts are uPlot's: ground, marks by shape, ticks and playhead share one
// coordinate and one theme, and the whole is a slider that is dragged, focused and read aloud. uPlot
// would draw three of its twelve layers and need the others laid over it, to the pixel.

import { h } from "preact";
import { thinned } from "../state/past.js";
import { because, clock, t } from "../words.js";
import { all, unrecorded, visible, windowTo } from "./charts.js";

const TICKS_MS = [30_000, 120_000, 300_000, 900_000, 3_600_000];
const TICKS_MAX = 7;
/** Room at the left of the hand, so that there is something to drag it to. */
const BEFORE_HAND_MS = 30_000;

/**
 * Draw the timeline: the ground of requests, the marks of events, and now at the right.
 * @param {number} W its width in pixels
 */
export function timeline(store, actions, W) {
  const now = store.liveNow();
  const view = viewOf(store, now);
  const samples = visible(store.history.samples, view, now);
  const top = Math.max(10, ...samples.map(all)) * 1.15;
  const x = (at) => Math.max(0, Math.min(1, (at - view.from) / (view.to - view.from))) * W;
  const y = (value) => 58 - (value / top) * 36;
  const poly = (low, high) => {
    if (!samples.length) return "";
    const up = [];
    const down = [];
    samples.forEach((s, i) => {
      const at = x(s.at).toFixed(1);
      if (i) {
        up.push(`${at} ${y(high(samples[i - 1])).toFixed(1)}`);
        down.push(`${at} ${y(low(samples[i - 1])).toFixed(1)}`);
      }
      up.push(`${at} ${y(high(s)).toFixed(1)}`);
      down.push(`${at} ${y(low(s)).toFixed(1)}`);
    });
    return `M${[...up, ...down.reverse()].join("L")}Z`;
  };
  const ticks = [];
  const every = TICKS_MS.find((each) => (view.to - view.from) / each < TICKS_MAX) ?? TICKS_MS.at(-1);
  for (let at = Math.ceil((view.from - store.settings.opened) / every) * every + store.settings.opened; at < now - every / 2; at += every) {
    if (x(at) > 30 && x(now) - x(at) > 90) ticks.push(at);
  }
  const instant = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    return view.from + share * (view.to - view.from);
  };
  const shown = store.past.at ?? now;
  return h("svg", {
    viewBox: `0 0 ${W} 82`, preserveAspectRatio: "none", role: "slider", tabindex: 0,
    "aria-label": t("Timeline: requests and events up to now. Red diamonds are trouble, green triangles recovery, purple squares other events."),
    "aria-valuemin": Math.round(view.from), "aria-valuemax": Math.round(now), "aria-valuenow": Math.round(shown),
    "aria-valuetext": store.isPast ? clock(shown) : t("now"),
    onpointerdown: (event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      actions.look(instant(event));
    },
    onpointermove: (event) => event.buttons && actions.look(instant(event)),
    onkeydown: (event) => lookByKey(event, store, actions),
  },
    h("rect", { x: 0, y: 14, width: W, height: 45, rx: 6, fill: "var(--bg)" }),
    h("rect", { x: 0, y: 14, width: x(now), height: 45, rx: 6, fill: "var(--accent-soft)" }),
    h("path", { d: poly(() => 0, (s) => s.ok), fill: "var(--accent)", "fill-opacity": 0.35 }),
    h("path", { d: poly((s) => s.ok, (s) => s.ok + s.slow), fill: "var(--warn)" }),
    h("path", { d: poly((s) => s.ok + s.slow, all), fill: "var(--bad)" }),
    missing(store, view, x),
    timelineMarks(store, view, x),
    ticks.map((at) => h("g", null,
      h("path", { d: `M${x(at)} 59v4`, stroke: "var(--line2)" }),
      h("text", { x: x(at), y: 75, "font-size": 12, fill: "var(--muted)", "text-anchor": "middle", "font-family": "var(--mono)" }, clock(at)))),
    store.isPast && h("path", { d: `M${x(shown)} 4V66`, stroke: "var(--accent)", "stroke-width": 3 }),
    h("path", { d: `M${x(now)} 10V62`, stroke: "var(--ok)", "stroke-width": 2 }),
    h("text", { x: Math.max(30, x(now)), y: 75, "font-size": 12, "font-weight": 700, fill: "var(--ok)", "text-anchor": "end" }, t("now")));
}

/** Return the span of the strip: whoever looks back beyond it gets a longer one, until they are back. */
function viewOf(store, now) {
  const view = windowTo(store, now);
  if (!store.isPast) return view;
  store.past.reach = Math.min(store.past.reach ?? now, store.past.at);
  return { from: Math.max(store.settings.opened, Math.min(view.from, store.past.reach - BEFORE_HAND_MS)), to: view.to };
}

/** Say where nothing is known, if that place is wide enough. */
function missing(store, view, x) {
  const width = x(store.history.from ?? view.from);
  const sentence = unrecorded(store, view);
  if (!sentence || width < NO_RECORD_PX) return null;
  return [
    h("rect", { x: 0, y: 14, width, height: 45, rx: 6, fill: "var(--bg)" }),
    h("text", { x: width / 2, y: 40, "font-size": 12, fill: "var(--muted)", "text-anchor": "middle" }, sentence),
  ];
}

const NO_RECORD_PX = 150;
/** Half a mark: nearer ones could not be told apart. */
const MARK_PX = 5;
const KEY_STEP_MS = 5_000;

function lookByKey(event, store, actions) {
  const at = store.past.at ?? store.liveNow();
  const key = {
    ArrowLeft: () => actions.look(at - KEY_STEP_MS),
    ArrowRight: () => actions.look(store.isPast ? at + KEY_STEP_MS : null),
    PageUp: () => actions.lookBeside(-1),
    PageDown: () => actions.lookBeside(1),
    Home: () => actions.look(store.settings.opened),
    End: () => actions.look(null),
    Escape: () => actions.look(null),
  }[event.key];
  if (!key) return;
  event.preventDefault();
  event.stopPropagation();
  key();
}

/** Draw events, each with its sentence for whoever points at it. */
function timelineMarks(store, view, x) {
  const shape = {
    bad: "M0 -5.2l5.2 5.2-5.2 5.2-5.2-5.2z",
    good: "M0 -4.6l4.8 8.2h-9.6z",
    info: "M-3.6 -3.6h7.2v7.2h-7.2z",
  };
  const ink = { bad: "bad", good: "ok", info: "raft" };
  return thinned(store.history.marks.filter((mark) => mark.at >= view.from), x, MARK_PX).map((mark) =>
    h("g", {
      key: mark.id, transform: `translate(${x(mark.at).toFixed(1)} 8)`,
      "data-term": `mark-${mark.level}`, "data-more": `${clock(mark.at)} ${because(mark.reason)}`,
    },
      h("path", { d: "M0 4V51", stroke: `var(--${ink[mark.level]})`, opacity: 0.4 }),
      h("path", { d: shape[mark.level], fill: `var(--${ink[mark.level]})` })));
}
