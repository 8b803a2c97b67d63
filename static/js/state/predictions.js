// What this reader predicted, a lab and a fault each: it outlives a reload of the page.
//
// A prediction is made before the fault has a number, and belongs to the next one that comes.

const KEPT_MAX = 20;

export class Predictions {
  /** @param {string} lab @param {Pick<Storage, "getItem"|"setItem">} storage */
  constructor(lab, storage) {
    this.place = `clusterlab.predictions.${lab}`;
    this.storage = storage;
    /** @type {{open: {choice: string, after: number} | null, faults: Object<string, string>}} */
    this.kept = JSON.parse(storage.getItem(this.place) ?? "null") ?? { open: null, faults: {} };
  }

  /** What is chosen for the fault that is to come. */
  get open() {
    return this.kept.open?.choice ?? null;
  }

  /** Choose, while `last` is the number of the latest fault (0: there was none). */
  choose(choice, last) {
    this.kept.open = { choice, after: last };
    this.keep();
  }

  /** Return what was predicted for a fault, or null. */
  of(fault) {
    const { open, faults } = this.kept;
    if (open && fault > open.after && !(fault in faults)) {
      faults[fault] = open.choice;
      this.kept.open = null;
      for (const old of Object.keys(faults).slice(0, -KEPT_MAX)) delete faults[old];
      this.keep();
    }
    return faults[fault] ?? null;
  }

  keep() {
    this.storage.setItem(this.place, JSON.stringify(this.kept));
  }
}
