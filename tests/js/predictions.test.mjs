import { test } from "node:test";
import assert from "node:assert/strict";
import { Predictions } from "../../static/js/state/predictions.js";

function drawer() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}

test("a prediction outlives a reload and belongs to the next fault", () => {
  const storage = drawer();
  new Predictions("lab", storage).choose("control", 0);

  const again = new Predictions("lab", storage);

  assert.equal(again.open, "control");
  assert.equal(again.of(352), "control");
  assert.equal(again.open, null);
  assert.equal(new Predictions("lab", storage).of(352), "control");
});

test("a prediction for the next time says nothing of the time before", () => {
  const predictions = new Predictions("lab", drawer());
  predictions.choose("users", 352);
  assert.equal(predictions.of(352), null);
  assert.equal(predictions.of(700), "users");
});

test("another lab is another matter", () => {
  const storage = drawer();
  new Predictions("lab", storage).choose("users", 0);
  assert.equal(new Predictions("other", storage).open, null);
});
