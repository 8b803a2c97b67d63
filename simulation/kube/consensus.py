"""The consensus in the world: members on machines, messages that take time, silence at rest.

A member ticks every 100 ms at an offset of its machine's own; a message takes the latency of its
cable and is lost if the way is cut or the receiver is off, when it leaves or when it arrives.
While the group is at rest there is no event at all (see silence.py); a proposal, a cut or a
switched machine wakes it. A member that nobody can hear ticks by itself and wakes nobody.

What happens within one instant is ordered: deliveries and ticks by member, then the question
whether the group is at rest, then proposals. So ticked and silent runs agree to the millisecond.
"""

from collections.abc import Callable, Sequence
from typing import Any

from simulation.kernel.dice import Dice
from simulation.kernel.timeline import Event, Phase, Timeline
from simulation.kernel.units import Duration, Instant
from simulation.kube.consensus_state import (
    Apply,
    Change,
    ConsensusState,
    Flight,
    Offer,
    Restore,
    Seat,
    Trace,
)
from simulation.kube.silence import Lattice, fall, last_beat_heard, wake
from simulation.raft.member import Member
from simulation.raft.messages import NOBODY, Entry, Kind, Membership, Message
from simulation.raft.quorum import Outcome, outcome
from simulation.raft.roles import Role, Rules

TICK: Duration = 100
"""etcd's --heartbeat-interval."""

PROPOSAL_HOP: Duration = 1
"""From an API server to the member beside it."""

ENTRIES_KEPT = 25
"""Applied entries kept for followers that lag; etcd keeps 5,000, but every checkpoint holds these."""

RECENT_MESSAGES_MAX = 64
"""Messages remembered for the picture; at rest they are drawn from their law instead."""

LOG_ROWS_MAX = 6
"""Entries of a member's log that the picture shows."""

AFTER_ALL = "~"
"""A subject that sorts behind every machine's name."""


class Consensus:
    """All members of one group, and the wires between them."""

    def __init__(
        self,
        timeline: Timeline,
        dice: Dice,
        reachable: Callable[[str, str], bool],
        latency: Callable[[str, str], Duration],
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
        self._reachable = reachable
        self._latency = latency
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
            self._elect_at_birth(leader, now)
        for name in membership.voters:
            self._schedule_tick(name, now)
        self._consider_rest(now)

    def _elect_at_birth(self, leader: str, now: Instant) -> None:
        seats = self.state.seats
        seats[leader].member.campaign()
        is_busy = True
        while is_busy:
            is_busy = False
            for name, seat in seats.items():
                ready = seat.member.ready()
                is_busy = is_busy or bool(ready.messages)
                for message in ready.messages:
                    seats[message.to].member.step(message)
                self._apply(name, ready.committed, now)

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
        self.state.seats[name].running = False
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
        self._consider_rest(now)

    def transfer(self, to: str, now: Instant) -> None:
        """Ask the leader to hand its office to another member."""
        self._wake(now)
        leader = self.leader()
        if leader != NOBODY:
            seat = self.state.seats[leader]
            before = (seat.member.role, seat.member.term)
            seat.member.transfer(to)
            self._flush(leader, before, now)
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
        leader = self.leader()
        if leader != NOBODY:
            member = self.state.seats[leader].member
            before = (member.role, member.term)
            member.propose_membership(wanted)
            self._flush(leader, before, now)
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
        state = self.state
        del state.seats[name]
        state.flights = {
            number: flight
            for number, flight in state.flights.items()
            if name not in (flight.message.sender, flight.message.to)
        }
        state.wires = {
            wire: due for wire, due in state.wires.items() if name not in wire.split(">")
        }
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

    def applied_by(self, name: str) -> int:
        """Return the index of the last entry that a member has applied."""
        return self.state.seats[name].member.log.applied

    def has_quorum_view(self, name: str, now: Instant) -> bool:
        """Tell whether a member could serve a linearizable read now.

        Its leader must be reached, and must reach a majority that still follows it.
        """
        del now  # The answer is of this instant; the state already is.
        leader = self.leader_known_by(name)
        seats = self.state.seats
        if leader not in seats or not self._hears(name, leader):
            return False
        head = seats[leader].member
        if head.role is not Role.LEADER or head.term != seats[name].member.term:
            return False
        follows = {
            peer: peer in seats
            and self._hears(peer, leader)
            and seats[peer].member.term == head.term
            and seats[peer].member.leader == leader
            for peer in head.membership.everyone()
        }
        # Before the first entry of its own term is committed a leader cannot answer.
        is_settled = head.log.term_at(head.log.committed) == head.term
        return is_settled and outcome(head.membership, follows) is Outcome.WON

    def _hears(self, name: str, leader: str) -> bool:
        seats = self.state.seats
        if not (seats[name].running and seats[leader].running):
            return False
        return name == leader or (self._reachable(name, leader) and self._reachable(leader, name))

    def rows(self, now: Instant) -> dict[str, dict[str, Any]]:
        """Return each member as the picture shows it."""
        return {name: self._row(name, seat, now) for name, seat in self.state.seats.items()}

    def _row(self, name: str, seat: Seat, now: Instant) -> dict[str, Any]:
        member, log = seat.member, seat.member.log
        timer = None
        if seat.running and member.role is not Role.LEADER:
            timeout = member.randomized_timeout * self._tick
            timer = {"from": self._timer_from(name, seat, now), "timeout": timeout}
        return {
            "role": member.role.value if seat.running else "down",
            "term": member.term,
            "vote": member.vote,
            "leader": member.leader if seat.running else NOBODY,
            "last": log.last_index,
            "commit": log.committed,
            "log": [
                [entry.index, entry.term, entry.index <= log.committed]
                for entry in log.entries[-LOG_ROWS_MAX:]
            ],
            "timer": timer,
        }

    def _timer_from(self, name: str, seat: Seat, now: Instant) -> Instant:
        silence = self.state.silence
        for follower in silence.followers if silence is not None else ():
            if follower.name == name and silence is not None:
                beats = self._lattice(silence.leader)
                heard = last_beat_heard(silence, follower, beats, now)
                return seat.timer_from if heard is None else heard
        return seat.timer_from

    def messages_since(self, flight: int) -> list[tuple[int, str, str, str, Instant, Instant]]:
        """Return messages sent after a numbered one: (id, from, to, kind, sent, arrives)."""
        return [
            (trace.id, trace.sender, trace.to, trace.kind, trace.sent, trace.arrives)
            for trace in self.state.recent
            if trace.id > flight
        ]

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

    def _deliver(self, flight: int, now: Instant) -> None:
        if flight not in self.state.flights:
            # Its sender or its receiver is no more.
            return
        message = self.state.flights.pop(flight).message
        if self._is_open(message.sender, message.to):
            seat = self.state.seats[message.to]
            before = (seat.member.role, seat.member.term)
            self.state.seats[message.sender].member.report_delivered(message)
            seat.member.step(message)
            self._flush(message.to, before, now)
        else:
            self._lose(message)
        self._consider_rest(now)

    def _tick_member(self, name: str, now: Instant) -> None:
        seat = self.state.seats.get(name)
        if seat is None or seat.tick_due != now:
            return
        seat.tick_due = -1
        silence = self.state.silence
        if not seat.running or (silence is not None and name in silence.names()):
            return
        before = (seat.member.role, seat.member.term)
        seat.member.tick()
        self._flush(name, before, now)
        self._schedule_tick(name, now)
        self._consider_rest(now)

    def _take_offer(self, ticket: int, now: Instant) -> None:
        offer = self.state.offers.pop(ticket)
        seat = self.state.seats.get(offer.member)
        if seat is None or not seat.running:
            return
        self._wake(now)
        before = (seat.member.role, seat.member.term)
        seat.member.propose(offer.data)
        self._flush(offer.member, before, now)
        self._consider_rest(now)

    def _settle(self, now: Instant) -> None:
        self.state.settle_due = -1
        if self.state.silence is None and not self.state.flights:
            self.state.silence = fall(
                self._core(), self._reachable, self._wire_latency, self._tick, now
            )

    # --- the inside

    def _flush(self, name: str, before: tuple[Role, int], now: Instant) -> None:
        """Send, restore and apply what a member has ready."""
        seat = self.state.seats[name]
        member = seat.member
        self._tell(name, before, now)
        if member.election_elapsed == 0:
            seat.timer_from = now
        while True:
            ready = member.ready()
            for message in ready.messages:
                self._send(message, now)
            if ready.restored is not None and self._on_restore is not None:
                self._on_restore(name, ready.restored.index, ready.restored.term, now)
            self._apply(name, ready.committed, now)
            if not (ready.messages or ready.committed):
                break

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
        if self._is_open(message.sender, message.to):
            self._launch(message, now, now + self._wire_latency(message.sender, message.to))
        else:
            self._lose(message)

    def _launch(self, message: Message, sent: Instant, arrives: Instant) -> None:
        state = self.state
        wire = f"{message.sender}>{message.to}"
        arrives = state.wires[wire] = max(arrives, state.wires.get(wire, 0))
        flight = Flight(state.next_flight, message, sent, arrives)
        state.next_flight += 1
        state.flights[flight.id] = flight
        state.recent.append(
            Trace(flight.id, message.sender, message.to, message.kind.value, sent, arrives)
        )
        del state.recent[:-RECENT_MESSAGES_MAX]
        self._at(arrives, "consensus/deliver", message.to, message.sender, flight.id)

    def _lose(self, message: Message) -> None:
        if message.kind in (Kind.APPEND, Kind.SNAPSHOT):
            self.state.seats[message.sender].member.report_lost(message)

    def _is_open(self, sender: str, to: str) -> bool:
        seat = self.state.seats.get(to)
        return seat is not None and seat.running and self._reachable(sender, to)

    def _wire_latency(self, sender: str, to: str) -> Duration:
        # Within an instant deliveries could not be ordered, so nothing arrives in none.
        return max(1, self._latency(sender, to))

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
                self._reachable(name, other) or self._reachable(other, name)
                for other in running
                if other != name
            )
        }

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
            self._launch(beat.message, beat.sent, beat.arrives)
