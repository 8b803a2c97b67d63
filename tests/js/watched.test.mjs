import assert from "node:assert/strict";
import { test } from "node:test";

import { watch } from "../../static/js/state/watched.js";

const NOW = 400_000;

/** A store of Deployments by name, each as [ready, wanted]. */
function storeOf(counts, more = {}) {
  const rows = Object.entries(counts).map(([name, [ready, wanted]]) =>
    [`default/Deployment/${name}`, { kind: "Deployment", system: false, name, ready, wanted }]);
  return { isPast: false, selection: null, table: (name) => (name === "workload" ? Object.fromEntries(rows) : {}), ...more };
}

/** What is shown as one state follows another, ten seconds apart. */
function shown(...states) {
  let watched;
  return states.map((counts, i) => {
    const store = storeOf(counts, { watched });
    const { workload, why } = watch(store, NOW + i * 10_000);
    watched = store.watched;
    return `${workload.name} ${why}`.trim();
  });
}

test("the Deployment that lacks the largest share is shown, and of equals the first by name", () => {
  assert.deepEqual(shown({ web: [3, 6], pay: [0, 1], cart: [2, 4] }), ["pay lacks"]);
  assert.deepEqual(shown({ web: [6, 6], pay: [1, 1], cart: [4, 4] }), ["cart"]);
});

test("it stays as long as it lacks something and a while longer", () => {
  const later = Array.from({ length: 8 }, () => ({ web: [6, 6], cart: [3, 4] }));
  const all = shown({ web: [5, 6], cart: [4, 4] }, { web: [5, 6], cart: [2, 4] }, ...later);

  assert.deepEqual(all.slice(0, 2), ["web lacks", "web lacks"]);
  assert.deepEqual(all.slice(2, 7), Array(5).fill("web"));
  assert.equal(all.at(-1), "cart lacks");
});

test("one that has no pod left comes first at once", () => {
  assert.deepEqual(shown({ web: [5, 6], pay: [1, 1] }, { web: [5, 6], pay: [0, 1] }, { web: [5, 6], pay: [0, 1] }),
    ["web lacks", "pay lacks", "pay lacks"]);
});

test("what the reader chose is shown and named as that, and the past moves nothing", () => {
  const selection = { kind: "Deployment", key: "default/web" };
  assert.equal(watch(storeOf({ web: [6, 6], pay: [0, 1] }, { selection }), NOW).why, "chosen");

  const past = storeOf({ web: [6, 6], pay: [0, 1] }, { isPast: true });
  watch(past, NOW);
  assert.equal(past.watched, undefined);
});
