// Why nothing is being scheduled, if nothing is: the scheduler decides, and etcd has to write it. And
// why single pods are not: what they request is more than any node has left.

import { t } from "../words.js";
import { quorumOf } from "../state/quorum.js";

/**
 * Return what holds the scheduler up: a word for the picture, and a sentence; null if nothing does.
 * @returns {{word: string, sentence: string} | null}
 */
export function whyNotScheduled(state) {
  const q = quorumOf(state);
  if (!q.has) {
    const params = { up: q.up, all: q.all, quorum: q.quorum };
    return {
      word: t("no quorum"),
      sentence: q.up >= q.quorum
        ? t("etcd has no quorum: {up} of {all} members are up, but no {quorum} of them hear each other. Without it no pod can be bound to a node, for that is a write.", params)
        : t("etcd has no quorum: {up} of {all} members are up, and {quorum} are needed. Without it no pod can be bound to a node, for that is a write.", params),
    };
  }
  const office = state.table("office")["kube-scheduler"];
  if (office && (!office.holder || office.lost)) {
    return {
      word: t("no scheduler"),
      sentence: t("No scheduler holds the lease. When it has run out, 15 s after it was last renewed, another one takes it and goes on with the queue."),
    };
  }
  return null;
}

/**
 * Return what is full for the first pod that waits, by its requests alone: on how many per cent the
 * emptiest node that may take pods stands; null if nothing waits or some node has room.
 */
export function whatIsFull(state) {
  const [first] = Object.values(state.table("pod"))
    .filter((pod) => !pod.node && pod.deleting === null && pod.phase === "Pending")
    .sort((a, b) => a.created - b.created);
  const nodes = Object.entries(state.table("node")).filter(([name, node]) =>
    node.ready === "True" && !node.unschedulable && state.table("machine")[name]?.role !== "control-plane");
  if (!first || !nodes.length) return null;
  for (const [what, requested, allocatable, asked] of [
    ["CPU", "requested_cpu", "allocatable_cpu", first.cpu],
    ["MEM", "requested_memory", "allocatable_memory", first.memory],
  ]) {
    if (nodes.some(([, node]) => node[allocatable] - node[requested] >= asked)) continue;
    const [name, least] = nodes.reduce((best, each) =>
      each[1][requested] / each[1][allocatable] < best[1][requested] / best[1][allocatable] ? each : best);
    const n = Math.round((least[requested] / least[allocatable]) * 100);
    return {
      what,
      word: t("emptiest node: {what} {n}%", { what, n }),
      sentence: t("No node has room: even the emptiest one, {name}, has {n}% of its {what} requested. Requests count, not what is used, and not empty squares.", { name, n, what }),
    };
  }
  return null;
}
