// What to try next: four more experiments, when the last fault is over. They are four chips, so that the
// story below stays in sight; the chosen one opens under them, and no chip moves.

import { h } from "preact";
import { t } from "../words.js";
import { act, outcome } from "./act.js";
import { failing, fullest } from "./firstminute.js";
import { breaking, isBroken, undoing } from "./rollout.js";
import { explained } from "./terms.js";

const PUT_AWAY = "clusterlab.next";
const DEPLOYMENT = "default/pay";
const ROLLED_OUT = "default/Deployment/web";

/** Draw the card, or the word that brings them back; nothing while a fault runs. */
export function next(store, actions) {
  const fault = store.clocks;
  if (!fault || fault.over_at === null || store.again || !store.mayEver) return null;
  if (store.nextAway === undefined) store.nextAway = sessionStorage.getItem(PUT_AWAY) === store.labId;
  const put = (away) => () => {
    sessionStorage.setItem(PUT_AWAY, away ? store.labId : "");
    store.nextAway = away;
    store.changed();
  };
  if (store.nextAway) return h("button", { class: "link next-again", onclick: put(false) }, t("What next?"));
  return h("section", { class: "card next", "aria-label": t("What next?") },
    h("button", { class: "close", "aria-label": t("Put this card away"), onclick: put(true) }, "×"),
    h("h2", null, t("What next?")),
    experiments(store, actions));
}

/** The chips, and what belongs to the chosen one. */
function experiments(store, actions) {
  const all = [cable(store, actions), masters(store, actions), broken(store, actions), twice(store, actions)].filter(Boolean);
  const chosen = all.find(({ key }) => key === store.experiment);
  const choose = (key) => () => {
    store.experiment = key === store.experiment ? null : key;
    store.changed();
  };
  return [
    h("div", { class: "tries", key: "tries" }, all.map(({ key, title }) => h("button", {
      class: "try", key, "aria-expanded": String(key === store.experiment), "aria-controls": "experiment", onclick: choose(key),
    }, title))),
    h("div", { class: "tried", key: "tried", id: "experiment" }, chosen?.content),
  ];
}

function cable(store, actions) {
  const name = fullest(store);
  const place = `next cut ${name}`;
  return { key: "cable", title: t("Pull a cable"), content: [
    h("p", null, explained(t("The machine goes on, and its pods too. Can the cluster tell that from a machine that is off?"))),
    act(store, actions, { place, danger: true, label: t("Cut the network of {name}", { name }),
      command: `cut ${name}`, body: { do: "cut", a: name, b: "" } }),
    outcome(store, place),
  ] };
}

/** As many as take the quorum away: they are switched off one after the other. */
function masters(store, actions) {
  const all = Object.entries(store.table("machine")).filter(([, machine]) => machine.role === "control-plane");
  const on = all.filter(([, machine]) => machine.power === "on").map(([name]) => name);
  const names = on.slice(0, all.length - Math.floor(all.length / 2));
  const params = { n: names.length, all: all.length };
  return { key: "masters", title: t("Take the quorum away"), content: [
    h("p", null, explained(t("Do users notice? Can you still scale something?"))),
    powerAll(store, actions, "power-off", names, t("Switch {n} of {all} control plane nodes off", params), names.length < 2),
    names.map((name) => outcome(store, `power ${name}`)),
    on.length < all.length && powerAll(store, actions, "power-on",
      all.map(([name]) => name).filter((name) => !on.includes(name)), t("Switch them on again")),
  ] };
}

/** One button for several machines. */
export function powerAll(store, actions, verb, names, label, disabled = false) {
  const command = names.map((name) => `${verb} ${name}`).join("; ");
  return h("button", {
    class: `act ${verb === "power-off" ? "danger" : ""}`, disabled: !store.mayCommand || disabled, title: command,
    onclick: () => names.forEach((name) => actions.command({ do: verb, node: name }, `power ${name}`, "")),
  }, label, h("code", { "aria-hidden": true }, command));
}

/** A rollout that cannot succeed, and its undo. */
function broken(store, actions) {
  const w = store.table("workload")[ROLLED_OUT];
  if (!w) return null;
  return { key: "broken", title: t("Roll out a broken version"), content: [
    h("p", null, isBroken(w)
      ? t("Do users notice? Kubernetes waits, and never goes back by itself: that is for you to do.")
      : t("Its image is in no registry. How many of the old pods go, and do users notice?")),
    // The one stays where it is: a second click must not undo the first.
    breaking(store, actions, w), isBroken(w) && undoing(store, actions, w),
    outcome(store, `break ${w.ns}/${w.name}`), outcome(store, `undo ${w.ns}/${w.name}`),
  ] };
}

/** The same once more with a second replica of what had one. */
function twice(store, actions) {
  const pay = store.table("workload")["default/Deployment/pay"];
  if (!pay) return null;
  const place = `scale ${DEPLOYMENT}`;
  const again = () => {
    store.again = { after: store.clocks.id };
    store.dismissed = false;
    store.changed();
  };
  const rich = pay.wanted >= 2;
  return { key: "twice", title: t("Do it again with two"), content: [
    h("p", null, explained(t("pay had a single replica, and failed until it was replaced. What changes with two?"))),
    rich
      ? h("button", { class: "act", disabled: !store.mayCommand, onclick: again },
        failing(store).length ? t("Mend the rest and do it again") : t("Do it again"))
      : act(store, actions, { place, label: t("Scale pay to 2"),
        command: "kubectl scale deployment/pay --replicas=2",
        body: { do: "scale", kind: "Deployment", key: DEPLOYMENT, replicas: 2 } }),
    outcome(store, place),
  ] };
}
