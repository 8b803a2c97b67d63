// The lines of the story, as they are listed: like lines of one instant are one line that opens.

const TOGETHER_MS = 2_000;
const FEWEST = 2;
/** What a controller tries again and again is one line however long it goes on failing. */
const TRIED_AGAIN = ["quota-refused"];

/** What is said once for many, and what its lines have in common beside the key of their reason. */
const ALIKE = {
  "endpoints-listed": [],
  "endpoints-lost": [],
  "image-pull-failed": ["image"],
  "kubelet-removes": ["node"],
  "pod-evicted": ["node"],
  "pod-not-ready-with-node": ["node"],
  "pod-scheduled": [],
  "pod-unschedulable": [],
  "quota-refused": [],
  "replicaset-creates": [],
  "replicaset-deletes": [],
};

/** Whom a group names if all its lines are about that one. */
const WHO = {
  "endpoints-listed": "service",
  "endpoints-lost": "service",
  "replicaset-creates": "replicaset",
  "replicaset-deletes": "replicaset",
};

/**
 * Return lines and groups of lines, newest first; a group stands where its newest line would.
 * @param {[string, any][]} rows id and row, newest first
 * @returns {({id: string, row: any} | {id: string, key: string, params: object, rows: [string, any][]})[]}
 */
export function grouped(rows) {
  const open = new Map();
  const listed = [];
  for (const [id, row] of rows) {
    const shared = ALIKE[row.reason.key];
    if (!shared) {
      listed.push([[id, row]]);
      continue;
    }
    const place = [row.reason.key, ...shared.map((name) => row.reason.params[name])].join(" ");
    const group = open.get(place);
    const together = TRIED_AGAIN.includes(row.reason.key) || (group && group[0][1].at - row.at <= TOGETHER_MS);
    if (group && together) group.push([id, row]);
    else {
      open.set(place, [[id, row]]);
      listed.push(open.get(place));
    }
  }
  return listed.flatMap((group) => (group.length < FEWEST ? group.map(([id, row]) => ({ id, row })) : [asGroup(group)]));
}

function asGroup(rows) {
  const [, { reason }] = rows[0];
  const params = Object.fromEntries(ALIKE[reason.key].map((name) => [name, reason.params[name]]));
  const who = WHO[reason.key];
  if (who && rows.every(([, row]) => row.reason.params[who] === reason.params[who])) params[who] = reason.params[who];
  // Named by its oldest line: it keeps its name, and stays open, while newer ones join it.
  return { id: rows.at(-1)[0], key: reason.key, params: { ...params, n: rows.length }, rows };
}
