"""The consensus in the world: members on machines, messages that take time, silence at rest.

A member ticks every 100 ms at an offset of its machine's own; a message takes the latency of its
cable and is lost if the way is cut or the receiver is off, when it leaves or when it arrives.
While the group is at rest there is no event at all (see silence.py); a proposal, a cut or a
switched machine wakes it. A member that nobody can hear ticks by itself and wakes nobody.

What happens within one instant is ordered: deliveries and ticks by member, then the question
whether the group is at rest, then proposals. So ticked and silent runs agree to the millisecond.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from simulation.kernel.dice import Dice
from simulation.kernel.timeline import Event, Phase, Timeline
from simulation.kernel.units import Duration, Instant
from simulation.kube import consensus_air as air
from simulation.kube import consensus_disks as disks
from simulation.kube import consensus_views as views
from simulation.kube.consensus_state import (
    Apply,
    Change,
    ConsensusState,
    Offer,
    Restore,
    Seat,
    Wires,
)
from simulation.kube.silence import Lattice, fall, last_beat_heard, wake
from simulation.raft.member import Member
from simulation.raft.messages import NOBODY, Entry, Membership, Message
from simulation.raft.roles import Role, Rules

TICK: Duration = 100
"""etcd's --heartbeat-interval."""

PROPOSAL_HOP: Duration = 1
"""From an API server to the member beside it."""

ENTRIES_KEPT = 25
"""Applied entries kept for followers that lag; etcd keeps 5,000, but every checkpoint holds these."""

AFTER_ALL = "~"
"""A subject that sorts behind every machine's name."""


def elect_at_birth(seats: dict[str, Seat], leader: str) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """Let a member win an election in which no time passes; yield what each member applies."""
    seats[leader].member.campaign()
    is_busy = True
    while is_busy:
        is_busy = False
        for name, seat in seats.items():
            ready = seat.member.ready()
            is_busy = is_busy or bool(ready.messages)
            for message in ready.messages:
                seats[message.to].member.step(message)
            yield name, ready.committed


class Consensus:
    """All members of one group, and the wires between them."""

    def __init__(
        self,
        timeline: Timeline,
        dice: Dice,
        wires: Wires,
        on_apply: Apply,
        on_restore: Restore | None = None,
        on_change: Change | None = None,
        state: ConsensusState | None = None,
        tick: Duration = TICK,
        ticked: bool = False,
        entries_kept: int = ENTRIES_KEPT,
    ) -> None:
        self.state = state or ConsensusState()
        self._timeline = timeline
        self._dice = dice
        self._wires = wires
        self._on_apply = on_apply
        self._on_restore = on_restore
        self._on_change = on_change
        self._tick = tick
        self._ticked = ticked
        self._entries_kept = entries_kept

    # --- commands

    def start(
        self, names: Sequence[str], now: Instant, leader: str = NOBODY, rules: Rules | None = None
    ) -> None:
        """Found the group; with a leader named it is elected at once, before time passes."""
        membership = Membership(tuple(sorted(names)))
        for name in membership.voters:
            self.state.seats[name] = Seat(
                Member.new(name, membership, self._dice, rules), timer_from=now
            )
        if leader != NOBODY:
            for name, entries in elect_at_birth(self.state.seats, leader):
                self._apply(name, entries, now)
        for name in membership.voters:
            self._schedule_tick(name, now)
        self._consider_rest(now)

    def propose(self, member: str, data: Any, now: Instant) -> int:
        """Hand a value to a member, which passes it on to its leader; return a ticket.

        Whether it was accepted is learnt from on_apply alone: without a leader it is dropped, and
        on its way it may get lost, as in etcd.
        """
        state = self.state
        ticket = state.next_ticket
        state.next_ticket += 1
        state.offers[ticket] = Offer(member, data)
        self._at(now + PROPOSAL_HOP, "consensus/propose", AFTER_ALL + member, ticket)
        return ticket

    def power_off(self, name: str, now: Instant, before_ticks: bool = False) -> None:
        """Take a member's power away: term, vote and log stay on its disk."""
        assert self.state.seats[name].running, f"{name} is off already"
        self._wake(now - before_ticks)
        disks.stop(self.state.seats[name])
        self._consider_rest(now)

    def power_on(self, name: str, now: Instant, before_ticks: bool = False) -> None:
        """Start a member again with what is on its disk."""
        assert not self.state.seats[name].running, f"{name} is on already"
        self._wake(now - before_ticks)
        seat = self.state.seats[name]
        seat.running = True
        seat.timer_from = now
        seat.member.restart()
        self._schedule_tick(name, now - before_ticks)
        self._tell(name, None, now)
        self._consider_rest(now)

    def links_changed(self, now: Instant, before_ticks: bool = False) -> None:
        """Look again at who reaches whom, just after it has changed.

        before_ticks: the call comes from a phase before CONSENSUS, so that what is due at this
        very instant has yet to happen.
        """
        self._wake(now - before_ticks)
        air.release(self.state, self._wires, self._timeline, now)
        self._consider_rest(now)

    def slow_disk(self, name: str, fsync: Duration, now: Instant) -> None:
        """Let the disk of a member take so long for each write; 0 is a healthy one."""
        self._wake(now)
        seat = self.state.seats[name]
        seat.fsync, seat.on_disk = fsync, disks.facts(seat.member)
        self._consider_rest(now)

    def write_lease(self, now: Instant) -> None:
        """Write a lease, which leaves no trace in the log: slow disks are busy with it."""
        leader = self.leader()
        for seat in self.state.seats.values():
            follows = leader != NOBODY and seat.member.leader == leader
            if follows and seat.running and seat.fsync:
                seat.owes = True
                self._flush(seat.member.id, (seat.member.role, seat.member.term), now)

    def can_run_out_together(self, names: Sequence[str]) -> bool:
        """Tell whether they could open a term at one instant before their timers run out."""
        stands = disks.stand_at(self.state, self._wires, names)
        return max(stands.values()) < min(
            self.state.seats[name].member.rules.election_ticks * self._tick for name in names
        )

    def run_out_together(self, names: Sequence[str], now: Instant) -> None:
        """Let members stand for election so that all open a term at the same instant.

        Whoever leads gives up first, and all forget whom they followed. What the leader had sent by
        then lands before: else it would be followed again, by some.
        """
        self._wake(now)
        together = disks.stand_at(self.state, self._wires, names)
        coming = [flight.arrives for flight in self.state.flights.values()]
        landed = max(coming, default=now)
        for name in names:
            self._forget(name, now)
            if landed > now:
                self._at(landed + 1, "consensus/forget", name)
            self._at(landed + 1 + together[name], "consensus/stand", name)

    def transfer(self, to: str, now: Instant) -> None:
        """Ask the leader to hand its office to another member."""
        self._wake(now)
        self._let(self.leader(), lambda leader: leader.transfer(to), now)
        self._consider_rest(now)

    # --- members come and go

    def membership(self) -> Membership:
        """Return the membership in force: that of the member that has applied most."""
        seats = self.state.seats
        newest = max(seats, key=lambda name: (seats[name].member.log.applied, name))
        return seats[newest].member.membership

    def change_members(self, wanted: Membership, now: Instant) -> None:
        """Let the leader propose other members; who asks has to look whether it came about."""
        self._wake(now)
        self._let(self.leader(), lambda leader: leader.propose_membership(wanted), now)
        self._consider_rest(now)

    def has_caught_up(self, name: str, percent: int) -> bool:
        """Tell whether a running member holds so much of what its leader holds."""
        leader = self.leader()
        if leader == NOBODY or name not in self.state.seats or not self.state.seats[name].running:
            return False
        head = self.state.seats[leader].member
        progress = head.progress.get(name)
        return progress is not None and progress.match * 100 >= head.log.last_index * percent

    def seat(self, member: Member, now: Instant, running: bool) -> None:
        """Give a new member a place."""
        self._wake(now)
        seat = Seat(member, running=running, timer_from=now)
        self.state.seats[member.id] = seat
        self.state.seats = dict(sorted(self.state.seats.items()))
        self._schedule_tick(member.id, now)
        self._consider_rest(now)

    def unseat(self, name: str, now: Instant) -> None:
        """Take a member's place away for good, with all that is on its way from and to it."""
        self._wake(now)
        del self.state.seats[name]
        air.forget(self.state, name)
        self._consider_rest(now)

    # --- questions

    def is_silent(self) -> bool:
        """Tell whether the group is at rest."""
        return self.state.silence is not None

    def leader(self) -> str:
        """Return the running leader of the latest term; empty if there is none."""
        leaders = [
            (seat.member.term, name)
            for name, seat in self.state.seats.items()
            if seat.running and seat.member.role is Role.LEADER
        ]
        return max(leaders)[1] if leaders else NOBODY

    def leader_known_by(self, name: str) -> str:
        """Return whom a member takes for its leader; empty if nobody, or if it is off."""
        seat = self.state.seats.get(name)
        return seat.member.leader if seat is not None and seat.running else NOBODY

    def oldest_held(self) -> int:
        """Return the least index that a running member can still hand to one that lags."""
        running = [seat.member.log for seat in self.state.seats.values() if seat.running]
        return min((log.snapshot_index for log in running), default=0)

    def has_quorum_view(self, name: str) -> bool:
        """Tell whether a member could serve a linearizable read now."""
        return views.has_quorum_view(self.state, self._wires, name)

    def rows(self, now: Instant) -> dict[str, dict[str, Any]]:
        """Return each member as the picture shows it."""
        silence = self.state.silence
        beats = self._lattice(silence.leader) if silence is not None else None
        return {
            name: views.member_row(self.state, name, beats, self._tick, now)
            for name in self.state.seats
        }

    def messages_since(self, flight: int) -> list[views.Shown]:
        """Return messages sent after a numbered one."""
        return views.messages_since(self.state, flight)

    # --- events

    def handle(self, event: Event) -> None:
        """Deal with an event of this module."""
        match event.purpose:
            case "consensus/deliver":
                self._deliver(int(event.data[1]), event.due)
            case "consensus/tick":
                self._tick_member(event.subject, event.due)
            case "consensus/settle":
                self._settle(event.due)
            case "consensus/propose":
                self._take_offer(int(event.data[0]), event.due)
            case "consensus/forget":
                self._forget(event.subject, event.due)
            case "consensus/stand":
                self._stand(event.subject, event.due)
            case "consensus/synced":
                self._synced(event.subject, event.due)

    def _deliver(self, flight: int, now: Instant) -> None:
        message = air.land(self.state, self._wires, flight)
        if message is not None:
            self.state.seats[message.sender].member.report_delivered(message)
            self._let(message.to, lambda member: member.step(message), now)
        self._consider_rest(now)

    def _tick_member(self, name: str, now: Instant) -> None:
        seat = self.state.seats.get(name)
        if seat is None or seat.tick_due != now:
            return
        seat.tick_due = -1
        silence = self.state.silence
        if not seat.running or (silence is not None and name in silence.names()):
            return
        if seat.busy_until > now:
            seat.missed_tick = True
        else:
            self._let(name, Member.tick, now)
        self._schedule_tick(name, now)
        self._consider_rest(now)

    def _take_offer(self, ticket: int, now: Instant) -> None:
        offer = self.state.offers.pop(ticket)
        seat = self.state.seats.get(offer.member)
        if seat is None or not seat.running:
            return
        self._wake(now)
        self._let(offer.member, lambda member: member.propose(offer.data), now)
        self._consider_rest(now)

    def _settle(self, now: Instant) -> None:
        self.state.settle_due = -1
        if self.state.silence is None and not self.state.flights and self._is_steady():
            self.state.silence = fall(
                self._core(), self._wires.reachable, self._latency, self._tick, now
            )

    # --- the inside

    def _let(self, name: str, act: Callable[[Member], object], now: Instant) -> None:
        """Let a member act, if there is one, and hand out what follows from it."""
        seat = self.state.seats.get(name)
        if seat is not None:
            before = (seat.member.role, seat.member.term)
            act(seat.member)
            self._flush(name, before, now)

    def _flush(self, name: str, before: tuple[Role, int], now: Instant) -> None:
        """Send, restore and apply what a member has ready."""
        seat = self.state.seats[name]
        member = seat.member
        self._tell(name, before, now)
        if member.election_elapsed == 0:
            seat.timer_from = now
        if seat.busy_until > now:
            return
        is_idle = False
        while not is_idle:
            ready = member.ready()
            messages = ready.messages
            is_idle = not (messages or ready.committed)
            if self._begins_to_write(seat, now):
                is_idle = True
                if member.role is not Role.LEADER:
                    seat.unsent, messages = list(messages), ()
            for message in messages:
                self._send(message, now)
            if ready.restored is not None and self._on_restore is not None:
                self._on_restore(name, ready.restored.index, ready.restored.term, now)
            self._apply(name, ready.committed, now)

    def _begins_to_write(self, seat: Seat, now: Instant) -> bool:
        """Let a slow disk write what it lacks; tell whether it does.

        As in etcd (server/etcdserver/raft.go): while a member writes, its clock stands still and
        it hands nothing out. Before, it has applied what was committed, and a leader has sent its
        messages; all others say nothing that is not on their disk.
        """
        if not seat.fsync:
            return False
        on_disk = disks.facts(seat.member)
        if on_disk == seat.on_disk and not seat.owes:
            return False
        seat.on_disk, seat.owes = on_disk, False
        seat.busy_until = now + seat.fsync
        self._at(seat.busy_until, "consensus/synced", seat.member.id)
        return True

    def _synced(self, name: str, now: Instant) -> None:
        """A slow disk has written: what waited for it goes out, and what came in meanwhile."""
        seat = self.state.seats.get(name)
        if seat is None or seat.busy_until != now:
            return
        seat.busy_until = 0
        messages, seat.unsent = seat.unsent, []
        for message in messages:
            self._send(message, now)
        is_late, seat.missed_tick = seat.missed_tick, False
        self._let(name, lambda member: member.tick() if is_late else None, now)
        self._consider_rest(now)

    def _forget(self, name: str, now: Instant) -> None:
        """A member follows nobody any more."""
        seat = self.state.seats.get(name)
        if seat is not None and seat.running:
            self._let(name, lambda member: member.become_follower(member.term, NOBODY), now)

    def _stand(self, name: str, now: Instant) -> None:
        """A timer that was set by hand runs out."""
        seat = self.state.seats.get(name)
        if seat is not None and seat.running and seat.member.leader == NOBODY:
            self._let(name, Member.campaign, now)

    def _tell(self, name: str, before: tuple[Role, int] | None, now: Instant) -> None:
        member = self.state.seats[name].member
        if self._on_change is not None and before != (member.role, member.term):
            self._on_change(name, member.role, member.term, now)

    def _apply(self, name: str, entries: tuple[Entry, ...], now: Instant) -> None:
        for entry in entries:
            self._on_apply(name, entry.index, entry.term, entry.data, now)
        log = self.state.seats[name].member.log
        # In strides, as etcd does, or every entry would move the whole list.
        if log.applied - log.snapshot_index >= 2 * self._entries_kept:
            log.compact(log.applied - self._entries_kept)

    def _send(self, message: Message, now: Instant) -> None:
        air.send(self.state, self._wires, self._timeline, message, now)

    def _latency(self, sender: str, to: str) -> Duration:
        return air.latency(self._wires, sender, to)

    def _lattice(self, name: str) -> Lattice:
        return Lattice(self._dice.below(self._tick, "tick phase", name), self._tick)

    def _at(self, due: Instant, purpose: str, subject: str, *data: str | int) -> None:
        self._timeline.at(due, purpose, subject, data, Phase.CONSENSUS)

    def _schedule_tick(self, name: str, after: Instant) -> None:
        seat = self.state.seats[name]
        due = self._lattice(name).next_after(after)
        if seat.running and seat.tick_due != due:
            seat.tick_due = due
            self._at(due, "consensus/tick", name)

    def _core(self) -> dict[str, Member]:
        """Return the running members, without those that no other running member is linked to."""
        running = {name: seat.member for name, seat in self.state.seats.items() if seat.running}
        return {
            name: member
            for name, member in running.items()
            if len(self.state.seats) == 1
            or any(
                self._wires.reachable(name, other) or self._wires.reachable(other, name)
                for other in running
                if other != name
            )
        }

    def _is_steady(self) -> bool:
        """Tell whether nothing is going on between running members that the law does not know."""
        running = {name: seat for name, seat in self.state.seats.items() if seat.running}
        if self.state.held or any(seat.fsync for seat in running.values()):
            return False
        return all(self._wires.is_steady(a, b) for a in running for b in running)

    def _consider_rest(self, now: Instant) -> None:
        """Ask at the end of this instant whether the group is at rest, if it might be."""
        state = self.state
        if self._ticked or state.silence is not None or state.flights:
            return
        if state.settle_due != now:
            state.settle_due = now
            self._at(now, "consensus/settle", AFTER_ALL)

    def _wake(self, until: Instant) -> None:
        """End the silence as if every tick up to an instant had happened."""
        silence = self.state.silence
        if silence is None:
            return
        self.state.silence = None
        # Silence falls at the end of an instant: then all that was due in it has happened.
        until = max(until, silence.since)
        seats = self.state.seats
        members = {name: seats[name].member for name in silence.names()}
        lattices = {name: self._lattice(name) for name in silence.names()}
        beats = wake(silence, members, lattices, until)
        for follower in silence.followers:
            heard = last_beat_heard(silence, follower, lattices[silence.leader], until)
            seats[follower.name].timer_from = heard or seats[follower.name].timer_from
        for name in silence.names():
            self._schedule_tick(name, until)
        for beat in beats:
            # Whatever has happened to the way since, they left while it was open.
            air.launch(self.state, self._timeline, beat.message, beat.sent, beat.arrives)
