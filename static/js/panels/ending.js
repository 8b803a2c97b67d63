// What is strange at the end of a fault, explained where it is seen.

import { h } from "preact";
import { t } from "../words.js";
import { quorumOf } from "../state/quorum.js";
import { isWell, stageOf } from "./clocks.js";
import { explained } from "./terms.js";

/** Draw the explanations that fit what can be seen now. */
export function ending(store, actions) {
  const fault = store.clocks;
  if (!fault) return null;
  if (!quorumOf(store).has) return withoutQuorum(store);
  if (stageOf(store) === "unnoticed") return null;
  const pods = Object.values(store.table("pod")).filter((pod) => !pod.system);
  const here = pods.filter((pod) => pod.node === fault.machine);
  const machine = store.table("machine")[fault.machine];
  const node = store.table("node")[fault.machine];
  const found = [];
  if (here.some((pod) => pod.deleting !== null && pod.ghost)) {
    found.push([t("Why are the old pods still Terminating?"),
      t("Only the kubelet of {name} can confirm that they have stopped, and it is silent. They stay listed until it comes back, or until somebody deletes the node.", { name: fault.machine })]);
  }
  if (isWell(machine) && node?.ready === "True" && here.length === 0 && fault.evicted_at !== null) {
    found.push([t("Why does {name} stay empty?", { name: fault.machine }),
      t("Kubernetes moves no running pod. The pods of {name} were evicted and replaced; only new pods may be placed on it.", { name: fault.machine })]);
  }
  const lonely = fault.evicted_at !== null && here.find((pod) => pod.workload === "" && pod.deleting !== null);
  if (lonely) {
    found.push([t("Why does {name} not come back?", { name: lonely.name }),
      t("It is a bare pod: no controller counts it, so nobody makes another. That is what a Deployment is for.")]);
  }
  if (fault.role === "control-plane" && fault.over_at !== null && isWell(machine)) {
    found.push([t("Was anything lost while {name} was away?", { name: fault.machine }),
      t("Nothing that was ever accepted. Its log lies on its disk: it read that again, and the leader sent what it had missed.")]);
  }
  if (!found.length) return null;
  const back = fault.role === "worker" && machine?.power === "off" && store.mayCommand;
  return card(found, fault.over_at === null, back && h("button", { key: "back", class: "act", onclick: () => actions.command({ do: "power-on", node: fault.machine }, `power ${fault.machine}`, "") },
    t("Switch {name} on again", { name: fault.machine }), h("code", null, `power-on ${fault.machine}`)));
}

/** Two questions that everybody asks. */
function withoutQuorum(store) {
  const { all, quorum } = quorumOf(store);
  const found = [
    [t("Why does the shop go on?"),
      t("Running needs no vote. Kubelets keep the pods that they have, and kube-proxy keeps the endpoints that it last knew; only who changes something needs the control plane.")],
    [t("Why can nothing be changed?"),
      t("A write counts once {quorum} of {all} members have it in their logs. Fewer hear each other now, so nobody may say yes: two halves that both said yes could never be made one again.", { quorum, all })],
  ];
  return card(found, true);
}

/** Draw questions with their answers. When all is calm they are folded: the story below is worth the room. */
function card(found, isOpen, back) {
  return h("section", { class: "card ending", "aria-label": t("What you see, explained") }, back,
    found.map(([question, answer], i) => h("details", { key: question, open: i === 0 && isOpen },
      h("summary", null, question), h("p", null, explained(answer)))));
}
