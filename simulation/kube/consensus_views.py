"""What can be seen of a consensus: each member as it is, who serves reads, what is on the wires."""

from typing import Any

from simulation.kernel.units import Duration, Instant
from simulation.kube.consensus_state import ConsensusState, Seat, Wires
from simulation.kube.silence import Lattice, last_beat_heard
from simulation.raft.messages import NOBODY
from simulation.raft.quorum import Outcome, outcome
from simulation.raft.roles import Role

LOG_ROWS_MAX = 6
"""Entries of a member's log that the picture shows."""

Shown = tuple[int, str, str, str, Instant, Instant]
"""A message: (id, from, to, kind, sent, arrives)."""


def member_row(
    state: ConsensusState, name: str, beats: Lattice | None, tick: Duration, now: Instant
) -> dict[str, Any]:
    """Return a member as the picture shows it; beats: when its leader ticks, in silence."""
    seat = state.seats[name]
    member, log = seat.member, seat.member.log
    timer = None
    if seat.running and member.role is not Role.LEADER:
        timeout = member.randomized_timeout * tick
        timer = {"from": _timer_from(state, name, seat, beats, now), "timeout": timeout}
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
        "fsync_ms": seat.fsync,
    }


def _timer_from(
    state: ConsensusState, name: str, seat: Seat, beats: Lattice | None, now: Instant
) -> Instant:
    silence = state.silence
    for follower in silence.followers if silence is not None else ():
        if follower.name == name and silence is not None and beats is not None:
            heard = last_beat_heard(silence, follower, beats, now)
            return seat.timer_from if heard is None else heard
    return seat.timer_from


def messages_since(state: ConsensusState, flight: int) -> list[Shown]:
    """Return messages sent after a numbered one."""
    return [
        (trace.id, trace.sender, trace.to, trace.kind, trace.sent, trace.arrives)
        for trace in state.recent
        if trace.id > flight
    ]


def has_quorum_view(state: ConsensusState, wires: Wires, name: str) -> bool:
    """Tell whether a member could serve a linearizable read now.

    Its leader must be reached, and must reach a majority that still follows it.
    """
    seats = state.seats
    leader = seats[name].member.leader if name in seats and seats[name].running else NOBODY
    if leader not in seats or not _hears(state, wires, name, leader):
        return False
    head = seats[leader].member
    if head.role is not Role.LEADER or head.term != seats[name].member.term:
        return False
    follows = {
        peer: peer in seats
        and _hears(state, wires, peer, leader)
        and seats[peer].member.term == head.term
        and seats[peer].member.leader == leader
        for peer in head.membership.everyone()
    }
    # Before the first entry of its own term is committed a leader cannot answer.
    is_settled = head.log.term_at(head.log.committed) == head.term
    return is_settled and outcome(head.membership, follows) is Outcome.WON


def _hears(state: ConsensusState, wires: Wires, name: str, leader: str) -> bool:
    if not (state.seats[name].running and state.seats[leader].running):
        return False
    return name == leader or wires.both_ways(name, leader)


def holds(state: ConsensusState, data: Any) -> bool:
    """Tell whether a proposed value is anywhere from where it may still come to be applied."""
    if any(offer.data == data for offer in state.offers.values()):
        return True
    for seat in state.seats.values():
        log = seat.member.log
        if any(entry.data == data for entry in log.entries if entry.index > log.applied):
            return True
    messages = [flight.message for flight in state.flights.values()]
    messages += [each for waiting in state.held.values() for each in waiting]
    messages += [each for seat in state.seats.values() for each in seat.unsent]
    messages += [each for seat in state.seats.values() for each in seat.member.outbox]
    return any(entry.data == data for message in messages for entry in message.entries)


def place_of(state: ConsensusState, data: Any) -> tuple[int, int]:
    """Return (index, term) of the entry that holds a value in somebody's log; zeros if none does."""
    for seat in state.seats.values():
        for entry in reversed(seat.member.log.entries):
            if entry.data == data:
                return entry.index, entry.term
    return 0, 0


def committed_term(state: ConsensusState, index: int) -> int | None:
    """Return the term of the entry that is committed at an index, None if none is or is kept."""
    for seat in state.seats.values():
        log = seat.member.log
        if index <= log.committed and (term := log.term_at(index)) is not None:
            return term
    return None
