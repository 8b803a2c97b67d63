"""Up to when a step may go: to what is awaited, or to what is under way already.

A step is for those who tell a story one event at a time. If nothing is due it must not move: a
class that is carried an hour ahead has lost its thread. Long back-offs, beats and the controllers'
looks at deadlines end in nothing that would be new, so they do not count.
"""

from typing import TYPE_CHECKING

from simulation.kernel.timeline import Event
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.lab.anticipation import Anticipation, is_stale

if TYPE_CHECKING:
    from simulation.kube.world import World

SIGHT: Duration = 180 * SECOND
"""A step to what nobody awaits goes at most that far: graces and probes end within minutes."""
BURST: Duration = 2 * SECOND
"""What components will do that soon belongs to what has just happened."""
LANDING: Duration = SECOND
"""After a wait's end: what follows from it is written within a second."""

UNDER_WAY = (
    "kubelet/cleaned-up",
    "kubelet/exited",
    "kubelet/probe-failed",
    "kubelet/process-ends",
    "kubelet/process-killed",
    "kubelet/pulled",
    "kubelet/ready",
    "kubelet/sandbox-made",
    "kubelet/shutdown",
    "kubelet/started",
    "kubelet/unready",
    "machine/booted",
    "offices/takeover",
)
"""Events that change what can be seen."""
IN_A_BURST = (
    "api/arrive",
    "api/reply",
    "consensus/deliver",
    "manager/send",
    "manager/visit",
    "traffic/solve",
    "watch/deliver",
)
"""How components react to something before they rest; without a quorum nothing comes of it."""


def step_end(world: "World", awaited: Anticipation | None) -> Instant | None:
    """Return up to when a step may go from here, None if nothing is due.

    awaited: what the cluster is waiting for now (`anticipate`).
    """
    if awaited is not None and not awaited.is_repeat:
        return awaited.due + LANDING
    events = world.timeline.events()
    due = next((each.due for each in events if _is_promising(world, each)), None)
    return due + LANDING if due is not None else None


def _is_promising(world: "World", event: Event) -> bool:
    left = event.due - world.now
    if event.purpose in IN_A_BURST:
        return left <= BURST and world.has_quorum()
    return event.purpose in UNDER_WAY and left <= SIGHT and not is_stale(world, event)
