"""Who leads etcd, as the story tells it: elections, split votes, and times without any leader.

Votes are the consensus's own affair; here they are watched. A group that could have a leader and
finds none for long (messages too late, disks too slow, too much lost) takes no writes, and then
leases run out as they do without a quorum.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import State
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube import control_plane
from simulation.raft.messages import NOBODY
from simulation.raft.quorum import needed
from simulation.raft.roles import Role

if TYPE_CHECKING:
    from simulation.kube.world import World

SOON: Duration = 5 * SECOND
"""An election that goes well is over by then; nobody notices it but for a late answer."""


class LeadershipState(State):
    """What a checkpoint keeps of it."""

    none_since: Instant = -1
    """Since when there is no leader although there could be one; -1 if there is."""
    is_missed: bool = False
    """It has lasted so long that writes fail."""
    was_missed: bool = False
    """That is why the story has said that nothing can be written."""
    standing: dict[str, int] = {}
    """Candidate to the term that it stood for, until that term is decided."""


class Leadership:
    """Watches the members of etcd."""

    def __init__(self, state: LeadershipState) -> None:
        self.state = state

    def member_changed(self, world: "World", member: str, role: Role, term: int) -> None:
        """A member took another role or another term."""
        standing = self.state.standing
        if role is Role.LEADER:
            params: dict[str, str | int] = {"node": member, "term": term}
            world.story("etcd-leader-elected", f"Member/{member}", (world.last_fault,), **params)
            world.readers.connections_changed(world)
        if role is Role.CANDIDATE:
            standing[member] = term
        elif member in standing:
            self._ended(world, member, role, term)
        self.review(world)

    def _ended(self, world: "World", member: str, role: Role, term: int) -> None:
        """A candidacy is over: when all of a term are, and none was won, the vote was split."""
        standing, seats = self.state.standing, world.consensus.state.seats
        stood = standing[member]
        rivals = [name for name, theirs in standing.items() if theirs == stood and name in seats]
        if role is Role.LEADER or (term == stood and seats[member].member.leader != NOBODY):
            for name in rivals:
                del standing[name]
            return
        members = [seats[name].member for name in rivals]
        if any(each.role is Role.CANDIDATE and each.term == stood for each in members):
            return
        for name in rivals:
            del standing[name]
        if len(rivals) > 1:
            voters = len(world.consensus.membership().voters)
            params: dict[str, str | int] = {
                "term": stood, "members": ", ".join(rivals), "needed": needed(voters),
            }  # fmt: skip
            world.story("etcd-split-vote", "Member/etcd", (world.last_fault,), **params)

    def review(self, world: "World") -> None:
        """Find out whether there is a leader, or could not be one anyway."""
        state = self.state
        if world.consensus.leader() or not any(map(world.is_in_quorum, world.control_plane())):
            state.none_since = -1
            if state.is_missed:
                state.is_missed = False
                world.timeline.at(world.now, "etcd/led", "", (), Phase.API)
        elif state.none_since < 0:
            state.none_since = world.now
            due = world.now + SOON
            world.timeline.at(due, "etcd/leaderless", "", (world.now,), Phase.API)

    def tell_quorum(self, world: "World", cause: int = 0) -> None:
        """Tell it when writes become impossible, or possible again, for want of members."""
        traffic, state = world.traffic.state, self.state
        has = world.has_quorum()
        if traffic.had_quorum == has:
            return
        traffic.had_quorum = has
        # A leader that is missing, and the one who ends it, are told as such.
        is_told = state.was_missed if has else state.is_missed
        state.was_missed = state.is_missed
        if is_told:
            return
        voters = world.consensus.membership().voters
        up = sum(control_plane.etcd_runs(world, name) for name in voters)
        params: dict[str, str | int] = {
            "up": up, "members": len(voters), "quorum": needed(len(voters)),
        }  # fmt: skip
        apart = up >= needed(len(voters))
        key = "quorum-restored" if has else "quorum-apart" if apart else "quorum-lost"
        world.story(key, "Member/etcd", (cause or world.last_fault,), **params)

    def missed(self, world: "World", event: Event) -> None:
        """There has been no leader for long: nobody gets a write through."""
        if event.data == (self.state.none_since,) and not self.state.is_missed:
            self.state.is_missed = True
            world.story("etcd-leader-lost", "Member/etcd", (world.last_fault,))
            world.review_writers()


HANDLERS = {
    "etcd/leaderless": lambda world, event: world.leadership.missed(world, event),
    "etcd/led": lambda world, event: world.review_writers(),
}
