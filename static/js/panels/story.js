// The story: what happened, newest first, and "why?" up to the first cause.

import { h } from "preact";
import { grouped } from "../state/telling.js";
import { because, clock, t, toldAt } from "../words.js";
import { explained } from "./terms.js";

const SHOWN_MAX = 60;
/** A phone shows so many until it is asked for more; phone.css hides the others. */
const PHONE_MAX = 8;

/** Return the rows of the story since the lab opened, newest first. */
export function told(store) {
  const opened = store.settings.opened;
  return Object.entries(store.table("story"))
    .filter(([, row]) => row.at >= opened && (store.showSystem || !row.system))
    .sort((a, b) => b[1].at - a[1].at || Number(b[0]) - Number(a[0]));
}

/** Draw the list. */
export function story(store, actions) {
  const lines = grouped(told(store)).slice(0, SHOWN_MAX);
  return h("section", { class: `card story ${store.isStoryWhole ? "all" : ""}`, id: "story", "aria-label": t("Story") },
    h("h2", null, t("Story"), h("span", { class: "tag" }, t("newest first"))),
    lines.length === 0 && h("p", { class: "quiet" }, store.mayEver
      ? t("Nothing has happened yet. Switch a machine off, or scale something.")
      : t("Nothing has happened yet. What the instructor does, and what follows from it, will appear here.")),
    h("ol", null, lines.map((each) => (each.rows ? many(store, actions, each) : line(store, actions, each.id, each.row)))),
    lines.length > PHONE_MAX && !store.isStoryWhole && h("button", {
      class: "tool more",
      onclick: () => {
        store.isStoryWhole = true;
        store.changed();
      },
    }, t("Show more")));
}

function line(store, actions, id, row) {
  return h("li", { key: id, class: `${row.level} ${row.notable ? "notable" : ""}` },
    h("time", { class: "num" }, clock(row.at)),
    h("span", null, explained(because(row.reason)), " ",
      h("button", {
        class: "why", "aria-expanded": String(store.why?.id === id),
        onclick: () => actions.why(id),
      }, t("why?"))),
    store.why?.id === id && chain(store.why.chain));
}

/** Many like lines in one, which opens. */
function many(store, actions, { id, key, params, rows }) {
  const [, newest] = rows[0];
  return h("li", { key: `many ${id}`, class: `many ${newest.level} ${newest.notable ? "notable" : ""}` },
    h("time", { class: "num" }, clock(newest.at)),
    h("details", null,
      h("summary", null, explained(manyWord(key, params))),
      h("ol", null, rows.map(([each, row]) => line(store, actions, each, row)))));
}

function manyWord(key, params) {
  const one = params.service ?? params.replicaset ? {
    "endpoints-listed": t("The Service {service} gained ready endpoints in {n} steps", params),
    "endpoints-lost": t("The Service {service} lost ready endpoints in {n} steps", params),
    "replicaset-creates": t("The ReplicaSet {replicaset} created {n} missing pods", params),
    "replicaset-deletes": t("The ReplicaSet {replicaset} deleted {n} surplus pods", params),
  } : {};
  return one[key] ?? {
    "endpoints-listed": t("Services gained ready endpoints in {n} steps", params),
    "endpoints-lost": t("Services lost ready endpoints in {n} steps", params),
    "image-pull-failed": t("The image {image} of {n} pods cannot be pulled", params),
    "kubelet-removes": t("The kubelet of {node} removed {n} pods that had ended", params),
    "pod-evicted": t("{n} pods were evicted from {node}", params),
    "pod-not-ready-with-node": t("{n} pods of {node} are marked not ready", params),
    "pod-scheduled": t("{n} pods were assigned to nodes", params),
    "pod-unschedulable": t("No node fits {n} pods", params),
    "quota-refused": t("The quota refused a pod {n} times", params),
    "replicaset-creates": t("ReplicaSets created {n} missing pods", params),
    "replicaset-deletes": t("ReplicaSets deleted {n} surplus pods", params),
  }[key];
}

function chain(entries) {
  if (!entries) return h("p", { class: "chain quiet" }, t("asking…"));
  if (entries.length < 2) return h("p", { class: "chain quiet" }, t("This is the first cause: nothing in the cluster came before it."));
  return h("ol", { class: "chain" },
    entries.slice(1).map((entry, i) => h("li", { key: `why ${entry.id}` },
      toldAt(entry) !== null && [h("time", { class: "num" }, clock(toldAt(entry))), " "],
      h("em", null, i === entries.length - 2 ? t("first cause:") : t("because")),
      " ", explained(because(entry.reason, true)))));
}
