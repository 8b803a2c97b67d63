// Three clocks, from a fault until calm: the machine, what the cluster believes, the users.

import { h } from "preact";
import { many, span, t } from "../words.js";
import { rates } from "../state/history.js";

/** Return what users have suffered since the fault, up to an instant. */
export function suffering(store, now) {
  const users = store.clocks?.users ?? {};
  const rate = rates(store.tables);
  const passed = Math.max(0, now - store.readAt) / 1000;
  let failed = 0;
  for (const [cause, amount] of Object.entries(users)) if (cause !== "slow") failed += amount;
  return {
    failed: failed + rate.errors * passed,
    slow: (users.slow ?? 0) + rate.slow * passed,
    failing: rate.errors > 0.01,
    slowing: rate.slow > 0.01,
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
  const machine = store.table("machine")[fault.machine];
  const back = isWell(machine);
  if (back && fault.believed === "True" && fault.calm) return "healed";
  if (fault.evicted_at !== null && fault.calm) return "replaced";
  if (fault.evicted_at !== null) return "evicting";
  if (fault.not_ready_at !== null || fault.believed !== "True") return "believed";
  return "unnoticed";
}

/** Draw the card. */
export function clocksCard(store, now) {
  const fault = store.clocks;
  if (!fault) return null;
  const stage = stageOf(store);
  const calm = stage === "healed" || stage === "replaced";
  return h("section", { class: `card clocks ${calm ? "calm" : ""}`, "aria-label": t("Three clocks") },
    h("h2", { "data-term": "three-clocks" }, t("Three clocks"),
      h("span", { class: "tag" }, calm ? t("calm") : t("since {name} failed", { name: fault.machine }))),
    h("dl", null, machineClock(store, fault, now), beliefClock(store, fault, now, stage), usersClock(store, fault, now)));
}

function one(term, name, value, detail, tone, share) {
  return h("div", { class: `clock ${tone}`, "data-term": term },
    h("dt", null, name),
    h("dd", null, h("b", { class: "num" }, value),
      detail && h("span", null, detail),
      share !== undefined && h("i", { class: "meter", "aria-hidden": true },
        h("u", { style: `width:${Math.round(Math.min(1, share) * 100)}%` }))));
}

function machineClock(store, fault, now) {
  const machine = store.table("machine")[fault.machine];
  if (!machine) return one("machine-clock", t("Machine"), t("gone"), "", "bad");
  const since = span(now - Math.max(machine.since, 0));
  if (machine.power === "off") return one("machine-clock", t("Machine"), t("off for {span}", { span: span(now - fault.fault_at) }), "", "bad");
  if (machine.cut) return one("machine-clock", t("Machine"), t("cut off for {span}", { span: span(now - fault.fault_at) }), t("It runs, but nobody hears it."), "bad");
  const process = silencedBy(machine);
  if (process) return one("machine-clock", t("Machine"), t("{process} stopped for {span}", { process, span: span(now - fault.fault_at) }), t("The machine runs, and so do its pods; nobody looks after them."), "bad");
  if (machine.power === "booting") return one("machine-clock", t("Machine"), t("starting for {span}", { span: since }), "", "warn");
  return one("machine-clock", t("Machine"), t("on again for {span}", { span: since }), "", "good");
}

function beliefClock(store, fault, now, stage) {
  const name = t("Cluster believes");
  if (fault.believed === "True" && fault.last_heartbeat !== null) {
    const silence = now - fault.last_heartbeat;
    return one("belief-clock", name, "Ready",
      t("last heartbeat {span} ago, limit {limit} s", { span: span(silence), limit: fault.limit_s }),
      "warn", silence / 1000 / fault.limit_s);
  }
  if (fault.believed === "True") return one("belief-clock", name, "Ready", t("heartbeats arrive"), "good");
  const tainted = stage === "believed" && fault.not_ready_at !== null;
  const toleration = store.settings.toleration_s;
  const waited = tainted ? (now - fault.believed_since) / 1000 : 0;
  const detail = stage === "believed"
    ? t("for {span}; its pods are evicted after {limit} s", { span: span(now - fault.believed_since), limit: toleration })
    : t("for {span}; its pods are evicted", { span: span(now - fault.believed_since) });
  return one("belief-clock", name, "NotReady", detail, "bad", tainted ? waited / toleration : undefined);
}

function usersClock(store, fault, now) {
  const { failed, slow, failing, slowing } = suffering(store, now);
  const value = failed >= 1
    ? many("{n} request failed", "{n} requests failed", Math.round(failed))
    : slow >= 1 ? many("{n} request was slow", "{n} requests were slow", Math.round(slow)) : t("nothing noticed");
  const details = [];
  if (failed >= 1 && slow >= 1) details.push(many("{n} more was slow.", "{n} more were slow.", Math.round(slow)));
  if (fault.endpoints_gone_at !== null) {
    details.push(t("After {span} its endpoints went: no request waits for it any more, long before a replacement exists.", {
      span: span(fault.endpoints_gone_at - fault.fault_at) }));
  }
  const bare = failing && fault.endpoints_gone_at !== null
    ? Object.values(store.table("service")).filter((s) => !s.system && s.endpoints.length === 0).map((s) => s.name)
    : [];
  if (bare.length) details.push(t("{names} still fails: it had a single replica.", { names: bare.join(", ") }));
  const tone = failing ? "bad" : slowing ? "warn" : failed + slow >= 1 ? "stopped" : "good";
  return one("users-clock", t("Users"), value, details.join(" "), tone);
}
