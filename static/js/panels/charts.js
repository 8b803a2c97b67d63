// Charts over lab time: requests by fate, and replicas ready against wanted.

import { h } from "preact";
import { clock, number, t } from "../words.js";
import { rates } from "../state/history.js";

const WINDOW_MS = 8 * 60_000;
const [WIDTH, HEIGHT, RIGHT] = [246, 78, 280];


function causeWord(cause) {
  return {
    "connect-timeout": t("connect timeout"),
    "gave-up": t("gave up after 3 s"),
    "no-endpoints": t("no ready pod"),
    refused: t("connection refused"),
    overloaded: t("overloaded"),
    unreachable: t("unreachable"),
  }[cause] ?? cause;
}

/** Draw both charts. */
export function charts(store, now) {
  const from = Math.max(store.settings.opened, now - WINDOW_MS);
  const view = { from, to: Math.max(now, from + 60_000) };
  return [requests(store, now, view), replicas(store, now, view)];
}

function requests(store, now, view) {
  const current = rates(store.tables);
  const total = current.ok + current.slow + current.errors;
  const samples = visible(store.history.samples, view, now);
  const top = ceiling(Math.max(10, ...samples.map((s) => s.ok + s.slow + s.errors)));
  const share = total > 0 ? (current.errors / total) * 100 : 0;
  const causes = Object.entries(current.failed).filter(([, rate]) => rate >= 0.5)
    .sort((a, b) => b[1] - a[1]).map(([cause]) => causeWord(cause));
  const stack = (lower, upper) => area(samples, view, now, (s) => lower(s) / top, (s) => upper(s) / top);
  return h("figure", { class: "chart", "data-term": "requests" },
    h("figcaption", null, h("span", null, t("Requests per second")),
      h("b", { class: "num" }, number(total), " ",
        h("small", { class: share >= 0.05 ? "bad" : "" }, t("{n}% fail", { n: share.toFixed(1) })))),
    h("svg", { viewBox: `0 0 ${RIGHT} 100`, role: "img", "aria-label": t("Requests per second: answered, slow and failed") },
      axis(top),
      h("path", { d: stack(() => 0, (s) => s.ok), fill: "var(--accent)", "fill-opacity": 0.22 }),
      h("path", { d: line(samples, view, now, (s) => s.ok / top), fill: "none", stroke: "var(--accent)", "stroke-width": 1.8 }),
      h("path", { d: stack((s) => s.ok, (s) => s.ok + s.slow), fill: "var(--warn)", "fill-opacity": 0.85 }),
      h("path", { d: stack((s) => s.ok + s.slow, (s) => s.ok + s.slow + s.errors), fill: "var(--bad)", "fill-opacity": 0.9 }),
      marks(store, view)),
    h("p", { class: "keys" },
      h("span", { class: "k ok" }, t("answered")), h("span", { class: "k slow" }, t("slow")),
      h("span", { class: "k failed" }, causes.length ? t("failed: {causes}", { causes: causes.join(", ") }) : t("failed"))));
}

/** Return the workload that is worth looking at: the chosen one, else the one that lacks most. */
export function focusWorkload(store) {
  const workloads = Object.entries(store.table("workload")).filter(([, w]) => !w.system && w.kind === "Deployment");
  if (store.selection?.kind === "Deployment" || store.selection?.kind === "Pod") {
    const pod = store.table("pod")[store.selection.key];
    const [ns, name] = store.selection.key.split("/");
    const key = pod?.workload || `${ns}/Deployment/${name}`;
    const found = workloads.find(([each]) => each === key);
    if (found) return found;
  }
  const lack = ([, w]) => w.wanted - w.ready;
  const worst = [...workloads].sort((a, b) => lack(b) - lack(a) || b[1].wanted - a[1].wanted)[0];
  return worst ?? null;
}

function replicas(store, now, view) {
  const focus = focusWorkload(store);
  if (!focus) return null;
  const [key, workload] = focus;
  const samples = visible(store.history.samples, view, now);
  const ready = (s) => s.replicas[key]?.[0] ?? 0;
  const wanted = (s) => s.replicas[key]?.[1] ?? 0;
  const top = Math.max(4, Math.ceil((Math.max(...samples.map(wanted), ...samples.map(ready), 1) + 1) / 2) * 2);
  return h("figure", { class: "chart", "data-term": "replicas" },
    h("figcaption", null, h("span", null, t("{name}: replicas, ready / wanted", { name: workload.name })),
      h("b", { class: "num" }, workload.ready, " ", h("small", null, `/ ${workload.wanted}`))),
    h("svg", { viewBox: `0 0 ${RIGHT} 100`, role: "img", "aria-label": t("{name}: replicas, ready / wanted", { name: workload.name }) },
      axis(top),
      h("path", { d: area(samples, view, now, ready, wanted, top), fill: "var(--warn-soft)" }),
      h("path", { d: area(samples, view, now, () => 0, ready, top), fill: "var(--ok-soft)" }),
      h("path", { d: line(samples, view, now, (s) => ready(s) / top), fill: "none", stroke: "var(--ok)", "stroke-width": 1.9 }),
      h("path", { d: line(samples, view, now, (s) => wanted(s) / top), fill: "none", stroke: "var(--text2)", "stroke-width": 1.5, "stroke-dasharray": "4 3" }),
      marks(store, view)));
}

function visible(all, view, now) {
  const samples = all.filter((each) => each.at <= now);
  let first = samples.findIndex((each) => each.at > view.from) - 1;
  if (first < -1) first = samples.length - 1;
  const shown = samples.slice(Math.max(0, first));
  return shown.length ? [...shown, { ...shown.at(-1), at: Math.max(now, shown.at(-1).at) }] : [{ at: now, ok: 0, slow: 0, errors: 0, failed: {}, replicas: {} }];
}

function xOf(at, view) {
  return Math.max(0, Math.min(1, (at - view.from) / (view.to - view.from))) * WIDTH;
}

const yOf = (share) => 6 + HEIGHT * (1 - Math.max(0, Math.min(1, share)));

function steps(samples, view, now, share) {
  const points = [];
  samples.forEach((sample, i) => {
    const x = xOf(sample.at, view);
    if (i > 0) points.push([x, points.at(-1)[1]]);
    points.push([x, yOf(share(sample))]);
  });
  return points;
}

function line(samples, view, now, share) {
  return `M${steps(samples, view, now, share).map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
}

function area(samples, view, now, lower, upper, top = 1) {
  const low = steps(samples, view, now, (s) => lower(s) / top);
  const high = steps(samples, view, now, (s) => upper(s) / top);
  return `M${[...high, ...low.reverse()].map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`;
}

function axis(top) {
  return [0, 0.5, 1].map((share) => [
    h("path", { d: `M0 ${yOf(share)}H${WIDTH}`, stroke: "var(--line)" }),
    h("text", { x: RIGHT, y: yOf(share) + 4, "font-size": 10, fill: "var(--muted)", "text-anchor": "end" }, number(top * share)),
  ]);
}

function marks(store, view) {
  return store.history.marks.filter((mark) => mark.at >= view.from && mark.level === "bad").slice(-12).map((mark) =>
    h("path", { d: `M${xOf(mark.at, view).toFixed(1)} 6V${6 + HEIGHT}`, stroke: "var(--muted)", "stroke-dasharray": "2 3", opacity: 0.7 }));
}

function ceiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= value * 1.05) ?? value;
}

/** Draw the timeline: the ground of requests, the marks of events, and now at the right. */
export function timeline(store, actions) {
  const W = 556;
  const now = store.liveNow();
  const from = Math.max(store.settings.opened, now - WINDOW_MS);
  const view = { from, to: Math.max(now, from + 60_000) };
  const samples = visible(store.history.samples, view, now);
  const top = Math.max(10, ...samples.map((s) => s.ok + s.slow + s.errors)) * 1.15;
  const x = (at) => (xOf(at, view) / WIDTH) * W;
  const y = (value) => 58 - (value / top) * 36;
  const poly = (low, high) => {
    const up = [];
    const down = [];
    samples.forEach((s, i) => {
      const at = x(s.at).toFixed(1);
      if (i) {
        up.push(`${at} ${y(high(samples[i - 1])).toFixed(1)}`);
        down.push(`${at} ${y(low(samples[i - 1])).toFixed(1)}`);
      }
      up.push(`${at} ${y(high(s)).toFixed(1)}`);
      down.push(`${at} ${y(low(s)).toFixed(1)}`);
    });
    return `M${[...up, ...down.reverse()].join("L")}Z`;
  };
  const ticks = [];
  const every = view.to - view.from > 200_000 ? 120_000 : 30_000;
  for (let at = Math.ceil((view.from - store.settings.opened) / every) * every + store.settings.opened; at < now - every / 2; at += every) {
    if (x(at) > 30 && x(now) - x(at) > 90) ticks.push(at);
  }
  const instant = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    return view.from + ((event.clientX - box.left) / box.width) * (view.to - view.from);
  };
  const shown = store.past.at ?? now;
  return h("svg", {
    viewBox: `0 0 ${W} 82`, preserveAspectRatio: "none", role: "slider", tabindex: 0,
    "aria-label": t("Timeline: requests and events up to now"),
    "aria-valuemin": Math.round(view.from), "aria-valuemax": Math.round(now), "aria-valuenow": Math.round(shown),
    "aria-valuetext": store.isPast ? clock(shown) : t("now"),
    onpointerdown: (event) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      actions.look(instant(event));
    },
    onpointermove: (event) => event.buttons && actions.look(instant(event)),
    onkeydown: (event) => lookByKey(event, store, actions),
  },
    h("rect", { x: 0, y: 14, width: W, height: 45, rx: 6, fill: "var(--bg)" }),
    h("rect", { x: 0, y: 14, width: x(now), height: 45, rx: 6, fill: "var(--accent-soft)" }),
    h("path", { d: poly(() => 0, (s) => s.ok), fill: "var(--accent)", "fill-opacity": 0.35 }),
    h("path", { d: poly((s) => s.ok, (s) => s.ok + s.slow), fill: "var(--warn)" }),
    h("path", { d: poly((s) => s.ok + s.slow, (s) => s.ok + s.slow + s.errors), fill: "var(--bad)" }),
    timelineMarks(store, view, x),
    ticks.map((at) => h("g", null,
      h("path", { d: `M${x(at)} 59v4`, stroke: "var(--line2)" }),
      h("text", { x: x(at), y: 75, "font-size": 10.5, fill: "var(--muted)", "text-anchor": "middle", "font-family": "var(--mono)" }, clock(at)))),
    store.isPast && h("path", { d: `M${x(shown)} 4V66`, stroke: "var(--accent)", "stroke-width": 3 }),
    h("path", { d: `M${x(now)} 10V62`, stroke: "var(--ok)", "stroke-width": 2 }),
    h("text", { x: Math.max(30, x(now)), y: 75, "font-size": 10.5, "font-weight": 700, fill: "var(--ok)", "text-anchor": "end" }, t("now")));
}

const KEY_STEP_MS = 5_000;

function lookByKey(event, store, actions) {
  const at = store.past.at ?? store.liveNow();
  const key = {
    ArrowLeft: () => actions.look(at - KEY_STEP_MS),
    ArrowRight: () => actions.look(store.isPast ? at + KEY_STEP_MS : null),
    PageUp: () => actions.lookBeside(-1),
    PageDown: () => actions.lookBeside(1),
    Home: () => actions.look(store.settings.opened),
    End: () => actions.look(null),
    Escape: () => actions.look(null),
  }[event.key];
  if (!key) return;
  event.preventDefault();
  event.stopPropagation();
  key();
}

function timelineMarks(store, view, x) {
  const shape = {
    bad: "M0 -5.2l5.2 5.2-5.2 5.2-5.2-5.2z",
    good: "M0 -4.6l4.8 8.2h-9.6z",
    info: "M-3.6 -3.6h7.2v7.2h-7.2z",
  };
  const ink = { bad: "bad", good: "ok", info: "raft" };
  return store.history.marks.filter((mark) => mark.at >= view.from).slice(-40).map((mark) =>
    h("g", { key: mark.id, transform: `translate(${x(mark.at).toFixed(1)} 8)` },
      h("path", { d: "M0 4V51", stroke: `var(--${ink[mark.level]})`, opacity: 0.4 }),
      h("path", { d: shape[mark.level], fill: `var(--${ink[mark.level]})` })));
}
