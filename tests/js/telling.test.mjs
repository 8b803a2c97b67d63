import { test } from "node:test";
import assert from "node:assert/strict";
import { grouped } from "../../static/js/state/telling.js";

const row = (id, at, key, params = {}) => [String(id), { at, reason: { key, params } }];
const lost = (id, at, node = "worker-3") => row(id, at, "pod-not-ready-with-node", { pod: `web-${id}`, node });

test("like lines of one instant are one line, and it counts them", () => {
  const listed = grouped([lost(4, 1010), lost(3, 1000), lost(2, 1000), row(1, 990, "node-not-ready", { node: "worker-3" })]);

  assert.equal(listed.length, 2);
  assert.deepEqual(listed[0].params, { node: "worker-3", n: 3 });
  assert.deepEqual(listed[0].rows.map(([id]) => id), ["4", "3", "2"]);
  assert.equal(listed[1].id, "1");
});

test("lines of two nodes, and of two instants, are told apart", () => {
  const listed = grouped([lost(6, 9000), lost(5, 9000), lost(4, 1000), lost(3, 1000), lost(2, 1000, "worker-1"), lost(1, 1000, "worker-1")]);
  assert.deepEqual(listed.map((each) => each.rows?.length), [2, 2, 2]);
});

test("what stands between them does not keep them apart", () => {
  const placed = (id, at) => row(id, at, "pod-scheduled", { pod: `web-${id}` });
  const made = (id, at) => row(id, at, "replicaset-creates", { replicaset: "web" });
  const listed = grouped([placed(6, 130), made(5, 120), placed(4, 110), made(3, 100)]);
  assert.deepEqual(listed.map((each) => [each.key, each.params.n]), [["pod-scheduled", 2], ["replicaset-creates", 2]]);
});

test("a line that is alone stays a line", () => {
  assert.deepEqual(grouped([lost(1, 0)])[0].id, "1");
  assert.equal(grouped([lost(1, 0)])[0].rows, undefined);
});

test("lines that are all about one service name it", () => {
  const listed = (id, service) => row(id, 1000 + id, "endpoints-listed", { service, ready: id });
  assert.deepEqual(grouped([listed(2, "pay"), listed(1, "pay")])[0].params, { service: "pay", n: 2 });
  assert.deepEqual(grouped([listed(2, "pay"), listed(1, "cart")])[0].params, { n: 2 });
});

test("pods of one image that cannot be pulled are one line", () => {
  const failed = (id) => row(id, 100, "image-pull-failed", { pod: `web-${id}`, image: "shop.local/web:broken" });
  assert.deepEqual(grouped([failed(3), failed(2), failed(1)])[0].params, { image: "shop.local/web:broken", n: 3 });
});

test("what is refused again and again, ever more slowly, is one line with a count", () => {
  const refused = (id, at) => row(id, at, "quota-refused", { text: `pods "web-${id}" is forbidden` });
  const listed = grouped([refused(4, 90_000), row(3, 50_000, "node-not-ready"), refused(2, 9000), refused(1, 1000)]);
  assert.deepEqual(listed.map((each) => each.rows?.length), [3, undefined]);
});
