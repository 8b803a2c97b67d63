// The page of a lab: wires the connection, what is known, and what is drawn.

import { h, render } from "preact";
import { LabSocket, MESSAGE_BYTES_MAX } from "./net/socket.js";
import { Store } from "./state/store.js";
import { Past, neighbour } from "./state/past.js";
import { Predictions } from "./state/predictions.js";
import { because, clock, many, number, t } from "./words.js";
import { rates } from "./state/history.js";
import { DEFINITIONS, draw } from "./diagram/scene.js";
import { Motion } from "./diagram/motion.js";
import { charts } from "./panels/charts.js";
import { clocksCard } from "./panels/clocks.js";
import { ending } from "./panels/ending.js";
import { experiments, isHeld, placeOf, waysBack } from "./panels/experiments.js";
import { firstMinute } from "./panels/firstminute.js";
import { inspector } from "./panels/inspector.js";
import { story } from "./panels/story.js";
import { looking } from "./panels/looking.js";
import { paceSentence, playButton, toolbar } from "./panels/toolbar.js";
import { startShare } from "./panels/share.js";
import { explained } from "./panels/terms.js";
import { timeline } from "./panels/timeline.js";
import { keepFocus } from "./panels/focus.js";
import { onInk } from "./ink.js";
import { startCableDrag } from "./diagram/drag.js";
import { startDiagramKeys } from "./diagram/keys.js";

const IDLE_DRAW_MS = 250;
const DETAIL_MS = 2_500;
const LATE_MS = 8_000;
const FOLLOW_MS = 500;
/** Verbs of buttons that are kubectl commands, and may have to wait. */
const THROUGH_THE_API = ["apply", "delete", "delete-pod", "kubectl", "scale"];

const $ = (id) => document.getElementById(id);
const { dataset } = document.body;
const isStage = dataset.view === "stage";
const stage = isStage ? await import("./stage.js") : null;
const store = new Store(dataset.role);
store.labId = dataset.lab;
store.predictions = new Predictions(dataset.lab, sessionStorage);
const pending = new Map();

const socket = new LabSocket(dataset.ws, {
  frame: (frame, tables) => {
    store.frame(frame, tables);
    if (frame.t === "snapshot") learnHistory();
  },
  connection: (state) => {
    const isBack = state === "open" && store.connection !== "open" && store.loaded;
    store.connected(state);
    // What came in one delta was many samples.
    if (isBack) learnHistory();
  },
  moved: (to) => location.replace(`/lab/${to}${location.search}`),
  message: take,
});

function take(message) {
  if (message.t === "hello") {
    store.role = message.role ?? store.role;
    store.changed();
  } else if (message.t === "trouble") {
    store.trouble = message.reason;
    store.changed();
  } else if (message.id !== undefined) {
    store.settle(message);
    const waiting = pending.get(message.id);
    if (!waiting || message.t === "journaled" || message.t === "looking") return;
    pending.delete(message.id);
    if (message.t === "refused") waiting.reject({ reason: message.reason });
    else if (message.t === "moment") waiting.resolve(message);
    else waiting.resolve(message.t === "answer" ? message.body : message.id);
  }
}

/** Send something that will be answered. What the server would not take in is refused here. */
function request(message) {
  const id = identity();
  const size = new Blob([JSON.stringify(message)]).size;
  if (size > MESSAGE_BYTES_MAX) {
    const params = { size_bytes: size, limit_bytes: MESSAGE_BYTES_MAX };
    return [id, Promise.reject({ reason: { key: "message-too-large", params } })];
  }
  const answered = new Promise((resolve, reject) => pending.set(id, { resolve, reject }));
  socket.send({ ...message, id });
  return [id, answered];
}

function identity() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const lab = {
  get mayCommand() {
    return store.mayCommand;
  },
  ask: (question) => request(question)[1],
  order: (command) => request(command)[1],
  files: () => editor?.files() ?? {},
  edit: (kind, key) => actions.edit(kind, key),
  now: () => store.now(),
  table: (name) => store.live[name] ?? {},
};

store.past = new Past(
  (at) => soon(lab.ask({ ask: "moment", at })),
  () => store.changed(),
);

/** Give up on what takes too long, and say so. */
function soon(promise) {
  const late = { reason: { key: "out-of-reach", params: {} } };
  return Promise.race([promise, new Promise((_, reject) => setTimeout(reject, LATE_MS, late))]);
}

/** Ask the host for the time that this page has not seen. */
async function learnHistory() {
  try {
    store.history.learn(await lab.ask({ ask: "history" }));
  } catch {
    store.history.isTold = true;
  }
  store.changed();
}

/**
 * Follow a button's command through the API, as the terminal follows a line: while it waits the
 * button says for what, and when it failed, why.
 */
async function followSession(id) {
  try {
    for (let body = null; !body?.done; ) {
      if (body) await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
      body = await lab.ask({ ask: "session", session: id, from: 0 });
      store.follows(id, body);
    }
  } catch (problem) {
    store.settle({ t: "refused", id, reason: problem.reason });
  }
}

const actions = {
  /** Look at an earlier instant, or at the present again (null). */
  look(at) {
    const { opened } = store.settings;
    if (at === null || at >= store.liveNow()) store.past.leave();
    else store.past.look(Math.max(opened, at)).catch((problem) => say(because(problem.reason)));
  },
  lookBeside(direction) {
    const event = neighbour(store.history.marks, store.past.at ?? store.liveNow(), direction);
    if (!event && direction < 0) return;
    store.past.stepped = event;
    actions.look(event?.at ?? null);
  },
  /** Choose something; who chose by key goes on in the inspector, and comes back with Escape. */
  select(kind, key, byKey = false) {
    if (byKey) chosenFrom = document.activeElement;
    if (!kind && $("inspector").contains(document.activeElement)) goBack();
    store.select(kind, key);
    fetchDetail();
    afterDrawing = () => {
      if (phone.matches) followOnPhone(kind);
      if (byKey) $("inspector").querySelector(".close")?.focus({ preventScroll: phone.matches });
    };
  },
  command(body, place, label) {
    const [id, answered] = request(body);
    store.ask(id, place, label, body);
    answered.then(() => THROUGH_THE_API.includes(body.do) && followSession(id)).catch(() => {});
  },
  pace(wish) {
    request({ pace: wish })[1].catch((problem) => say(because(problem.reason)));
  },
  async why(id) {
    store.why = store.why?.id === id ? null : { id, chain: null };
    store.changed();
    if (!store.why) return;
    try {
      const { chain } = await lab.ask({ ask: "why", entry: Number(id) });
      if (store.why?.id === id) store.why = { id, chain };
    } catch (problem) {
      store.why = { id, chain: [] };
      say(because(problem.reason));
    }
    store.changed();
  },
  follow(key) {
    store.follow = key;
    store.changed();
  },
  async edit(kind, key) {
    try {
      const { yaml } = await lab.ask({ ask: "yaml", kind, key });
      await openEditor();
      editor.open(`${key.split("/").pop()}.yaml`, yaml);
      dock("editor");
    } catch (problem) {
      say(because(problem.reason));
    }
  },
};

function say(sentence) {
  $("notice").textContent = sentence;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => ($("notice").textContent = ""), 6000);
}

/** What is asked about things that are no objects of the API. */
const WITHOUT_DETAIL = ["Cable", "Queue"];
const QUESTIONS = { Entry: (key) => ({ ask: "entry", index: Number(key) }) };

/** Its code comes when it is first seen, after the picture. */
async function openTerminal() {
  try {
    const { Terminal } = await import("./panels/terminal.js");
    // Its files are the terminal's too.
    openEditor();
    await new Terminal($("terminal"), lab).load();
  } catch {
    $("terminal").textContent = t("The terminal could not be loaded. Reload the page.");
  }
}

/** So does that of the editor. */
async function openEditor() {
  try {
    const { Editor } = await import("./panels/editor.js");
    editor ??= new Editor($("editor"), lab);
  } catch {
    $("editor").textContent = t("The editor could not be loaded. Reload the page.");
  }
}

function whenSeen(place, act) {
  new IntersectionObserver(([seen], watching) => {
    if (!seen.isIntersecting) return;
    watching.disconnect();
    act();
  }).observe(place);
}

/** Events of what is chosen are not in the frames: they are asked for now and then. */
async function fetchDetail() {
  const chosen = store.selection;
  if (!chosen || WITHOUT_DETAIL.includes(chosen.kind)) return;
  if (store.connection !== "open" || store.isPast) return;
  const question = QUESTIONS[chosen.kind]?.(chosen.key) ?? { ask: "object", ...chosen };
  try {
    const detail = await lab.ask(question);
    if (store.selection !== chosen) return;
    [store.detail, store.detailRefused] = [detail, null];
  } catch (problem) {
    if (store.selection !== chosen) return;
    [store.detail, store.detailRefused] = [null, problem.reason];
  }
  store.changed();
}

/** On a phone the inspector is below the picture: go there with a choice, and back without one. */
function followOnPhone(kind) {
  if (kind) {
    scrolledFrom ??= scrollY;
    $("inspector").scrollIntoView();
  } else if (scrolledFrom !== null) {
    scrollTo({ top: scrolledFrom });
    scrolledFrom = null;
  }
}

/** Whoever chose something by key goes on where they chose it. */
function goBack() {
  chosenFrom?.focus();
  chosenFrom = null;
}

// --- drawing: at most once a frame when something changed, and a few times a second for the clocks

let wanted = true;
let afterDrawing = null;
let chosenFrom = null;
let scrolledFrom = null;
const phone = matchMedia("(max-width: 700px)");
let drawnAt = 0;
/** What explains the picture is fetched when it stands. */
let explain = null;
let places = null;
/** Sizes are read when they change and never while drawing: the timeline's width, the picture's. */
let along = 556;
let tall = false;
const TALL_BELOW_PX = 560;
store.onChange(() => (wanted = true));
onInk(() => (wanted = true));

const svg = $("diagram");
const scene = svg.querySelector("#scene");
svg.querySelector("defs").innerHTML = DEFINITIONS;
const motion = new Motion(svg.querySelector("#motion"));
new ResizeObserver(([place]) => {
  tall = !isStage && place.contentRect.width < TALL_BELOW_PX;
  wanted = true;
}).observe(svg.parentElement);

function tick(real) {
  requestAnimationFrame(tick);
  const now = store.now();
  const shown = $("labclock")?.firstChild;
  // The text itself, not its element's content: Preact keeps hold of it.
  if (shown && shown.data !== clock(now)) shown.data = clock(now);
  if (wanted || real - drawnAt > IDLE_DRAW_MS) {
    wanted = false;
    drawnAt = real;
    redraw(now);
    afterDrawing?.();
    afterDrawing = null;
  }
  if (!places) return;
  for (const arrival of store.arrivals.splice(0)) motion.arrive(arrival, store, places);
  if (!store.isPast) motion.beat(real, store, places);
}

/** The end of a column: as long as it is out of sight, the column shows that there is more. */
const END = h("i", { class: "end", key: "end", ref: (end) => end && moreBelow(end) });

function moreBelow(end) {
  const column = end.closest("aside");
  new IntersectionObserver(([seen]) => column.classList.toggle("more", !seen.isIntersecting && end.offsetParent !== null), { root: column }).observe(end);
}

function redraw(now) {
  document.body.classList.toggle("loading", !store.loaded);
  document.body.classList.toggle("past", store.isPast);
  document.body.classList.toggle("still",
    Boolean(store.pace?.paused) || store.isPast || store.connection !== "open" || store.isUnheard);
  banner();
  if (!store.loaded) return;
  places = draw(scene, store, now, actions, tall);
  frame(places);
  if (isStage) {
    stage.drawStage(store, now);
    return;
  }
  keepFocus(() => {
    if (!isHeld(store)) render(lesson(now), $("lesson"));
    render(toolbar(store, actions, now), $("controls"));
    render(timeline(store, actions, along), $("timeline"));
    render(looking(store, actions), $("looking"));
    // Its clock is a phone's: there the toolbar is out of sight while the picture is looked at.
    render([h("span", { key: "said" }, h("b", { class: "num" }, clock(now)), failingNow(), explained(paceSentence(store, now))), playButton(store, actions)], $("pace"));
    render(charts(store, now), $("charts"));
    render(inspector(store, actions, now), $("inspector"));
  });
  explain ??= import("./panels/tooltip.js").then(({ startTooltips }) => startTooltips()).catch(() => {});
}

/** What is asked, what goes on, and what can be tried: a way back stands first while something goes on. */
function lesson(now) {
  const ways = waysBack(store, actions);
  const isCalm = placeOf(store) === "calm";
  return [
    firstMinute(store, actions), clocksCard(store, now, true), !isCalm && ways, ending(store, actions),
    experiments(store, actions, "calm"), isCalm && ways, story(store, actions), experiments(store, actions, "foot"), END,
  ];
}

/** What users feel stands on a phone beside the clock, wherever the picture is scrolled to. */
function failingNow() {
  const { errors } = rates(store.tables);
  return errors >= 0.5 && h("b", { class: "bad num" }, t("{n} /s fail", { n: number(errors) }));
}

/** Give the picture the frame of its places. */
function frame({ width, height }) {
  const box = `0 0 ${width} ${height}`;
  if (svg.getAttribute("viewBox") === box) return;
  svg.setAttribute("viewBox", box);
  svg.parentElement.style.setProperty("--aspect", `${width} / ${height}`);
}

function banner() {
  const sentence = store.trouble
    ? because(store.trouble)
    : {
      connecting: store.loaded ? lostSentence() : "",
      lost: lostSentence(),
      gone: t("This lab does not exist any more."),
      open: store.isUnheard
        ? t("Nothing is heard of the lab. If its host died, another one goes on with it; nothing that was accepted is lost.")
        : "",
    }[store.connection];
  const place = $("banner");
  const said = place.dataset.said ?? "";
  if (said === sentence) return;
  if (!sentence && said && store.connection === "open") say(t("Connected again."));
  place.dataset.said = place.textContent = sentence;
  place.hidden = !sentence;
  if (store.trouble && store.role === "owner") place.append(" ", restartButton());
}

/** Who presses something meanwhile is told at once what becomes of it. */
function lostSentence() {
  const held = socket.held();
  const lost = t("The connection was lost. Trying again…");
  return held ? `${lost} ${many("{n} command is sent when it is back.", "{n} commands are sent when it is back.", held)}` : lost;
}

/** What its owner presses when a lab stands still. */
function restartButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tool";
  button.textContent = t("Go on from the last checkpoint");
  button.onclick = () => lab.order({ restart: true }).catch(({ reason }) => say(because(reason)));
  return button;
}

// --- the dock

let editor = null;

function dock(name) {
  for (const tab of document.querySelectorAll("[data-tab]")) {
    const on = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    $(`pane-${tab.dataset.tab}`).classList.toggle("shown", on);
  }
  if (name === "editor") openEditor();
}

/** Tab comes to the tabs once; the arrows go from one to the other. */
function startDock() {
  const tabs = [...document.querySelectorAll("[data-tab]")];
  for (const tab of tabs) {
    tab.onclick = () => dock(tab.dataset.tab);
    tab.onkeydown = (event) => {
      if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
      const other = tabs[(tabs.indexOf(tab) + 1) % tabs.length];
      dock(other.dataset.tab);
      other.focus();
    };
  }
  $("taller").onclick = () => {
    const on = $("main").classList.toggle("taller");
    $("taller").setAttribute("aria-pressed", String(on));
    $("terminal").querySelector("textarea")?.focus();
  };
}

if (!isStage) {
  whenSeen($("terminal"), openTerminal);
  startDock();
  moreBelow(document.querySelector(".side > .end"));
  $("system").onclick = () => {
    store.showSystem = !store.showSystem;
    $("system").setAttribute("aria-pressed", String(store.showSystem));
    store.changed();
  };
  setInterval(fetchDetail, DETAIL_MS);
  svg.addEventListener("click", () => actions.select(null));
  startCableDrag(svg, store, actions);
  new ResizeObserver(([place]) => {
    along = Math.max(1, Math.round(place.contentRect.width));
    wanted = true;
  }).observe($("timeline"));
} else stage.startRemote(store, actions);
startDiagramKeys(svg);
for (const menu of document.querySelectorAll("details.share")) startShare(menu);
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select")) return;
  if (event.key !== "Escape" || !store.selection) return;
  actions.select(null);
  goBack();
});
requestAnimationFrame(tick);
