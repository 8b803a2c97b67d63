import assert from "node:assert/strict";
import { test } from "node:test";

import { FirstFault } from "../../static/js/state/firstfault.js";

const storage = () => {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
};
const fault = (id, over_at = null) => ({ id, over_at, users_at: 1 });

test("the answer stays open while its fault lasts and folds when another fault comes", () => {
  const first = new FirstFault("lab", storage());
  first.follow(fault(1), true);
  assert.equal(first.isFolded(fault(1), "web 6", false), false);
  first.follow(fault(1, 90), true);
  assert.equal(first.isFolded(fault(1, 90), "web 6", false), false);

  first.follow(fault(2), true);

  assert.equal(first.isFolded(fault(2), "web 6", false), true);
  assert.equal(first.fault.id, 1);
});

test("once it is over it folds when something is scaled, unless the pointer is where all would move", () => {
  const first = new FirstFault("lab", storage());
  first.follow(fault(1), true);
  assert.equal(first.isFolded(fault(1), "web 6", false), false);
  assert.equal(first.isFolded(fault(1), "web 7", false), false, "it is not over yet");
  first.follow(fault(1, 90), true);
  assert.equal(first.isFolded(fault(1, 90), "web 7", false), false);

  assert.equal(first.isFolded(fault(1, 90), "web 8", true), false);
  assert.equal(first.isFolded(fault(1, 90), "web 8", false), true);
});

test("it is known after a reload, and forgotten when it is to be done again", () => {
  const place = storage();
  const first = new FirstFault("lab", place);
  first.follow(fault(1, 90), true);
  first.isFolded(fault(2), "", false);

  const again = new FirstFault("lab", place);
  assert.deepEqual(again.fault, fault(1, 90));
  assert.equal(again.isFolded(fault(2), "", false), true);
  again.begin();
  again.follow(fault(3), true);

  assert.equal(again.isFolded(fault(3), "", false), false);
  assert.equal(new FirstFault("other", place).fault, null);
});

test("a fault of another kind is not what the first minute is about", () => {
  const first = new FirstFault("lab", storage());
  first.follow(fault(1), false);

  assert.equal(first.fault, null);
  assert.equal(first.isFolded(fault(1), "", false), false);
});
