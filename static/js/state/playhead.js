// Where the viewer stands in lab time, between two frames: time goes on at the lab's own speed.

/** Between frames it is never further ahead than this much real time. */
const AHEAD_MAX_MS = 400;

/** A playhead that follows frames. */
export function playhead() {
  let at = 0;
  let speed = 0;
  let heard = 0;
  return {
    /** A frame says where the lab is and how fast it runs. */
    follow(/** @type {number} */ instant, /** @type {number} */ runningAt, /** @type {number} */ clock) {
      at = instant;
      speed = runningAt;
      heard = clock;
    },
    /** The instant to draw. */
    now(/** @type {number} */ clock) {
      return at + Math.min(clock - heard, AHEAD_MAX_MS) * speed;
    },
  };
}

/** Lab time as "00:06:12". */
export function clockText(/** @type {number} */ ms) {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
