// What is said of a worker: what is wrong with it, how long it is silent, when its pods are evicted.

import { between, span, t } from "../words.js";

/** Say of a node how long ago its last heartbeat came; without a quorum nobody could have heard one. */
export function silence(node, now) {
  return node.noticed === null ? t("not heard") : t("silent for {span}", { span: span(between(node.heartbeat, now)) });
}

/** Return what is to be said of a worker, part by part; nothing if all is well. */
export function noteOf(node, machine, now) {
  const parts = [];
  if (machine?.power === "off") parts.push(t("off"));
  else if (machine?.cut) parts.push(t("network cut"));
  else if (machine?.power === "booting") parts.push(t("starting"));
  for (const process of machine?.power === "on" ? machine.stopped ?? [] : []) parts.push(t("{process} stopped", { process }));
  if (node?.unschedulable) parts.push(t("cordoned"));
  if (node?.heartbeat != null) parts.push(silence(node, now));
  if (node?.evicts_at != null && node.ready !== "True" && node.evicts_at > now) {
    parts.push(t("eviction in {span}", { span: span(between(now, node.evicts_at)) }));
  }
  return parts;
}
