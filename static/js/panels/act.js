// A button that does something to the lab: it shows its command, says "asked…" until the lab says
// that it happened, and shows a refusal where it was pressed. Nothing of that moves what stands
// around it: somebody may be about to press there.

import { h } from "preact";
import { because, t } from "../words.js";

/** So long after a press another one may be the second half of a double click. */
export const DOUBLE_CLICK_MS = 700;

/**
 * Draw an action.
 * @param {any} store
 * @param {any} actions
 * @param {{place: string, label: string, command: string, body: object, danger?: boolean,
 *   disabled?: boolean, aria?: string, bare?: boolean, term?: string, icon?: any, also?: () => void}} act
 */
export function act(store, actions, act) {
  const asked = store.askedAt(act.place);
  const isSame = asked && JSON.stringify(asked.command) === JSON.stringify(act.body);
  const waiting = isSame && asked.state === "asked";
  return h("button", {
    class: `act ${act.danger ? "danger" : ""} ${act.icon ? "icon" : ""} ${waiting ? "waiting" : ""}`,
    disabled: !store.mayCommand,
    // It may become so while it has the focus, and keeps it.
    "aria-disabled": act.disabled ? "true" : undefined,
    title: whyNot(store) || (act.term ? undefined : act.command),
    "aria-label": act.bare ? act.aria : undefined,
    "data-term": act.term,
    "data-command": act.command,
    "data-do": act.body.do,
    // The second click of a double click asks for what was asked already.
    onclick: () => {
      if (waiting || act.disabled || (isSame && Date.now() - asked.at < DOUBLE_CLICK_MS)) return;
      act.also?.();
      actions.command(act.body, act.place, act.label);
    },
  }, act.icon ?? (waiting && !act.bare ? askedWord(store) : act.label),
  !act.bare && h("code", { "aria-hidden": true }, act.command));
}

/** Say why buttons cannot be pressed; nothing if they can. */
export function whyNot(store) {
  if (!store.mayEver) return t("This link only lets you look");
  return store.isPast ? t("This is the past: go back to now to change something") : undefined;
}

/** Without a connection it waits, and is sent under its name when there is one again. */
const askedWord = (store) => (store.connection === "open" ? t("asked…") : t("waits for the connection"));

/** Show what became of what was asked at a place, over what follows it; a click puts it away. */
export function outcome(store, place) {
  const asked = store.askedAt(place);
  const sentence = asked && said(asked);
  if (!sentence) return null;
  return h("div", { class: "outcome", key: `outcome ${place}`, onclick: () => store.forget(place) },
    h("p", { class: "refusal", role: "alert", ref: keepInSight }, sentence));
}

/** Say what holds a command up, or why it failed, in the terminal's words. */
function said({ state, reason, waiting, isUnanswered, said: told }) {
  if (state === "refused") return because(reason);
  const silent = t("no answer: the control plane has no quorum");
  if (state === "waiting") return waiting?.key === "waiting-for-quorum" && silent;
  if (state === "failed") return isUnanswered ? [silent, told].filter(Boolean).join(" · ") : told;
  return "";
}

/** Below the last button there may be no room: then it lies over the button, and nothing is scrolled. */
function keepInSight(node) {
  if (!node) return;
  const end = innerHeight - (document.querySelector(".parts")?.offsetHeight ?? 0);
  node.classList.toggle("above", node.getBoundingClientRect().bottom > end);
}
