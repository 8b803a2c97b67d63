// The inspector: any object of the picture, what is so and what is believed of it, and what one can
// do to it. Without a choice it shows the whole cluster with its most used levers.

import { h } from "preact";
import { because, between, clock, many, moment, number, quantity, short, span, t } from "../words.js";
import { phaseWord, tile } from "../diagram/pods.js";
import { phaseOf } from "../diagram/phases.js";
import { laneFinder } from "../diagram/scene.js";
import { quorumSentence, roleWord } from "../diagram/members.js";
import { silence } from "../diagram/notes.js";
import { lookOf } from "../diagram/workers.js";
import { networkOf } from "../diagram/links.js";
import { whatIsFull, whyNotScheduled } from "../diagram/scheduling.js";
import { act, outcome } from "./act.js";
import { cable, cables } from "./cable.js";
import { entry, log } from "./entry.js";
import { breaking, undoing } from "./rollout.js";
import { explained } from "./terms.js";

const RPS_STEP = 50;
/** Longer than a heartbeat's patience: a leader with such a disk loses its office. */
const SLOW_FSYNC_MS = 3000;

/** Draw what is chosen. */
export function inspector(store, actions, now) {
  const { kind, key } = store.selection ?? {};
  const draw = {
    Node: node, Pod: pod, Service: service, Ingress: ingress, Deployment: deployment,
    Cable: cable, Entry: entry, Queue: queue,
  }[kind];
  const content = draw?.(store, actions, key, now);
  if (!content) return overview(store, actions, now, kind ? key : "");
  return h("section", { class: "inspector", "aria-label": t("Inspector") },
    h("button", { class: "close", "aria-label": t("Close"), onclick: () => actions.select(null) }, "×"),
    content);
}

const kv = (...rows) => h("dl", { class: "kv" }, rows.filter(Boolean).map(([name, value, term]) =>
  [h("dt", { "data-term": term }, name), h("dd", null, explained(value))]));

/** A long name breaks behind its separators and nowhere else. */
const breakable = (name) => name.split(/(?<=[/.:])/).flatMap((part) => [part, h("wbr")]);

function overview(store, actions, now, missing) {
  const workloads = Object.entries(store.table("workload")).filter(([, w]) => !w.system && w.kind === "Deployment");
  return h("section", { class: "inspector overview", "aria-label": t("Inspector") },
    standing(store, actions, missing),
    h("h2", null, t("Machines")),
    machines(store, actions),
    h("h2", null, t("Workloads")),
    h("div", { class: "workloads" }, workloads.map(([key, w]) => h("div", { class: "line", key },
      h("button", { class: "name mono", onclick: () => actions.select("Deployment", `${w.ns}/${w.name}`) }, w.name),
      scaler(store, actions, w),
      outcome(store, `scale ${w.ns}/${w.name}`)))),
    h("div", { class: "acts" }, ["add-worker", "add-control-plane"].map((verb) => act(store, actions, {
      place: "add", term: verb, command: verb, body: { do: verb },
      label: verb === "add-worker" ? t("Add a worker") : t("Add a control plane node"),
    }))),
    outcome(store, "add"),
    h("div", { class: "acts" }, act(store, actions, {
      place: "split", term: "split-vote", label: t("Provoke a split vote"),
      command: "provoke-split-vote", body: { do: "provoke-split-vote" },
    })),
    outcome(store, "split"));
}

/** Two lines that are always there: what to do here, or what is wrong and where that is explained. */
function standing(store, actions, missing) {
  const said = missing
    ? h("p", { class: "refusal" }, store.detailRefused ? because(store.detailRefused) : t("{name} does not exist any more.", { name: missing }))
    : whyNotScheduled(store)
      ? h("button", { class: "link bad", onclick: () => actions.select("Queue", "pods", true) }, t("Why is nothing being scheduled?"))
      : h("p", { class: "quiet" }, t("Choose anything in the picture to look into it."));
  return h("div", { class: "standing" }, said);
}

/** The machines side by side: control plane nodes and workers, each with its switch. */
function machines(store, actions) {
  const all = Object.entries(store.table("machine"));
  const isMember = ([, machine]) => machine.role === "control-plane";
  const line = ([name, machine]) => h("div", { class: "line", key: name },
    h("button", { class: "name mono", onclick: () => actions.select("Node", name) }, name),
    h("span", { class: `state ${machine.power === "off" || machine.cut ? "bad" : ""}` }, powerWord(machine)),
    power(store, actions, name, machine, true),
    outcome(store, `power ${name}`));
  return h("div", { class: "machines" },
    [all.filter(isMember), all.filter((each) => !isMember(each))].map((column, i) =>
      h("div", { key: i, class: "column" }, column.map(line))));
}

const POWER_SIGN = h("svg", { width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": true },
  h("path", { d: "M7 1.4v5.2M4 3.2a5 5 0 1 0 6 0", fill: "none", stroke: "currentColor", "stroke-width": 1.6, "stroke-linecap": "round" }));

function powerWord(machine) {
  if (machine.power === "booting") return t("starting");
  if (machine.power === "off") return t("off");
  return machine.cut ? t("cut off") : t("on");
}

function power(store, actions, name, machine, bare) {
  const isOff = machine.power === "off";
  const verb = isOff ? "power-on" : "power-off";
  return act(store, actions, {
    place: `power ${name}`, bare, danger: !isOff, disabled: machine.power === "booting", term: verb,
    icon: bare ? POWER_SIGN : undefined,
    label: isOff ? t("Power on") : t("Power off"),
    aria: isOff ? t("Power on {name}", { name }) : t("Power off {name}", { name }),
    command: `${verb} ${name}`, body: { do: verb, node: name },
  });
}

function scaler(store, actions, w) {
  const key = `${w.ns}/${w.name}`;
  const place = `scale ${key}`;
  const flag = w.ns === "default" ? "" : ` -n ${w.ns}`;
  const one = (replicas, label, aria) => act(store, actions, {
    place, bare: true, label, aria, disabled: replicas < 0,
    command: `kubectl scale deployment/${w.name}${flag} --replicas=${replicas}`,
    body: { do: "scale", kind: "Deployment", key, replicas },
  });
  return h("span", { class: "scaler", "data-term": "replicas" },
    one(w.wanted - 1, "−", t("Scale {name} down", { name: w.name })),
    h("b", { class: `num ${w.ready < w.wanted ? "bad" : ""}` }, `${short(w.ready, 1000)} / ${short(w.wanted, 1000)}`),
    one(w.wanted + 1, "+", t("Scale {name} up", { name: w.name })));
}

function node(store, actions, name, now) {
  const machine = store.table("machine")[name];
  const row = store.table("node")[name];
  if (!machine && !row) return null;
  const member = store.table("member")[name];
  const pods = Object.entries(store.table("pod")).filter(([, p]) => p.node === name && !p.system);
  const look = lookOf(row, machine);
  const cp = machine?.role === "control-plane";
  const place = `node ${name}`;
  const cut = machine?.cut || Boolean(networkOf(store, name));
  return [
    h("header", null, h("b", { class: "mono" }, name),
      h("small", { "data-term": cp ? "control-plane" : "worker" },
        cp ? t("Control plane node (once called master)") : t("Worker node"), machine && [" · ", h("span", { "data-term": "zone" }, t("zone {zone}", { zone: machine.zone }))])),
    machine && h("div", { class: "acts" },
      power(store, actions, name, machine, false),
      act(store, actions, {
        place, danger: !cut, term: cut ? "heal" : "cut", disabled: machine.power !== "on" && !cut,
        label: cut ? t("Heal the network") : t("Cut the network"),
        command: `${cut ? "heal" : "cut"} ${name}`, body: { do: cut ? "heal" : "cut", a: name, b: "" },
      })),
    outcome(store, `power ${name}`), outcome(store, place),
    machine && cables(store, actions, name),
    machine && member && memberActs(store, actions, name, member),
    machine && processes(store, actions, name, machine, cp),
    kv(
      machine && [t("Machine"), `${powerWord(machine)}${machine.power === "on" ? "" : ` · ${span(between(machine.since, now))}`}`, "machine-clock"],
      row && [t("Cluster believes"), h("span", { class: look.isBad ? "bad" : "" }, look.word, row.heartbeat != null && ` · ${silence(row, now)}`), "belief-clock"],
      member && [t("etcd"), `${roleWord(member.role)} · ${t("term")} ${member.term}`, "etcd"],
      member && [t("Log"), t("up to {n}, committed up to {commit}", { n: member.last, commit: member.commit }), "log"],
      member && [t("Its vote"), member.vote ? t("{name} in term {term}", { name: member.vote, term: member.term }) : t("none in term {term}", { term: member.term }), "vote"],
      member && [t("Its leader"), member.leader || t("it knows of none"), "role-leader"],
      member?.timer && [t("Election in"), !member.leader
        ? t("{n} ms, unless a leader is heard", { n: Math.max(0, Math.round(member.timer.from + member.timer.timeout - now)) })
        : t("{n} ms of silence", { n: member.timer.timeout }), "election-timer"],
      member && [t("Quorum"), quorumSentence(store), "quorum"],
      row && [t("Requested"), `${row.requested_cpu}m / ${row.allocatable_cpu}m CPU · ${quantity(row.requested_memory)}`, "requested"],
      machine && [t("Used"), `${machine.used_cpu}m / ${machine.cpu}m CPU · ${quantity(machine.used_memory)}`, "used"],
      row?.taints.length > 0 && [t("Taints"), h("ul", { class: "mono taints" }, row.taints.map((each) => h("li", null, breakable(each)))), "taint"],
      row && [t("Version"), row.version],
    ),
    pods.length > 0 && h("div", { class: "tiles" }, tiles(store, actions, pods)),
    !cp && machine && returned(machine, row, pods) && h("p", { class: "explain" },
      explained(t("It stays empty: Kubernetes moves no running pod. Only new pods may be placed here."))),
    events(store),
  ];
}

/** What only a control plane node has: a member of etcd with a log, and a disk that it waits for. */
function memberActs(store, actions, name, member) {
  const place = `disk ${name}`;
  const isSlow = member.fsync_ms > 0;
  const ms = isSlow ? 0 : SLOW_FSYNC_MS;
  return [
    log(actions, member),
    h("div", { class: "acts" }, act(store, actions, {
      place, danger: !isSlow, term: "slow-disk",
      label: isSlow ? t("Make its disk fast again") : t("Slow its disk down"),
      command: `slow-disk ${name} ${ms}ms`, body: { do: "slow-disk", node: name, ms },
    })),
    outcome(store, place),
  ];
}

/** Pods that have no node, and what keeps them from getting one. */
function queue(store, actions) {
  const why = whyNotScheduled(store);
  const pods = Object.entries(store.table("pod")).filter(([, p]) => !p.node && p.deleting === null && p.phase === "Pending");
  return [
    h("header", null, h("b", null, t("Scheduling queue")), h("small", { "data-term": "queue" }, many("{n} pod waits", "{n} pods wait", pods.length))),
    why && notScheduled(why),
    !why && h("p", { class: "explain" }, pods.length
      ? explained(whatIsFull(store)?.sentence ?? t("The scheduler works. These pods fit on no node; choose one to read why."))
      : t("The scheduler works, and every pod has a node.")),
    h("ul", { class: "mono" }, pods.map(([key, p]) => h("li", { key }, h("button", { class: "link mono", onclick: () => actions.select("Pod", key) }, p.name)))),
  ];
}

const notScheduled = (why) => h("div", { class: "explain bad", key: "not scheduled" },
  h("h2", null, t("Why is nothing being scheduled?")), h("p", null, explained(why.sentence)));

const SERVICES = ["kubelet", "container-runtime", "kube-proxy"];
const CONTROL_PLANE = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** Single processes: each can die while the machine goes on. Static pods come back by themselves. */
function processes(store, actions, name, machine, cp) {
  const all = cp ? [...CONTROL_PLANE, ...SERVICES] : SERVICES;
  const stopped = machine.stopped ?? [];
  const verb = cp ? "remove-control-plane" : "remove-worker";
  return h("details", { class: "pairs", key: `processes ${name}`, open: stopped.length > 0 },
    h("summary", { "data-term": "process" }, t("Kill a single process")),
    h("div", { class: "acts" }, all.map((process) => {
      const isDown = stopped.includes(process);
      const returns = isDown && CONTROL_PLANE.includes(process);
      const act_ = isDown ? "start-process" : "kill-process";
      return act(store, actions, {
        place: `process ${name} ${process}`, danger: !isDown, disabled: returns || machine.power !== "on",
        label: returns ? t("{process} is being restarted", { process }) : isDown ? t("Start {process}", { process }) : t("Kill {process}", { process }),
        command: `${act_} ${name} ${process}`, body: { do: act_, node: name, process },
      });
    })),
    all.map((process) => outcome(store, `process ${name} ${process}`)),
    h("div", { class: "acts" }, act(store, actions, {
      place: `remove ${name}`, danger: true, term: verb,
      label: t("Take {name} out of the cluster", { name }), command: `${verb} ${name}`, body: { do: verb, node: name },
    })),
    outcome(store, `remove ${name}`));
}

function returned(machine, row, pods) {
  return machine.power === "on" && row?.ready === "True" && pods.length === 0;
}

function tiles(store, actions, pods) {
  const laneOf = laneFinder(store);
  return h("svg", { viewBox: `0 0 280 ${Math.ceil(pods.length / 5) * 54}`, width: 280, height: Math.ceil(pods.length / 5) * 54 },
    pods.map(([key, pod], i) => tile(actions, key, pod, { x: 2 + (i % 5) * 54, y: 2 + Math.floor(i / 5) * 54 }, 47, { lane: laneOf(pod) })));
}

const LIFE = ["Created", "Bound", "Started", "Ready"];

function lifeOf(pod) {
  if (!pod.node) return 1;
  if (pod.reality === "running" || pod.ready) return pod.ready ? 4 : 3;
  return 2;
}

function pod(store, actions, key, now) {
  const row = store.table("pod")[key];
  if (!row) return null;
  const place = `pod ${key}`;
  const flag = row.ns === "default" ? "" : ` -n ${row.ns}`;
  const step = lifeOf(row);
  const words = [t("Created"), t("Bound"), t("Started"), t("Ready")];
  const [, kind, workload] = row.workload.split("/");
  return [
    h("header", null,
      h("svg", { width: 40, height: 40, viewBox: "-1 -1 49 49", "aria-hidden": true },
        tile(null, key, row, { x: 0, y: 0 }, 47, { lane: laneFinder(store)(row) })),
      h("div", null, h("b", { class: "mono" }, row.name), h("small", null, [...new Set([t("Pod"), phaseWord(phaseOf(row)), row.status])].join(" · ")))),
    h("ol", { class: "life" }, LIFE.map((name, i) =>
      h("li", { class: i < step ? "done" : i === step ? "now" : "" }, h("i"), h("span", null, words[i])))),
    h("div", { class: "acts" },
      act(store, actions, { place, danger: true, term: "kill-container", label: t("Kill a container"),
        disabled: row.reality !== "running",
        command: `kill-container ${row.name}`, body: { do: "kill-container", pod: key, container: "" } }),
      act(store, actions, { place, danger: true, term: "delete-pod", label: t("Delete the pod"),
        command: `kubectl delete pod ${row.name}${flag}`, body: { do: "delete-pod", pod: key } })),
    outcome(store, place),
    explainPod(store, row),
    kv(
      [t("Owner"), row.owner
        ? [h("div", { class: "mono" }, row.owner), kind === "Deployment"
          && h("button", { class: "link mono", onclick: () => actions.select(kind, `${row.ns}/${workload}`) }, `${kind}/${workload}`)]
        : t("nobody: nothing will replace it"), "owner"],
      [t("Node"), row.node ? h("button", { class: "link mono", onclick: () => actions.select("Node", row.node) }, row.node) : t("none yet")],
      [t("Requests"), `${row.cpu}m CPU · ${quantity(row.memory)}`, "requested"],
      [t("Used"), `${row.used_cpu}m CPU`, "used"],
      [t("Listed by"), row.services.length ? row.services.map((each) => each.split("/")[1]).join(", ") : t("no service"), "endpoint"],
      row.ip && [t("Address"), h("span", { class: "mono" }, row.ip)],
      [t("Restarts"), String(row.restarts), "restarts"],
      [t("Created"), `${moment(row.created)} · ${t("{span} ago", { span: span(between(row.created, now)) })}`],
    ),
    events(store),
  ];
}

function explainPod(store, row) {
  const phase = phaseOf(row);
  const words = {
    ghost: t("A ghost: the API still says that it runs, but its machine is not running it."),
    orphan: t("It runs, but nobody hears of it: its node is cut off."),
    gone: row.ghost || row.reality === "stopped" || row.reality === "none"
      ? t("It stays Terminating: only the kubelet of {node} can confirm that it has stopped.", { node: row.node })
      : t("It was asked to stop and has {n} s for that.", { n: row.grace ?? 30 }),
    pend: t("It waits in the scheduling queue until a node fits."),
  };
  const why = phase === "pend" && whyNotScheduled(store);
  return why ? notScheduled(why) : words[phase] && h("p", { class: "explain" }, explained(words[phase]));
}

function deployment(store, actions, key) {
  const [ns, name] = key.split("/");
  const w = store.table("workload")[`${ns}/Deployment/${name}`];
  if (!w) return null;
  const pods = Object.entries(store.table("pod")).filter(([, p]) => p.workload === `${ns}/Deployment/${name}`);
  return [
    h("header", null, h("b", { class: "mono" }, name), h("small", { "data-term": "deployment" }, `${t("Deployment")} · ${t("revision {n}", { n: w.revision })}`)),
    h("div", { class: "line big" }, h("span", { "data-term": "replicas" }, t("Replicas, ready / wanted")), scaler(store, actions, w)),
    h("code", { class: "command" }, `kubectl scale deployment/${name} --replicas=${w.wanted + 1}`),
    outcome(store, `scale ${key}`),
    kv([t("Image"), h("span", { class: "mono" }, w.images.join(", "))],
      [t("Updated"), `${number(w.updated)} / ${number(w.wanted)}`], [t("Available"), `${number(w.available)} / ${number(w.wanted)}`]),
    h("div", { class: "tiles" }, tiles(store, actions, pods.slice(0, 20))),
    h("div", { class: "acts" },
      undoing(store, actions, w),
      breaking(store, actions, w),
      h("button", { class: "act", onclick: () => actions.edit("Deployment", key) }, t("Edit the YAML"), h("code", null, `kubectl edit deployment/${name}`))),
    outcome(store, `undo ${key}`), outcome(store, `break ${key}`),
    events(store),
  ];
}

function service(store, actions, key) {
  const row = store.table("service")[key];
  if (!row) return null;
  const routes = Object.entries(store.table("route")).filter(([, r]) => r.service === key);
  const followed = store.follow === key;
  return [
    h("header", null, h("b", { class: "mono" }, row.name), h("small", { "data-term": "service" }, `${t("Service")} · ${row.type}`)),
    h("p", { class: "explain" }, explained(t("A name and a list of ready pods. Requests do not pass through it: whoever sends them reads the list."))),
    h("div", { class: "acts" }, h("button", { class: `act ${followed ? "on" : ""}`, "aria-pressed": String(followed), onclick: () => actions.follow(followed ? "" : key) }, followed ? t("Stop following") : t("Follow its requests"))),
    kv([t("Cluster IP"), h("span", { class: "mono" }, `${row.cluster_ip}:${row.ports.join(",")}`), "cluster-ip"],
      [t("Selector"), h("span", { class: "mono" }, Object.entries(row.selector).map(([k, v]) => `${k}=${v}`).join(",") || "–"), "selector"],
      [t("Endpoints"), row.endpoints.length ? h("ul", { class: "mono" }, row.endpoints.map((each) => h("li", null, h("button", { class: "link mono", onclick: () => actions.select("Pod", each) }, each.split("/")[1])))) : t("none: requests fail at once"), "endpoint"]),
    routes.map(([name, route]) => load(store, actions, name, route)),
    events(store),
  ];
}

function load(store, actions, name, route) {
  const place = `load ${name}`;
  const rps = route.rps / 1000;
  const one = (next, label, aria) => act(store, actions, { place, bare: true, label, aria, disabled: next < 0,
    command: `load ${name} ${next}`, body: { do: "load", route: name, rps: next } });
  return h("div", { class: "line", key: place }, h("span", { class: "mono name" }, name),
    h("span", { class: "scaler rate" }, one(Math.max(0, rps - RPS_STEP), "−", t("Fewer requests to {name}", { name })),
      h("b", { class: "num" }, t("{n} /s", { n: number(rps) })), one(rps + RPS_STEP, "+", t("More requests to {name}", { name }))),
    outcome(store, place));
}

function ingress(store, actions, key) {
  const row = store.table("ingress")[key];
  if (!row) return null;
  return [
    h("header", null, h("b", { class: "mono" }, key.split("/")[1]), h("small", { "data-term": "ingress" }, `${t("Ingress")} · ${row.class}`)),
    h("table", { class: "rules" }, h("tbody", null, row.rules.map((rule) => h("tr", null,
      h("td", { class: "mono" }, `${rule.host || "*"}${rule.path}`), h("td", null, rule.path_type), h("td", { class: "mono" }, `→ ${rule.service}`))))),
    Object.entries(store.table("route")).map(([name, route]) => load(store, actions, name, route)),
    events(store),
  ];
}

/** Events as the API keeps them, once they have been asked for. */
function events(store) {
  const list = store.detail?.events ?? [];
  if (!list.length) return null;
  return h("div", { class: "events" }, h("h2", null, t("Events")), h("ul", null, list.slice(-5).reverse().map((e) =>
    h("li", { class: e.type === "Warning" ? "bad" : "" },
      h("time", { class: "num" }, typeof e.last === "number" && e.last >= store.settings.opened ? clock(e.last) : ""),
      h("span", null, h("b", null, e.reason), " ", e.message, e.count > 1 && ` (×${e.count})`)))));
}

