import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { eventSentence, headline } from "../../static/js/state/headline.js";

const NOW = 1_000_000;
const member = (role) => ({ role, votes: true });
const CALM = {
  member: { "cp-1": member("leader"), "cp-2": member("follower"), "cp-3": member("follower") },
  office: { etcd: { writes: true }, "kube-scheduler": { holder: "cp-1", lost: false } },
  machine: { "worker-3": { power: "on" } },
  node: { "worker-3": { ready: "True", heartbeat: null, judged_at: null, requested_cpu: 1900, allocatable_cpu: 2000, requested_memory: 0, allocatable_memory: 100 } },
  workload: { "default/Deployment/web": { kind: "Deployment", name: "web", wanted: 6, replicas: 6, updated: 6, ready: 6, available: 6, stuck: false } },
  pod: {},
  route: { shop: { service: "default/web", ok: 300_000, slow: 0, failed: {} } },
  story: {},
  link: {},
};
/** The store as far as the sentence needs it. */
const state = (changes = {}, clocks = null) => ({ table: (name) => ({ ...CALM[name], ...changes[name] }), clocks });
const say = (changes, clocks) => headline(state(changes, clocks), NOW);
const pod = (status, rest = {}) => ({ name: "web-1", workload: "default/Deployment/web", deleting: null, node: "worker-3", status, phase: "Pending", image: "shop.local/web:broken", cpu: 500, memory: 10, created: 0, ...rest });
const rolling = { "default/Deployment/web": { ...CALM.workload["default/Deployment/web"], replicas: 8, updated: 3 } };
const news = (key, at, params = {}) => ({ 7: { at, notable: true, reason: { key, params } } });
const noQuorum = { office: { etcd: { writes: false } }, member: { "cp-2": member("down"), "cp-3": member("down") } };
const failing = { route: { shop: { service: "default/web", ok: 0, slow: 0, failed: { "no-endpoints": 12_000 } } } };
const silent = { node: { "worker-3": { ready: "True", heartbeat: NOW - 9000, judged_at: NOW + 30_500 } } };
const notReady = { node: { "worker-3": { ready: "Unknown", heartbeat: NOW - 9000, judged_at: null } } };
const broken = { workload: rolling, pod: { a: pod("ImagePullBackOff") } };
const unfit = { pod: { a: pod("Pending", { node: "", unfit: true }), b: pod("Pending", { node: "", unfit: true }) } };

test("calm is said of a calm state, and of no other", () => {
  assert.equal(say(), "Everything is calm.");
  for (const each of [noQuorum, failing, silent, notReady, broken, unfit, { workload: rolling }]) {
    assert.notEqual(say(each), "Everything is calm.");
  }
});

test("without a quorum that is what is said, whatever else has happened since", () => {
  const later = { story: news("office-vacant", NOW - 10, { office: "kube-controller-manager", node: "cp-1" }) };
  assert.equal(say({ ...failing, ...silent, ...noQuorum, ...later }), "1 of 3 members are up, 2 are needed: nothing can be written");
});

test("users who fail come before the node that fails them", () => {
  assert.equal(say(failing), "12 of 12 requests a second fail: web (no ready pod)");
  assert.match(say({ ...silent, ...failing }), /^12 of 12 .* · Nothing is heard from worker-3/);
});

test("a node is told by how far its story has come", () => {
  const fault = (rest) => ({ machine: "worker-3", evicts_at: null, evicted_at: null, over_at: null, ...rest });
  assert.match(say(silent), /still counts as Ready: it is judged in 30\ss/);
  assert.match(say(notReady, fault({ evicts_at: NOW + 60_000 })), /evicted in 1\smin\s0\ss/);
  assert.match(say(notReady, fault({ evicted_at: 5 })), /are evicted, and their controllers make new ones/);
  assert.match(say(notReady, fault({ evicted_at: 5, over_at: 9 })), /made new ones elsewhere/);
});

test("a rollout that is stuck says why, and one that runs how far it is", () => {
  assert.equal(say(broken), "The rollout of web is stuck: shop.local/web:broken cannot be pulled (ImagePullBackOff). 6 pods still serve");
  assert.match(say({ workload: rolling, pod: { a: pod("CrashLoopBackOff") } }), /keep failing \(CrashLoopBackOff\)/);
  assert.equal(say({ workload: rolling }), "web is being rolled out: 3 of 6 pods are new");
  const done = { story: news("rollout-begins", NOW - 60_000, { deployment: "web" }) };
  assert.equal(say(done), "Everything is calm.");
});

test("pods that wait say what is short", () => {
  assert.equal(say(unfit), "2 pods are Pending: no node has room (Insufficient cpu)");
});

test("what has happened is news for a while, and never again", () => {
  const evicted = (at) => ({ story: news("pod-evicted", at, { pod: "default/web-1", node: "worker-3", seconds: 300 }) });
  assert.match(say(evicted(NOW - 1000)), /pod evicted: web-1/);
  assert.equal(say(evicted(NOW - 3_600_000)), "Everything is calm.");
});

test("of several marks of one instant the gravest is told", () => {
  const mark = (id, key) => ({ id, at: 5, reason: { key, params: { node: "worker-3" } } });
  assert.match(eventSentence([mark(1, "node-tainted-no-execute"), mark(2, "node-not-ready")]), /^node not ready/);
});

test("every sentence has Korean words with the same places", () => {
  const source = readFileSync(new URL("../../static/js/state/headline.js", import.meta.url), "utf-8");
  const korean = readFileSync(new URL("../../locale/ko/LC_MESSAGES/djangojs.po", import.meta.url), "utf-8");
  const places = (text) => text.match(/\{\w+\}/g)?.sort().join() ?? "";
  for (const [, text] of source.matchAll(/\bt\("([^"]+)"/g)) {
    const told = korean.split(`msgid "${text}"\nmsgstr "`)[1]?.split('"\n')[0] ?? "";
    assert.equal(places(told), places(text), text);
  }
});
