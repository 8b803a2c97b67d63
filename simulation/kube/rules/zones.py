"""Disruption modes of zones: when so much is lost that evicting would do harm.

Follows pkg/controller/nodelifecycle (ComputeZoneState, handleDisruption, setLimiterInZone).
"""

from enum import StrEnum

from simulation.kernel.units import Duration
from simulation.kube.settings import Settings

NOT_READY_MIN = 2
"""A zone is partly disrupted only if more than this many nodes are not ready."""


class ZoneState(StrEnum):
    """How much of a zone is lost."""

    NORMAL = "Normal"
    PARTIAL = "PartialDisruption"
    FULL = "FullDisruption"


def state_of(ready: list[bool], unhealthy_percent: int = 55) -> ZoneState:
    """Return the state of a zone whose nodes are ready or not."""
    lost = ready.count(False)
    if lost and lost == len(ready):
        return ZoneState.FULL
    if lost > NOT_READY_MIN and lost * 100 >= unhealthy_percent * len(ready):
        return ZoneState.PARTIAL
    return ZoneState.NORMAL


def eviction_interval(
    states: dict[str, ZoneState], zone: str, size: int, settings: Settings
) -> Duration | None:
    """Return the time between two nodes of a zone that are tainted NoExecute; None is never."""
    if states and all(state is ZoneState.FULL for state in states.values()):
        return None
    if states.get(zone) is ZoneState.PARTIAL:
        if size > settings.large_cluster_size_threshold:
            return settings.secondary_node_eviction_interval
        return None
    return settings.node_eviction_interval
