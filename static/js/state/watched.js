// Which Deployment the small chart is about.

/** Lab time for which it stays with one that lacks nothing any more: its recovery is seen too. */
const STAYS_MS = 60_000;

/** Return the share of its pods that a Deployment lacks. */
const lackOf = ([, { wanted, ready }]) => (wanted > 0 ? Math.max(0, wanted - ready) / wanted : 0);

/**
 * Return the Deployment that is worth looking at and why: the one that the reader chose, else the one
 * that lacks most. That stays as long as it lacks something and a while longer, unless another has no
 * pod left.
 */
export function watch(store, now) {
  const all = Object.entries(store.table("workload")).filter(([, w]) => !w.system && w.kind === "Deployment");
  const chosen = all.find(([key]) => key === chosenKey(store));
  if (chosen) return { key: chosen[0], workload: chosen[1], why: "chosen" };
  const found = chooseAmong(all, store.watched, now);
  if (!found) return null;
  const [key, workload] = found;
  const lacks = lackOf(found) > 0;
  const before = key === store.watched?.key ? store.watched.until : now;
  // What is past is looked at from the present, and changes nothing of it.
  if (!store.isPast) store.watched = { key, until: lacks ? now + STAYS_MS : before };
  return { key, workload, why: lacks ? "lacks" : "" };
}

function chosenKey(store) {
  const { kind, key } = store.selection ?? {};
  if (kind !== "Deployment" && kind !== "Pod") return "";
  const [ns, name] = key.split("/");
  return store.table("pod")[key]?.workload || `${ns}/Deployment/${name}`;
}

function chooseAmong(all, watched, now) {
  const [worst] = [...all].sort((a, b) => lackOf(b) - lackOf(a) || (a[0] < b[0] ? -1 : 1));
  const kept = all.find(([key]) => key === watched?.key);
  if (!kept) return worst;
  const isLost = lackOf(worst) === 1 && lackOf(kept) < 1;
  const stays = lackOf(kept) > 0 || lackOf(worst) === 0 || now < watched.until;
  return stays && !isLost ? kept : worst;
}
