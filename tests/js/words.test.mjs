import assert from "node:assert/strict";
import { test } from "node:test";

import { because, isName, many, quantity, setOpened, short, span, toldAt, within, withNames } from "../../static/js/words.js";

test("one thing and several are told apart", () => {
  assert.equal(many("{n} pod", "{n} pods", 1), "1 pod");
  assert.equal(many("{n} pod", "{n} pods", 0), "0 pods");
  assert.equal(many("{n} request failed", "{n} requests failed", 1294), "1,294 requests failed");
});

test("sizes are written as Kubernetes writes them", () => {
  assert.equal(quantity(128 * 1024 * 1024), "128Mi");
  assert.equal(quantity(65_536), "64Ki");
  assert.equal(quantity(0), "0Mi");
});

test("a sentence goes on after because without a capital, and names stay as they are", () => {
  assert.equal(within("The kubelet of {node} registered the node"), "the kubelet of {node} registered the node");
  assert.equal(within("A container of {pod} was killed"), "a container of {pod} was killed");
  assert.equal(within("{Node} was switched off"), "{Node} was switched off");
  assert.equal(within("API servers end"), "API servers end");
});

test("large numbers are shortened where there is little room", () => {
  assert.equal(short(9_999), "9,999");
  assert.equal(short(1_000_000_000), "1B");
  assert.equal(short(1_200, 1000), "1.2K");
});

test("spans say hours, and a number stays with its unit", () => {
  assert.equal(span(43_000), "43\u00a0s");
  assert.equal(span(59_400), "59\u00a0s");
  assert.equal(span(72_000), "1\u00a0min\u00a012\u00a0s");
  assert.equal(span(252_000), "4\u00a0min\u00a012\u00a0s");
  assert.equal(span(11_154_000), "3\u00a0h\u00a05\u00a0min\u00a054\u00a0s");
  assert.equal(because({ key: "fault-unknown", params: { file: "10 seconds" } }), "fault unknown: 10 seconds");
});

test("the time beside a cause is that of what its sentence tells, or none", () => {
  setOpened(120_000);
  const last = (since) => ({ at: 124_000, reason: { key: "lease-not-renewed", params: { node: "worker-3", since } } });

  assert.equal(toldAt(last(121_000)), 121_000);
  assert.equal(toldAt(last(115_000)), null);
  assert.equal(toldAt({ at: 124_000, reason: { key: "machine-off", params: { node: "worker-3" } } }), 124_000);
  setOpened(0);
});

test("names are pieces of a sentence, and those that fit on no line may break", () => {
  const pieces = withNames("pay-8458c99d9c-m8w7r was assigned to worker-1.");

  assert.deepEqual(pieces, ["pay-8458c99d9c-m8w7r", " was assigned to ", "worker-1", "."]);
  assert.deepEqual(pieces.map(isName), [true, false, true, false]);
  assert.equal(isName("ingress-nginx-controller-6c687dcf9b-sx9s2"), false);
  assert.deepEqual(withNames("Everything is calm."), ["Everything is calm."]);
});
