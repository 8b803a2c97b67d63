// Why nothing is being scheduled, if nothing is: the scheduler decides, and etcd has to write it.

import { t } from "../words.js";
import { quorumOf } from "./members.js";

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
