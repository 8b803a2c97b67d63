import assert from "node:assert/strict";
import { test } from "node:test";
import { neighbour, thinned } from "../../static/js/state/past.js";

const mark = (at, level = "info") => ({ id: at, at, level });

test("a step shows the moment after an event, with all its marks", () => {
  const marks = [mark(5_000), mark(43_002), mark(43_017), mark(90_000)];
  const event = neighbour(marks, 80_000, -1);

  assert.equal(event.at, 43_100);
  assert.deepEqual(event.marks.map((each) => each.at), [43_002, 43_017]);
  assert.equal(neighbour(marks, event.at, -1).at, 5_100);
  assert.equal(neighbour(marks, event.at, 1).at, 90_100);
  assert.equal(neighbour(marks, 90_100, 1), null);
});

test("marks that would lie upon one another are left out, the bad ones last", () => {
  const kept = thinned([mark(0), mark(1), mark(2, "bad"), mark(9)], (at) => at, 5);
  assert.deepEqual(kept.map((each) => each.at), [2, 9]);
});
