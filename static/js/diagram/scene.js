// The whole picture as a function of what is known: draw(state, at). It keeps no truth of its own.

import { h, render } from "preact";
import { t } from "../words.js";
import { layout } from "./layout.js";
import { faultyCables, faultyLines } from "./links.js";
import { controlPlane } from "./members.js";
import { colour, fit, pill, text } from "./pen.js";
import { legend, queue } from "./pods.js";
import { lines, ratesOf, sources } from "./traffic.js";
import { whatIsFull, whyNotScheduled } from "./scheduling.js";
import { lookOf, notes, workers } from "./workers.js";

const byNumber = new Intl.Collator("en", { numeric: true }).compare;

/** Return the names and places that a state needs, in a lying picture or a standing one. */
export function placesOf(state, tall) {
  const machines = state.table("machine");
  const names = (role) =>
    Object.keys(machines).filter((name) => machines[name].role === role).sort(byNumber);
  const services = Object.entries(state.table("service"))
    .filter(([, service]) => !service.system)
    .sort((a, b) => orderOf(a) - orderOf(b) || byNumber(a[0], b[0]))
    .map(([key]) => key);
  const slots = slotsOf(state);
  const needed = {};
  for (const [, pod] of Object.entries(slots)) {
    needed[pod.node] = Math.max(needed[pod.node] ?? 0, pod.place + 1);
  }
  return {
    places: layout({ members: names("control-plane"), leader: leaderOf(state), workers: names("worker"), services, needed, tall }),
    slots,
  };
}

function leaderOf(state) {
  const members = state.table("member");
  return Object.keys(members).find((name) => members[name].role === "leader") ?? "";
}

/** Those that everybody knows stand first: web, then the others in order of their birth. */
function orderOf([, service]) {
  return service.name === "web" ? -1 : service.lane;
}

/** Give each pod on a worker its place; pods of the system come after the others when shown. */
export function slotsOf(state) {
  const found = {};
  const lasts = {};
  const pods = Object.entries(state.table("pod")).filter(([, pod]) => pod.node);
  for (const [key, pod] of pods) {
    if (pod.system) continue;
    found[key] = { node: pod.node, place: pod.slot };
    lasts[pod.node] = Math.max(lasts[pod.node] ?? -1, pod.slot);
  }
  if (!state.showSystem) return found;
  for (const [key, pod] of pods) {
    if (pod.system) found[key] = { node: pod.node, place: (lasts[pod.node] ?? -1) + 1 + pod.slot - 100 };
  }
  return found;
}

/** Return the lane of the service that a pod belongs to, for its colour. */
export function laneFinder(state) {
  const lanes = {};
  for (const service of Object.values(state.table("service"))) {
    if (!service.system) lanes[`${service.ns}/${service.selector.app ?? service.name}`] = service.lane;
  }
  return (pod) => lanes[`${pod.ns}/${pod.app}`];
}

/**
 * Make an SVG element show a state at an instant.
 * @param {SVGGElement} svg
 * @param {boolean} tall whether it has to be narrow
 */
export function draw(svg, state, now, actions, tall) {
  const { places, slots } = placesOf(state, tall);
  const rates = ratesOf(state);
  const laneOf = laneFinder(state);
  const pods = state.table("pod");
  const byNode = {};
  for (const [key, slot] of Object.entries(slots)) {
    (byNode[slot.node] ??= []).push([key, { ...pods[key], place: slot.place }]);
  }
  const placeOf = (key) => {
    const slot = slots[key];
    const worker = slot && places.workers[slot.node];
    if (!worker || slot.place >= worker.slots) return null;
    return { worker, slot: slot.place, isOff: lookOf(null, state.table("machine")[slot.node]).isOff };
  };
  const waiting = Object.entries(pods).filter(
    ([, pod]) => !pod.node && pod.deleting === null && pod.phase === "Pending");
  render([
    h("g", { key: "control" }, controlPlane(actions, places, state, now)),
    h("g", { key: "queue layer" },
      places.heading && text(places.heading.x, places.heading.y, t("Workers"), { size: 13, weight: 650, term: "worker" }),
      queue(actions, places.queue, waiting, now, laneOf, state.selection, { why: whyNotScheduled(state), full: whatIsFull(state) })),
    h("g", { key: "faulty lines" }, faultyLines(places, state)),
    h("g", { key: "workers" },
      workers(actions, places, state, now, (name) => byNode[name] ?? [], laneOf)),
    h("g", { key: "lines", class: "lines", "stroke-linecap": "round", "stroke-linejoin": "round" },
      lines(places, state, rates, placeOf)),
    h("g", { key: "sources" }, sources(actions, places, state, rates)),
    h("g", { key: "faulty cables" }, faultyCables(actions, places, state)),
    h("g", { key: "notes" }, notes(places, state, now)),
    legend(places.legend),
    state.binding && pill("bind", places.bind.x, places.bind.y, fit(state.binding.text, places.bind.w - 22, 11), {
      size: 11, stroke: colour("raft"), fill: colour("raft") }),
  ], svg);
  return places;
}

/** Paints that the picture refers to; they stand once in the page. */
export const DEFINITIONS = `
<pattern id="hatch" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V9" stroke="var(--hatch)" stroke-width="7"/></pattern>
<pattern id="failing" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V6" stroke="var(--bad-soft)" stroke-width="5"/></pattern>
<radialGradient id="halo"><stop offset="0" stop-color="var(--raft)" stop-opacity=".3"/>
<stop offset="1" stop-color="var(--raft)" stop-opacity="0"/></radialGradient>`;
