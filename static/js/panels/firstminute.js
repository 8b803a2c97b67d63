// The first minute: one prediction, one click, and the answer with the seconds of this run.

import { h } from "preact";
import { span, t } from "../words.js";
import { act, outcome } from "./act.js";
import { stageOf } from "./clocks.js";
import { told } from "./story.js";

const DISMISSED = "clusterlab.first-minute";

/** Return the worker with most pods of users: the one whose loss tells most. */
export function fullest(store) {
  const counts = {};
  for (const pod of Object.values(store.table("pod"))) {
    if (pod.system || !pod.node || pod.deleting !== null) continue;
    if (store.table("machine")[pod.node]?.power === "on") counts[pod.node] = (counts[pod.node] ?? 0) + 1;
  }
  const names = Object.keys(counts).sort();
  return names.reduce((best, name) => (counts[name] > (counts[best] ?? 0) ? name : best), names[0] ?? "worker-1");
}

const OPTIONS = () => [["users", t("the users")], ["control", t("the control plane")], ["scheduler", t("the scheduler")]];

/** Draw the card, unless it was put away. */
export function firstMinute(store, actions, now) {
  if (store.dismissed === undefined) store.dismissed = sessionStorage.getItem(DISMISSED) === store.labId;
  if (store.dismissed || !store.loaded) return null;
  const begun = store.clocks && store.clocks.fault === "machine-off" && store.clocks.role === "worker";
  const dismiss = () => {
    sessionStorage.setItem(DISMISSED, store.labId);
    store.dismissed = true;
    store.changed();
  };
  return h("section", { class: "card first", "aria-label": t("The first minute") },
    h("button", { class: "close", "aria-label": t("Put this card away"), onclick: dismiss }, "×"),
    h("p", { class: "kick" }, t("The first minute")),
    begun ? answer(store) : question(store, actions));
}

function question(store, actions) {
  const name = fullest(store);
  return [
    h("h1", null, t("Switch {name} off. Who notices first?", { name })),
    prediction(store),
    act(store, actions, {
      place: `power ${name}`, danger: true, also: () => (store.awaitsAnswer = true), label: t("Switch {name} off", { name }),
      command: `power-off ${name}`, body: { do: "power-off", node: name } }),
    outcome(store, `power ${name}`),
  ];
}

/** One of three: Tab comes to it once, and the arrows choose. */
function prediction(store) {
  const keys = OPTIONS().map(([key]) => key);
  const predict = (key) => {
    store.prediction = key;
    store.changed();
  };
  const onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const from = [...event.currentTarget.children].indexOf(event.target);
    if (!step || from < 0) return;
    event.preventDefault();
    const to = (from + step + keys.length) % keys.length;
    event.currentTarget.children[to].focus();
    predict(keys[to]);
  };
  return h("div", { class: "options", role: "radiogroup", "aria-label": t("Your prediction"), onkeydown },
    OPTIONS().map(([key, label], i) => h("button", {
      class: `opt ${store.prediction === key ? "on" : ""}`, role: "radio", "aria-checked": String(store.prediction === key),
      tabindex: (store.prediction ?? keys[0]) === key ? 0 : -1,
      onclick: () => predict(key),
    }, h("b", null, "ABC"[i]), h("span", null, label))));
}

/** Return after how long each of the three noticed, null while they have not. */
export function noticed(store) {
  const fault = store.clocks;
  const hurt = store.history.samples.find((s) => s.at >= fault.fault_at && s.slow + s.errors > 0.01);
  const placed = told(store).filter(([, row]) =>
    row.reason.key === "pod-scheduled" && fault.evicted_at !== null && row.at >= fault.evicted_at).at(-1);
  return {
    users: hurt ? hurt.at - fault.fault_at : null,
    control: fault.not_ready_at === null ? null : fault.not_ready_at - fault.fault_at,
    scheduler: placed ? placed[1].at - fault.fault_at : null,
  };
}

function answer(store) {
  const after = noticed(store);
  const words = Object.fromEntries(OPTIONS());
  const line = (key, extra) => h("li", { class: `${after[key] === null ? "" : "known"} ${store.prediction === key ? "mine" : ""}` },
    h("b", { class: "num" }, after[key] === null ? "…" : span(after[key])),
    h("span", null, words[key], store.prediction === key && h("em", null, t("your prediction")), h("small", null, extra)));
  const stage = stageOf(store);
  return [
    h("h1", { key: "answer", tabindex: -1, ref: (title) => receive(store, title) }, t("Who noticed, and when")),
    h("ol", { class: "noticed" },
      line("users", t("their requests wait for a pod that is not there")),
      line("control", t("no heartbeat within {n} s: NotReady", { n: store.settings.grace_s })),
      line("scheduler", t("only when new pods have to be placed, after {n} s of toleration", { n: store.settings.toleration_s }))),
    (stage === "replaced" || stage === "healed") && store.prediction && h("p", { class: "explain" },
      store.prediction === "users" ? t("You were right: the users come first.") : t("It was the users: they notice at once.")),
    store.settings.shortened && h("p", { class: "quiet" }, t("This scenario shortens the real periods of 50 s and 300 s.")),
  ];
}

/** The button that was pressed is gone: whoever pressed it by key goes on at the answer. */
function receive(store, title) {
  if (!title || !store.awaitsAnswer) return;
  store.awaitsAnswer = false;
  if (document.activeElement === document.body) title.focus({ preventScroll: true });
}
