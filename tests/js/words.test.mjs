import assert from "node:assert/strict";
import { test } from "node:test";

import { because, many, quantity, short, span, within } from "../../static/js/words.js";

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
  assert.equal(span(252_000), "4\u00a0min 12\u00a0s");
  assert.equal(span(11_154_000), "3\u00a0h 5\u00a0min 54\u00a0s");
  assert.equal(because({ key: "fault-unknown", params: { file: "10 seconds" } }), "fault unknown: 10 seconds");
});
