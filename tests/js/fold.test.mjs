import { test } from "node:test";
import assert from "node:assert/strict";
import { apply, merge, reverse, same } from "../../static/js/state/fold.js";

const before = { pod: { a: { n: 1 }, b: { n: 2 } }, node: { x: { ready: "True" } } };
const one = [["pod", "a", { n: 1 }, { n: 9 }], ["pod", "b", { n: 2 }, null]];
const two = [["pod", "a", { n: 9 }, { n: 1 }], ["pod", "c", null, { n: 3 }], ["node", "x", { ready: "True" }, null]];

test("a delta is applied without changing the state it was applied to", () => {
  const kept = structuredClone(before);
  assert.deepEqual(apply(before, one), { pod: { a: { n: 9 } }, node: { x: { ready: "True" } } });
  assert.deepEqual(before, kept);
});

test("a table without rows is gone", () => {
  assert.deepEqual(apply({ node: before.node }, [["node", "x", { ready: "True" }, null]]), {});
});

test("merging two deltas does what they do one after the other", () => {
  assert.deepEqual(apply(before, merge(one, two)), apply(apply(before, one), two));
});

test("a merge leaves out what came back to where it was, and is sorted", () => {
  assert.deepEqual(merge(one, two), [
    ["node", "x", { ready: "True" }, null],
    ["pod", "b", { n: 2 }, null],
    ["pod", "c", null, { n: 3 }],
  ]);
});

test("a reversed delta leads back", () => {
  assert.deepEqual(apply(apply(before, one), reverse(one)), before);
});

test("values are the same whatever the order of their fields", () => {
  assert.ok(same({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] }));
  assert.ok(!same({ a: [1, 2] }, { a: [2, 1] }));
  assert.ok(!same({ a: undefined }, { b: undefined }));
});
