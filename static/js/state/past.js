// The reader's place in time, apart from the lab's speed: the lab goes on while somebody looks back.

const NEAR_MS = 100;

export class Past {
  /** @param {(at: number) => Promise<{at: number, state: object}>} fetch asks for a moment */
  constructor(fetch, changed) {
    this.fetch = fetch;
    this.changed = changed;
    /** The instant that is looked at, or null for the present. */
    this.at = null;
    /** What the lab looked like at `shown`; the picture before it stays until this is known. */
    this.tables = null;
    this.shown = null;
    this.wanted = null;
    this.asking = false;
    /** The earliest instant that was looked at since the present was left. */
    this.reach = null;
    /** The event that was stepped to. */
    this.stepped = null;
  }

  /** The event that is looked at, or null. */
  get event() {
    return this.stepped?.at === this.at ? this.stepped : null;
  }

  get isShown() {
    return this.at !== null;
  }

  /** Look at an instant. While one is being worked out only the latest wish is remembered. */
  look(at) {
    this.at = Math.round(at / NEAR_MS) * NEAR_MS;
    this.wanted = this.at;
    this.changed();
    return this.next();
  }

  /** Return to the present. */
  leave() {
    this.at = this.shown = this.tables = this.wanted = this.reach = null;
    this.changed();
  }

  async next() {
    if (this.asking || this.wanted === null) return;
    const at = this.wanted;
    this.wanted = null;
    this.asking = true;
    let failed = null;
    try {
      const moment = await this.fetch(at);
      if (this.at !== null) [this.shown, this.tables] = [moment.at, moment.state];
    } catch (problem) {
      failed = problem;
    }
    this.asking = false;
    if (failed && this.wanted === null) {
      this.leave();
      throw failed;
    }
    this.changed();
    await this.next();
  }
}

/** Marks so close belong together: one press shows them all. */
const TOGETHER_MS = 1_000;

/**
 * Return the notable event next to an instant, before or after it, or null: the instant at which it has
 * just happened, and its marks.
 * @param {{at: number}[]} marks oldest first
 * @returns {{at: number, marks: any[]} | null}
 */
export function neighbour(marks, at, direction) {
  const events = together(marks);
  const found = direction < 0 ? events.filter((each) => each.at < at).at(-1) : events.find((each) => each.at > at);
  return found ?? null;
}

function together(marks) {
  const events = [];
  for (const mark of marks) {
    const last = events.at(-1);
    if (last && mark.at - last.marks[0].at <= TOGETHER_MS) last.marks.push(mark);
    else events.push({ at: 0, marks: [mark] });
  }
  // The moment after it: at the instant itself not all that follows at once is written.
  for (const each of events) each.at = (Math.floor(each.marks.at(-1).at / NEAR_MS) + 1) * NEAR_MS;
  return events;
}

/**
 * Leave out marks that would lie upon one another: of neighbours the bad one stays.
 * @param {{at: number, level: string}[]} marks oldest first
 * @param {(at: number) => number} x
 * @param {number} gap
 */
export function thinned(marks, x, gap) {
  const kept = [];
  for (const mark of marks) {
    const last = kept.at(-1);
    if (!last || x(mark.at) - x(last.at) >= gap) kept.push(mark);
    else if (mark.level === "bad" && last.level !== "bad") kept[kept.length - 1] = mark;
  }
  return kept;
}
