import { test } from "node:test";
import assert from "node:assert/strict";
import { Playhead } from "../../static/js/state/playhead.js";

const running = (speed, due) => ({ paused: false, running_at: speed, waiting: due ? { due } : null });

test("lab time runs at the speed of the lab between frames", () => {
  const head = new Playhead();
  head.sync(1000, 0, running(4));
  assert.equal(head.now(500), 3000);
});

test("lab time never runs past what the lab is waiting for", () => {
  const head = new Playhead();
  head.sync(1000, 0, running(60, 5000));
  assert.equal(head.now(1_000), 5000);
});

test("a frame that is slightly behind does not turn the clock back", () => {
  const head = new Playhead();
  head.sync(1000, 0, running(1));
  assert.equal(head.now(300), 1300);
  head.sync(1200, 300, running(1));
  assert.equal(head.now(300), 1300);
  assert.equal(head.now(600), 1500);
});

test("a frame of another history does turn the clock back", () => {
  const head = new Playhead();
  head.sync(100_000, 0, running(1));
  head.sync(20_000, 10, running(1));
  assert.equal(head.now(10), 20_000);
});

test("a paused lab stands still", () => {
  const head = new Playhead();
  head.sync(1000, 0, { paused: true, running_at: 0, waiting: null });
  assert.equal(head.now(9000), 1000);
});

test("a lab that is not heard any more stands still, and that is told", () => {
  const head = new Playhead();
  head.sync(1000, 0, running(8));
  assert.equal(head.now(10_000), 1000 + 8 * 1500);
  assert.equal(head.silence(2_000), 0);
  assert.equal(head.silence(10_000), 10_000);
  head.sync(14_000, 11_000, running(8));
  assert.equal(head.silence(11_000), 0);
});

test("a paused lab is silent and nothing is amiss", () => {
  const head = new Playhead();
  head.sync(1000, 0, { paused: true, running_at: 0, waiting: null });
  assert.equal(head.silence(60_000), 0);
});

test("a lost connection freezes the clock", () => {
  const head = new Playhead();
  head.sync(1000, 0, running(1));
  head.freeze(500);
  assert.equal(head.now(4000), 1500);
});
