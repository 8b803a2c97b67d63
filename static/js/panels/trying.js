// What else is worth trying, for a lab in which little has happened yet. Nothing is done for the
// learner: each line opens the thing that one would do it to.

import { h } from "preact";
import { t } from "../words.js";
import { cableKey } from "../diagram/drag.js";
import { told } from "./story.js";

const FEW = 3;

/** Draw the card until there is a story to read instead. */
export function trying(store, actions) {
  if (!store.loaded || !store.mayEver || told(store).length > FEW) return null;
  const machines = Object.entries(store.table("machine"));
  const [member, other] = machines.filter(([, each]) => each.role === "control-plane").map(([name]) => name);
  const worker = machines.find(([, each]) => each.role !== "control-plane")?.[0];
  const workload = Object.values(store.table("workload")).find((each) => !each.system && each.kind === "Deployment");
  const ideas = [
    member && [t("Take the quorum away"), t("Switch two control plane nodes off. Does the shop go on?"), "Node", member],
    workload && [t("Let pods wait"), t("Scale {name} up until no node has room.", { name: workload.name }), "Deployment", `${workload.ns}/${workload.name}`],
    workload && [t("Roll out a broken version"), t("Its image is in no registry. Do users notice?"), "Deployment", `${workload.ns}/${workload.name}`],
    other && [t("Cut a single cable"), t("Drag from one machine to another in the picture."), "Cable", cableKey(member, other)],
    worker && [t("Kill a kubelet"), t("Its machine goes on, and so do its pods. Who notices?"), "Node", worker],
  ].filter(Boolean);
  return h("section", { class: "card trying", "aria-label": t("Worth trying") },
    h("h2", null, t("Worth trying")),
    ideas.map(([title, text, kind, key]) => h("button", { class: "idea", key: title, onclick: () => actions.select(kind, key, true) },
      h("b", null, title), h("span", null, text))));
}
