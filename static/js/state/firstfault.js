// The fault that the first minute of this reader was about: its answer outlives later faults and a
// reload of the page, and folds to a line once something else is done.

export class FirstFault {
  /** @param {string} lab @param {Pick<Storage, "getItem"|"setItem">} storage */
  constructor(lab, storage) {
    this.place = `clusterlab.first-fault.${lab}`;
    this.storage = storage;
    /** @type {{fault: any, isFolded: boolean, asked: string | null}} */
    this.kept = JSON.parse(storage.getItem(this.place) ?? "null") ?? { fault: null, isFolded: false, asked: null };
  }

  /** What it is about, as it was known last; null before it. */
  get fault() {
    return this.kept.fault;
  }

  /** Forget it: the next fault is asked about. */
  begin() {
    this.kept = { fault: null, isFolded: false, asked: null };
    this.keep();
  }

  /** Take in how the latest fault stands, if this is the one or the first of its kind. */
  follow(latest, isOfItsKind) {
    if (!latest || !(this.fault ? this.fault.id === latest.id : isOfItsKind)) return;
    const isNews = this.fault?.over_at !== latest.over_at;
    this.kept.fault = latest;
    if (isNews) this.keep();
  }

  /**
   * Tell whether it is a line only: when another fault came, or, once it is over, something else is
   * asked of the cluster than then. The latter waits until nobody points at what would move.
   */
  isFolded(latest, asked, isPointedAt) {
    if (!this.fault || this.kept.isFolded) return this.kept.isFolded;
    if (this.fault.over_at !== null && this.kept.asked === null) {
      this.kept.asked = asked;
      this.keep();
    }
    const isElse = this.kept.asked !== null && this.kept.asked !== asked && !isPointedAt;
    this.kept.isFolded = isElse || (Boolean(latest) && latest.id !== this.fault.id);
    if (this.kept.isFolded) this.keep();
    return this.kept.isFolded;
  }

  keep() {
    this.storage.setItem(this.place, JSON.stringify(this.kept));
  }
}
