// What is worth trying: one list of experiments, at the foot of the column until there was a fault, and
// above the story when the last one is over. They are chips; the chosen one opens under them, and no
// chip moves. What has a way back keeps its button in sight until it is undone.

import { h } from "preact";
import { t } from "../words.js";
import { DOUBLE_CLICK_MS, act, outcome } from "./act.js";
import { isWell } from "./clocks.js";
import { failing, fullest } from "./firstminute.js";
import { breaking, isBroken, undoing } from "./rollout.js";
import { explained } from "./terms.js";

const PUT_AWAY = "clusterlab.experiments";
const LONELY = "default/pay";
const ROLLED_OUT = "default/Deployment/web";
const CROWDED = "default/cart";
/** More than the four workers have room for, and as many as the shop has. */
const CROWD = 14;
const USUAL = 4;

/** Tell where the list stands: at the foot, above the story at calm, or nowhere while a fault is under way. */
export function placeOf(store) {
  const isUnderWay = store.clocks && store.clocks.over_at === null;
  if (!store.loaded || !store.mayEver || store.again || isUnderWay) return "";
  return store.clocks ? "calm" : "foot";
}

/** The way back comes in the place of what was pressed: the second half of a double click does not take it. */
const isFresh = (store) => performance.now() - store.tried < DOUBLE_CLICK_MS;

/** Tell whether the column waits for the second half of a double click before it shows a new fault. */
export function isHeld(store) {
  const fault = store.clocks?.id;
  if (store.drawnFault !== fault && isFresh(store)) return true;
  store.drawnFault = fault;
  return false;
}

/** Draw the list if this is its place, or the word that brings it back. */
export function experiments(store, actions, place) {
  if (placeOf(store) !== place) return null;
  store.listAway ??= sessionStorage.getItem(PUT_AWAY) === store.labId;
  const put = (away) => () => {
    sessionStorage.setItem(PUT_AWAY, away ? store.labId : "");
    store.listAway = away;
    store.changed();
  };
  const title = t("Worth trying");
  if (store.listAway) return h("button", { key: "experiments", class: `link experiments-again ${place}`, onclick: put(false) }, title);
  return h("section", { key: "experiments", class: `card experiments ${place}`, "aria-label": title },
    h("button", { class: "close", "aria-label": t("Put this card away"), onclick: put(true) }, "×"),
    h("h2", null, title),
    chips(store, actions, place));
}

/** The chips, and what belongs to the chosen one. */
function chips(store, actions, place) {
  const all = listed(store, actions);
  const chosen = all.find(({ key }) => key === store.experiment);
  const choose = (key) => () => {
    store.experiment = key === store.experiment ? null : key;
    store.changed();
  };
  return [
    h("div", { class: "tries", key: "tries" }, all.map(({ key, title }) => h("button", {
      class: "try", key, "aria-expanded": String(key === store.experiment), "aria-controls": "experiment", onclick: choose(key),
    }, title))),
    h("div", { class: "tried", key: "tried", id: "experiment" },
      chosen && [h("p", null, explained(chosen.text)), chosen.back || chosen.act, chosen.places.map((each) => outcome(store, each))],
      !chosen && place === "foot" && h("p", { class: "quiet" }, t("Choose one: what it does stands here, with its button."))),
  ];
}

const listed = (store, actions) => [quorum, network, broken, crowd, kubelet, twice].map((each) => each(store, actions)).filter(Boolean);

/** Draw the ways back that no open experiment shows; an ending has those of machines that are missed. */
export function waysBack(store, actions) {
  if (!store.loaded || !store.mayEver) return null;
  const open = placeOf(store) && !store.listAway ? store.experiment : "";
  const ways = listed(store, actions).filter(({ key, back }) => back && key !== open);
  return ways.length > 0 && h("section", { key: "ways", class: "card ways", "aria-label": t("Undo what you tried") },
    ways.map(({ key, back, undo }) => [h("div", { key }, back), outcome(store, undo)]));
}

/** As many as take the quorum away: they are switched off one after the other. */
function quorum(store, actions) {
  const all = Object.entries(store.table("machine")).filter(([, machine]) => machine.role === "control-plane");
  if (!all.length) return null;
  const names = (power) => all.filter(([, machine]) => machine.power === power).map(([name]) => name);
  const spare = Math.floor((all.length - 1) / 2);
  const off = names("off");
  const doomed = names("on").slice(0, Math.max(0, spare + 1 - off.length));
  const params = { n: doomed.length || spare + 1, all: all.length };
  return {
    key: "quorum", title: t("Lose the quorum"), text: t("Do users notice? Can you still scale something?"),
    act: powerAll(store, actions, "power-off", doomed, t("Switch {n} of {all} control plane nodes off", params)),
    back: off.length > 0 && powerAll(store, actions, "power-on", off, off.length > 1 ? t("Switch them on again") : t("Switch {name} on again", { name: off[0] })),
    places: all.map(([name]) => `power ${name}`), undo: `power ${off[0]}`,
  };
}

/** One button for several machines. */
export function powerAll(store, actions, verb, names, label) {
  const command = names.map((name) => `${verb} ${name}`).join("; ");
  const isAsked = names.some((name) => store.askedAt(`power ${name}`)?.state === "asked");
  return h("button", {
    class: `act ${verb === "power-off" ? "danger" : ""} ${isAsked ? "waiting" : ""}`, key: verb, title: command,
    disabled: !store.mayCommand, "aria-disabled": names.length ? undefined : "true",
    onclick: () => {
      if (isAsked || isFresh(store) || !names.length) return;
      store.tried = performance.now();
      for (const name of names) actions.command({ do: verb, node: name }, `power ${name}`, "");
    },
  }, label, command && h("code", { "aria-hidden": true }, command));
}

/** An act of the list: it remembers when it was pressed. */
const trial = (store, actions, more) => act(store, actions, { ...more, ...tried(store, more.disabled) });

const tried = (store, disabled) => ({ disabled: disabled || isFresh(store), also: () => (store.tried = performance.now()) });

/** The worker that has been treated so, else the one with most pods. */
function victim(store, isTreated) {
  const workers = Object.entries(store.table("machine")).filter(([, machine]) => machine.role === "worker");
  const treated = workers.find(([, machine]) => machine.power === "on" && isTreated(machine))?.[0];
  const name = treated ?? fullest(store);
  return { name, treated, isFree: isWell(store.table("machine")[name]) };
}

function network(store, actions) {
  const { name, treated, isFree } = victim(store, (machine) => machine.cut);
  const place = `try cut ${name}`;
  return {
    key: "network", title: t("Pull a cable"),
    text: t("Cuts {name} off from all others. It and its pods go on: can the cluster tell that from a machine that is off? (A single cable is cut by dragging between two machines of the picture.)", { name }),
    act: trial(store, actions, { place, danger: true, disabled: !isFree, label: t("Cut the network of {name}", { name }),
      command: `cut ${name}`, body: { do: "cut", a: name, b: "" } }),
    back: treated && trial(store, actions, { place, label: t("Connect {name} again", { name }),
      command: `heal ${name}`, body: { do: "heal", a: name, b: "" } }),
    places: [place], undo: place,
  };
}

/** A rollout that cannot succeed, and its undo. */
function broken(store, actions) {
  const w = store.table("workload")[ROLLED_OUT];
  if (!w) return null;
  const undo = `undo ${w.ns}/${w.name}`;
  return {
    key: "broken", title: t("Break a rollout"),
    text: isBroken(w)
      ? t("Do users notice? Kubernetes waits, and never goes back by itself: that is for you to do.")
      : t("Its image is in no registry. How many of the old pods go, and do users notice?"),
    act: breaking(store, actions, w, tried(store)), back: isBroken(w) && undoing(store, actions, w, tried(store)),
    places: [`break ${w.ns}/${w.name}`, undo], undo,
  };
}

/** More pods than the nodes have room for. */
function crowd(store, actions) {
  const [ns, name] = CROWDED.split("/");
  const w = store.table("workload")[`${ns}/Deployment/${name}`];
  if (!w) return null;
  const place = `scale ${CROWDED}`;
  const scale = (replicas, more) => trial(store, actions, { place, ...more,
    command: `kubectl scale deployment/${name} --replicas=${replicas}`,
    body: { do: "scale", kind: "Deployment", key: CROWDED, replicas } });
  const isCrowded = w.wanted >= CROWD;
  return {
    key: "crowd", title: t("Let pods wait"),
    text: t("No node will have room for all of them. Why does the scheduler leave some without a node, and what ends their waiting?"),
    act: scale(CROWD, { disabled: isCrowded, label: t("Scale {name} to {n}", { name, n: CROWD }) }),
    back: isCrowded && scale(USUAL, { label: t("Scale {name} back to {n}", { name, n: USUAL }) }),
    places: [place], undo: place,
  };
}

/** Only the kubelet dies: the pods of its machine go on. */
function kubelet(store, actions) {
  const { name, treated, isFree } = victim(store, (machine) => machine.stopped?.includes("kubelet"));
  const place = `try kubelet ${name}`;
  const does = (verb, more) => trial(store, actions, { place, ...more,
    command: `${verb} ${name} kubelet`, body: { do: verb, node: name, process: "kubelet" } });
  return {
    key: "kubelet", title: t("Kill a kubelet"), text: t("Its machine goes on, and so do its pods. Who notices?"),
    act: does("kill-process", { danger: true, disabled: !isFree, label: t("Kill the kubelet of {name}", { name }) }),
    back: treated && does("start-process", { label: t("Start the kubelet of {name} again", { name }) }),
    places: [place], undo: place,
  };
}

/** Once a worker has failed: the same once more with a second replica of what had one. */
function twice(store, actions) {
  const pay = store.table("workload")["default/Deployment/pay"];
  store.hadWorkerFault ||= store.clocks?.role === "worker";
  if (!pay || !store.clocks || !store.hadWorkerFault) return null;
  const place = `scale ${LONELY}`;
  const again = () => {
    store.again = { after: store.clocks.id };
    store.dismissed = false;
    store.changed();
  };
  return {
    key: "twice", title: t("Again with two"),
    text: t("pay had a single replica, and failed until it was replaced. What changes with two?"),
    act: pay.wanted >= 2
      ? h("button", { class: "act", disabled: !store.mayCommand, onclick: again },
        failing(store).length ? t("Mend the rest and do it again") : t("Do it again"))
      : act(store, actions, { place, label: t("Scale pay to 2"),
        command: "kubectl scale deployment/pay --replicas=2",
        body: { do: "scale", kind: "Deployment", key: LONELY, replicas: 2 } }),
    places: [place],
  };
}
