// What the charts draw: rates and replicas over lab time. Rates hold between two samples.

const KEPT_MS = 15 * 60_000;
const SAMPLES_MAX = 4_000;

export class History {
  constructor() {
    this.samples = [];
    this.marks = [];
    this.seen = new Set();
  }

  take(at, tables) {
    const last = this.samples.at(-1);
    if (last && at < last.at) {
      this.samples = [];
      this.marks = [];
      this.seen = new Set();
    }
    const sample = { at, ...rates(tables), replicas: replicas(tables) };
    if (last && last.at === at) this.samples.pop();
    this.samples.push(sample);
    this.note(tables);
    while (this.samples.length > SAMPLES_MAX || this.samples[1]?.at < at - KEPT_MS) {
      this.samples.shift();
    }
  }

  note(tables) {
    const opened = tables.settings?.lab?.opened ?? 0;
    for (const [id, row] of Object.entries(tables.story ?? {})) {
      if (!row.notable || row.at < opened || this.seen.has(id)) continue;
      this.seen.add(id);
      this.marks.push({ id, at: row.at, level: row.level, reason: row.reason });
    }
  }
}

/** Return requests a second: answered, slow, failed by cause. */
export function rates(tables) {
  let ok = 0;
  let slow = 0;
  const failed = {};
  for (const route of Object.values(tables.route ?? {})) {
    ok += route.ok / 1000;
    slow += route.slow / 1000;
    for (const [cause, rate] of Object.entries(route.failed)) {
      failed[cause] = (failed[cause] ?? 0) + rate / 1000;
    }
  }
  return { ok, slow, failed, errors: Object.values(failed).reduce((a, b) => a + b, 0) };
}

function replicas(tables) {
  const found = {};
  for (const [key, row] of Object.entries(tables.workload ?? {})) {
    if (!row.system && row.kind === "Deployment") found[key] = [row.ready, row.wanted];
  }
  return found;
}
