// What the charts draw: rates and replicas over lab time. Rates hold between two samples.
//
// The host notes the same, and knows more of the time before this page came: what it tells goes
// before what this page has seen since.

import { same } from "./fold.js";

const SAMPLES_MAX = 4_000;
const MARKS_MAX = 400;

/** Return marks without those that say what one of the same kind said less than so many ms before. */
export function apart(marks, ms) {
  const shown = {};
  return marks.filter(({ at, reason }) => {
    if (at - (shown[reason.key] ?? -Infinity) < ms) return false;
    shown[reason.key] = at;
    return true;
  });
}

export class History {
  constructor() {
    this.samples = [];
    this.marks = [];
    this.seen = new Set();
    /** Whether the host has told what it knows of the time before; until then nobody knows. */
    this.isTold = false;
  }

  /** The instant from which on anything is known, or null. */
  get from() {
    return this.samples[0]?.at ?? null;
  }

  take(at, tables) {
    const last = this.samples.at(-1);
    if (last && at < last.at) {
      this.samples = [];
      this.marks = [];
      this.seen = new Set();
    }
    if (last?.at === at) this.samples.pop();
    const sample = { at, ...rates(tables), replicas: replicas(tables) };
    const before = this.samples.at(-1);
    if (!before || !same({ ...before, at }, sample)) this.samples.push(sample);
    if (this.samples.length > SAMPLES_MAX) this.samples.shift();
    this.note(tables);
  }

  note(tables) {
    const opened = tables.settings?.lab?.opened ?? 0;
    for (const [id, row] of Object.entries(tables.story ?? {})) {
      if (row.notable && row.at >= opened) this.mark(id, row);
    }
  }

  mark(id, { at, level, reason }) {
    if (this.seen.has(id)) return;
    this.seen.add(id);
    this.marks.push({ id, at, level, reason });
    this.marks.sort((a, b) => a.at - b.at || a.id - b.id);
    for (const gone of this.marks.splice(0, this.marks.length - MARKS_MAX)) this.seen.delete(gone.id);
  }

  /**
   * Take what the host has noted up to an instant.
   * @param {{at: number, samples: object[], marks: Object<string, object>}} told each sample holds only what changed
   */
  learn({ at, samples, marks }) {
    this.isTold = true;
    for (const [id, mark] of Object.entries(marks)) this.mark(id, mark);
    if (!samples.length) return;
    let now = {};
    const known = samples.map((each) => {
      now = { ...now, ...each };
      return { at: now.at, ...summed(now.ok, now.slow, now.failed), replicas: now.replicas };
    });
    const before = this.samples.filter((each) => each.at < known[0].at);
    const since = this.samples.filter((each) => each.at > at);
    this.samples = [...before, ...known, ...since].slice(-SAMPLES_MAX);
  }
}

/** Return requests a second: answered, slow, failed by cause. */
export function rates(tables) {
  let ok = 0;
  let slow = 0;
  const failed = {};
  for (const route of Object.values(tables.route ?? {})) {
    ok += route.ok;
    slow += route.slow;
    for (const [cause, rate] of Object.entries(route.failed)) {
      if (rate) failed[cause] = (failed[cause] ?? 0) + rate;
    }
  }
  return summed(ok, slow, failed);
}

/** Return rates in requests from rates in thousandths of one. */
function summed(ok, slow, failed) {
  const each = Object.fromEntries(Object.entries(failed).map(([cause, rate]) => [cause, rate / 1000]));
  return { ok: ok / 1000, slow: slow / 1000, failed: each, errors: Object.values(each).reduce((a, b) => a + b, 0) };
}

function replicas(tables) {
  const found = {};
  for (const [key, row] of Object.entries(tables.workload ?? {})) {
    if (!row.system && row.kind === "Deployment") found[key] = [row.ready, row.wanted];
  }
  return found;
}
