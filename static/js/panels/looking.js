// Where in time the reader is. While they look back it takes the place of the sentence on the pace.

import { h } from "preact";
import { clock, t } from "../words.js";

/** Draw the row under the timeline: which moment is shown, its neighbours, and the way back. */
export function looking(store, actions) {
  const earlier = h("button", { class: "tool", "data-term": "timeline", onclick: () => actions.lookBeside(-1) }, t("◂ Earlier event"));
  if (!store.isPast) return h("p", { class: "looking" }, earlier);
  const words = { at: clock(store.past.at), now: clock(store.liveNow()) };
  return h("p", { class: "looking on", role: "status" },
    earlier,
    h("button", { class: "tool", onclick: () => actions.lookBeside(1) }, t("Later event ▸")),
    h("span", { class: "where" }, t("You are looking at lab {at}; the lab itself is at {now}.", words)),
    h("button", { class: "tool primary", onclick: () => actions.look(null) }, t("Back to now")));
}
