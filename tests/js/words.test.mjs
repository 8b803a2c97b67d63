import assert from "node:assert/strict";
import { test } from "node:test";

import { many, quantity, within } from "../../static/js/words.js";

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
