"""Leader election of kube-scheduler and kube-controller-manager.

Follows client-go's leaderelection with its defaults: a lease of 15 s, renewed every 2 s; whoever
cannot renew for 10 s stops and its process exits; another one may take the lease when it has seen
no renewal for 15 s by its own clock, and it looks every 2.0 to 4.4 s. Renewals in calm are silent:
only a lease that runs out and one that is taken are events.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import State
from simulation.kernel.timeline import Event
from simulation.kernel.units import SECOND, Instant
from simulation.kube import control_plane
from simulation.kube.rules import names

if TYPE_CHECKING:
    from simulation.kube.world import World

OFFICES = ("kube-controller-manager", "kube-scheduler")
RETRY_JITTER_PERCENT = 120
"""client-go: the period between two looks is stretched by up to 1.2 of itself."""


class Office(State):
    """One lease in kube-system."""

    holder: str = ""
    """On which node its process works, if one does."""
    recorded: str = ""
    """Which node's process the Lease names: a killed one releases nothing, so it stays there."""
    since: Instant = 0
    last_renewal: Instant = 0
    """When the record was last renewed, once renewals have stopped."""
    renewing: bool = False
    term: int = 0
    cause: int = 0


class OfficesState(State):
    """What a checkpoint keeps of the leases."""

    offices: dict[str, Office] = {}


class Offices:
    """The leases of both elected processes."""

    def __init__(self, state: OfficesState | None = None) -> None:
        self.state = state or OfficesState({name: Office() for name in OFFICES})

    def take(self, world: "World", name: str, holder: str) -> None:
        """A candidate acquires the lease and begins to work."""
        office = self.state.offices[name]
        office.holder = office.recorded = holder
        office.since, office.renewing = world.now, True
        office.term += 1
        causes = (office.cause,)
        world.story("office-taken", f"Lease/kube-system/{name}", causes, office=name, node=holder)
        world.office_taken(name, holder)

    def identity(self, world: "World", name: str) -> str:
        """Return the holderIdentity of a lease: its process calls itself by its host and a UUID."""
        office = self.state.offices[name]
        if not office.recorded:
            return ""
        own = names.uid(world.dice, "Lease holder", "kube-system", name, office.since)
        return f"{office.recorded}_{own}"

    def renewed_at(self, world: "World", name: str) -> Instant:
        """Return when a lease was last renewed: every other second while its holder can."""
        office = self.state.offices[name]
        if not office.renewing:
            return office.last_renewal
        retry = world.settings.leader_retry_period
        return office.since + (world.now - office.since) // retry * retry

    def review(self, world: "World", cause: int = 0) -> None:
        """Reality changed: find out who can still renew."""
        for name in OFFICES:
            office = self.state.offices[name]
            able = bool(office.holder) and _is_able(world, office.holder, name)
            if office.renewing and not able:
                self._silent(world, name, office, cause)
            elif able and not office.renewing:
                office.renewing = True
                office.term += 1
            elif not office.holder and not office.renewing:
                self._await(world, name, office, world.now)

    def _silent(self, world: "World", name: str, office: Office, cause: int) -> None:
        office.last_renewal = self.renewed_at(world, name)
        office.renewing = False
        office.term += 1
        office.cause = cause or world.last_fault
        if control_plane.runs(world, office.holder, name):
            due = max(world.now, office.last_renewal + world.settings.leader_renew_deadline)
            world.timeline.at(due, "offices/deadline", name, (office.term,))
        else:
            self._stop(world, name, office, "office-vacant")
        self._await(world, name, office, office.last_renewal)

    def _stop(self, world: "World", name: str, office: Office, told: str) -> int:
        """Let the holder work no more; return the ledger number of the sentence that tells it."""
        holder, office.holder = office.holder, ""
        params: dict[str, str | int] = {"office": name, "node": holder}
        if told == "office-vacant":
            left = office.last_renewal + world.settings.leader_lease_duration - world.now
            params["seconds"] = -(-left // SECOND)
        happened = world.story(told, f"Lease/kube-system/{name}", (office.cause,), **params)
        world.office_lost(name, holder)
        return happened

    def deadline(self, world: "World", event: Event) -> None:
        """Ten seconds without a renewal: the process gives up and exits."""
        name = event.subject
        office = self.state.offices[name]
        if event.data == (office.term,) and office.holder:
            holder = office.holder
            cause = self._stop(world, name, office, "office-lost")
            self._await(world, name, office, office.last_renewal)
            control_plane.end(world, holder, name, cause)

    def _await(self, world: "World", name: str, office: Office, seen: Instant) -> None:
        """Work out when the first candidate that can write may take the lease."""
        due = min(
            (
                self._candidate_due(world, name, office, node, seen)
                for node in world.control_plane()
                if _is_able(world, node, name)
            ),
            default=None,
        )
        if due is not None:
            world.timeline.at(max(due, world.now), "offices/takeover", name, (office.term,))

    def _candidate_due(
        self, world: "World", name: str, office: Office, node: str, seen: Instant
    ) -> Instant:
        retry = world.settings.leader_retry_period
        jitter = retry * RETRY_JITTER_PERCENT // 100
        roll = world.dice.below
        noticed = seen + roll(retry + jitter, "leader election look", name, node, office.term)
        expired = noticed + world.settings.leader_lease_duration
        return expired + roll(retry + jitter, "leader election try", name, node, office.term)

    def takeover(self, world: "World", event: Event) -> None:
        """A candidate finds the lease expired: the first that can write takes it."""
        name = event.subject
        office = self.state.offices[name]
        if event.data != (office.term,) or office.renewing:
            return
        able = [node for node in world.control_plane() if _is_able(world, node, name)]
        if not able:
            return
        if office.holder and world.is_up(office.holder):
            self._stop(world, name, office, "office-lost")
        self.take(world, name, world.dice.pick(able, "leader election", name, office.term))


def _is_able(world: "World", node: str, name: str) -> bool:
    return world.can_write_from(node) and control_plane.runs(world, node, name)


HANDLERS = {
    "offices/deadline": lambda world, event: world.offices.deadline(world, event),
    "offices/takeover": lambda world, event: world.offices.takeover(world, event),
}
