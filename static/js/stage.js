// The projector: the picture, three clocks, errors, lab time and one sentence, all of it large. The
// keys of a presenter's remote step through notable events; only who may change the lab moves its time.

import { h, render } from "preact";
import { clock, many, number, span, t } from "./words.js";
import { rates } from "./state/history.js";
import { eventSentence, headline } from "./state/headline.js";
import { stageChart } from "./panels/charts.js";
import { clocksCard, isWell } from "./panels/clocks.js";
import { paceSentence } from "./panels/toolbar.js";

const FORWARD = new Set(["PageDown", "ArrowRight", "ArrowDown", " ", "Enter"]);
const BACK = new Set(["PageUp", "ArrowLeft", "ArrowUp"]);
/** What a remote's button for a dark screen sends, as slide programs understand it. */
const BLANK = new Set(["b", "B", "."]);
const PAUSE = new Set(["p", "P"]);
/** Who has come back from the past with one press has pressed once more before seeing it. */
const HURRIED_MS = 2_000;
const HINT_MS = 9_000;
/** Lab time for which the clocks of a fault that is over stay. */
const CLOCKS_STAY_MS = 120_000;

const $ = (id) => document.getElementById(id);

/** Draw what stands beside the picture, and the sentence under it. */
export function drawStage(store, now) {
  const rate = rates(store.tables);
  const total = rate.ok + rate.slow + rate.errors;
  render([
    h("p", { class: "labtime" }, h("small", null, t("lab")), h("b", { class: "num", id: "labclock" }, clock(now))),
    // Which keys there are is said at first, in the place of what is said of the pace later.
    h("p", { class: "pace", id: store.hint ? "stage-hint" : undefined }, store.hint || pace(store, now)),
    h("section", { class: `errors ${rate.errors > 0.5 ? "bad" : ""}` },
      h("b", { class: "num" }, t("{n} /s", { n: number(rate.errors) })),
      h("span", null, t("of {n} requests a second fail", { n: number(total) }))),
    clocks(store, now),
    others(store),
    stageChart(store, now),
  ], $("stage-side"));
  const { event } = store.past;
  put("stage-sentence", event ? eventSentence(event.marks) : headline(store, now));
  const where = { at: clock(store.past.at ?? now), now: clock(store.liveNow()) };
  put("stage-past", store.isPast ? t("You are looking at lab {at}; the lab is at {now}", where) : "");
}

/** Write a text, if it is another one: a reader of the screen hears each of them. */
function put(id, text) {
  const place = $(id);
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

/** The pace is the lab's, and no one else's: what is shown of the past has none. */
function pace(store, now) {
  if (!store.isPast) return paceSentence(store, now);
  return store.pace?.paused ? t("This is the past. The lab itself is paused.") : t("This is the past. The lab itself goes on.");
}

function clocks(store, now) {
  const over = store.clocks?.over_at ?? null;
  if (over === null || now - over < CLOCKS_STAY_MS) return clocksCard(store, now);
  return h("p", { class: "over" }, t("The fault of {name} is over, for {span}", { name: store.clocks.machine, span: span(now - over) }));
}

/** However many they are, they take one line: the chart needs the room. */
function others(store) {
  const rest = Object.entries(store.table("machine")).filter(([name, machine]) => name !== store.clocks?.machine && !isWell(machine));
  const off = rest.filter(([, machine]) => machine.power === "off").length;
  if (off) return h("p", { class: "others" }, many("{n} more machine is off", "{n} more machines are off", off));
  return rest.length > 0 && h("p", { class: "others" },
    many("{n} more machine is not heard", "{n} more machines are not heard", rest.length));
}

/** Listen to the remote. */
export function startRemote(store, actions) {
  let backAt = -Infinity;
  const forward = () => {
    if (store.isPast) {
      actions.lookBeside(1);
      if (!store.isPast) backAt = performance.now();
    } else if (store.mayEver && performance.now() - backAt > HURRIED_MS) actions.pace({ step: true });
  };
  const act = (key) => {
    if (BACK.has(key)) actions.lookBeside(-1);
    else if (FORWARD.has(key)) forward();
    else if (BLANK.has(key)) blank(true);
    else if (PAUSE.has(key)) store.mayEver && actions.pace({ paused: !store.pace?.paused });
    else return false;
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!$("stage-blank").hidden) {
      blank(false);
      event.preventDefault();
    } else if (!event.target.closest("input, textarea, .pick:focus-visible") && act(event.key)) event.preventDefault();
  });
  $("stage-blank").onclick = () => blank(false);
  store.hint = store.mayEver
    ? t("← → previous or next event · B dark screen · P pause")
    : t("← → previous or next event · B dark screen");
  setTimeout(() => {
    store.hint = "";
    store.changed();
  }, HINT_MS);
}

/** Make the screen dark, for this screen alone: the lab goes on. */
function blank(isDark) {
  $("stage-blank").hidden = !isDark;
}
