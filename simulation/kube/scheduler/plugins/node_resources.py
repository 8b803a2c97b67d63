"""Fits pods into what nodes have left, and prefers nodes with much left and in balance.

Only requests count, never usage: a node may idle and be full, or burn and have room.
"""

from collections.abc import Iterable
from math import sqrt

from simulation.kernel.records import Record
from simulation.kube.scheduler.infos import Cluster, NodeInfo, PodInfo, Verdict

PODS = "pods"
CORE = ("cpu", "memory", "ephemeral-storage")
"""What every node has; of all else only what a pod asks for is looked at."""
WEIGHTS: tuple[tuple[str, int], ...] = (("cpu", 1), ("memory", 1))
Shape = tuple[tuple[int, int], ...]
"""Points (utilisation in percent, score of 0 to 100) of RequestedToCapacityRatio."""


class Insufficient(Record):
    """A resource of which a node has not enough."""

    resource: str
    requested: int
    used: int
    capacity: int

    @property
    def reason(self) -> str:
        """Return kube-scheduler's words for it."""
        return "Too many pods" if self.resource == PODS else f"Insufficient {self.resource}"

    @property
    def unresolvable(self) -> bool:
        """Tell whether not even an empty node would do (since v1.34)."""
        return self.resource != PODS and self.requested > self.capacity


def insufficient(pod: PodInfo, node: NodeInfo, ignored: tuple[str, ...] = ()) -> list[Insufficient]:
    """Return every resource that is short, pods first, then as kube-scheduler checks them.

    ignored: extended resources, or the domains before their slash, that others look after.
    """
    short = []
    capacity = node.allocatable.get(PODS, 0)
    if len(node.pods) + 1 > capacity:
        short.append(Insufficient(PODS, 1, len(node.pods), capacity))
    for resource in _in_order(pod.requests):
        if resource not in CORE and (resource in ignored or resource.split("/")[0] in ignored):
            continue
        requested = pod.requests[resource]
        capacity = node.allocatable.get(resource, 0)
        used = node.requested.get(resource, 0)
        if requested > 0 and requested > capacity - used:
            short.append(Insufficient(resource, requested, used, capacity))
    return short


def _in_order(requests: dict[str, int]) -> list[str]:
    core = [name for name in CORE if name in requests]
    return core + sorted(name for name in requests if name not in core and name != PODS)


class NodeResourcesFit:
    """The filter, and the score LeastAllocated."""

    name = "NodeResourcesFit"

    def prepare(self, pod: PodInfo, cluster: Cluster) -> None:
        """Need nothing."""

    def filter(self, pod: PodInfo, node: NodeInfo, state: object) -> Verdict:
        """Reject a node that has not enough left, with a reason for each resource."""
        short = insufficient(pod, node)
        return Verdict(
            tuple(each.reason for each in short),
            resolvable=bool(short) and not any(each.unresolvable for each in short),
        )

    def scores(
        self, pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster
    ) -> list[int] | None:
        """Score what would be left, in percent."""
        return [least_allocated(pod, node) for node in candidates]


def least_allocated(
    pod: PodInfo, node: NodeInfo, weights: tuple[tuple[str, int], ...] = WEIGHTS
) -> int:
    """Return the mean percentage that would stay free."""
    return _mean(
        (0 if after > capacity else (capacity - after) * 100 // capacity, weight)
        for after, capacity, weight in _loads(pod, node, weights)
    )


def most_allocated(
    pod: PodInfo, node: NodeInfo, weights: tuple[tuple[str, int], ...] = WEIGHTS
) -> int:
    """Return the mean percentage that would be taken."""
    return _mean(
        (min(after, capacity) * 100 // capacity, weight)
        for after, capacity, weight in _loads(pod, node, weights)
    )


def requested_to_capacity(
    pod: PodInfo, node: NodeInfo, weights: tuple[tuple[str, int], ...], shape: Shape
) -> int:
    """Return the mean of the scores that the shape gives to each utilisation."""
    total = weight_sum = 0
    for after, capacity, weight in _loads(pod, node, weights):
        utilisation = 100 if after > capacity else after * 100 // capacity
        score = _on_shape(shape, utilisation)
        if score > 0:
            total += score * weight
            weight_sum += weight
    return (2 * total + weight_sum) // (2 * weight_sum) if weight_sum else 0


def _on_shape(shape: Shape, utilisation: int) -> int:
    before = shape[0]
    for point in shape:
        if utilisation <= point[0]:
            if point == before:
                return point[1]
            rise = (point[1] - before[1]) * (utilisation - before[0])
            width = point[0] - before[0]
            # Integer division truncates towards zero in Go and floors in Python.
            return before[1] + (rise // width if rise >= 0 else -(-rise // width))
        before = point
    return shape[-1][1]


def _mean(scores: Iterable[tuple[int, int]]) -> int:
    total = weight_sum = 0
    for score, weight in scores:
        total += score * weight
        weight_sum += weight
    return total // weight_sum if weight_sum else 0


def _loads(
    pod: PodInfo, node: NodeInfo, weights: tuple[tuple[str, int], ...]
) -> list[tuple[int, int, int]]:
    """Return (taken with the pod, capacity, weight) of each resource that counts."""
    scored = {
        "cpu": node.scored_cpu + pod.scored_cpu,
        "memory": node.scored_memory + pod.scored_memory,
    }
    loads = []
    for resource, weight in weights:
        capacity = node.allocatable.get(resource, 0)
        wanted = pod.requests.get(resource, 0)
        if capacity == 0 or (wanted == 0 and resource not in CORE):
            continue
        after = scored.get(resource, node.requested.get(resource, 0) + wanted)
        loads.append((after, capacity, weight))
    return loads


class NodeResourcesBalancedAllocation:
    """Prefers nodes where the pod brings CPU and memory closer to each other."""

    name = "NodeResourcesBalancedAllocation"

    def scores(
        self, pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster
    ) -> list[int] | None:
        """Score the balance that the pod brings; skip pods that request neither resource."""
        if not any(pod.requests.get(resource, 0) for resource, _ in WEIGHTS):
            return None
        return [balanced(pod, node) for node in candidates]


def balanced(pod: PodInfo, node: NodeInfo, resources: tuple[str, ...] = ("cpu", "memory")) -> int:
    """Return the score of v1.36: 75 when nothing changes, more when balance improves."""
    before, after = [], []
    for resource in resources:
        capacity = node.allocatable.get(resource, 0)
        wanted = pod.requests.get(resource, 0)
        if capacity == 0 or (wanted == 0 and resource not in CORE):
            continue
        used = node.requested.get(resource, 0)
        before.append(min(1.0, used / capacity))
        after.append(min(1.0, (used + wanted) / capacity))
    return 50 + (50 + _evenness(after) - _evenness(before)) // 2


def _evenness(fractions: list[float]) -> int:
    """Return 100 less the standard deviation; upstream has floats here, in this very order."""
    deviation = 0.0
    if len(fractions) == 2:
        deviation = abs((fractions[0] - fractions[1]) / 2)
    elif len(fractions) > 2:
        mean = 0.0
        for fraction in fractions:
            mean += fraction
        mean /= len(fractions)
        squares = 0.0
        for fraction in fractions:
            squares += (fraction - mean) * (fraction - mean)
        deviation = sqrt(squares / len(fractions))
    return int((1 - deviation) * 100)
