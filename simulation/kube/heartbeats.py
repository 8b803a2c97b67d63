"""Leases of nodes, which nobody writes down: silent writes.

A kubelet renews its node's Lease every ten seconds, and the node controller looks every five. In a
healthy cluster nothing follows from either, so neither is an event here. What is kept is since
when a node renews, or when it last did; every value is computed when it is read. The only events
are those that something follows from: the first look of the controller that finds a lease too old,
and the first look that finds a silent node renewing again.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import State
from simulation.kernel.timeline import Event
from simulation.kernel.units import Duration, Instant

if TYPE_CHECKING:
    from simulation.kube.world import World

SEEN_AFTER: Duration = 20
"""From a renewal at the kubelet until the controller's informer holds it."""

CONTROLLER = "node-lifecycle"


class Heart(State):
    """The lease of one node."""

    renewing: bool
    since: Instant
    """Renewing: when it began, and so the grid of its renewals. Silent: since when."""
    last: Instant
    """Silent: the last renewal that reached the store."""
    epoch: int = 0
    cause: int = 0
    """The happening that stopped or restored it."""


class HeartbeatsState(State):
    """What a checkpoint keeps of the leases."""

    hearts: dict[str, Heart] = {}
    looks_from: Instant = 0
    """The grid of the controller's looks: when the present holder began."""


class Heartbeats:
    """The leases of all nodes."""

    def __init__(self, state: HeartbeatsState | None = None) -> None:
        self.state = state or HeartbeatsState()

    def add(self, world: "World", node: str, last: Instant) -> None:
        """A node registered."""
        phase = world.dice.below(world.settings.lease_renew_interval, "lease phase", node)
        self.state.hearts[node] = Heart(True, last - phase, last)

    def remove(self, node: str) -> None:
        """A node object is gone."""
        self.state.hearts.pop(node, None)

    def last_renewal(self, world: "World", node: str) -> Instant:
        """Return when a node's lease was last renewed."""
        heart = self.state.hearts[node]
        if not heart.renewing:
            return heart.last
        interval = world.settings.lease_renew_interval
        return heart.since + (world.now - heart.since) // interval * interval

    def renewing(self, node: str) -> bool:
        """Tell whether a node renews its lease at present."""
        heart = self.state.hearts.get(node)
        return heart is not None and heart.renewing

    def review(self, world: "World", cause: int = 0) -> None:
        """Reality changed: find out who renews and who does not."""
        for node in sorted(self.state.hearts):
            heart = self.state.hearts[node]
            able = world.can_renew(node)
            if able == heart.renewing:
                continue
            last = self.last_renewal(world, node)
            heart.renewing, heart.epoch = able, heart.epoch + 1
            heart.since = world.now
            heart.last = world.now if able else last
            heart.cause = cause or world.last_fault
            self._expect(world, node, heart)

    def watched_by(self, world: "World", holder: str) -> None:
        """A controller manager took office: it gives every node a fresh start."""
        self.state.looks_from = world.now
        for node in sorted(self.state.hearts):
            if not self.state.hearts[node].renewing:
                self._expect(world, node, self.state.hearts[node])

    def _expect(self, world: "World", node: str, heart: Heart) -> None:
        due = self.judged_at(world, node)
        data = (heart.epoch, self.state.looks_from)
        world.timeline.at(due, "heartbeats/look", node, data)

    def judged_at(self, world: "World", node: str) -> Instant:
        """Return the look that will find a silent node's lease too old, or a renewed one young."""
        heart = self.state.hearts[node]
        if heart.renewing:
            return self._look_after(world, heart.last + SEEN_AFTER)
        return self._look_after(world, self.noticed_at(world, node) + self._grace(world) + 1)

    def _grace(self, world: "World") -> Duration:
        return world.settings.node_monitor_grace

    def noticed_at(self, world: "World", node: str) -> Instant:
        """Return when the controller last noticed a renewal, by its own looks."""
        heart = self.state.hearts[node]
        if heart.renewing:
            return world.now
        return self._look_after(world, heart.last + SEEN_AFTER)

    def _look_after(self, world: "World", instant: Instant) -> Instant:
        """Return the controller's first look at or after an instant."""
        period, start = world.settings.node_monitor_period, self.state.looks_from
        if instant <= start:
            return start
        return start + -(-(instant - start) // period) * period

    def noticed(self, world: "World") -> dict[str, Instant]:
        """Return for every node when a renewal was last noticed."""
        return {node: self.noticed_at(world, node) for node in sorted(self.state.hearts)}

    def look(self, world: "World", event: Event) -> None:
        """The controller's look from which something follows."""
        heart = self.state.hearts.get(event.subject)
        if heart is None or event.data != (heart.epoch, self.state.looks_from):
            return
        world.manager.queue(world, CONTROLLER, event.subject, (heart.cause,))


HANDLERS = {"heartbeats/look": lambda world, event: world.heartbeats.look(world, event)}
