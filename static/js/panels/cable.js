// The inspector of one cable: what is wrong with it, and what can be done to it.

import { h } from "preact";
import { t } from "../words.js";
import { cableKey } from "../diagram/drag.js";
import { linkOf, linkWords } from "../diagram/links.js";
import { act, outcome } from "./act.js";

const DELAY_MS = 200;
const LOSS_PERCENT = 30;
/** One cable is less than all that leads to a machine. */
const TERMS = { cut: "cut-cable", heal: "heal-cable" };

/** Draw the cable between two machines. */
export function cable(store, actions, key) {
  const [a, b] = key.split("|");
  const machines = store.table("machine");
  if (!machines[a] || !machines[b]) return null;
  const link = linkOf(store, a, b);
  const place = `cable ${cableKey(a, b)}`;
  const one = (verb, label, words, body, danger = true) => act(store, actions, {
    place, danger, label, term: TERMS[verb] ?? verb, command: words, body: { do: verb, ...body },
  });
  return [
    h("header", null, h("b", { class: "mono" }, `${a} – ${b}`), h("small", { "data-term": "cable" }, t("Cable"))),
    h("p", { class: link ? "explain bad" : "quiet" }, linkWords(link)),
    h("div", { class: "acts" },
      link
        ? one("heal", t("Heal the cable"), `heal ${a} ${b}`, { a, b }, false)
        : one("cut", t("Cut the cable"), `cut ${a} ${b}`, { a, b }),
      !link && [[a, b], [b, a]].map(([from, to]) =>
        one("cut", t("Cut only {from} → {to}", { from, to }), `cut --one-way ${from} ${to}`, { a: from, b: to, one_way: true })),
      !link?.cut && !link?.delay_ms && one("delay", t("{n} ms later", { n: DELAY_MS }), `delay ${a} ${b} ${DELAY_MS}ms`, { a, b, ms: DELAY_MS }),
      !link?.cut && !link?.loss && one("loss", t("Lose {n} %", { n: LOSS_PERCENT }), `loss ${a} ${b} ${LOSS_PERCENT}%`, { a, b, percent: LOSS_PERCENT }),
      !link?.cut && (link?.held
        ? one("release", t("Release what is held"), `release ${a} ${b}`, { a, b }, false)
        : one("hold", t("Hold everything"), `hold ${a} ${b}`, { a, b }))),
    outcome(store, place),
    h("p", { class: "quiet" }, t("Drag from one machine to another in the picture to cut or heal the cable between them.")),
  ];
}

/** List the cables of a machine; each opens. */
export function cables(store, actions, name) {
  const others = Object.keys(store.table("machine")).filter((other) => other !== name);
  return h("details", { class: "pairs", key: `pairs ${name}` },
    h("summary", { "data-term": "cable" }, t("Its cables to single machines")),
    h("ul", { class: "cables" }, others.map((other) => {
      const link = linkOf(store, name, other);
      const verb = link ? "heal" : "cut";
      return h("li", { class: "line", key: other },
        h("button", { class: "name mono", onclick: () => actions.select("Cable", cableKey(name, other)) }, other),
        h("span", { class: `state ${link ? "bad" : ""}`, title: linkWords(link) }, linkWords(link)),
        act(store, actions, {
          place: `cable ${cableKey(name, other)}`, bare: true, danger: verb === "cut", term: TERMS[verb] ?? verb,
          label: link ? t("Heal") : t("Cut"),
          aria: link ? t("{other}: heal the way to {name}", { name, other }) : t("{other}: cut it off from {name}", { name, other }),
          command: `${verb} ${name} ${other}`, body: { do: verb, a: name, b: other },
        }),
        outcome(store, `cable ${cableKey(name, other)}`));
    })));
}
