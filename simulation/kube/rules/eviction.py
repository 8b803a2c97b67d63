"""When a pod has to leave a node with NoExecute taints, and what becomes of a timer once set.

A timer is kept as it was set: a longer or shorter toleration later does not move it, a swap of the
taints does not either. It ends when all taints are tolerated for ever, or gone.
Follows pkg/controller/tainteviction (processPodOnNode, addWork).
"""

from collections.abc import Iterable

from simulation.kernel.records import Record
from simulation.kernel.units import Instant
from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Toleration
from simulation.kube.rules.taints import NO_EXECUTE, minimum, tolerates


class Timer(Record):
    """When a pod is to be evicted, and when that was decided."""

    set_at: Instant
    due: Instant


def timer_of(
    taints: Iterable[Taint],
    tolerations: tuple[Toleration, ...],
    timer: Timer | None,
    now: Instant,
) -> Timer | None:
    """Return a pod's timer after a look at its node's taints; None is no eviction at all."""
    used: list[Toleration] = []
    harmful = [taint for taint in taints if taint.effect == NO_EXECUTE]
    if not harmful:
        return None
    for taint in harmful:
        covering = [each for each in tolerations if tolerates(each, taint)]
        if not covering:
            return Timer(now, now)
        used += covering
    stay = minimum(used)
    if stay is None:
        return None
    if timer is not None and timer.set_at < now:
        return timer
    return Timer(now, now + stay)
