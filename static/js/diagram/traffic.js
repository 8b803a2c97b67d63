// Users, the ingress controller, Services as lists of ready pods, and the requests themselves.
//
// Requests do not pass through a Service: it is a name and a list. The line runs past the list,
// from the ingress controller straight to pods, and a pod has a line only while it is listed.

import { h } from "preact";
import { many, number, t } from "../words.js";
import { lengthOf, rounded, stub, wayTo } from "./layout.js";
import { chosen, circle, colour, fit, path, rect, text, wrapped } from "./pen.js";

const COMET_SPEED = 165;
const COMETS_PER_LINE_MAX = 4;

/** Return rates by service: what is asked, answered and failed, and how much goes to which pod. */
export function ratesOf(state) {
  const found = {};
  for (const route of Object.values(state.table("route"))) {
    const sum = (found[route.service] ??= { rps: 0, ok: 0, slow: 0, failed: {}, errors: 0, pods: {} });
    sum.rps += route.rps / 1000;
    sum.ok += route.ok / 1000;
    sum.slow += route.slow / 1000;
    for (const [cause, rate] of Object.entries(route.failed)) {
      sum.failed[cause] = (sum.failed[cause] ?? 0) + rate / 1000;
      sum.errors += rate / 1000;
    }
    for (const [pod, rate] of route.pods) sum.pods[pod] = (sum.pods[pod] ?? 0) + rate / 1000;
  }
  return found;
}

/** Draw the lines under everything else. */
export function lines(places, state, rates, placeOf) {
  const { internet, ingress } = places;
  const asked = Object.values(rates).some((rate) => rate.rps > 0);
  const entry = [[internet.x + internet.r, internet.y], [ingress.x, internet.y]];
  return [
    path(rounded(entry), { key: "entry", stroke: colour("text2"), "stroke-width": 5, "stroke-opacity": 0.45 }),
    asked && comet("entry comet", entry, "text2", 2, false),
    ...Object.entries(places.services).flatMap(([key, place]) =>
      serviceLines(key, place, places, state, rates[key], placeOf)),
  ];
}

function serviceLines(key, place, places, state, rate, placeOf) {
  const service = state.table("service")[key];
  const ink = `l-${service.lane % 6}`;
  const followed = state.follow === key;
  const dimmed = state.follow && !followed;
  const style = {
    stroke: colour(ink),
    "stroke-width": followed ? 3.6 : 2.4,
    "stroke-opacity": dimmed ? 0.22 : followed ? 1 : 0.7,
  };
  const head = stub(places, place);
  const found = [path(rounded(head, 9), { key: `stub ${key}`, ...style })];
  for (const pod of service.endpoints) {
    const at = placeOf(pod);
    if (!at) continue;
    const way = wayTo(places, place, at.worker, at.slot);
    const dead = state.table("pod")[pod]?.ghost || at.isOff;
    const rail = way.at(-2);
    found.push(path(rounded([...way].slice(3)), {
      key: `line ${key} ${pod}`, ...style, "stroke-dasharray": dead ? "5 4" : null,
    }));
    found.push(circle(rail[0], rail[1], followed ? 3.4 : 2.7, {
      key: `stop ${key} ${pod}`, fill: colour("surface"), stroke: colour(ink), "stroke-width": 1.8,
      opacity: dimmed ? 0.3 : 1,
    }));
    // Whoever reads the list still tries a pod that is gone, and waits in vain.
    const share = dead ? (rate?.rps ?? 0) / service.endpoints.length : (rate?.pods[pod] ?? 0);
    if (share > 0 && !dimmed) {
      const count = Math.max(1, Math.min(COMETS_PER_LINE_MAX, Math.round(share / 35)));
      found.push(comet(`comet ${key} ${pod}`, way, dead ? "bad" : ink, count, followed));
      if (dead) found.push(failure(`failed ${key} ${pod}`, ...way.at(-1)));
    }
  }
  if (rate?.errors > 0 && service.endpoints.length === 0 && !dimmed) {
    found.push(comet(`comet ${key}`, head, "bad", 1, false));
    found.push(failure(`failed ${key}`, ...head.at(-1)));
  }
  return found;
}

/** Requests in a line: dashes that run along it, one look for many. */
function comet(key, points, ink, count, followed) {
  const length = lengthOf(points);
  const each = length / count;
  const seconds = (each / COMET_SPEED).toFixed(2);
  const d = rounded(points);
  const run = (size, width, stroke, opacity) =>
    path(d, {
      class: "comet", stroke: colour(stroke), "stroke-width": width, "stroke-opacity": opacity,
      "stroke-dasharray": `${size} ${Math.max(1, each - size).toFixed(1)}`,
      style: `--each:${each.toFixed(1)};animation-duration:${seconds}s`,
    });
  const wide = followed ? 1.3 : 1;
  return h("g", { key, class: "comets", "aria-hidden": true },
    run(18, 5.6 * wide, ink, 0.55), run(9, 2.8 * wide, "spark", 0.95));
}

/** A request that ends here without an answer. */
function failure(key, x, y) {
  return h("g", { key, transform: `translate(${x} ${y})`, "data-term": "failed" },
    path("M0 -7l7 7-7 7-7-7z", { fill: colour("bad"), stroke: colour("surface"), "stroke-width": 1.5 }),
    path("M-2 -2l4 4m0-4l-4 4", { stroke: colour("surface"), "stroke-width": 1.6, "stroke-linecap": "round" }));
}

/** Draw the boxes of the left side. */
export function sources(actions, places, state, rates) {
  return [
    internetBox(places.internet, rates),
    ingressBox(actions, places.ingress, state),
    ...Object.entries(places.services).map(([key, place]) =>
      serviceBox(actions, key, place, state, rates[key])),
  ];
}

function internetBox({ x, y, r }, rates) {
  let rps = 0;
  let errors = 0;
  for (const rate of Object.values(rates)) {
    rps += rate.rps;
    errors += rate.errors;
  }
  return h("g", { key: "internet", "data-term": "internet" },
    circle(x, y, r, { fill: colour("surface"), stroke: colour("line2") }),
    path(`M${x} ${y - 15}a15 15 0 1 0 .01 0M${x - 15} ${y}h30M${x} ${y - 15}c-9 9-9 21 0 30M${x} ${y - 15}c9 9 9 21 0 30`,
      { stroke: colour("text2"), "stroke-width": 1.5 }),
    text(x, y + 46, t("Internet"), { size: 11.5, weight: 600, anchor: "middle" }),
    text(x, y + 61, t("{n} /s", { n: number(rps) }), { size: 11, fill: colour("muted"), anchor: "middle" }),
    errors >= 0.5 && text(x, y + 76, t("{n} /s fail", { n: number(errors) }), {
      size: 11, weight: 650, fill: colour("bad"), anchor: "middle", term: "failed" }));
}

function ingressBox(actions, box, state) {
  const first = Object.entries(state.table("ingress"))[0];
  const controllers = Object.values(state.table("pod")).filter(
    (pod) => pod.ns === "ingress-nginx" && pod.ready).length;
  const [cx, top] = [box.x + box.w / 2, box.y];
  const host = first?.[1].rules[0]?.host || "*";
  const props = first
    ? chosen(actions, "Ingress", first[0], `${t("Ingress")} ${first[0]}`)
    : { role: "img", "aria-label": t("Ingress") };
  return h("g", { key: "ingress", "data-term": "ingress", ...props },
    rect(box, { rx: 14, fill: colour("surface"), stroke: controllers ? colour("line2") : colour("bad") }),
    path(`M${cx - 13} ${top + 16}h13M${cx} ${top + 16}c4 0 4-5 9-5h4M${cx} ${top + 16}c4 0 4 5 9 5h4`, {
      stroke: colour("text2"), "stroke-width": 1.7, "stroke-linecap": "round" }),
    circle(cx - 13, top + 16, 2.6, { fill: colour("text2") }),
    text(cx, top + 41, t("Ingress"), { size: 12, weight: 600, anchor: "middle" }),
    controllers
      ? text(cx, top + 55, fit(first ? host : t("no rules"), box.w - 8, 11, { weight: 500, mono: true }), {
        size: 11, fill: colour("muted"), anchor: "middle", mono: true })
      : text(cx, top + 55, t("no controller"), {
        size: 11, weight: 650, fill: colour("bad"), anchor: "middle", term: "no-controller" }));
}

function serviceBox(actions, key, box, state, rate) {
  const service = state.table("service")[key];
  const count = service.endpoints.length;
  const selected = state.selection?.kind === "Service" && state.selection.key === key;
  const followed = state.follow === key;
  const small = box.h < 36;
  const flat = box.h < 44;
  const style = { size: 11, fill: count ? colour("muted") : colour("bad"), weight: count ? 500 : 650 };
  const said = count ? [many("{n} pod", "{n} pods", count), t("{n} /s", { n: number(rate?.rps ?? 0) })] : [t("no ready pod")];
  // What does not fit side by side stands below where the box is high enough.
  const lines = wrapped(said, box.w - 26, style.size, style).slice(0, small ? 0 : flat ? 1 : 2);
  const top = small ? 17 : flat ? 16 : lines.length > 1 ? 15 : 19;
  const listed = count ? many("{n} ready pod", "{n} ready pods", count) : t("no ready pod");
  const label = `${t("Service")} ${service.name}, ${listed}`;
  return h("g", { key: `service ${key}`, "data-term": "service", ...chosen(actions, "Service", key, label) },
    path(`M${box.x + 14} ${box.y + box.h}V${box.line}M${box.x + box.w - 14} ${box.y + box.h}V${box.line}`, {
      stroke: colour("muted"), "stroke-dasharray": "1.5 2.5" }),
    rect(box, {
      rx: 11, fill: colour("surface"), "stroke-dasharray": "4 3",
      stroke: selected ? colour("text") : count === 0 ? colour("bad") : followed ? colour(`l-${service.lane % 6}`) : colour("line2"),
      "stroke-width": followed || selected ? 1.8 : 1.1,
    }),
    rect({ x: box.x + 9, y: box.y + 8, w: 5, h: box.h - 16 }, { rx: 2.5, fill: colour(`l-${service.lane % 6}`) }),
    text(box.x + 22, box.y + top, fit(`svc/${service.name}`, box.w - 28, 12, { mono: true }), { size: 12, weight: 600, mono: true }),
    lines.map((line, i) => text(box.x + 22, box.y + top + (flat ? 14 : lines.length > 1 ? 13 : 16) + 12.5 * i, line, style)));
}

