"""Taints and tolerations: who may stay where, and for how long.

Follows pkg/controller/tainteviction and k8s.io/api/core/v1/toleration.go.
"""

from collections.abc import Iterable

from simulation.kernel.units import SECOND, Duration
from simulation.kube.limits import SECONDS_MAX
from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Toleration

NO_EXECUTE = "NoExecute"
NO_SCHEDULE = "NoSchedule"
NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"


def tolerates(toleration: Toleration, taint: Taint) -> bool:
    """Tell whether one toleration covers one taint."""
    if toleration.effect and toleration.effect != taint.effect:
        return False
    if toleration.key and toleration.key != taint.key:
        return False
    if toleration.operator in ("", "Equal"):
        return toleration.value == taint.value
    return toleration.operator == "Exists"


def tolerated(taint: Taint, tolerations: Iterable[Toleration]) -> bool:
    """Tell whether any toleration covers a taint."""
    return any(tolerates(each, taint) for each in tolerations)


def minimum(tolerations: Iterable[Toleration]) -> Duration | None:
    """Return the shortest tolerationSeconds: None if all are for ever, 0 if there are none."""
    every = list(tolerations)
    if not every:
        return 0
    seconds = [
        max(0, each.toleration_seconds) for each in every if each.toleration_seconds is not None
    ]
    return min(*seconds, SECONDS_MAX) * SECOND if seconds else None


def with_taint(taints: tuple[Taint, ...], new: Taint) -> tuple[Taint, ...]:
    """Return the taints with one added, unless it is there already."""
    if any((each.key, each.effect) == (new.key, new.effect) for each in taints):
        return taints
    return (*taints, new)


def without_taint(taints: tuple[Taint, ...], key: str, effect: str) -> tuple[Taint, ...]:
    """Return the taints without one."""
    return tuple(each for each in taints if (each.key, each.effect) != (key, effect))
