import { test } from "node:test";
import assert from "node:assert/strict";
import { apart, History } from "../../static/js/state/history.js";

const tables = (failed, ready = 1, story = {}) => ({
  route: { a: { ok: 2000, slow: 0, failed: failed ? { refused: failed } : {} } },
  workload: { w: { kind: "Deployment", system: false, ready, wanted: 1 } },
  settings: { lab: { opened: 0 } },
  story,
});
const instants = (history) => history.samples.map((each) => each.at);

test("only what changes is a sample", () => {
  const history = new History();
  history.take(0, tables(0));
  history.take(100, tables(0));
  history.take(200, tables(3000));
  assert.deepEqual(instants(history), [0, 200]);
  assert.equal(history.samples[1].errors, 3);
});

test("a page that comes late learns what an early one saw", () => {
  const early = new History();
  early.take(0, tables(0));
  early.take(200, tables(3000));
  early.take(300, tables(3000, 0));
  const late = new History();
  late.take(300, tables(3000, 0));

  late.learn({
    at: 300,
    samples: [
      { at: 0, ok: 2000, slow: 0, failed: {}, replicas: { w: [1, 1] } },
      { at: 200, failed: { refused: 3000 } },
      { at: 300, replicas: { w: [0, 1] } },
    ],
    marks: { 7: { at: 200, level: "bad", reason: { key: "machine-off" } } },
  });

  assert.deepEqual(late.samples, early.samples);
  assert.deepEqual(late.marks.map((each) => each.id), ["7"]);
});

test("what was seen since stays, and so does what the host has forgotten", () => {
  const history = new History();
  history.take(0, tables(0));
  history.take(900, tables(1000));

  history.learn({ at: 500, samples: [{ at: 400, ok: 2000, slow: 0, failed: { refused: 5 }, replicas: { w: [1, 1] } }], marks: {} });

  assert.deepEqual(instants(history), [0, 400, 900]);
  assert.equal(history.from, 0);
});

test("a mark is known once, whoever tells it, and marks are in order", () => {
  const history = new History();
  const row = { at: 800, notable: true, level: "bad", reason: { key: "machine-off" } };
  history.take(900, tables(0, 1, { 9: row }));
  history.learn({ at: 900, samples: [], marks: { 9: row, 3: { ...row, at: 100 } } });
  assert.deepEqual(history.marks.map((each) => each.id), ["3", "9"]);
});

test("marks of one kind that would run into each other are one", () => {
  const mark = (at, key) => ({ at, reason: { key } });
  const marks = [mark(0, "quota-refused"), mark(10, "quota-refused"), mark(12, "machine-off"), mark(110, "quota-refused")];
  assert.deepEqual(apart(marks, 100).map(({ at }) => at), [0, 12, 110]);
});
