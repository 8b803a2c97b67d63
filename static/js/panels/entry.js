// The log of a member, and one place of it opened: what was written there, and what became of it.

import { h } from "preact";
import { because, moment, t } from "../words.js";

/** List the last entries of a member's log, the newest first; each opens. */
export function log(actions, member) {
  return h("details", { class: "pairs", key: "log", open: true },
    h("summary", { "data-term": "log" }, t("The end of its log")),
    h("ul", { class: "log" }, [...member.log].reverse().map(([index, term, committed]) =>
      h("li", { key: index }, h("button", {
        class: `link mono ${committed ? "" : "open"}`, onclick: () => actions.select("Entry", String(index)),
      }, `#${index}`), ` ${t("term")} ${term} · ${committed ? t("committed") : t("not committed")}`))));
}

/** Draw what the members' logs hold at an index. */
export function entry(store, actions, key) {
  const place = store.detail?.index === Number(key) ? store.detail : null;
  const index = Number(key);
  const isEnd = (to) => !place || to < place.oldest || to > place.newest;
  const step = (to, label, glyph) => h("button", {
    class: "act", "aria-label": label, "aria-disabled": isEnd(to) ? "true" : undefined,
    onclick: () => isEnd(to) || actions.select("Entry", String(to)),
  }, glyph);
  return [
    h("header", null, h("b", { class: "mono" }, `#${key}`), h("small", { "data-term": "log" }, t("Entry of etcd's log"))),
    h("div", { class: "acts row" }, step(index - 1, t("Earlier entry"), "‹"), step(index + 1, t("Later entry"), "›")),
    store.detailRefused && h("p", { class: "refusal", role: "alert" }, because(store.detailRefused)),
    place?.entries.map((each) => content(place, each)),
    place?.missing.length > 0 && h("p", { class: "quiet" }, t("Not yet in the log of {members}.", { members: place.missing.join(", ") })),
    place?.compacted.length > 0 && h("p", { class: "quiet" }, t("{members} keeps it in a snapshot only.", { members: place.compacted.join(", ") })),
  ];
}

function content(place, each) {
  const fate = each.never ? t("never applied: something else was committed here")
    : each.committed ? t("committed") : t("not committed");
  return h("section", { class: `entry ${each.never ? "bad" : ""}`, key: each.term },
    h("h2", null, `${t("term")} ${each.term} · ${fate}`),
    h("p", { class: "quiet" }, [
      each.members.length > 0 && t("in the log of {members}", { members: each.members.map((one) => one.member).join(", ") }),
      each.server && t("through the API server of {server}", { server: each.server }),
      each.applied_at !== null && t("applied {moment}", { moment: moment(each.applied_at) }),
    ].filter(Boolean).join(" · ")),
    each.holds === "empty" && h("p", null, t("Empty: with it a new leader opens its term, and commits what came before.")),
    each.holds === "forgotten" && h("p", null, t("What was written here is no longer kept.")),
    each.membership && h("p", null, t("New membership: {voters} vote.", { voters: each.membership.voters.join(", ") })),
    each.writes.length > 0 && h("ul", { class: "writes" }, each.writes.map((write) => h("li", null,
      h("b", { class: "mono" }, `${write.verb} ${write.kind} ${write.key}`),
      h("span", null, ` · ${t("by {client}", { client: write.by })}`),
      write.version > 0 && h("span", { class: "num" }, ` · resourceVersion ${write.version}`),
      write.outcome && write.outcome !== "committed" && h("span", { class: "bad" }, ` · ${t("refused: {reason}", { reason: write.outcome })}`),
      write.unanswered && h("em", { class: "bad" }, ` · ${each.committed
        ? t("timed out, applied at index {index}", { index: place.index })
        : each.never ? t("timed out, never applied") : t("timed out, still open")}`),
      write.because.key && h("p", { class: "quiet" }, because(write.because))))));
}
