// Workers: the machine as it is, the node as the cluster believes it to be, and its pods in slots.

import { h } from "preact";
import { many, t } from "../words.js";
import { apiWay, crossOn, rounded, slotAt } from "./layout.js";
import { cutMark } from "./links.js";
import { noteOf } from "./notes.js";
import { chosen, circle, colour, fit, path, pill, pillSize, rect, text, wrapped } from "./pen.js";
import { glyph, tile } from "./pods.js";

/** Draw all workers that have a place. */
export function workers(actions, places, state, now, podsOf, laneOf) {
  const typical = typicalRequest(state);
  const nodes = state.table("node");
  const machines = state.table("machine");
  return Object.entries(places.workers).map(([name, place]) =>
    worker(actions, name, place, state, {
      node: nodes[name], machine: machines[name], pods: podsOf(name), now, laneOf, typical,
    }));
}

function worker(actions, name, place, state, { node, machine, pods, laneOf, typical }) {
  const look = lookOf(node, machine);
  const selected = state.selection?.kind === "Node" && state.selection.key === name;
  const box = { x: place.x, y: place.y, w: place.w, h: place.h };
  const label = [name, look.word, look.isOff ? t("switched off") : "", many("{n} pod", "{n} pods", pods.length)];
  return h("g", { key: `worker ${name}` },
    h("g", chosen(actions, "Node", name, label.filter(Boolean).join(", "), { class: "worker" }),
      rect(box, { rx: 15, fill: colour("surface"), "fill-opacity": look.isOff ? 0.55 : 1,
        stroke: selected ? colour("text") : look.isBad ? colour("bad") : look.isOff ? colour("gone") : colour("line2"),
        "stroke-width": selected ? 1.7 : look.isBad ? 1.4 : 1,
        "stroke-dasharray": look.isBad || look.isOff ? "6 5" : null }),
      look.isBad && rect(box, { rx: 15, fill: "url(#hatch)" }),
      head(name, place, node, machine, look)),
    machine?.cut && cutMark(place.x + 22, place.y),
    h("g", { class: "slots", "aria-hidden": true }, emptySlots(place, pods, node, look, typical)),
    // In the order in which they are seen: Tab walks through them so.
    pods.filter(([, pod]) => pod.place < place.slots).sort((a, b) => a[1].place - b[1].place).map(([key, pod]) =>
      tile(actions, key, pod, slotAt(place, pod.place), place.tile, {
        lane: laneOf(pod),
        selected: state.selection?.kind === "Pod" && state.selection.key === key,
      })),
    pods.length > place.slots &&
      text(place.x + place.w - 12, place.y + place.h - 5,
        t("+{n} more", { n: pods.length - place.slots }), { size: 11, anchor: "end", fill: colour("muted") }));
}

/** Say what of a node is to be shown: reality and belief side by side. */
export function lookOf(node, machine) {
  const isOff = !machine || machine.power === "off";
  const booting = machine?.power === "booting";
  const isBad = Boolean(node) && node.ready !== "True";
  const word = !node ? t("not registered") : isBad ? "NotReady" : "Ready";
  return { isOff, booting, isBad, word };
}

function head(name, place, node, machine, look) {
  const [x, y] = [place.x + 14, place.y + 21];
  const right = place.x + place.w - 13;
  const sign = look.booting
    ? glyph(x + 4, y - 4.5, "start")
    : look.isBad
      ? path(`M${x + 4} ${y - 10}l5.4 5.4-5.4 5.4-5.4-5.4z`, { fill: colour("bad") })
      : circle(x + 4, y - 4.5, 4, look.isOff
        ? { fill: "none", stroke: colour("gone"), "stroke-width": 1.6, "stroke-dasharray": "2 2" }
        : { fill: colour("ok") });
  return [
    sign,
    text(x + 15, y, name, { size: 13, weight: 650, fill: look.isOff ? colour("text2") : undefined }),
    look.isBad
      ? text(right, y, "NotReady", { size: 12, weight: 650, fill: colour("bad"), anchor: "end", term: "notready" })
      : !node
        ? text(right, y, look.booting ? t("Booting") : t("not registered"), {
          size: 11, fill: colour("muted"), anchor: "end" })
        : bars(place, node, machine),
  ];
}

/** Share of requests from which a node counts as full: little fits any more. */
const FULL = 0.9;

/** Two rows at the head's right, or under it where a worker is narrow: what is requested, what is used. */
function bars(place, node, machine) {
  const rows = [
    ["CPU", node.requested_cpu / node.allocatable_cpu, machine ? machine.used_cpu / machine.cpu : 0],
    ["MEM", node.requested_memory / node.allocatable_memory, machine ? machine.used_memory / machine.memory : 0],
  ];
  const right = place.x + place.w - 13;
  const left = place.tall ? place.x + 14 : right - 106;
  const top = place.y + (place.tall ? 34 : 15);
  const [x, w] = [left + 30, right - left - 66];
  return rows.map(([word, requested, used], i) => {
    const y = top + i * 13;
    const one = (at, share, ink, term) => [
      rect({ x, y: at, w, h: 3 }, { rx: 1.5, fill: colour("line2"), opacity: 0.55 }),
      rect({ x, y: at, w: w * Math.max(0, Math.min(1, share)), h: 3 }, {
        rx: 1.5, fill: colour(ink), class: "fill", "data-term": term }),
    ];
    const isFull = requested >= FULL;
    // Between the thin bars nothing is drawn: the pointer meets these.
    const under = (at, tall, term) => rect({ x: left, y: at, w: right - left, h: tall }, { fill: "transparent", "data-term": term });
    return h("g", { "data-term": "requested" },
      under(y - 10, 6.5, "requested"), under(y - 3.5, 6.5, "used"),
      text(left, y, word, { size: 11, weight: 600, fill: colour("muted") }),
      text(right, y, `${Math.round(requested * 100)}%`, {
        size: 11, weight: isFull ? 700 : 600, anchor: "end", fill: colour(isFull ? "warn-text" : "text2") }),
      one(y - 8, requested, isFull ? "warn" : "text2", "requested"),
      one(y - 3.5, used, used > FULL ? "warn" : "accent", "used"));
  });
}

/** Return what the next pod asks for: the first that waits, or else what users' pods ask on average. */
function typicalRequest(state) {
  const pods = Object.values(state.table("pod")).filter((pod) => !pod.system && pod.deleting === null);
  const next = pods.find((pod) => !pod.node && pod.phase === "Pending");
  if (next) return next.cpu;
  return pods.reduce((sum, pod) => sum + pod.cpu, 0) / Math.max(1, pods.length);
}

/** Draw an empty place for each pod that would still fit: no more, for an empty square means room. */
function emptySlots(place, pods, node, look, typical) {
  if (look.isBad || look.isOff || !node || node.unschedulable) return [];
  const free = node.allocatable_cpu - node.requested_cpu;
  const room = typical > 0 ? Math.floor(free / typical) : place.slots;
  const taken = new Set(pods.map(([, pod]) => pod.place));
  const found = [];
  for (let slot = 0; slot < place.slots && found.length < room; slot += 1) {
    if (taken.has(slot)) continue;
    const at = slotAt(place, slot);
    found.push(rect({ x: at.x + 0.75, y: at.y + 0.75, w: place.tile - 1.5, h: place.tile - 1.5 }, {
      key: `slot ${slot}`, rx: place.tile * 0.22, fill: "none", stroke: colour("line"), opacity: 0.8 }));
  }
  return found;
}

/** Draw what is to be said over the workers: silence, evictions to come, missed heartbeats. */
export function notes(places, state, now) {
  const found = [];
  for (const [name, place] of Object.entries(places.workers)) {
    const node = state.table("node")[name];
    const machine = state.table("machine")[name];
    if (node?.heartbeat != null) found.push(missed(name, places, place));
    const parts = noteOf(node, machine, now);
    if (!parts.length) continue;
    const room = place.w - 30;
    const said = place.rows > 2 && !place.tall ? [fit(parts.join(" · "), room, 11)] : wrapped(parts, room, 11);
    const isLast = place.row === place.rows - 1;
    const bottom = place.y + place.h + (isLast && !place.tall ? 8 : 11);
    const isBad = node?.heartbeat != null || machine?.power === "off" || machine?.cut || machine?.stopped?.length > 0;
    const ink = colour(isBad ? "bad" : "warn-text");
    const size = pillSize(said);
    // Two lines reach up to the second row of pods, which fills from the left.
    const middle = said.length > 1 ? place.x + place.w - size.w / 2 - 8 : place.x + place.w / 2;
    found.push(pill(`note ${name}`, middle, bottom - size.h / 2, said, {
      stroke: ink, fill: ink, term: isBad ? "silent" : node?.unschedulable ? "cordon" : "power-on",
      dash: node?.ready === "True" ? "4 3" : null,
    }));
  }
  return found;
}

/** A heartbeat that does not arrive is worth a line; those that do are not. */
function missed(name, places, place) {
  const points = apiWay(places, place);
  const [x, y] = crossOn(points, places);
  return h("g", { key: `missed ${name}`, "data-term": "lease" },
    path(rounded(points, 8), { stroke: colour("bad"), "stroke-width": 1.5, "stroke-dasharray": "1.5 5", "stroke-linecap": "round", opacity: 0.8 }),
    path(`M${x - 4} ${y - 4}l8 8m0-8l-8 8`, { stroke: colour("bad"), "stroke-width": 2, "stroke-linecap": "round" }));
}
