// Three clocks of one fault: the machine, what the cluster believes, the users.

import { h } from "preact";
import { between, clock as labClock, many, span, t } from "../words.js";
import { quorumOf } from "../diagram/members.js";
import { explained } from "./terms.js";

/** Return what users have suffered from the fault up to an instant; the engine says when it is over. */
export function suffering(store, now) {
  const { failed, slow, failing, slowing } = store.clocks.users;
  const passed = Math.max(0, now - store.readAt) / 1_000_000;
  return {
    failed: failed + failing * passed,
    slow: slow + slowing * passed,
    failing: failing > 10,
    slowing: slowing > 10,
  };
}

const HEARTBEATS = ["container-runtime", "kubelet"];

/** Return the process whose end silences a node although its machine runs, or undefined. */
export function silencedBy(machine) {
  return machine?.power === "on" ? (machine.stopped ?? []).find((each) => HEARTBEATS.includes(each)) : undefined;
}

/** Tell whether a machine can be heard again. */
export function isWell(machine) {
  return machine?.power === "on" && !machine.cut && !silencedBy(machine);
}

/** Tell how far the story of a fault has come. */
export function stageOf(store) {
  const fault = store.clocks;
  if (!fault) return "none";
  if (fault.over_at !== null) return fault.well && fault.believed === "True" ? "healed" : "replaced";
  if (fault.evicted_at !== null) return "evicting";
  if (fault.not_ready_at !== null || fault.believed !== "True") return "believed";
  return "unnoticed";
}

/** Say why NotReady comes later or earlier than the limit after the fault; null if that is not known. */
export function whyThen(fault) {
  const { heartbeat_at: last, limit_s: limit, looks_s: looks } = fault;
  const isCounted = (fault.not_ready_at ?? fault.judged_at) !== null && fault.process !== "container-runtime";
  if (!isCounted || last === null) return null;
  const before = span(between(last, fault.fault_at));
  return between(last, fault.not_ready_at ?? fault.judged_at) / 1000 > limit + 2 * looks + 1
    ? t("The last heartbeat came {before} before the fault. Another controller manager took over since, and counts to {limit} s anew.", { before, limit })
    : t("The last heartbeat came {before} before the fault. The controller, which looks every {looks} s, sees it up to {looks} s late, counts to {limit} s from there, and judges at its first look after that.", { before, limit, looks });
}

/** Draw the card: it is about one fault, the latest. Where room is short it folds to a line when all is calm. */
export function clocksCard(store, now, folds = false) {
  const fault = store.clocks;
  if (!fault) return null;
  const name = fault.machine;
  const stage = stageOf(store);
  const tag = { healed: t("recovered"), replaced: t("recovered without it") }[stage];
  // Folded, it says all in one line below its title.
  const isFolded = tag && folds;
  const title = h("h2", { "data-term": "three-clocks" }, t("Three clocks of {name}", { name }),
    !isFolded && h("span", { class: "tag" }, tag ?? t("not over yet")));
  const content = [
    h("dl", null, machineClock(store, fault, now), beliefClock(store, fault, now), usersClock(store, fault, now)),
    others(store, name).map((sentence) => h("p", { class: "quiet", key: sentence }, sentence)),
  ];
  return h("section", { class: `card clocks ${tag ? "calm" : ""}`, id: "clocks", "aria-label": t("Three clocks") },
    isFolded
      ? h("details", { key: "calm" }, h("summary", null, title, h("small", { class: "num" }, `${cost(store, now)} · ${t("recovered")}`)), content)
      : [title, content]);
}

/** Return in one line what users paid. */
function cost(store, now) {
  const { failed, slow } = suffering(store, now);
  return paid(failed, slow);
}

function paid(failed, slow) {
  if (failed >= 1) return many("{n} request failed", "{n} requests failed", Math.round(failed));
  return slow >= 1 ? many("{n} request was slow", "{n} requests were slow", Math.round(slow)) : t("nothing noticed");
}

/** Say of the machines that this card is not about which of them are not as they should be. */
function others(store, name) {
  return Object.entries(store.table("machine"))
    .filter(([each, machine]) => each !== name && !isWell(machine))
    .map(([each, machine]) => {
      if (machine.power === "off") return t("{name} is still off", { name: each });
      if (machine.power === "booting") return t("{name} is starting", { name: each });
      if (machine.cut) return t("{name} is still cut off", { name: each });
      return t("{process} of {name} is still stopped", { process: silencedBy(machine), name: each });
    });
}

function one(term, name, value, detail, tone, share, more) {
  return h("div", { class: `clock ${tone}`, "data-term": term, "data-more": more },
    h("dt", null, name),
    h("dd", null, h("b", { class: "num" }, value),
      detail && h("span", null, explained(detail)),
      share !== undefined && h("i", { class: "meter", "aria-hidden": true },
        h("u", { style: `width:${Math.round(Math.min(1, share) * 100)}%` }))));
}

function machineClock(store, fault, now) {
  const machine = store.table("machine")[fault.machine];
  if (!machine) return one("machine-clock", t("Machine"), t("gone"), "", "bad");
  const since = span(between(Math.max(machine.since, 0), now));
  if (machine.power === "off") return one("machine-clock", t("Machine"), t("off for {span}", { span: span(between(fault.fault_at, now)) }), "", "bad");
  if (machine.cut) return one("machine-clock", t("Machine"), t("cut off for {span}", { span: span(between(fault.fault_at, now)) }), t("It runs, but nothing is heard from it."), "bad");
  const process = silencedBy(machine);
  if (process) return one("machine-clock", t("Machine"), t("{process} stopped for {span}", { process, span: span(between(fault.fault_at, now)) }), t("The machine runs, and so do its pods; nobody looks after them."), "bad");
  if (machine.power === "booting") return one("machine-clock", t("Machine"), t("starting for {span}", { span: since }), "", "warn");
  const back = { span: span(between(fault.back_at ?? machine.since, now)) };
  const word = {
    "machine-off": t("on again for {span}", back),
    "network-cut": t("connected again for {span}", back),
  }[fault.fault] ?? t("{process} runs again for {span}", { ...back, process: fault.process });
  return one("machine-clock", t("Machine"), word, "", "good");
}

function beliefClock(store, fault, now) {
  const name = t("Cluster believes");
  const clock = (...rest) => one("belief-clock", name, ...rest);
  if (fault.believed === "True" && fault.judged_at !== null) {
    const last = fault.heartbeat_at ?? fault.noticed;
    return clock("Ready", counting(fault, last, now), "warn", (now - last) / (fault.judged_at - last), whyThen(fault));
  }
  if (fault.believed === "True" && fault.silent) {
    return clock("Ready", quorumOf(store).has
      ? t("No heartbeat arrives, and no controller is running that would count.")
      : t("Without a quorum no heartbeat can be written, and no node can be marked NotReady."), "warn");
  }
  if (fault.believed === "True") return clock("Ready", t("heartbeats arrive"), "good");
  if (fault.believed === null) return clock(t("not registered"), "", "bad");
  const passed = span(between(fault.believed_since, now));
  if (fault.evicts_at !== null && fault.evicted_at === null) {
    const left = span(between(now, fault.evicts_at));
    return clock("NotReady", t("for {span}; its pods will be evicted in {left}", { span: passed, left }), "bad",
      (now - fault.believed_since) / (fault.evicts_at - fault.believed_since), whyThen(fault));
  }
  const detail = fault.evicted_at !== null
    ? t("for {span}; its pods were evicted", { span: passed })
    : fault.well ? t("for {span}; heartbeats arrive again", { span: passed }) : t("for {span}", { span: passed });
  return clock("NotReady", detail, "bad", undefined, whyThen(fault));
}

/** Say how long a node is silent, as the picture says it, and when the controller will judge. */
function counting(fault, last, now) {
  const { limit_s: limit, looks_s: looks } = fault;
  const words = { silence: span(between(last, now)), left: span(between(now, fault.judged_at)), limit, looks };
  if (between(fault.noticed, now) / 1000 >= limit) {
    return t("Silent for {silence}. The controller has counted to its limit of {limit} s and judges at its next look, in {left}.", words);
  }
  return between(last, fault.noticed) / 1000 > looks + 1
    ? t("Silent for {silence}. Another controller manager has taken over: it counts to {limit} s anew and judges at its first look after that, in {left}.", words)
    : t("Silent for {silence}. The controller saw the last heartbeat up to {looks} s late; it counts to {limit} s and judges at its first look after that, in {left}.", words);
}

function usersClock(store, fault, now) {
  const { failed, slow, failing, slowing } = suffering(store, now);
  const value = paid(failed, slow);
  const details = [];
  if (failed >= 1 && slow >= 1) details.push(many("{n} more was slow.", "{n} more were slow.", Math.round(slow)));
  const bare = Object.entries(fault.users.bare);
  if (fault.endpoints_gone_at !== null) {
    const params = { span: span(between(fault.fault_at, fault.endpoints_gone_at)) };
    details.push(bare.length
      ? t("{span} after the fault its pods left the lists of their Services: no more requests are sent to them.", params)
      : t("{span} after the fault its pods left the lists of their Services: no more requests are sent to them, long before replacements exist.", params));
  }
  details.push(...bare.map(bareSentence));
  const tone = failing ? "bad" : slowing ? "warn" : failed + slow >= 1 ? "stopped" : "good";
  return one("users-clock", t("Users"), value, details.join(" "), tone);
}

/** Say of a service that the fault left without an endpoint how long its requests failed. */
function bareSentence([key, [had, until]]) {
  const params = { name: key.split("/")[1], clock: until && labClock(until) };
  if (had > 1) return until ? t("{name} had no endpoint left and failed until lab {clock}.", params) : t("{name} still fails: it has no endpoint left.", params);
  return until ? t("{name} had a single replica and failed until lab {clock}.", params) : t("{name} still fails: it had a single replica.", params);
}
