"""Whom a kubelet sacrifices when memory or disk run short, and whom the kernel kills first.

Plain numbers in, plain numbers out. Follows pkg/kubelet/eviction/helpers.go, eviction/
defaults_linux.go and pkg/kubelet/qos/policy.go.
"""

from simulation.kernel.records import Record
from simulation.kernel.units import MIB, Bytes

MEMORY_THRESHOLD: Bytes = 100 * MIB
"""memory.available below this is MemoryPressure; a hard threshold, without a grace."""
DISK_THRESHOLD_PERCENT = 10
"""nodefs.available below this share of the disk is DiskPressure."""
CRITICAL_PRIORITY = 2_000_000_000
"""system-cluster-critical: neither evicted nor stopped among the first."""


class Eater(Record):
    """A pod and what it takes of what is short."""

    uid: str
    used: Bytes
    requested: Bytes
    priority: int = 0
    quality: str = "Burstable"
    """Its QoS class."""


def in_order_of_eviction(eaters: list[Eater]) -> list[Eater]:
    """Return the pods, the first to go first.

    Those that use more than they requested go first, then those of lower priority, then those
    that exceed their request by more.
    """
    return sorted(eaters, key=_rank)


def _rank(eater: Eater) -> tuple[bool, int, int, str]:
    above = eater.used - eater.requested
    return above <= 0, eater.priority, -above, eater.uid


def oom_score_adjustment(eater: Eater, machine_memory: Bytes) -> int:
    """Return what a kubelet adds to a container's badness in the eyes of the kernel."""
    if eater.quality == "Guaranteed" or eater.priority >= CRITICAL_PRIORITY:
        return -997
    if eater.quality == "BestEffort":
        return 1000
    return min(max(1000 - 1000 * eater.requested // machine_memory, 3), 999)


def in_order_of_the_kernel(eaters: list[Eater], machine_memory: Bytes) -> list[Eater]:
    """Return the containers in the order in which the kernel kills when memory is exhausted."""

    def badness(eater: Eater) -> tuple[int, str]:
        share = 1000 * eater.used // machine_memory
        return -(share + oom_score_adjustment(eater, machine_memory)), eater.uid

    return sorted(eaters, key=badness)


def quantity(amount: Bytes) -> str:
    """Return an amount as an eviction message shows it: 100Mi, 1536Ki."""
    for unit, size in (("Gi", 1024 * MIB), ("Mi", MIB), ("Ki", 1024)):
        if amount and amount % size == 0:
            return f"{amount // size}{unit}"
    return str(amount)


def message(
    resource: str,
    threshold: Bytes,
    available: Bytes,
    greedy: list[tuple[str, Bytes, Bytes]] | None = None,
) -> str:
    """Return what an evicted pod's status says.

    greedy: (container, used, requested) of those that used more than they requested.
    """
    text = (
        f"The node was low on resource: {resource}. Threshold quantity: {quantity(threshold)}, "
        f"available: {quantity(available // 1024 * 1024)}. "
    )
    for name, used, requested in greedy or ():
        text += (
            f"Container {name} was using {quantity(used // 1024 * 1024)}, request is "
            f"{quantity(requested)}, has larger consumption of {resource}. "
        )
    return text
