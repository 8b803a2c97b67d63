"""Which pod goes first when a ReplicaSet shrinks.

Follows pkg/controller/controller_utils.go (ActivePods, ActivePodsWithRanks): the less a pod is
worth, the earlier it is deleted. Ages are compared by their power of two, so that pods of about
the same age tie and are told apart by uid.
"""

from functools import cmp_to_key

from simulation.kernel.records import Record
from simulation.kernel.units import Duration

PHASES = {"Pending": 0, "Unknown": 1, "Running": 2}
NANOSECONDS = 1_000_000


class RankedPod(Record):
    """A pod as far as the order of deletion is concerned."""

    name: str
    node: str = ""
    phase: str = "Running"
    ready: bool = False
    ready_age: Duration | None = None
    age: Duration | None = None
    restarts: int = 0
    sidecar_restarts: int = 0
    deletion_cost: int = 0
    rank: int = 0
    uid: str = ""


def compare(a: RankedPod, b: RankedPod, ranked: bool = True, by_logarithm: bool = True) -> int:
    """Return a negative number if a is deleted before b, zero if it does not matter."""
    if bool(a.node) != bool(b.node):
        return -1 if not a.node else 1
    difference = PHASES.get(a.phase, 0) - PHASES.get(b.phase, 0)
    if difference:
        return difference
    if a.ready != b.ready:
        return 1 if a.ready else -1
    if ranked and a.deletion_cost != b.deletion_cost:
        return -1 if a.deletion_cost < b.deletion_cost else 1
    if ranked and a.rank != b.rank:
        return -1 if a.rank > b.rank else 1
    if a.ready and b.ready and a.ready_age != b.ready_age:
        return _by_age(a, b, a.ready_age, b.ready_age, ranked and by_logarithm)
    for mine, theirs in ((a.restarts, b.restarts), (a.sidecar_restarts, b.sidecar_restarts)):
        if mine != theirs:
            return -1 if mine > theirs else 1
    if a.age != b.age:
        return _by_age(a, b, a.age, b.age, ranked and by_logarithm)
    return (a.uid > b.uid) - (a.uid < b.uid) if ranked else 0


def _by_age(
    a: RankedPod, b: RankedPod, mine: Duration | None, theirs: Duration | None, by_logarithm: bool
) -> int:
    """Compare ages that differ, the younger first; a missing time counts as the newest of all.

    Ages of the same power of two are told apart by uid at once: nothing else is looked at.
    """
    if mine is None or theirs is None:
        return -1 if mine is None else 1
    if not by_logarithm:
        return -1 if mine < theirs else 1
    difference = _bucket(mine) - _bucket(theirs)
    return difference or (a.uid > b.uid) - (a.uid < b.uid)


def _bucket(age: Duration) -> int:
    """Return floor(log2(age in ns)), or -1 for no age at all."""
    nanoseconds = age * NANOSECONDS
    return nanoseconds.bit_length() - 1 if nanoseconds > 0 else -1


def in_order_of_deletion(pods: list[RankedPod], ranked: bool = True) -> list[RankedPod]:
    """Sort: deleted first comes first."""

    def by_rank(one: RankedPod, other: RankedPod) -> int:
        return compare(one, other, ranked)

    return sorted(pods, key=cmp_to_key(by_rank))


def to_delete(pods: list[RankedPod], related: list[RankedPod], count: int) -> list[RankedPod]:
    """Return the pods that go; with all of them going the order does not matter."""
    if count >= len(pods):
        return pods[:count]
    crowd: dict[str, int] = {}
    for pod in related:
        if pod.phase not in {"Succeeded", "Failed"}:
            crowd[pod.node] = crowd.get(pod.node, 0) + 1
    placed = [_with_rank(pod, crowd.get(pod.node, 0)) for pod in pods]
    return in_order_of_deletion(placed)[:count]


def _with_rank(pod: RankedPod, rank: int) -> RankedPod:
    return RankedPod(
        pod.name,
        pod.node,
        pod.phase,
        pod.ready,
        pod.ready_age,
        pod.age,
        pod.restarts,
        pod.sidecar_restarts,
        pod.deletion_cost,
        rank,
        pod.uid,
    )


def slow_start(count: int, first: int = 1) -> list[int]:
    """Return the sizes of the batches 1, 2, 4, 8, … that `count` calls are made in."""
    sizes: list[int] = []
    size = min(first, count)
    while count > 0:
        sizes.append(size)
        count -= size
        size = min(2 * size, count)
    return sizes
