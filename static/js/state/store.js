// Everything the page knows: the lab as the server told it, what this reader asked for and looks at.

import { Playhead } from "./playhead.js";
import { History } from "./history.js";
import { setOpened } from "../words.js";

const ASKED_KEPT_MS = 8_000;
/** Why something failed is read, and it may come long after the click. */
const FAILED_KEPT_MS = 30_000;
/** What is asked stays until it is known what became of it. */
const OPEN = ["asked", "waiting"];

export class Store {
  constructor(role) {
    this.role = role;
    /** The lab as it is now; what is shown may be an earlier moment of it. */
    this.live = {};
    this.past = null;
    this.pace = null;
    this.connection = "connecting";
    this.trouble = null;
    this.playhead = new Playhead();
    this.history = new History();
    this.liveReadAt = 0;
    this.loaded = false;
    this.selection = null;
    this.showSystem = false;
    this.follow = "";
    this.asked = new Map();
    this.listeners = new Set();
    this.arrivals = [];
    this.why = null;
    this.detail = null;
    this.detailRefused = null;
  }

  get tables() {
    return this.past?.tables ?? this.live;
  }

  get isPast() {
    return Boolean(this.past?.isShown);
  }

  /** What is past can be looked at and not changed. */
  get mayCommand() {
    return !this.isPast && this.mayEver;
  }

  get mayEver() {
    return this.role === "owner" || this.role === "operator";
  }

  table(name) {
    return this.tables[name] ?? {};
  }

  get settings() {
    return this.tables.settings?.lab ?? { opened: 0, grace_s: 50, toleration_s: 300 };
  }

  get clocks() {
    return this.tables.clocks?.fault ?? null;
  }

  /** The instant that is shown. */
  now() {
    return this.past?.tables ? this.past.shown : this.liveNow();
  }

  /** Whether nothing is heard of the lab, though the connection to the server is well. */
  get isUnheard() {
    return this.connection === "open" && this.playhead.silence(performance.now()) > 0;
  }

  liveNow() {
    return this.playhead.now(performance.now());
  }

  /** Lab instant at which the rows were read last: rates are added from here on. */
  get readAt() {
    return this.past?.tables ? this.past.shown : this.liveReadAt;
  }

  frame(frame, tables) {
    const before = this.live;
    this.live = tables;
    if (tables.settings?.lab) setOpened(tables.settings.lab.opened);
    if (frame.pace) this.pace = frame.pace;
    this.playhead.thaw();
    this.playhead.sync(frame.at, performance.now(), frame.pace);
    if (frame.t === "snapshot" || frame.d.length) {
      this.liveReadAt = frame.at;
      this.history.take(frame.at, tables);
    }
    if (this.loaded && frame.t === "delta" && !this.isPast) this.arrivals.push({ frame, before });
    this.loaded = true;
    this.changed();
  }

  connected(state) {
    if (state === this.connection) return;
    this.connection = state;
    if (state !== "open") this.playhead.freeze(performance.now());
    this.changed();
  }

  /** Remember what was asked, so that the button can say so until it has happened. */
  ask(id, place, label, command) {
    this.asked.set(id, { place, label, command, state: "asked", reason: null, at: Date.now() });
    this.changed();
  }

  settle(message) {
    const asked = this.asked.get(message.id);
    if (!asked) return;
    if (message.t === "refused") {
      asked.state = "refused";
      asked.reason = message.reason;
    } else if (message.t === "applied") asked.state = "applied";
    else return;
    asked.at = Date.now();
    this.changed();
  }

  /** A command that goes through the API says how it stands; what ended badly says so itself. */
  follows(id, { done, exit_code: status, waiting, lines }) {
    const asked = this.asked.get(id);
    if (!asked) return;
    asked.waiting = waiting;
    asked.isUnanswered ||= waiting?.key === "waiting-for-quorum";
    asked.at = Date.now();
    asked.state = !done ? "waiting" : status ? "failed" : "applied";
    asked.said = lines.filter((line) => line.stream === "stderr").map((line) => line.text).join("\n");
    this.changed();
  }

  /** Return what was asked at a place of the page and is not yet old. */
  askedAt(place) {
    let latest = null;
    for (const [id, asked] of this.asked) {
      const kept = asked.state === "failed" ? FAILED_KEPT_MS : ASKED_KEPT_MS;
      if (!OPEN.includes(asked.state) && Date.now() - asked.at > kept) this.asked.delete(id);
      else if (asked.place === place) latest = asked;
    }
    return latest;
  }

  /** Put away what was said at a place of the page. */
  forget(place) {
    for (const [id, asked] of this.asked) if (asked.place === place) this.asked.delete(id);
    this.changed();
  }

  select(kind, key) {
    this.selection = kind ? { kind, key } : null;
    this.detail = this.detailRefused = null;
    this.changed();
    for (const listener of this.selectionListeners ?? []) listener();
  }

  onChange(listener) {
    this.listeners.add(listener);
  }

  changed() {
    for (const listener of this.listeners) listener();
  }
}
