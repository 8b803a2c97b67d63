// Pods: tiles in slots, the tray of those that have no node, and the legend.

import { h } from "preact";
import { between, span, t } from "../words.js";
import { chosen, circle, colour, fit, path, rect, text, widthOf } from "./pen.js";
import { COLOUR, DASH, ownLetters, phaseOf } from "./phases.js";

export const LEGEND = ["ok", "start", "pend", "bad", "gone", "ghost"];

export function phaseWord(phase) {
  return {
    ok: t("Ready"),
    start: t("Starting"),
    pend: t("Pending"),
    bad: t("Failing"),
    gone: t("Terminating"),
    ghost: t("Ghost"),
    orphan: t("Unheard"),
    done: t("Completed"),
  }[phase];
}

/** Draw the sign of a phase around a point. */
export function glyph(x, y, phase, scale = 1) {
  const ink = colour(COLOUR[phase]);
  const line = {
    stroke: ink,
    "stroke-width": 1.8,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  };
  const inner = { ...line, stroke: colour("surface"), "stroke-width": 1.6 };
  const shapes = {
    ok: () => [circle(0, 0, 5.2, { fill: ink }), path("M-2.3 .2l1.7 1.7 3-3.5", inner)],
    start: () => [
      circle(0, 0, 4.6, { fill: "none", ...line, "stroke-opacity": 0.3 }),
      path("M0 -4.6a4.6 4.6 0 0 1 4.4 3.3", { ...line, class: "spin" }),
    ],
    pend: () => [
      circle(0, 0, 4.7, { fill: "none", ...line }),
      path("M0 -2.2v2.4l1.7 1", { ...line, "stroke-width": 1.4 }),
    ],
    bad: () => [
      path("M0 -5.8l5.6 5.8-5.6 5.8-5.6-5.8z", { fill: ink }),
      path("M0 -2.4v2.4M0 2.4v.1", inner),
    ],
    gone: () => [
      circle(0, 0, 4.7, { fill: "none", ...line, "stroke-width": 1.4, "stroke-dasharray": "1.5 2.4" }),
      path("M-2 0h4", { ...line, "stroke-width": 1.4 }),
    ],
    ghost: () => [
      circle(0, 0, 4.7, { fill: "none", ...line, "stroke-width": 1.4 }),
      path("M-2.3 .2l1.7 1.7 3-3.5", { ...line, "stroke-width": 1.3 }),
    ],
    orphan: () => [
      circle(0, 0, 5.2, { fill: ink }),
      path("M-2.6 -2.6l5.2 5.2", inner),
    ],
    done: () => [
      circle(0, 0, 4.7, { fill: ink, "fill-opacity": 0.4 }),
      path("M-2.3 .2l1.7 1.7 3-3.5", inner),
    ],
  };
  return h("g", { transform: `translate(${x} ${y}) scale(${scale})` }, shapes[phase]());
}

/** Draw a pod as a tile of a given size. */
export function tile(actions, key, pod, at, size, o = {}) {
  const phase = phaseOf(pod);
  const ink = colour(COLOUR[phase]);
  const faint = phase === "gone" || phase === "ghost";
  const label = `${pod.name}, ${phaseWord(phase)}, ${pod.status}${pod.node ? `, ${pod.node}` : ""}`;
  const radius = size * 0.22;
  return h(
    "g",
    {
      key: `pod ${key}`,
      transform: `translate(${at.x} ${at.y})`,
      // A picture of a pod that is chosen already cannot be chosen.
      ...(actions ? chosen(actions, "Pod", key, label, { class: `pod ${phase}` }) : { class: `pod ${phase}` }),
      "data-phase": phase,
    },
    o.selected &&
      rect({ x: -3.5, y: -3.5, w: size + 7, h: size + 7 }, {
        rx: radius + 3, fill: "none", stroke: colour("text"), "stroke-width": 1.6,
      }),
    rect({ x: 0, y: 0, w: size, h: size }, { rx: radius, fill: colour("surface") }),
    rect({ x: 0.75, y: 0.75, w: size - 1.5, h: size - 1.5 }, {
      rx: radius,
      fill: phase === "bad" ? "url(#failing)" : colour(`${COLOUR[phase]}-soft`),
      "fill-opacity": phase === "start" ? 0.45 : faint ? 0.6 : 1,
      stroke: ink,
      "stroke-width": phase === "gone" ? 1.1 : 1.5,
      "stroke-opacity": phase === "gone" ? 0.7 : 1,
      "stroke-dasharray": DASH[phase],
      class: "fill",
    }),
    inside(pod, phase, size, o),
  );
}

/** A word that is hardly too long is drawn a little narrower: more of it can be read than with dots. */
const NARROWER = 0.78;

/** Whole words of a name say more than its beginning: nginx for nginx-deployment. */
function shortName(name, room, size, weight) {
  const has = (part) => widthOf(part, size, { weight }) * NARROWER <= room;
  const parts = name.replace(/^kube-/, "").split("-");
  while (parts.length > 1 && !has(parts.join("-"))) parts.pop();
  const word = parts.join("-");
  return has(word) ? word : fit(word, room, size, { weight });
}

/** Draw a short name in its room. */
function label(x, y, name, room, o) {
  const word = shortName(name, room, o.size, o.weight);
  return text(x, y, word, { ...o, room: widthOf(word, o.size, { weight: o.weight }) > room ? room : undefined });
}

function inside(pod, phase, size, o) {
  if (size < 30) return glyph(size / 2, size / 2, phase, size < 20 ? 0.8 : 1);
  const faint = phase === "gone" || phase === "ghost";
  const pip =
    o.lane !== undefined &&
    rect({ x: size - 16, y: size < 40 ? 5 : 9.5, w: 9, h: 5 }, {
      rx: 2.5, fill: colour(`l-${o.lane % 6}`), opacity: faint ? 0.4 : 1,
    });
  const ink = faint ? colour("muted") : colour("text");
  if (size < 40) {
    const letters = ownLetters(pod.name);
    return [
      glyph(9, size < 34 ? 9 : 10, phase, 0.8),
      pip,
      size > 32
        ? label(size / 2, size - 5, pod.app, size - 5, { size: 11, weight: 600, fill: ink, anchor: "middle" })
        : text(size / 2, size - 5, letters.slice(-3), { size: 11, weight: 600, fill: ink, anchor: "middle", mono: true }),
    ];
  }
  const letters = ownLetters(pod.name);
  const load = Math.min(1, pod.cpu ? pod.used_cpu / pod.cpu : 0);
  return [
    glyph(12, 12.5, phase),
    pip,
    label(6, 27, pod.app, size - 10, { size: 11.5, weight: 650, fill: ink }),
    letters && text(6, 38.2, letters, { size: 11, fill: colour(faint ? "gone" : "muted"), mono: true }),
    load > 0 && [
      rect({ x: 7, y: 42.8, w: size - 14, h: 2 }, { rx: 1, fill: colour("line2"), opacity: 0.6 }),
      rect({ x: 7, y: 42.8, w: (size - 14) * load, h: 2 }, {
        rx: 1, fill: colour(load >= 1 && pod.used_cpu > pod.cpu * 1.25 ? "warn" : COLOUR[phase]), class: "fill",
      }),
    ],
  ];
}

const TRAY_TILE = 34;
const TRAY_MAX = 3;

/** Draw the tray of pods that have no node yet, and say what keeps them. */
export function queue(actions, box, pods, now, laneOf, selection, { why, full }) {
  const reason = why?.word ?? full?.word;
  const shown = pods.slice(0, reason ? TRAY_MAX - 1 : TRAY_MAX);
  const oldest = Math.min(...pods.map(([, pod]) => pod.created));
  const x = box.x + 12 + shown.length * (TRAY_TILE + 3);
  const room = box.x + box.w - x - 8;
  const waiting = pods.length
    ? t("{n} waiting · {span}", { n: pods.length, span: span(between(oldest, now)) })
    : t("empty");
  const isChosen = selection?.kind === "Queue";
  const line = (y, content, o) => text(x, box.y + y, fit(content, room, o.size, o), o);
  return h(
    "g",
    { key: "queue", "data-term": "queue" },
    h("g", chosen(actions, "Queue", "pods", [t("Scheduling queue"), reason, waiting].filter(Boolean).join(", "), { class: "queue" }),
      rect(box, {
        rx: 14, fill: colour("stage"), "stroke-dasharray": "3 4",
        stroke: isChosen ? colour("text") : colour(why ? "bad" : "line2"),
      }),
      line(reason ? 17 : 23, t("Scheduling queue"), { size: 12, weight: 600 }),
      line(reason ? 31 : 39, waiting, { size: 11, fill: colour("muted") }),
      reason && line(45, reason, { size: 11, weight: 600, fill: colour(why ? "bad" : "warn-text") })),
    shown.map(([key, pod], i) =>
      tile(actions, key, pod, { x: box.x + 8 + i * (TRAY_TILE + 3), y: box.y + (box.h - TRAY_TILE) / 2 }, TRAY_TILE, {
        lane: laneOf(pod),
        selected: selection?.key === key,
      }),
    ),
  );
}

/** Draw what the signs mean. */
export function legend({ x, y, columns }) {
  const at = (column, row) => [x + columns[column], y + row * 18];
  const items = LEGEND.map((phase, index) => {
    const [left, middle] = at(index % 3, Math.floor(index / 3));
    return h("g", { key: `legend ${phase}`, "data-term": `phase-${phase}` },
      glyph(left, middle, phase),
      text(left + 10, middle + 4, phaseWord(phase), { size: 11, fill: colour("text2") }));
  });
  const bar = (row, name, ink, word) => {
    const [left, middle] = at(3, row);
    return h("g", { key: `legend ${name}`, "data-term": name },
      rect({ x: left, y: middle - 2, w: 16, h: 4 }, { rx: 2, fill: colour(ink) }),
      text(left + 21, middle + 4, word, { size: 11, fill: colour("text2") }));
  };
  return h("g", { key: "legend" }, items, bar(0, "requested", "text2", t("requested")), bar(1, "used", "accent", t("used")));
}
