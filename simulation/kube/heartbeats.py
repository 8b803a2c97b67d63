"""Leases of nodes, which nobody writes down: silent writes.

A kubelet renews its node's Lease every ten seconds, and the node controller looks every five. In a
healthy cluster nothing follows from either, so neither is an event here. What is kept is since
when a node renews, or when it last did; every value is computed when it is read. The only events
are those that something follows from: the first look of the controller that finds a lease too old,
the first look that finds a silent node renewing again, the look after a node's condition changed,
and the turns of the nodes that wait to be tainted NoExecute.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.records import State
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.node import Node
from simulation.kube.rules import zones
from simulation.kube.rules.pods import condition
from simulation.kube.rules.taints import NO_EXECUTE, NOT_READY, UNREACHABLE
from simulation.kube.rules.zones import NodeMemory, Seen
from simulation.kube.store import Change

if TYPE_CHECKING:
    from simulation.kube.world import World

SEEN_AFTER: Duration = 20
"""From a renewal at the kubelet until the controller's informer holds it."""

CONTROLLER = "node-lifecycle"
READER = "kube-controller-manager"


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
    judged: int = 0
    """The change that made the node Ready, or not, as the controller has heard."""
    leased: bool = True
    """Whether it was ever renewed; a Node that somebody wrote by hand has no kubelet."""


class HeartbeatsState(State):
    """What a checkpoint keeps of the leases."""

    hearts: dict[str, Heart] = {}
    looks_from: Instant = 0
    """The grid of the controller's looks: when the present holder began."""
    memory: NodeMemory = msgspec.field(default_factory=NodeMemory)
    """What the present holder remembers of zones and turns."""
    pass_at: Instant = -1
    """The look that is to go through all nodes."""


class Noticed(Mapping[str, Instant]):
    """Node to when the controller last noticed a renewal, worked out when it is asked for."""

    def __init__(self, hearts: "Heartbeats", world: "World") -> None:
        self._hearts, self._world = hearts, world

    def __getitem__(self, node: str) -> Instant:
        if node not in self._hearts.state.hearts:
            raise KeyError(node)
        return self._hearts.noticed_at(self._world, node)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._hearts.state.hearts))

    def __len__(self) -> int:
        return len(self._hearts.state.hearts)


class Heartbeats:
    """The leases of all nodes."""

    def __init__(self, state: HeartbeatsState | None = None) -> None:
        self.state = state or HeartbeatsState()

    def add(self, world: "World", node: str, last: Instant) -> None:
        """A node registered, or somebody wrote a Node that no kubelet stands for."""
        phase = world.dice.below(world.settings.lease_renew_interval, "lease phase", node)
        heart = Heart(True, last - phase, last)
        self.state.hearts[node] = heart
        if node not in world.machines or not world.machines[node].is_on:
            heart.renewing, heart.since, heart.leased = False, last, False
            self._expect(world, node, heart)

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
            self.review_one(world, node, cause)

    def review_one(self, world: "World", node: str, cause: int = 0) -> None:
        """Something changed for one machine: find out whether it renews."""
        heart = self.state.hearts.get(node)
        able = world.can_renew(node)
        if heart is None or able == heart.renewing:
            return
        last = self.last_renewal(world, node)
        heart.renewing, heart.epoch = able, heart.epoch + 1
        heart.since = world.now
        heart.leased = heart.leased or able
        heart.last = world.now if able else last
        heart.cause = cause or world.last_fault
        self._expect(world, node, heart)

    def watched_by(self, world: "World", holder: str) -> None:
        """A controller manager took office: it gives every node a fresh start."""
        self.state.looks_from = world.now
        self.state.memory = NodeMemory()
        self.state.pass_at = -1
        self._pass_at(world, world.now + world.settings.controller_latency)
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
        grace = self._grace(world, node)
        return self._look_after(world, self.noticed_at(world, node) + grace + 1)

    def _grace(self, world: "World", name: str) -> Duration:
        heart, settings = self.state.hearts[name], world.settings
        is_new = not heart.leased and self._is_new(world, name)
        return settings.node_startup_grace if is_new else settings.node_monitor_grace

    def _is_new(self, world: "World", name: str) -> bool:
        """Tell whether nobody has ever posted the status of a node."""
        node = world.store.get(Node, name)
        return node is not None and condition(node, "Ready") is None

    def noticed_at(self, world: "World", node: str) -> Instant:
        """Return when the controller last noticed a renewal, by its own looks."""
        heart = self.state.hearts[node]
        if heart.renewing:
            return world.now
        if not heart.leased:
            # There has never been a lease. Of a node whose status nobody posted either, the clock
            # starts with its creation, and no new controller gives it a fresh start.
            is_new = self._is_new(world, node)
            return heart.last if is_new else max(heart.last, self.state.looks_from)
        seen = self._look_after(world, heart.last + SEEN_AFTER)
        return max(seen, self.state.memory.fresh_from)

    def last_look(self, world: "World") -> Instant:
        """Return the controller's latest look: what it finds between two looks has to wait."""
        start, period = self.state.looks_from, world.settings.node_monitor_period
        return start + max(0, world.now - start) // period * period

    def _look_after(self, world: "World", instant: Instant) -> Instant:
        """Return the controller's first look at or after an instant."""
        period, start = world.settings.node_monitor_period, self.state.looks_from
        if instant <= start:
            return start
        return start + -(-(instant - start) // period) * period

    def noticed(self, world: "World") -> Noticed:
        """Return for every node when a renewal was last noticed."""
        return Noticed(self, world)

    def look(self, world: "World", event: Event) -> None:
        """The controller's look from which something follows for one node."""
        heart = self.state.hearts.get(event.subject)
        if heart is None or event.data != (heart.epoch, self.state.looks_from):
            return
        cause = self._missed(world, event.subject, heart) or heart.cause
        world.manager.queue(world, CONTROLLER, event.subject, (cause,))
        self._pass_at(world, world.now)

    def _missed(self, world: "World", name: str, heart: Heart) -> int:
        """Write down that a look finds a lease too old, and return the number; 0 if it does not.

        What came of a silence is caused by what was not there, so that is told when it is found:
        a renewal that nobody misses is no happening.
        """
        node, noticed = world.store.get(Node, name), self.noticed_at(world, name)
        ready = condition(node, "Ready") if node is not None else None
        grace = self._grace(world, name)
        is_known = ready is not None and ready.status == "Unknown"
        if heart.renewing or is_known or world.now <= noticed + grace:
            return 0
        subject, cause = f"Node/{name}", heart.cause
        if heart.leased:
            last = Reason("lease-not-renewed", {"node": name, "since": heart.last})
            cause = world.ledger.add(heart.since, last, subject, (cause,))
        seconds, limit = (world.now - noticed) // SECOND, grace // SECOND
        period = world.settings.node_monitor_period // SECOND
        params: dict[str, str | int] = {
            "node": name,
            "seconds": seconds,
            "limit": limit,
            "period": period,
        }
        return world.ledger.add(world.now, Reason("node-found-silent", params), subject, (cause,))

    # --- looking at all nodes together: zones, and whose turn it is

    def heard(self, world: "World", changes: list[Change]) -> None:
        """The controller's informer got news: its next look finds them."""
        fresh = [
            each for each in changes if each.kind == "Node" and _facts(each.old) != _facts(each.new)
        ]
        for each in fresh:
            if each.key in self.state.hearts and _facts(each.old)[:1] != _facts(each.new)[:1]:
                self.state.hearts[each.key].judged = each.id
        # Of thousands of nodes that are tainted one by one, none is a reason to look at all.
        news = [each for each in fresh if not self._is_carried_out(each)]
        if news:
            self._pass_at(world, self._look_after(world, world.now + 1))

    def _is_carried_out(self, change: Change) -> bool:
        """Tell whether a change is no more than an order that was carried out; then it is done."""
        old, new, orders = change.old, change.new, self.state.memory.orders
        if not isinstance(old, Node) or not isinstance(new, Node) or change.key not in orders:
            return False
        others = slice(0, 1), slice(2, None)
        before, after = _facts(old), _facts(new)
        if any(before[part] != after[part] for part in others):
            return False
        if execute_taint(new) != orders[change.key]:
            return False
        del orders[change.key]
        return True

    def _pass_at(self, world: "World", due: Instant) -> None:
        if world.now <= self.state.pass_at <= due:
            return
        self.state.pass_at = due
        data = (self.state.looks_from,)
        world.timeline.at(due, "heartbeats/pass", "", data, Phase.TRAFFIC)

    def go_through(self, world: "World", event: Event) -> None:
        """Look at all nodes: work out the states of the zones, and who is to be tainted."""
        if event.data != (self.state.looks_from,) or not self._is_watching(world):
            return
        self.state.pass_at = -1
        memory = self.state.memory
        nodes = world.readers.view(world, READER).list(Node)
        seen = [self._seen(world, node) for node in nodes]
        if zones.look(memory, seen, world.now, world.settings):
            for name in sorted(self.state.hearts):
                if not self.state.hearts[name].renewing:
                    self._expect(world, name, self.state.hearts[name])
        for name in sorted(memory.orders):
            self._queue(world, name)
        for zone in sorted(memory.zones):
            self._expect_turn(world, zone)

    def _is_watching(self, world: "World") -> bool:
        holder = world.manager.state.holder
        return bool(holder) and world.is_up(holder) and READER in world.readers.state.readers

    def _seen(self, world: "World", node: Node) -> Seen:
        name, labels = node.metadata.name, node.metadata.labels
        return Seen(
            name,
            self._status(world, node),
            zones.zone_of(labels),
            zones.counts_for_disruption(labels),
            execute_taint(node),
        )

    def _status(self, world: "World", node: Node) -> str:
        name = node.metadata.name
        ready = condition(node, "Ready")
        if name in self.state.hearts and not self.state.hearts[name].renewing:
            grace = self._grace(world, name)
            if world.now > self.noticed_at(world, name) + grace:
                return "Unknown"
        return ready.status if ready is not None else ""

    def _queue(self, world: "World", node: str) -> None:
        heart = self.state.hearts.get(node)
        causes = (heart.judged or heart.cause,) if heart is not None else ()
        world.manager.queue(world, CONTROLLER, node, causes)

    def _expect_turn(self, world: "World", zone: str) -> None:
        due = zones.next_turn(self.state.memory.zones[zone], world.now)
        if due is not None:
            data = (self.state.looks_from,)
            world.timeline.at(due, "heartbeats/turn", zone, data, Phase.TRAFFIC)

    def turn(self, world: "World", event: Event) -> None:
        """It is the turn of a zone: the first node that waits there is tainted NoExecute."""
        memory = self.state.memory
        zone = memory.zones.get(event.subject)
        stale = event.data != (self.state.looks_from,) or not self._is_watching(world)
        if stale or zone is None or not zone.waiting or zone.token_at > world.now:
            return
        if zone.interval == zones.NEVER:
            return
        found = world.readers.view(world, READER).get(Node, zone.waiting[0])
        status = self._status(world, found) if found is not None else ""
        self._queue(world, zones.take_turn(memory, event.subject, status, world.now))
        self._expect_turn(world, event.subject)


def execute_taint(node: Node) -> str:
    """Return the NoExecute taint for being not ready or unreachable that a node has, or none."""
    for taint in node.spec.taints:
        if taint.effect == NO_EXECUTE and taint.key in (NOT_READY, UNREACHABLE):
            return taint.key
    return ""


def _facts(node: AnyObject | None) -> tuple[object, ...]:
    """Return what a look at all nodes depends on."""
    if not isinstance(node, Node):
        return ()
    ready = condition(node, "Ready")
    labels = node.metadata.labels
    where = zones.zone_of(labels), zones.counts_for_disruption(labels)
    return ready.status if ready else "", execute_taint(node), *where


HANDLERS = {
    "heartbeats/look": lambda world, event: world.heartbeats.look(world, event),
    "heartbeats/pass": lambda world, event: world.heartbeats.go_through(world, event),
    "heartbeats/turn": lambda world, event: world.heartbeats.turn(world, event),
}
