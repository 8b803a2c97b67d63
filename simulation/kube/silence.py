"""The law of motion of a consensus at rest, so that its heartbeats need no events.

A group at rest does nothing but beat: at each tick of the leader a heartbeat leaves for every
follower, arrives, resets its timer and is answered; every election timeout the leader looks who
has answered. All of that is a function of time. `is_calm` says when a group is at rest, `fall`
notes since when, and `wake` brings its members to exactly the state that ticking all along would
have produced, messages in flight included. A law test compares the two.

What always holds in silence: one leader, whom all running members follow that can hear anybody;
equal logs, all of it committed and applied; nothing in flight; a majority answers.
"""

from collections.abc import Callable, Mapping

from simulation.kernel.records import Record
from simulation.kernel.units import Duration, Instant
from simulation.raft import quorum
from simulation.raft.member import Member
from simulation.raft.messages import NOBODY, Kind, MemberId, Message
from simulation.raft.progress import Pace
from simulation.raft.quorum import Outcome
from simulation.raft.roles import Role

TICKS_UNTIL_HEARD = 3
"""A follower at rest hears its leader before so many of its own ticks have passed."""


class Follower(Record):
    """A follower at rest, and how far it is from its leader and back."""

    name: MemberId
    there: Duration
    back: Duration


class Silence(Record):
    """Since when a group is at rest, and who belongs to it."""

    since: Instant
    leader: MemberId
    followers: tuple[Follower, ...]

    def names(self) -> tuple[MemberId, ...]:
        """Return the members at rest."""
        return (self.leader, *(follower.name for follower in self.followers))


class Beat(Record):
    """A heartbeat, or the answer to one, that is on its way."""

    message: Message
    sent: Instant
    arrives: Instant


class Lattice(Record):
    """When a member ticks: at its phase and every period from there."""

    phase: Duration
    period: Duration

    def last_until(self, instant: Instant) -> Instant:
        """Return the last tick up to an instant, it included."""
        return instant - (instant - self.phase) % self.period

    def next_after(self, instant: Instant) -> Instant:
        """Return the first tick after an instant."""
        return self.last_until(instant) + self.period

    def count(self, after: Instant, until: Instant) -> int:
        """Return how many ticks lie after one instant and up to another."""
        return (self.last_until(until) - self.last_until(after)) // self.period


def fall(
    core: Mapping[MemberId, Member],
    reachable: Callable[[MemberId, MemberId], bool],
    latency: Callable[[MemberId, MemberId], Duration],
    period: Duration,
    now: Instant,
) -> Silence | None:
    """Return the silence of a group that is at rest, or None if it is not."""
    leaders = [member for member in core.values() if member.role is Role.LEADER]
    if len(leaders) != 1 or not _is_leader_calm(leaders[0], core):
        return None
    leader = leaders[0]
    followers = []
    for name, member in core.items():
        if member is leader:
            continue
        if not _is_follower_calm(member, leader):
            return None
        if not (reachable(leader.id, name) and reachable(name, leader.id)):
            return None
        follower = Follower(name, latency(leader.id, name), latency(name, leader.id))
        # The law counts on an answer before the next beat.
        if follower.there + follower.back >= period:
            return None
        followers.append(follower)
    return Silence(now, leader.id, tuple(followers))


def _is_leader_calm(leader: Member, core: Mapping[MemberId, Member]) -> bool:
    log = leader.log
    present = {name: name in core for name in leader.progress}
    return (
        log.applied == log.committed == log.last_index
        and leader.transferee == NOBODY
        and not leader.membership.outgoing
        and leader.rules.heartbeat_ticks == 1
        and leader.heartbeat_elapsed == 0
        and quorum.outcome(leader.membership, present) is Outcome.WON
    )


def _is_follower_calm(member: Member, leader: Member) -> bool:
    progress = leader.progress.get(member.id)
    log, last = member.log, leader.log.last_index
    return (
        progress is not None
        and member.role is Role.FOLLOWER
        and (member.term, member.leader) == (leader.term, leader.id)
        and log.applied == log.committed == log.last_index == last
        and log.last_term == leader.log.last_term
        and member.election_elapsed + TICKS_UNTIL_HEARD <= member.rules.election_ticks
        and progress.pace is Pace.REPLICATE
        and (progress.match, progress.next) == (last, last + 1)
        and progress.sent_commit == last
        and progress.recent_active
        and not progress.waiting
        and not progress.inflight
    )


def wake(
    silence: Silence,
    members: Mapping[MemberId, Member],
    lattices: Mapping[MemberId, Lattice],
    until: Instant,
) -> list[Beat]:
    """Bring the members to where ticking until an instant, it included, would have led.

    1. The leader's timer, and what it knows of who answered since its last check.
    2. Each follower's timer, counted from the last beat that reached it.
    3. Return the beats and answers that are on their way at that instant.
    """
    leader = members[silence.leader]
    lattice = lattices[silence.leader]
    ticks = lattice.count(silence.since, until)
    last_beat = lattice.last_until(until)
    _wake_leader(leader, silence, ticks, last_beat, until, lattice.period)
    beats = []
    for follower in silence.followers:
        heard = last_beat_heard(silence, follower, lattice, until)
        own = lattices[follower.name]
        member = members[follower.name]
        if heard is None:
            member.election_elapsed += own.count(silence.since, until)
        else:
            # A beat that arrives with a tick comes first.
            member.election_elapsed = own.count(heard - 1, until)
        arrives = last_beat + follower.there
        if ticks and arrives > until:
            commit = leader.log.committed
            beat = Message(Kind.HEARTBEAT, leader.id, follower.name, leader.term, commit=commit)
            beats.append(Beat(beat, last_beat, arrives))
        elif ticks and arrives + follower.back > until:
            answer = Message(Kind.HEARTBEAT_REPLY, follower.name, leader.id, leader.term)
            beats.append(Beat(answer, arrives, arrives + follower.back))
    return beats


def _wake_leader(
    leader: Member,
    silence: Silence,
    ticks: int,
    last_beat: Instant,
    until: Instant,
    period: Duration,
) -> None:
    if not ticks:
        return
    elapsed = leader.election_elapsed + ticks
    since_check = elapsed % leader.rules.election_ticks
    is_checked = elapsed >= leader.rules.election_ticks
    leader.election_elapsed = since_check
    last_check = last_beat - since_check * period
    answers = {
        follower.name: last_check + follower.there + follower.back for follower in silence.followers
    }
    for peer, progress in leader.progress.items():
        if peer == leader.id:
            continue
        known = min(progress.match, leader.log.committed)
        progress.sent_commit = max(progress.sent_commit, known)
        if is_checked and leader.rules.check_quorum:
            progress.recent_active = peer in answers and answers[peer] <= until


def last_beat_heard(
    silence: Silence, follower: Follower, lattice: Lattice, until: Instant
) -> Instant | None:
    """Return when a follower heard the latest beat of this silence, None if none yet."""
    sent = lattice.last_until(until - follower.there)
    return sent + follower.there if sent > silence.since else None
