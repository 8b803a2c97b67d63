// The connection to a lab: counts frames, resumes after a loss, resends what was not confirmed.
//
// A gap in the numbers, another epoch, or too long a queue in a hidden tab ends in one request for
// a snapshot. Large snapshots come compressed, and what follows waits until they are read. Commands keep their id, so the same one sent twice is applied once.

import { apply } from "../state/fold.js";

/** As in clusterlab/labs/limits.py: beyond four megabytes there is no answer, and the socket closes. */
export const MESSAGE_BYTES_MAX = 600_000;
const BACKOFF_MS_MIN = 250;
const BACKOFF_MS_MAX = 8_000;
/** A part that died is back within seconds: so often it is asked for that, before waits grow long. */
const SOON_MS = 1_500;
const SOON_TRIES = 8;
const ACK_EVERY_FRAMES = 10;
const ACK_EVERY_MS = 1_000;
const SILENCE_MS_MAX = 12_000;
/** What is not confirmed is sent again under its id, and applied once: its host may have died. */
const AGAIN_MS = 3_000;
const TRIES_MAX = 10;

/**
 * @typedef {object} Handlers
 * @property {(frame: any, tables: any) => void} frame a frame was folded
 * @property {(state: "connecting"|"open"|"lost"|"gone") => void} connection
 * @property {(to: string) => void} moved the lab was started over, and has another address
 * @property {(message: any) => void} message everything that is no frame
 */

export class LabSocket {
  /**
   * @param {string} address path with query
   * @param {Handlers} handlers
   */
  constructor(address, handlers) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.url = `${scheme}//${location.host}${address}`;
    this.handlers = handlers;
    this.tables = {};
    this.epoch = -1;
    this.seq = -1;
    this.known = false;
    this.attempt = 0;
    this.unconfirmed = new Map();
    this.acked = 0;
    this.heardAt = 0;
    this.connect();
    setInterval(() => this.pulse(), ACK_EVERY_MS);
    addEventListener("online", () => this.retry());
    document.addEventListener("visibilitychange", () => document.hidden || this.retry());
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.handlers.connection("connecting");
    const known = this.known ? `&epoch=${this.epoch}&seq=${this.seq}` : "";
    const socket = new WebSocket(this.url + known);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.heardAt = performance.now();
    socket.onopen = () => {
      this.again(performance.now(), 0);
    };
    this.queue = null;
    socket.onmessage = (event) => this.receive(socket, event.data);
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  closed(socket, code) {
    if (socket !== this.socket || this.hasMoved) return;
    if (code === 4404) {
      this.handlers.connection("gone");
      return;
    }
    this.handlers.connection("lost");
    // A class of thirty must not come back in the same instant.
    const limit = this.attempt < SOON_TRIES ? SOON_MS : BACKOFF_MS_MAX;
    const most = Math.min(limit, BACKOFF_MS_MIN * 2 ** this.attempt++);
    this.timer = setTimeout(() => this.connect(), most * (0.3 + 0.7 * Math.random()));
  }

  retry() {
    if (this.timer) this.connect();
  }

  /** Take what came in, in the order in which it came, though inflating takes a moment. */
  receive(socket, content) {
    if (socket !== this.socket) return;
    this.heardAt = performance.now();
    if (typeof content === "string" && !this.queue) {
      this.take(content);
      return;
    }
    const before = this.queue ?? Promise.resolve();
    const turn = before
      .then(() => (typeof content === "string" ? content : inflate(content)))
      .then((text) => socket === this.socket && this.take(text))
      .catch(() => this.resync())
      .finally(() => {
        if (this.queue === turn) this.queue = null;
      });
    this.queue = turn;
  }

  take(text) {
    const message = JSON.parse(text);
    if (message.t === "snapshot") this.snapshot(message);
    else if (message.t === "delta") this.delta(message);
    else if (message.t === "heartbeat") this.heartbeat(message);
    else this.other(message);
  }

  snapshot(frame) {
    this.tables = frame.state;
    this.epoch = frame.epoch;
    this.seq = this.acked = frame.seq;
    this.known = true;
    this.attempt = 0;
    this.push({ ack: frame.seq });
    this.handlers.connection("open");
    this.handlers.frame(frame, this.tables);
  }

  delta(frame) {
    if (!this.known || (frame.epoch === this.epoch && frame.seq <= this.seq)) return;
    if (frame.epoch !== this.epoch || frame.base !== this.seq) {
      this.resync();
      return;
    }
    this.tables = apply(this.tables, frame.d);
    this.seq = frame.seq;
    if (this.seq - this.acked >= ACK_EVERY_FRAMES) this.acknowledge();
    this.attempt = 0;
    this.handlers.connection("open");
    this.handlers.frame(frame, this.tables);
  }

  heartbeat(message) {
    if (!this.known || message.epoch < 0) return;
    if (message.epoch !== this.epoch || message.seq !== this.seq) this.resync();
    else {
      this.handlers.connection("open");
      this.acknowledge();
    }
  }

  other(message) {
    if (message.t === "gone") {
      this.handlers.connection("gone");
      return;
    }
    if (message.t === "moved") {
      this.hasMoved = true;
      this.handlers.moved(message.to);
      return;
    }
    if (["applied", "refused", "answer", "looking", "moment"].includes(message.t)) {
      this.unconfirmed.delete(message.id);
    }
    this.handlers.message(message);
  }

  /** Send a command, a question or a wish about the pace; keep it until it is confirmed. */
  send(message) {
    this.unconfirmed.set(message.id, { message, sentAt: performance.now(), tries: 1 });
    this.push(message);
  }

  /** Return how many commands and wishes wait for the connection. */
  held() {
    if (this.socket.readyState === WebSocket.OPEN && this.known) return 0;
    return [...this.unconfirmed.values()].filter(({ message }) => message.do || message.pace).length;
  }

  again(now, after) {
    for (const [id, each] of this.unconfirmed) {
      if (now - each.sentAt < after || this.socket.readyState !== WebSocket.OPEN) continue;
      each.sentAt = now;
      each.tries += 1;
      if (each.tries > TRIES_MAX) {
        this.unconfirmed.delete(id);
        this.handlers.message({ t: "refused", id, reason: { key: "out-of-reach", params: {} } });
      } else this.push(each.message);
    }
  }

  push(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  acknowledge() {
    this.acked = this.seq;
    this.push({ ack: this.seq });
  }

  resync() {
    const now = performance.now();
    if (now - (this.resyncedAt ?? -Infinity) < 1000) return;
    this.resyncedAt = now;
    this.push({ resync: true });
  }

  pulse() {
    if (this.known && this.seq !== this.acked) this.acknowledge();
    this.again(performance.now(), AGAIN_MS);
    const silent = performance.now() - this.heardAt > SILENCE_MS_MAX;
    if (silent && this.socket.readyState === WebSocket.OPEN) {
      // A half-open connection never closes by itself.
      this.socket.close();
      this.closed(this.socket, 0);
    }
  }
}

async function inflate(content) {
  const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).text();
}
