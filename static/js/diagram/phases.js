// What a pod looks like: shape, stroke and colour, never colour alone.

const FAILING = /Error|BackOff|Failed|Evicted|OOMKilled|Invalid|Unknown/;

/**
 * Return the look of a pod.
 * @param {any} pod a row
 * @returns {"ok"|"start"|"pend"|"bad"|"gone"|"ghost"|"orphan"|"done"}
 */
export function phaseOf(pod) {
  if (pod.deleting !== null) return "gone";
  if (pod.ghost) return "ghost";
  if (pod.orphan) return "orphan";
  if (!pod.node) return "pend";
  if (pod.phase === "Succeeded") return "done";
  if (FAILING.test(pod.status)) return "bad";
  if (pod.ready) return "ok";
  return "start";
}

export const COLOUR = {
  ok: "ok",
  start: "ok",
  pend: "warn",
  bad: "bad",
  gone: "gone",
  ghost: "gone",
  orphan: "warn",
  done: "gone",
};

export const DASH = { pend: "4 3.4", gone: "2 3", ghost: "5 3", orphan: "6 2" };

/** Return the last five letters of a pod's name: the ones that are its own. */
export function ownLetters(name) {
  const tail = name.slice(name.lastIndexOf("-") + 1);
  return tail === name ? "" : tail.slice(-5);
}
