// Lab time between two frames.
//
// A silent lab sends nothing, yet its clock runs. The playhead lets lab time run at the speed the
// server said last, never past the instant the server is waiting for, and never backwards except
// when it is far off (another history, or a long sleep of this page). A lab that runs is heard every
// second: after a longer silence its host may be dead, and the clock stands until it is heard again.

const FAR = 5_000;
const HEARD_EVERY_MS = 1_500;

export class Playhead {
  constructor() {
    this.at = 0;
    this.real = 0;
    this.speed = 0;
    this.limit = Infinity;
    this.shown = 0;
    this.frozen = false;
  }

  /** A frame came: the lab stands at `at` and runs at `speed` from now on. */
  sync(at, real, pace) {
    const before = this.now(real);
    this.at = at;
    this.real = real;
    if (pace) {
      this.speed = pace.paused ? 0 : pace.running_at;
      this.limit = pace.waiting ? pace.waiting.due : Infinity;
    }
    if (Math.abs(before - at) > FAR || at >= before) this.shown = at;
  }

  /** The connection is gone: lab time as this page knows it stands still. */
  freeze(real) {
    if (this.frozen) return;
    this.at = this.now(real);
    this.real = real;
    this.frozen = true;
  }

  thaw() {
    this.frozen = false;
  }

  /** Tell for how many milliseconds a lab that runs has been silent, beyond what is usual. */
  silence(real) {
    const silent = this.frozen || !this.speed ? 0 : real - this.real;
    return silent > 2 * HEARD_EVERY_MS ? silent : 0;
  }

  /** Return the lab's instant at a real instant (both milliseconds). */
  now(real) {
    if (this.frozen) return this.shown;
    const ahead = this.at + Math.min(HEARD_EVERY_MS, Math.max(0, real - this.real)) * this.speed;
    const bounded = Math.max(this.at, Math.min(ahead, this.limit));
    this.shown = Math.max(this.shown, bounded);
    return this.shown;
  }
}
