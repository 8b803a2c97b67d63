// The one sentence that the last row reads: what is true now, the gravest first. What has happened is
// told only while it is new; an eviction of hours ago is no news, and calm is said only of a calm state.

import { because, between, many, number, span, t } from "../words.js";
import { causeWord } from "./causes.js";
import { rates } from "./history.js";
import { quorumOf } from "./quorum.js";
import { whatIsFull, whyNotScheduled } from "../diagram/scheduling.js";

/** Lab time for which what has happened is news. */
const NEWS_MS = 20_000;
/** Requests a second: less than that is what rounding and single retries leave. */
const FELT = 0.5;
const NEVER_PULLED = /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull)$/;
const KEEPS_ENDING = /^(CrashLoopBackOff|RunContainerError|CreateContainerConfigError)$/;

/**
 * Return the sentence for a state.
 * @param {any} state the store, or what has its `table(name)` and `clocks`
 * @param {number} now the lab instant that is shown
 */
export function headline(state, now) {
  for (const find of [quorum, users, nodes, offices, stuck, pending, slow, rollout, missing, news, unwhole]) {
    const sentence = find(state, now);
    if (sentence) return sentence;
  }
  return t("Everything is calm.");
}

function quorum(state) {
  const q = quorumOf(state);
  if (q.has || !q.all) return "";
  return q.up < q.quorum
    ? t("{up} of {all} members are up, {quorum} are needed: nothing can be written", q)
    : t("{up} of {all} members are up, but no {quorum} of them hear each other: nothing can be written", q);
}

/** Whom it hurts, and behind that what hurts them, as far as it is a machine or a rollout. */
function users(state, now) {
  const who = suffering(state);
  return who && [who, nodes(state, now) || stuck(state)].filter(Boolean).join(" · ");
}

function suffering(state) {
  const rate = rates(state.tables ?? { route: state.table("route") });
  if (rate.errors < FELT) return "";
  const [cause] = Object.entries(rate.failed).sort((a, b) => b[1] - a[1])[0];
  const routes = Object.entries(state.table("route"))
    .filter(([, route]) => Object.values(route.failed).some((each) => each > 0))
    .map(([name, route]) => (route.service ? route.service.split("/")[1] : name));
  const services = [...new Set(routes)].sort().join(", ");
  const total = number(rate.ok + rate.slow + rate.errors);
  return t("{n} of {total} requests a second fail: {services} ({cause})", { n: number(rate.errors), total, services, cause: causeWord(cause) });
}

function nodes(state, now) {
  const machines = state.table("machine");
  const lost = Object.entries(state.table("node")).filter(([, node]) => node.ready !== "True");
  const silent = Object.entries(state.table("node")).filter(([, node]) => node.ready === "True" && node.heartbeat !== null);
  const [name, node] = silent[0] ?? lost.find(([each]) => each === state.clocks?.machine) ?? lost[0] ?? [];
  if (!name) return "";
  const machine = machines[name];
  if (machine?.power === "booting") return t("{name} is starting, {left} left", { name, left: left(machine.ready_at, now) });
  if (node.ready === "True") {
    return node.judged_at !== null && node.judged_at !== undefined
      ? t("Nothing is heard from {name}, which still counts as Ready: it is judged in {left}", { name, left: left(node.judged_at, now) })
      : t("Nothing is heard from {name}, which still counts as Ready", { name });
  }
  if (lost.length > 1) return t("{n} nodes are NotReady: {names}", { n: lost.length, names: lost.map(([each]) => each).join(", ") });
  const fault = state.clocks?.machine === name ? state.clocks : null;
  if (fault?.evicts_at && fault.evicted_at === null) {
    return t("{name} is NotReady: its pods will be evicted in {left}", { name, left: left(fault.evicts_at, now) });
  }
  if (fault && fault.evicted_at !== null) {
    return fault.over_at === null
      ? t("{name} is NotReady: its pods are evicted, and their controllers make new ones", { name })
      : t("{name} is NotReady: its pods were evicted, and their controllers made new ones elsewhere", { name });
  }
  return t("{name} is NotReady", { name });
}

function offices(state) {
  const [name] = Object.entries(state.table("office")).find(([each, row]) => each !== "etcd" && row.lost) ?? [];
  return name ? t("Nobody does the work of {office} until its lease has run out", { office: name }) : "";
}

const deployments = (state) => Object.entries(state.table("workload")).filter(([, w]) => !w.system && w.kind === "Deployment");
const living = (state) => Object.values(state.table("pod")).filter((pod) => !pod.system && pod.deleting === null);
/** Old pods are still there: a rollout runs. Scaling alone leaves none. */
const isRolling = (workload) => workload.replicas > workload.updated;

function stuck(state) {
  const failing = living(state).find((pod) => NEVER_PULLED.test(pod.status) || KEEPS_ENDING.test(pod.status));
  const late = deployments(state).find(([, w]) => w.stuck);
  if (!failing) return late ? t("The rollout of {name} is stuck: ProgressDeadlineExceeded", { name: late[1].name }) : "";
  const workload = state.table("workload")[failing.workload];
  const words = { name: workload?.name ?? failing.name, image: failing.image, status: failing.status, n: workload?.available ?? 0 };
  const isPull = NEVER_PULLED.test(failing.status);
  if (workload && (isRolling(workload) || workload.stuck)) {
    return isPull
      ? t("The rollout of {name} is stuck: {image} cannot be pulled ({status}). {n} pods still serve", words)
      : t("The rollout of {name} is stuck: its new pods keep failing ({status}). {n} pods still serve", words);
  }
  return isPull ? t("{name}: {image} cannot be pulled ({status})", words) : t("{name} keeps failing ({status})", words);
}

const SHORT = { CPU: "Insufficient cpu", MEM: "Insufficient memory" };

function pending(state) {
  const waiting = living(state).filter((pod) => !pod.node && pod.phase === "Pending");
  const unfit = waiting.filter((pod) => pod.unfit).length;
  const why = whyNotScheduled(state);
  if (waiting.length && why) return many("{n} pod is Pending: {why}", "{n} pods are Pending: {why}", waiting.length, { why: why.word });
  if (!unfit) return "";
  const full = whatIsFull(state);
  return full
    ? many("{n} pod is Pending: no node has room ({why})", "{n} pods are Pending: no node has room ({why})", unfit, { why: SHORT[full.what] })
    : many("{n} pod is Pending: it fits on no node", "{n} pods are Pending: they fit on no node", unfit);
}

function slow(state) {
  const rate = rates(state.tables ?? { route: state.table("route") });
  const total = number(rate.ok + rate.slow + rate.errors);
  return rate.slow < FELT ? "" : t("{n} of {total} requests a second are slow", { n: number(rate.slow), total });
}

function rollout(state) {
  const [, w] = deployments(state).find(([, each]) => isRolling(each)) ?? [];
  return w ? t("{name} is being rolled out: {n} of {all} pods are new", { name: w.name, n: w.updated, all: w.wanted }) : "";
}

function missing(state) {
  const [, w] = deployments(state).find(([, each]) => each.available < each.wanted) ?? [];
  return w ? t("{name}: {n} of {all} pods are ready", { name: w.name, n: w.ready, all: w.wanted }) : "";
}

function news(state, now) {
  const rows = Object.entries(state.table("story")).filter(([, row]) => row.notable && !row.system && row.at <= now && now - row.at <= NEWS_MS);
  const [newest] = rows.sort((a, b) => b[1].at - a[1].at || Number(b[0]) - Number(a[0]));
  return newest ? unstopped(because(newest[1].reason)) : "";
}

/** Nothing is missing, and still not all is as it was. */
function unwhole(state) {
  const q = quorumOf(state);
  if (q.up < q.all) return t("{up} of {all} members are up: {spare} more may fail", q);
  return Object.keys(state.table("link")).length ? t("Nobody notices, but a cable is not as it should be") : "";
}

/** The same seconds as those of the clocks beside it. */
const left = (due, now) => span(between(now, due));

/** How much the reasons of one instant weigh: the state beside them, a step there says the first. */
const WEIGHT = [
  "quorum-lost", "quorum-apart", "quorum-restored", "users-fail", "users-recover", "machine-off", "network-cut",
  "node-not-ready", "pod-evicted", "node-ready-again", "rollout-stuck", "image-pull-failed", "container-crashes",
];

/** Return the sentence of a mark, or of the gravest of several marks of one instant. */
export function eventSentence(marks) {
  const weight = ({ reason }) => (WEIGHT.includes(reason.key) ? WEIGHT.indexOf(reason.key) : WEIGHT.length);
  const [gravest] = [...marks].sort((a, b) => weight(a) - weight(b) || a.id - b.id);
  return gravest ? unstopped(because(gravest.reason)) : "";
}

/** A headline ends without a full stop. */
const unstopped = (sentence) => sentence.replace(/\.$/, "");
