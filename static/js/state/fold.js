// Deltas of what can be seen, folded exactly as the server folds them.
//
// State is {table: {key: row}}; a delta is a list of [table, key, old, new], null meaning "no row".
// Both sides are kept, so deltas merge and reverse.

/** @typedef {Object<string, Object<string, any>>} Tables */
/** @typedef {[string, string, any, any][]} Delta */

/**
 * Return the state after a delta; the given state is not changed.
 * @param {Tables} state
 * @param {Delta} delta
 * @returns {Tables}
 */
export function apply(state, delta) {
  const after = { ...state };
  const copied = new Set();
  for (const [table, key, , fresh] of delta) {
    if (!copied.has(table)) {
      after[table] = { ...(after[table] ?? {}) };
      copied.add(table);
    }
    if (fresh === null) delete after[table][key];
    else after[table][key] = fresh;
  }
  for (const table of Object.keys(after)) {
    if (Object.keys(after[table]).length === 0) delete after[table];
  }
  return after;
}

/**
 * Return one delta that does what two do, one after the other.
 * @param {Delta} first
 * @param {Delta} second
 * @returns {Delta}
 */
export function merge(first, second) {
  const merged = new Map();
  for (const [table, key, old, fresh] of [...first, ...second]) {
    const place = JSON.stringify([table, key]);
    const known = merged.get(place);
    merged.set(place, [table, key, known ? known[2] : old, fresh]);
  }
  return [...merged.values()]
    .filter(([, , old, fresh]) => !same(old, fresh))
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
}

/**
 * Return the delta that leads back.
 * @param {Delta} delta
 * @returns {Delta}
 */
export function reverse(delta) {
  return [...delta].reverse().map(([table, key, old, fresh]) => [table, key, fresh, old]);
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Tell whether two plain values are the same, whatever the order of their fields. */
export function same(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}
