// How the quorum of etcd's members stands.

/** Return how many members are up, of how many, how many are needed, and whether anything can be written. */
export function quorumOf(state) {
  const all = Object.values(state.table("member")).filter((member) => member.votes !== false);
  const up = all.filter((member) => member.role !== "down").length;
  const quorum = Math.floor(all.length / 2) + 1;
  // Members that are up may still not hear each other.
  const has = up >= quorum && state.table("office").etcd?.writes !== false;
  return { up, all: all.length, quorum, spare: up - quorum, has };
}
