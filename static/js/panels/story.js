// The story: what happened, newest first, and "why?" up to the first cause.

import { h } from "preact";
import { because, clock, t } from "../words.js";

const SHOWN_MAX = 60;
/** A phone shows so many until it is asked for more; phone.css hides the others. */
const PHONE_MAX = 8;

/** Return the rows of the story since the lab opened, newest first. */
export function told(store) {
  const opened = store.settings.opened;
  return Object.entries(store.table("story"))
    .filter(([, row]) => row.at >= opened)
    .sort((a, b) => b[1].at - a[1].at || Number(b[0]) - Number(a[0]));
}

/** Draw the list. */
export function story(store, actions) {
  const rows = told(store).slice(0, SHOWN_MAX);
  return h("section", { class: `card story ${store.isStoryWhole ? "all" : ""}`, id: "story", "aria-label": t("Story") },
    h("h2", null, t("Story"), h("span", { class: "tag" }, t("newest first"))),
    rows.length === 0 && h("p", { class: "quiet" }, t("Nothing has happened yet. Switch a machine off, or scale something.")),
    h("ol", null,
      rows.map(([id, row]) => h("li", { key: id, class: `${row.level} ${row.notable ? "notable" : ""}` },
        h("time", { class: "num" }, clock(row.at)),
        h("span", null, because(row.reason), " ",
          h("button", {
            class: "why", "aria-expanded": String(store.why?.id === id),
            onclick: () => actions.why(id),
          }, t("why?"))),
        store.why?.id === id && chain(store.why.chain)))),
    rows.length > PHONE_MAX && !store.isStoryWhole && h("button", {
      class: "tool more",
      onclick: () => {
        store.isStoryWhole = true;
        store.changed();
      },
    }, t("Show more")));
}

function chain(entries) {
  if (!entries) return h("p", { class: "chain quiet" }, t("asking…"));
  if (entries.length < 2) return h("p", { class: "chain quiet" }, t("This is the first cause: nothing in the cluster came before it."));
  return h("ol", { class: "chain" },
    entries.slice(1).map((entry, i) => h("li", { key: `why ${entry.id}` },
      h("em", null, i === entries.length - 2 ? t("first of all") : t("because")),
      " ", because(entry.reason), " ", h("time", { class: "num" }, clock(entry.at)))));
}
