// Deltas of what can be seen, as simulation/projection/changes.py makes them.
// A delta is a list of [table, key, old, new]; null stands for "no row".

/** @typedef {Record<string, Record<string, any>>} Tables */
/** @typedef {[string, string, any, any][]} Delta */

/** The state after a delta; the given state is not changed. */
export function apply(/** @type {Tables} */ state, /** @type {Delta} */ delta) {
  const after = { ...state };
  const copied = new Set();
  for (const [table, key, , row] of delta) {
    if (!copied.has(table)) {
      after[table] = { ...after[table] };
      copied.add(table);
    }
    if (row === null) delete after[table][key];
    else after[table][key] = row;
  }
  for (const table of copied) if (!Object.keys(after[table]).length) delete after[table];
  return after;
}

/** The delta that leads back. */
export function reverse(/** @type {Delta} */ delta) {
  return /** @type {Delta} */ (delta.map(([table, key, old, row]) => [table, key, row, old]).reverse());
}

/** One delta that does what two do, one after the other. */
export function merge(/** @type {Delta} */ first, /** @type {Delta} */ second) {
  const merged = new Map();
  for (const [table, key, old, row] of [...first, ...second]) {
    const name = `${table}\u0000${key}`;
    const known = merged.get(name);
    merged.set(name, [table, key, known ? known[2] : old, row]);
  }
  return /** @type {Delta} */ (
    [...merged.values()]
      .filter(([, , old, row]) => JSON.stringify(old) !== JSON.stringify(row))
      .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1))
  );
}
