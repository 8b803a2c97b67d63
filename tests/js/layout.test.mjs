import assert from "node:assert/strict";
import { test } from "node:test";

import { apiWay, crossOn, layout } from "../../static/js/diagram/layout.js";

const HALF_A_CROSS = 5;

for (const tall of [false, true]) {
  test(`a cross on the way to a dead machine is whole, ${tall ? "standing" : "lying"}`, () => {
    const names = Array.from({ length: 8 }, (_, i) => `worker-${i + 1}`);
    const places = layout({ members: ["cp-1", "cp-2", "cp-3"], services: [], workers: names, needed: {}, tall });

    for (const name of names) {
      const [x, y] = crossOn(apiWay(places, places.workers[name]), places);
      assert.ok(x - HALF_A_CROSS > 0 && x + HALF_A_CROSS < places.width, `${name}: ${x}`);
      assert.ok(y - HALF_A_CROSS > 0 && y + HALF_A_CROSS < places.height, `${name}: ${y}`);
    }
  });
}
