// The socket: what comes in is taken in order, also when a snapshot has to be inflated first.

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

const sockets = [];

class FakeWebSocket {
  static OPEN = 1;
  constructor(url) {
    this.url = url;
    this.readyState = 1;
    this.sent = [];
    sockets.push(this);
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
}

globalThis.WebSocket = FakeWebSocket;
globalThis.location = { protocol: "http:", host: "lab" };
globalThis.document = { addEventListener() {}, hidden: false };
globalThis.addEventListener = () => {};
globalThis.setInterval = () => 0;
const { LabSocket } = await import("../../static/js/net/socket.js");

const delta = (seq, value) =>
  JSON.stringify({
    t: "delta", epoch: 1, base: seq - 1, seq, at: seq, messages: [],
    d: [["pod", "web", null, { value }]],
  });

test("deltas wait for the compressed snapshot before them", async () => {
  const frames = [];
  const lab = new LabSocket("/ws", {
    frame: (frame) => frames.push(frame.seq), connection() {}, message() {},
  });
  const socket = sockets.at(-1);
  const snapshot = deflateSync(JSON.stringify({ t: "snapshot", epoch: 1, seq: 4, at: 4, state: {} }));

  socket.onmessage({ data: new Uint8Array(snapshot) });
  socket.onmessage({ data: delta(5, 1) });
  socket.onmessage({ data: delta(6, 2) });
  while (lab.queue) await lab.queue;
  socket.onmessage({ data: delta(7, 3) });

  assert.deepEqual(frames, [4, 5, 6, 7]);
  assert.equal(lab.tables.pod.web.value, 3);
  assert.ok(!socket.sent.some((message) => message.resync));
});

test("a page that comes back says where it was", () => {
  const lab = new LabSocket("/ws?k=x", { frame() {}, connection() {}, message() {} });
  lab.snapshot({ t: "snapshot", epoch: 3, seq: 9, at: 0, state: {} });

  lab.connect();

  assert.match(sockets.at(-1).url, /k=x&epoch=3&seq=9$/);
});
