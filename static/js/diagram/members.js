// The control plane: etcd's members, who holds the three offices, and the API in front of them.

import { h } from "preact";
import { quorumOf } from "../state/quorum.js";
import { t } from "../words.js";
import { memberWay } from "./layout.js";
import { cutBetween, cutMark, linkOf } from "./links.js";
import { chosen, circle, colour, fit, path, pill, rect, text, widthOf } from "./pen.js";

/** A badge's dot and the room around its word. */
const BADGE_SIDES = 25;

export { quorumOf };

const OFFICES = () => [
  ["etcd", "etcd"],
  ["kube-scheduler", t("scheduler")],
  ["kube-controller-manager", t("controllers")],
];

export function roleWord(role) {
  return {
    learner: t("Learner: no vote yet"),
    leader: t("Leader"),
    follower: t("Follower"),
    candidate: t("Candidate"),
    "pre-candidate": t("Pre-candidate"),
    down: t("Down"),
  }[role] ?? role;
}

export function quorumSentence(state) {
  const q = quorumOf(state);
  const params = { up: q.up, all: q.all, quorum: q.quorum, spare: q.spare };
  if (!q.has && q.up >= q.quorum) {
    return t("{up}/{all} members up, but no {quorum} hear each other · nothing can be written", params);
  }
  if (!q.has) return t("{up}/{all} members up · quorum {quorum} · nothing can be written", params);
  return t("{up}/{all} members up · quorum {quorum} · may lose {spare}", params);
}

/** Draw the whole control plane. */
export function controlPlane(actions, places, state, now) {
  const members = state.table("member");
  const q = quorumOf(state);
  return [
    h("g", { key: "zone" },
      rect(places.zone, { rx: 18, fill: q.has ? colour("raft-soft") : colour("bad-soft"),
        stroke: q.has ? colour("line") : colour("bad"), "stroke-dasharray": q.has ? null : "6 5" }),
      text(places.zone.x + 18, places.zone.y + 24, t("Control plane"), { size: 13, weight: 650, term: "control-plane" }),
      standing(places, quorumSentence(state), q.has)),
    h("g", { key: "cables" }, cables(places, state)),
    h("g", { key: "members" },
      Object.entries(members).map(([name, member]) =>
        places.members[name] && card(actions, places, state, name, member, now))),
    h("g", { key: "api" }, api(places, state, q)),
  ];
}

/** How the quorum stands: beside the heading, or under it where the picture is narrow. */
function standing({ zone, tall }, sentence, has) {
  const [x, y] = tall ? [zone.x + 18, zone.y + 41] : [zone.x + zone.w - 18, zone.y + 24];
  const weight = has ? 500 : 650;
  const room = zone.w - (tall ? 36 : 160);
  return text(x, y, fit(sentence, room, 12, { weight }), {
    size: 12, weight, anchor: tall ? "start" : "end", term: "quorum", fill: colour(has ? "text2" : "bad") });
}

function cables(places, state) {
  const names = Object.keys(places.members);
  const members = state.table("member");
  const leader = state.table("office").etcd?.holder;
  const lines = [];
  for (let i = 0; i < names.length; i += 1) {
    for (let j = i + 1; j < names.length; j += 1) {
      const [a, b] = [names[i], names[j]];
      const isCut = cutBetween(state, a, b);
      if (linkOf(state, a, b)) continue;
      const alive = members[a]?.role !== "down" && members[b]?.role !== "down";
      const led = leader === a || leader === b;
      if (names.length > 3 && !led && !isCut) continue;
      const d = memberWay(places, a, b);
      lines.push(path(d, {
        key: `cable ${a} ${b}`,
        stroke: isCut ? colour("bad") : colour("raft"),
        "stroke-opacity": isCut ? 0.9 : led && alive ? 0.5 : 0.22,
        "stroke-width": 1.5,
        "stroke-dasharray": isCut ? "3 6" : led && alive ? null : "2 5",
      }));
    }
  }
  return lines;
}

function card(actions, places, state, name, member, now) {
  const place = places.members[name];
  const machine = state.table("machine")[name] ?? {};
  const leads = member.role === "leader";
  const box = place;
  const down = member.role === "down";
  const ink = leads ? colour("raft") : down ? colour("bad") : colour("muted");
  const r = box.compact ? 17 : 24;
  const [cx, cy] = [box.x + r + 14, box.y + 36];
  const left = cx + r + (box.compact ? 8 : 14);
  const selected = state.selection?.kind === "Node" && state.selection.key === name;
  const role = !down && member.votes === false ? "learner" : member.role;
  const word = !down ? roleWord(role) : { booting: t("Booting"), off: t("Off") }[machine.power] ?? roleWord(role);
  const label = `${name}, ${word}, ${t("term")} ${member.term}`;
  const weight = leads ? 650 : 500;
  return h("g", { key: `member ${name}`, ...chosen(actions, "Node", name, label, { class: "member" }) },
    leads && circle(cx, cy, 62, { fill: "url(#halo)", "pointer-events": "none" }),
    rect(box, {
      rx: 14, fill: colour("surface"),
      stroke: selected ? colour("text") : leads ? colour("raft") : down ? colour("bad") : colour("line2"),
      "stroke-width": leads || selected ? 1.7 : 1, "stroke-dasharray": down ? "6 5" : null,
    }),
    down && rect(box, { rx: 14, fill: "url(#hatch)" }),
    ring(cx, cy, r, member, now, leads, down),
    text(left, box.y + 22, name, { size: box.compact ? 12 : 14, weight: 650, fill: down ? colour("text2") : undefined }),
    text(left, box.y + 38, fit(word, box.x + box.w - left - 6, 11.5, { weight }), {
      size: 11.5, weight, fill: ink, term: `role-${role}`,
    }),
    leads && !box.compact && path(
      `M${box.x + box.w - 27} ${box.y + 25}l-3.2-7 4.6 3 3.1-5 3.1 5 4.6-3-3.2 7z`,
      { fill: colour("raft") }),
    machine.cut && cutMark(box.x + box.w - 24, box.y + 20),
    !down && machine.stopped?.length > 0 && text(box.x + box.w - 10, box.y + box.h - 9,
      t("{n} stopped", { n: machine.stopped.length }),
      { size: 10, weight: 600, fill: colour("bad"), anchor: "end", term: "process" }),
    squares(left, box.y + 47, member, box, down),
    badges(state, name, box));
}

/** The ring counts the election timer down; a leader's is whole. */
function ring(cx, cy, r, member, now, leads, down) {
  const circumference = 2 * Math.PI * r;
  let left = leads ? 1 : 0.86;
  if (!leads && !down && member.timer && !member.leader) {
    left = Math.max(0, Math.min(1, 1 - (now - member.timer.from) / member.timer.timeout));
  }
  return h("g", { "data-term": "term" },
    circle(cx, cy, r, { fill: colour("raft-soft"), stroke: colour("line2"), "stroke-width": 3.5 }),
    !down && circle(cx, cy, r, {
      fill: "none", stroke: colour("raft"), "stroke-width": 3.5, "stroke-linecap": "round",
      "stroke-dasharray": `${circumference * left} ${circumference}`,
      transform: `rotate(-90 ${cx} ${cy})`, opacity: leads ? 1 : 0.75,
    }),
    r > 20 && text(cx, cy - 6, t("term"), { size: 11, weight: 600, anchor: "middle", fill: colour("muted") }),
    text(cx, cy + (r > 20 ? 12 : 6), String(member.term), {
      size: 17, weight: 700, anchor: "middle", fill: leads ? colour("raft") : colour("text2"),
    }));
}

/** The last entries of the log: solid where committed, dashed where not yet. */
function squares(x, y, member, box, down) {
  const room = box.x + box.w - x - 8;
  const shown = member.log.slice(-Math.min(6, Math.floor(room / 14.5)));
  return h("g", { "data-term": "log" },
    shown.map(([index, , committed], i) =>
      rect({ x: x + i * 14.5, y, w: 11.5, h: 11.5 }, {
        key: `entry ${index}`, rx: 3,
        fill: committed && !down ? colour("raft") : "none", "fill-opacity": 0.8,
        stroke: down ? colour("line2") : colour("raft"), "stroke-width": 1.3,
        "stroke-dasharray": committed ? null : "2.6 2", class: "fill",
      })));
}

function badges(state, name, box) {
  const held = OFFICES().filter(([key]) => state.table("office")[key]?.holder === name);
  let x = box.x + 10;
  const room = box.compact ? (box.w - 10) / held.length - 5 - BADGE_SIDES : Infinity;
  return h("g", null, held.map(([key, word]) => {
    const lost = state.table("office")[key].lost;
    const content = fit(lost ? `${word} ✕` : word, room, 11);
    const w = widthOf(content, 11) + BADGE_SIDES;
    const badge = h("g", { key: `office ${key}`, "data-term": `office-${key}` },
      rect({ x, y: box.y + box.h - 9, w, h: 18 }, {
        rx: 9, fill: colour("surface"), stroke: lost ? colour("bad") : colour("raft"),
        "stroke-dasharray": lost ? "3 3" : null,
      }),
      circle(x + 11, box.y + box.h, 3, { fill: lost ? colour("bad") : colour("raft") }),
      text(x + 17, box.y + box.h + 3.8, content, {
        size: 11, weight: 600, fill: lost ? colour("bad") : colour("raft"),
      }));
    x += w + 5;
    return badge;
  }));
}

function api(places, state, q) {
  const machines = Object.entries(state.table("machine")).filter(([, m]) => m.role === "control-plane");
  const up = machines.filter(([, machine]) => machine.power === "on" && !machine.cut).length;
  const params = { up, all: machines.length };
  const content = q.has
    ? t("Kubernetes API · {up} of {all} answer", params)
    : t("Kubernetes API · cannot write");
  return pill("api", places.api.x, places.api.y, content, {
    stroke: q.has ? colour("raft") : colour("bad"),
    fill: q.has ? colour("raft") : colour("bad"), term: "api",
  });
}
