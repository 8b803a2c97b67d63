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

/** Return the notable instant next to one, before or after it, or null. */
export function neighbour(marks, at, direction) {
  const sides = direction < 0
    ? marks.filter((each) => each.at < at - NEAR_MS).sort((a, b) => b.at - a.at)
    : marks.filter((each) => each.at > at + NEAR_MS).sort((a, b) => a.at - b.at);
  return sides[0]?.at ?? null;
}
