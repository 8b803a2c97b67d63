// The first minute: one prediction, one click, and the answer with the seconds of this run.

import { h } from "preact";
import { FirstFault } from "../state/firstfault.js";
import { between, span, t } from "../words.js";
import { DOUBLE_CLICK_MS, act, outcome } from "./act.js";
import { isWell, whyThen } from "./clocks.js";
import { explained } from "./terms.js";

const DISMISSED = "clusterlab.first-minute";
const DRAWN_MS = 100;
const PHONE = matchMedia("(max-width: 700px)");

/** Return the worker with most pods of users: the one whose loss tells most. */
export function fullest(store) {
  const counts = {};
  for (const pod of Object.values(store.table("pod"))) {
    if (pod.system || !pod.node || pod.deleting !== null) continue;
    if (isWell(store.table("machine")[pod.node])) counts[pod.node] = (counts[pod.node] ?? 0) + 1;
  }
  const names = Object.keys(counts).sort();
  return names.reduce((best, name) => (counts[name] > (counts[best] ?? 0) ? name : best), names[0] ?? "worker-1");
}

/** Return the workers that cannot be heard. */
export function failing(store) {
  return Object.entries(store.table("machine"))
    .filter(([, machine]) => machine.role === "worker" && !isWell(machine)).map(([name]) => name);
}

const OPTIONS = () => [["users", t("the users")], ["control", t("the control plane")], ["scheduler", t("the scheduler")]];

/** Draw the card, unless it was put away. */
export function firstMinute(store, actions) {
  if (store.dismissed === undefined) store.dismissed = sessionStorage.getItem(DISMISSED) === store.labId;
  if (store.dismissed || !store.loaded) return null;
  const first = (store.firstFault ??= new FirstFault(store.labId, sessionStorage));
  const latest = store.clocks;
  const isMine = latest?.fault === "machine-off" && latest.role === "worker";
  if (store.again && latest?.id > store.again.after) {
    store.again = null;
    first.begin();
  }
  // What is past is looked at as it was then.
  if (!store.isPast && !store.again) first.follow(latest, isMine);
  const isPointedAt = document.getElementById("lesson").matches(":hover");
  if (!store.again && first.isFolded(store.isPast ? first.fault : latest, askedOf(store), isPointedAt)) return folded(store, first.fault);
  const fault = store.isPast ? isMine && latest : first.fault;
  const isAnswered = fault && !store.again;
  const content = isAnswered ? answer(store, fault) : question(store, actions);
  if (!content) return null;
  // On a phone the answer is a strip over the picture, which has to be seen now.
  const shape = isAnswered && !store.awaitsAnswer ? `strip ${fault.over_at === null ? "held" : ""} ${store.isStripOpen ? "open" : ""}` : "";
  const dismiss = () => {
    sessionStorage.setItem(DISMISSED, store.labId);
    store.dismissed = true;
    store.changed();
  };
  return h("section", { class: `card first ${shape}`, "aria-label": t("The first minute") },
    h("button", { class: "close", "aria-label": t("Put this card away"), onclick: dismiss }, "×"),
    h("p", { class: "kick" }, t("The first minute")),
    content);
}

/** What is asked of the cluster: another scale or image is another act. */
const askedOf = (store) => Object.entries(store.live.workload ?? {}).filter(([, w]) => !w.system)
  .map(([key, w]) => `${key} ${w.wanted} ${w.images}`).sort().join();

/** Say after how long somebody noticed; null if they have not. */
function whenWord(fault, after) {
  if (after === null) return null;
  return after < 500 ? t("at once") : span(between(fault.fault_at, fault.fault_at + after));
}

/** The answer in one line, which opens. */
function folded(store, fault) {
  const { users, control, scheduler } = noticed(fault);
  const when = (after) => whenWord(fault, after) ?? "–";
  return h("section", { key: "first folded", class: "card first folded", "aria-label": t("The first minute") },
    h("details", null,
      h("summary", null, t("The first minute: users {users}, control plane {control}, scheduler {scheduler}",
        { users: when(users), control: when(control), scheduler: when(scheduler) })),
      h("div", { class: "first-answer" }, answer(store, fault))));
}

/** What to do, and what to predict; nothing is killed while something else is broken. */
function question(store, actions) {
  const fault = store.clocks;
  const broken = failing(store);
  if (broken.length || (fault && fault.over_at === null)) return store.again ? mendFirst(store, actions, broken) : null;
  const name = fullest(store);
  return [
    h("h1", null, store.mayEver
      ? t("Switch {name} off. Who notices first?", { name })
      : t("The instructor will switch a worker off. Who notices first?")),
    prediction(store, fault),
    store.mayEver && act(store, actions, {
      place: `power ${name}`, danger: true, also: () => (store.awaitsAnswer = true), label: t("Switch {name} off", { name }),
      command: `power-off ${name}`, body: { do: "power-off", node: name } }),
    outcome(store, `power ${name}`),
  ];
}

/** One of three: Tab comes to it once, and the arrows choose. */
function prediction(store, fault) {
  const keys = OPTIONS().map(([key]) => key);
  const chosen = store.predictions.open;
  const predict = (key) => {
    store.predictions.choose(key, fault?.id ?? 0);
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
      class: `opt ${chosen === key ? "on" : ""}`, role: "radio", "aria-checked": String(chosen === key),
      tabindex: (chosen ?? keys[0]) === key ? 0 : -1,
      onclick: () => predict(key),
    }, h("b", null, "ABC"[i]), h("span", null, label))));
}

function mendFirst(store, actions, broken) {
  const machines = store.table("machine");
  return [
    h("h1", null, t("First mend what is broken")),
    broken.map((name) => {
      const isOff = machines[name].power === "off";
      return isOff || machines[name].cut ? act(store, actions, {
        place: `power ${name}`, label: isOff ? t("Switch {name} on again", { name }) : t("Connect {name} again", { name }),
        command: isOff ? `power-on ${name}` : `heal ${name}`,
        body: isOff ? { do: "power-on", node: name } : { do: "heal", a: name, b: "" },
      }) : h("p", { class: "quiet" }, t("{name} is not heard yet.", { name }));
    }),
    !broken.length && h("p", { class: "quiet" }, t("The last fault is not over yet.")),
  ];
}

/** Return after how long each of the three noticed, null while they have not. */
export function noticed(fault) {
  const after = (at) => (at === null ? null : at - fault.fault_at);
  return { users: after(fault.users_at), control: after(fault.not_ready_at), scheduler: after(fault.scheduled_at) };
}

function answer(store, fault) {
  const after = noticed(fault);
  const words = Object.fromEntries(OPTIONS());
  const prediction = store.predictions.of(fault.id);
  // Each has its line from the beginning: what is known later moves nothing.
  const line = (key, extra) => {
    const isKnown = after[key] !== null;
    const when = whenWord(fault, after[key]) ?? "…";
    return h("li", { class: isKnown ? `known ${prediction === key ? "mine" : ""}` : "unknown", key },
      h("b", { class: "num" }, when),
      h("span", null, words[key], prediction === key && h("em", null, t("your prediction")), isKnown && h("small", null, explained(extra))));
  };
  const known = Object.keys(after).filter((key) => after[key] !== null);
  return [
    h("h1", { key: "answer", tabindex: -1, ref: (title) => receive(store, title) }, t("Who noticed, and when")),
    known.length === 0 && h("p", { class: "quiet" }, t("Nobody yet.")),
    h("ol", { class: "noticed" },
      line("users", t("their requests wait for pods that are gone")),
      line("control", whyThen(fault) ?? t("no heartbeat within {n} s: NotReady", { n: store.settings.grace_s })),
      line("scheduler", t("only when new pods have to be placed, after {n} s of toleration", { n: store.settings.toleration_s }))),
    known.length > 0 && prediction && h("p", { class: "explain verdict" }, verdict(known, after, prediction)),
    // Under a key of its own, or it would be the pressed button made anew, and keep its focus unseen.
    h("button", { key: "unfold", class: "link unfold", "aria-expanded": String(Boolean(store.isStripOpen)), onclick: () => {
      store.isStripOpen = !store.isStripOpen;
      store.changed();
    } }, t("Why then?")),
    store.settings.shortened && h("p", { class: "quiet" }, t("This scenario shortens the real periods of 50 s and 300 s.")),
  ];
}

/**
 * The button that was pressed is gone: whoever pressed it by key goes on at the answer, and on a phone
 * the machine comes into sight.
 */
function receive(store, title) {
  if (!title || !store.awaitsAnswer || store.isReceiving) return;
  store.isReceiving = true;
  if (document.activeElement === document.body) title.focus({ preventScroll: true });
  setTimeout(() => {
    store.isReceiving = store.awaitsAnswer = false;
    store.changed();
    if (!PHONE.matches) return;
    const machine = `#scene [data-kind="Node"][data-key="${CSS.escape(store.clocks.machine)}"]`;
    // Only when the strip has its place is it known where that is.
    setTimeout(() => document.querySelector(machine)?.scrollIntoView({ block: "center" }), DRAWN_MS);
  }, DOUBLE_CLICK_MS);
}

/** Say whether the prediction was right, as soon as the first has noticed. */
function verdict(known, after, prediction) {
  const first = known.reduce((best, key) => (after[key] < after[best] ? key : best));
  if (first === "users") {
    return {
      users: t("You were right: the users come first."),
      control: t("You guessed the control plane; it was the users, who notice at once."),
      scheduler: t("You guessed the scheduler; it was the users, who notice at once."),
    }[prediction];
  }
  return prediction === first
    ? t("You were right: no request went to the machine that is gone.")
    : t("This time no request went to the machine that is gone, so the control plane noticed first.");
}
