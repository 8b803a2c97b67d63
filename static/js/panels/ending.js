// What is strange at the end of a fault, explained where it is seen.

import { h } from "preact";
import { t } from "../words.js";
import { isWell, stageOf } from "./clocks.js";
import { explained } from "./terms.js";

/** Draw the explanations that fit what can be seen now. */
export function ending(store, actions) {
  const fault = store.clocks;
  if (!fault || stageOf(store) === "unnoticed") return null;
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
  if (!found.length) return null;
  const back = machine?.power === "off" && store.mayCommand;
  return h("section", { class: "card ending", "aria-label": t("What you see, explained") },
    back && h("button", { key: "back", class: "act", onclick: () => actions.command({ do: "power-on", node: fault.machine }, `power ${fault.machine}`, "") },
      t("Switch {name} on again", { name: fault.machine }), h("code", null, `power-on ${fault.machine}`)),
    // When all is calm the story below is worth the room.
    found.map(([question, answer], i) => h("details", { key: question, open: i === 0 && fault.over_at === null },
      h("summary", null, question), h("p", null, explained(answer)))));
}
