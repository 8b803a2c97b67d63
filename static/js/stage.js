// The projector: the picture, three clocks, errors, lab time and one sentence, all of it large. The
// keys of a presenter's remote step through notable events.

import { h, render } from "preact";
import { because, clock, number, t } from "./words.js";
import { rates } from "./state/history.js";
import { stageChart } from "./panels/charts.js";
import { clocksCard } from "./panels/clocks.js";
import { told } from "./panels/story.js";
import { paceSentence } from "./panels/toolbar.js";

const FORWARD = new Set(["PageDown", "ArrowRight", "ArrowDown", " ", "Enter"]);
const BACK = new Set(["PageUp", "ArrowLeft", "ArrowUp"]);
const HOLD = new Set(["b", "B", "."]);

/** Draw what stands beside the picture. */
export function drawStage(store, now) {
  const rate = rates(store.tables);
  const total = rate.ok + rate.slow + rate.errors;
  const latest = told(store).find(([, row]) => row.notable);
  render([
    h("p", { class: "labtime" }, h("small", null, t("lab")), h("b", { class: "num", id: "labclock" }, clock(now))),
    h("p", { class: "pace" }, paceSentence(store, now)),
    h("section", { class: `errors ${rate.errors > 0.5 ? "bad" : ""}` },
      h("b", { class: "num" }, t("{n} /s", { n: number(rate.errors) })),
      h("span", null, t("of {n} requests a second fail", { n: number(total) }))),
    clocksCard(store, now),
    stageChart(store, now),
  ], document.getElementById("stage-side"));
  document.getElementById("stage-sentence").textContent = latest ? because(latest[1].reason) : t("Everything is calm.");
}

/** Listen to the remote. */
export function startRemote(store, actions) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, .pick:focus-visible")) return;
    if (BACK.has(event.key)) actions.lookBeside(-1);
    else if (FORWARD.has(event.key) && store.isPast) actions.lookBeside(1);
    else if (FORWARD.has(event.key)) actions.pace({ step: true });
    else if (HOLD.has(event.key)) actions.pace({ paused: !store.pace?.paused });
    else return;
    event.preventDefault();
  });
}
