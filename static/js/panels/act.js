// A button that does something to the lab: it shows its command, says "asked…" until the lab says
// that it happened, and shows a refusal where it was pressed.

import { h } from "preact";
import { because, t } from "../words.js";

/**
 * Draw an action.
 * @param {any} store
 * @param {any} actions
 * @param {{place: string, label: string, command: string, body: object, danger?: boolean,
 *   disabled?: boolean, aria?: string, bare?: boolean, term?: string}} act
 */
export function act(store, actions, act) {
  const asked = store.askedAt(act.place);
  const waiting = asked?.state === "asked";
  const mine = asked && JSON.stringify(asked.command) === JSON.stringify(act.body);
  const button = h("button", {
    class: `act ${act.danger ? "danger" : ""} ${waiting && mine ? "waiting" : ""}`,
    disabled: act.disabled || !store.mayCommand,
    title: act.command,
    "aria-label": act.bare ? act.aria : undefined,
    "data-term": act.term,
    "data-do": act.body.do,
    onclick: () => actions.command(act.body, act.place, act.label),
  }, waiting && mine ? t("asked…") : act.label,
  !act.bare && h("code", { "aria-hidden": true }, act.command));
  return button;
}

/** Show what became of what was asked at a place, if there is anything to say. */
export function outcome(store, place) {
  const asked = store.askedAt(place);
  const sentence = asked && said(asked);
  return sentence ? h("p", { class: "refusal", role: "alert" }, sentence) : null;
}

/** Say what holds a command up, or why it failed, in the terminal's words. */
function said({ state, reason, waiting, isUnanswered, said: told }) {
  if (state === "refused") return because(reason);
  const silent = t("no answer: the control plane has no quorum");
  if (state === "waiting") return waiting?.key === "waiting-for-quorum" && silent;
  if (state === "failed") return isUnanswered ? [silent, told].filter(Boolean).join(" · ") : told;
  return "";
}
