import assert from "node:assert/strict";
import { test } from "node:test";

import { noteOf, silence } from "../../static/js/diagram/notes.js";
import { between, clock, setOpened, span } from "../../static/js/words.js";

const ON = { power: "on", cut: false, stopped: [] };

test("spans are those between the clocks that stand beside them, so they add up", () => {
  setOpened(120_000);
  const [heard, fault, now] = [119_950, 123_020, 126_010];

  assert.deepEqual([fault, now].map(clock), ["00:00:03", "00:00:06"]);
  assert.equal(between(heard, fault) + between(fault, now), between(heard, now));
  assert.equal(silence({ heartbeat: heard, noticed: 125_000 }, now), `silent for ${span(between(heard, now))}`);
  assert.equal(silence({ heartbeat: heard, noticed: null }, now), "not heard");
});

test("an eviction is announced for as long as the controller waits for it, of a node that is not ready", () => {
  const node = { heartbeat: null, noticed: null, ready: "Unknown", evicts_at: 478_000 };

  assert.deepEqual(noteOf(node, ON, 180_000), ["eviction in 4\u00a0min\u00a058\u00a0s"]);
  assert.deepEqual(noteOf(node, ON, 478_500), []);
  assert.deepEqual(noteOf({ ...node, evicts_at: null }, ON, 180_000), []);
  assert.deepEqual(noteOf({ ...node, ready: "True" }, ON, 180_000), []);
});
