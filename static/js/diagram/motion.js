// What travels: Raft's messages, heartbeats and the way of a binding. Decoration of what the frames
// say, at a pace that eyes can follow; with reduced motion there is none of it.

import { because, t } from "../words.js";
import { apiWay, memberWay, rounded } from "./layout.js";
import { cutBetween } from "./links.js";

const SVG = "http://www.w3.org/2000/svg";
const HOP_MS = 900;
const BEAT_MS = 1_500;
const TRAVELLERS_MAX = 36;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Motion {
  /** @param {SVGGElement} layer */
  constructor(layer) {
    this.layer = layer;
    this.travellers = [];
    this.beatAt = 0;
    this.measure = document.createElementNS(SVG, "path");
  }

  /** Let something travel along a way; `then` runs on arrival. */
  send(d, kind, ms = HOP_MS, backwards = false, then = null) {
    if (still.matches || document.hidden || this.travellers.length >= TRAVELLERS_MAX) {
      then?.();
      return;
    }
    const path = this.measure.cloneNode();
    path.setAttribute("d", d);
    const node = look(kind);
    const length = path.getTotalLength();
    const first = path.getPointAtLength(backwards ? length : 0);
    node.setAttribute("transform", `translate(${first.x} ${first.y})`);
    this.layer.append(node);
    this.travellers.push({ path, length, node, ms, backwards, then, from: performance.now() });
    if (this.running) return;
    this.running = true;
    requestAnimationFrame((real) => this.step(real));
  }

  step(real) {
    const arrived = [];
    this.travellers = this.travellers.filter((each) => {
      const share = Math.min(1, Math.max(0, (real - each.from) / each.ms));
      const eased = share < 0.5 ? 2 * share * share : 1 - (2 - 2 * share) ** 2 / 2;
      const at = each.path.getPointAtLength((each.backwards ? 1 - eased : eased) * each.length);
      each.node.setAttribute("transform", `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`);
      if (share < 1) return true;
      each.node.remove();
      if (each.then) arrived.push(each.then);
      return false;
    });
    // What follows an arrival sends others on their way, so it waits until the list is settled.
    for (const then of arrived) then();
    this.running = this.travellers.length > 0;
    if (this.running) requestAnimationFrame((next) => this.step(next));
  }

  /** Heartbeats are not sent one by one: they follow from who leads whom. */
  beat(real, state, places) {
    if (!state.pace || state.pace.paused || state.connection !== "open") return;
    if (real - this.beatAt < BEAT_MS) return;
    this.beatAt = real;
    const members = state.table("member");
    const leader = Object.keys(members).find((name) => members[name].role === "leader");
    if (!leader || !places.members[leader]) return;
    for (const name of Object.keys(members)) {
      if (name === leader || !places.members[name] || cutBetween(state, leader, name)) continue;
      const [d, backwards] = between(places, leader, name);
      const alive = members[name].role !== "down";
      const answer = () => alive && this.send(d, "reply", HOP_MS, !backwards);
      this.send(d, "heartbeat", HOP_MS, backwards, answer);
    }
  }

  /** Show what a frame brought: messages between members, and bindings. */
  arrive({ frame, before }, state, places) {
    const seen = new Set();
    for (const [, from, to, kind] of frame.messages ?? []) {
      const name = `${from} ${to} ${kind}`;
      if (kind.startsWith("heartbeat") || seen.has(name)) continue;
      if (!places.members[from] || !places.members[to]) continue;
      seen.add(name);
      const [d, backwards] = between(places, from, to);
      const delay = kind.endsWith("reply") ? HOP_MS * 0.9 : 0;
      setTimeout(() => this.send(d, kind.endsWith("reply") ? "reply" : kindOf(kind), HOP_MS, backwards), delay);
    }
    for (const [table, id, old, row] of frame.d) {
      if (table !== "story" || old || row?.reason.key !== "pod-scheduled") continue;
      if (!before.story?.[id]) this.bind(row, state, places);
    }
  }

  /** scheduler → API → etcd, and then the kubelet learns of it from the API. */
  bind(row, state, places) {
    const { pod, node } = row.reason.params;
    const worker = places.workers[node];
    if (!worker) return;
    const short = String(pod).split("/").pop();
    state.binding = { text: t("bind {pod} → {node}", { pod: short, node }), title: because(row.reason) };
    clearTimeout(this.bindTimer);
    this.bindTimer = setTimeout(() => {
      state.binding = null;
      state.changed();
    }, 3500);
    const office = state.table("office");
    const down = (name) => {
      const box = places.members[name];
      const { x, y } = places.api;
      return box && `M${box.x + box.w / 2} ${box.y + box.h}L${x} ${y}`;
    };
    const learn = () => this.send(rounded(apiWay(places, worker), 8), "letter", HOP_MS * 1.2);
    const store = () => {
      const way = down(office.etcd?.holder);
      if (way) this.send(way, "letter", HOP_MS * 0.6, true, learn);
      else learn();
    };
    const way = down(office["kube-scheduler"]?.holder);
    if (way) this.send(way, "letter", HOP_MS * 0.6, false, store);
    else store();
  }
}

function between(places, from, to) {
  const names = Object.keys(places.members);
  const backwards = names.indexOf(from) > names.indexOf(to);
  return [backwards ? memberWay(places, to, from) : memberWay(places, from, to), backwards];
}

function kindOf(kind) {
  return kind.includes("vote") ? "vote" : "append";
}

function look(kind) {
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", "traveller");
  group.innerHTML = {
    heartbeat: '<circle r="3.4" fill="var(--raft)"/>',
    reply: '<circle r="3.2" fill="var(--stage)" stroke="var(--raft)" stroke-width="1.6"/>',
    append: '<rect x="-6" y="-6" width="12" height="12" rx="3.4" fill="var(--raft)"/><path d="M-3 -1.6h6M-3 1.6h4" stroke="var(--surface)" stroke-width="1.3"/>',
    vote: '<path d="M0 -7l7 7-7 7-7-7z" fill="var(--raft)"/><path d="M-2.4 0l1.8 1.8L2.6 -1.8" fill="none" stroke="var(--surface)" stroke-width="1.5"/>',
    letter: '<rect x="-8" y="-6" width="16" height="12" rx="3.5" fill="var(--raft)"/><path d="M-4.6 -2.6 0 1l4.6-3.6" fill="none" stroke="var(--surface)" stroke-width="1.4"/>',
  }[kind];
  return group;
}
