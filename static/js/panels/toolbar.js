// Lab time and the lab's speed: pause, play, Auto, slower, faster, step, and what is awaited.

import { h } from "preact";
import { quorumOf } from "../diagram/members.js";
import { because, between, clock, span, t } from "../words.js";
import { whyNot } from "./act.js";

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 30, 60, 100];

/** Say what the cluster is waiting for, and for how long still. */
export function waitingSentence(waiting, now) {
  if (!waiting) return "";
  const { key, params } = waiting.reason;
  const what = {
    "waiting-for-lease": t("waiting for a heartbeat from {node}", params),
    "waiting-for-toleration": t("waiting for tolerationSeconds on {node}", params),
    "waiting-for-boot": t("waiting for {node} to start", params),
    "waiting-for-office": t("waiting for the lease of {office} to run out", params),
  }[key] ?? because(waiting.reason);
  return t("{what}, {left} left", { what, left: span(between(now, waiting.due)) });
}

/** Say what nobody will end by waiting, or nothing. */
export function stuckSentence(store) {
  const machines = Object.values(store.table("machine"));
  const isSomeoneStarting = machines.some((machine) => machine.power === "booting");
  const quorum = quorumOf(store);
  if (!quorum.has && !isSomeoneStarting) {
    const members = machines.filter((machine) => machine.role === "control-plane");
    const off = members.filter((machine) => machine.power === "off").length;
    return off
      ? t("nothing will happen by itself: {off} of {all} control plane nodes are off", { off, all: members.length })
      : t("nothing will be written by itself: {up} of {all} members are up, and no {quorum} of them hear each other", quorum);
  }
  const unfit = Object.values(store.table("pod")).filter((pod) => pod.unfit && pod.deleting === null).length;
  if (!unfit || isSomeoneStarting) return "";
  return unfit === 1 ? t("1 pod fits on no node") : t("{n} pods fit on no node", { n: unfit });
}

export function speedWord(speed) {
  return `${speed >= 10 ? Math.round(speed) : Number(speed.toFixed(speed < 1 ? 2 : 1))}×`;
}

/** Draw the controls of lab time. */
export function toolbar(store, actions, now) {
  const pace = store.pace ?? { mode: "auto", speed: 1, paused: true, running_at: 0, waiting: null };
  const may = store.mayEver;
  const title = may ? undefined : whyNot(store);
  const auto = pace.mode === "auto";
  return [
    h("div", { class: "row" },
      playButton(store, actions),
      h("div", { class: "labclock", "data-term": "lab-time" },
        h("small", null, t("lab")), " ", h("span", { class: "num", id: "labclock" }, clock(now))),
      h("button", {
        class: "tool", disabled: !may, title, "aria-label": t("Step to the next event"), "data-term": "step",
        onclick: () => actions.pace({ step: true }),
      }, icon("M1.5 1.5v9l6-4.5zM8.5 1.5h2v9h-2z"))),
    h("div", { class: "row speeds", role: "group", "aria-label": t("Lab speed") },
      h("button", {
        class: `tool ${auto ? "on" : ""}`, disabled: !may, title, "aria-pressed": String(auto), "data-term": "auto",
        onclick: () => actions.pace({ mode: "auto", paused: false }),
      }, t("Auto")),
      h("button", { class: "tool", disabled: !may, title, "aria-label": t("Slower"), onclick: () => change(actions, pace, -1) }, "−"),
      h("output", { class: "num speed", "data-term": "speed" },
        pace.paused ? t("paused") : speedWord(pace.running_at || pace.speed)),
      h("button", { class: "tool", disabled: !may, title, "aria-label": t("Faster"), onclick: () => change(actions, pace, 1) }, "+")),
  ];
}

/** The one that stops the lab and lets it go on. */
export function playButton(store, actions) {
  const isPaused = store.pace?.paused ?? true;
  return h("button", {
    class: "play", disabled: !store.mayEver, title: store.mayEver ? undefined : whyNot(store), "aria-label": isPaused ? t("Play") : t("Pause"),
    "data-term": "pause", onclick: () => actions.pace({ paused: !isPaused }),
  }, icon(isPaused ? "M3 1.5v9l7.5-4.5z" : "M2.2 1h2.6v10H2.2zM7.2 1h2.6v10H7.2z"));
}

/** One sentence on how the lab is played and why. */
export function paceSentence(store, now) {
  const pace = store.pace;
  if (!pace) return t("The lab is being woken…");
  const parts = [];
  if (pace.paused) parts.push(t("Paused"));
  else if (pace.mode === "auto") parts.push(t("Auto {speed}", { speed: speedWord(pace.running_at) }));
  else parts.push(t("Lab speed {speed}", { speed: speedWord(pace.speed) }));
  if (pace.behind) parts.push(t("as fast as this server can"));
  parts.push(waitingSentence(pace.waiting, now), stuckSentence(store));
  return parts.filter(Boolean).join(" · ");
}

function change(actions, pace, step) {
  const now = pace.mode === "auto" ? pace.running_at || 1 : pace.speed;
  const nearest = SPEEDS.reduce((best, each) =>
    Math.abs(Math.log(each / now)) < Math.abs(Math.log(best / now)) ? each : best);
  const next = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(nearest) + step))];
  actions.pace({ mode: "manual", speed: next, paused: false });
}

export function icon(d, size = 12) {
  return h("svg", { width: size, height: size, viewBox: "0 0 12 12", "aria-hidden": true },
    h("path", { d, fill: "currentColor" }));
}
