// Cables that something was done to, and how they are drawn: cut, one way only, late, lossy, held.

import { h } from "preact";
import { t } from "../words.js";
import { memberWay } from "./layout.js";
import { chosen, circle, colour, path, rect, text, widthOf } from "./pen.js";

const EVERYTHING = "*";

/** Return what was done to the cable between two machines, whatever it was; null if nothing. */
export function linkOf(state, a, b) {
  const links = state.table("link");
  return links[`${a}|${b}`] ?? links[`${b}|${a}`] ?? null;
}

/** Return what was done to all that leads to a machine. */
export const networkOf = (state, name) => linkOf(state, EVERYTHING, name);

/** Tell whether nothing at all goes between two machines. */
export function cutBetween(state, a, b) {
  return [linkOf(state, a, b), networkOf(state, a), networkOf(state, b)]
    .some((link) => link?.cut && !link.one_way);
}

/** Return in words what is wrong with a cable. */
export function linkWords(link) {
  if (!link) return t("whole");
  const [from, to] = link.one_way ? link.one_way.split(">") : [];
  return [
    link.one_way
      ? t("nothing gets from {from} to {to}", { from: ofEnd(from), to: ofEnd(to) })
      : link.cut && t("cut"),
    link.delay_ms > 0 && t("{n} ms later", { n: link.delay_ms }),
    link.loss > 0 && t("{n} % lost", { n: link.loss }),
    link.held && t("held"),
  ].filter(Boolean).join(" · ");
}

const ofEnd = (name) => (name === EVERYTHING ? t("the others") : name);

/** Say on a small sign what is wrong with a cable: the words would not fit. */
function sign(link) {
  if (link.one_way) return "→";
  if (link.cut) return "";
  return [link.delay_ms > 0 && `+${link.delay_ms} ms`, link.loss > 0 && `−${link.loss} %`, link.held && "❚❚"]
    .filter(Boolean).join(" ");
}

/** Draw the lines of cables that are not as they should be: workers and their pods lie over them. */
export function faultyLines(places, state) {
  return faulty(places, state, ({ key, a, b, ends, among, link, ink }) =>
    path(among ? memberWay(places, a, b) : `M${ends[0]}L${ends[1]}`, {
      key: `line ${key}`, stroke: ink, "stroke-width": 1.7, "stroke-dasharray": link.cut ? "3 6" : "7 4", "pointer-events": "none" }));
}

/** Draw a sign on every cable between two machines that is not as it should be; each can be chosen. */
export function faultyCables(actions, places, state) {
  return faulty(places, state, ({ key, a, b, ends, among, link, ink }) => {
    const [x, y] = among ? middleOf(places, a, b) : [0.2 * ends[0][0] + 0.8 * ends[1][0], 0.2 * ends[0][1] + 0.8 * ends[1][1]];
    const label = `${a}, ${b}: ${linkWords(link)}`;
    return h("g", { key: `cable ${key}`, ...chosen(actions, "Cable", key, label, { class: "cable" }), "data-term": "cable" },
      signs(x, y, sign(link), ink));
  });
}

/** Draw something for every cable in the picture that is not as it should be. */
function faulty(places, state, drawn) {
  return Object.entries(state.table("link")).flatMap(([key, link]) => {
    const [a, b] = key.split("|");
    const ends = [placeOf(places, a), placeOf(places, b)];
    if (!ends[0] || !ends[1]) return [];
    const among = places.members[a] && places.members[b];
    return [drawn({ key, a, b, ends, among, link, ink: colour(link.cut ? "bad" : "warn") })];
  });
}

function placeOf(places, name) {
  const box = places.workers[name] ?? places.members[name];
  return box && [box.x + box.w / 2, box.y + (places.workers[name] ? 10 : box.h - 6)];
}

function middleOf(places, a, b) {
  const names = Object.keys(places.members);
  const [first, second] = [places.members[a], places.members[b]];
  const x = (first.x + first.w / 2 + second.x + second.w / 2) / 2;
  return [x, Math.abs(names.indexOf(a) - names.indexOf(b)) === 1 ? first.y + 33 : places.arc + 4];
}

function signs(x, y, content, ink) {
  if (!content) return cutMark(x, y);
  const w = widthOf(content, 11, { weight: 650 }) + 14;
  return [
    rect({ x: x - w / 2, y: y - 9, w, h: 18 }, { rx: 9, fill: colour("surface"), stroke: ink }),
    text(x, y + 3.6, content, { size: 11, weight: 650, anchor: "middle", fill: ink }),
  ];
}

export function cutMark(x, y) {
  return h("g", { transform: `translate(${x} ${y})`, "data-term": "cut" },
    circle(0, 0, 8, { fill: colour("surface"), stroke: colour("bad") }),
    path("M-4.5 0h2.5M2 0h2.5M-1.6 3l3.2-6", {
      stroke: colour("bad"), "stroke-width": 1.7, "stroke-linecap": "round",
    }));
}
