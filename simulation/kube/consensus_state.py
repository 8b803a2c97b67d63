"""What the consensus of the world remembers, and whom it tells.

Entries carry the data of whoever proposed them, of a type that nothing here knows: it is named
when a checkpoint is unpacked.
"""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from simulation.kernel.records import Record, State
from simulation.kernel.units import Instant
from simulation.kube.silence import Silence
from simulation.raft.member import Member
from simulation.raft.messages import Entry, Message
from simulation.raft.roles import Role


class Apply(Protocol):
    """Told of each entry a member applies, in the order of its log."""

    def __call__(self, member: str, index: int, term: int, data: Any, now: Instant) -> None: ...


class Restore(Protocol):
    """Told when a member jumps to a snapshot instead of applying entry by entry."""

    def __call__(self, member: str, index: int, term: int, now: Instant) -> None: ...


class Change(Protocol):
    """Told when a member takes another role or another term."""

    def __call__(self, member: str, role: Role, term: int, now: Instant) -> None: ...


class Seat(State):
    """A member and the machine it runs on."""

    member: Member
    running: bool = True
    tick_due: Instant = -1
    """When the tick that lies on the timeline is due; -1 if none does."""
    timer_from: Instant = 0
    """When the election timer was last set back."""


class Flight(Record):
    """A message on its way."""

    id: int
    message: Message
    sent: Instant
    arrives: Instant


class Trace(Record):
    """What the picture keeps of a message."""

    id: int
    sender: str
    to: str
    kind: str
    sent: Instant
    arrives: Instant


class Offer(Record):
    """A proposal on its way to a member."""

    member: str
    data: Any


class ConsensusState(State):
    """What a checkpoint keeps of the consensus."""

    seats: dict[str, Seat] = msgspec.field(default_factory=dict)
    flights: dict[int, Flight] = msgspec.field(default_factory=dict)
    offers: dict[int, Offer] = msgspec.field(default_factory=dict)
    wires: dict[str, Instant] = msgspec.field(default_factory=dict)
    """The last arrival on each wire: messages never overtake each other, as on a TCP stream."""
    recent: list[Trace] = msgspec.field(default_factory=list)
    next_flight: int = 1
    next_ticket: int = 1
    silence: Silence | None = None
    settle_due: Instant = -1


class Packed(Record):
    """A state to be encoded: the data of an entry that several members hold is written once."""

    state: ConsensusState
    values: list[Any]


def packed(state: ConsensusState) -> Packed:
    """Return a copy whose entries hold places in a table instead of their data."""
    values: list[Any] = []
    places: dict[tuple[int, int], int] = {}

    def put(entry: Entry) -> Entry:
        if entry.data is None:
            return entry
        # Log matching: equal index and term mean equal data. A proposal has no index yet.
        key = (entry.index, entry.term)
        if entry.index == 0 or key not in places:
            places[key] = len(values)
            values.append(entry.data)
        return Entry(entry.index, entry.term, places[key], entry.change)

    return Packed(_with_entries(state, put), values)


def unpacked(checkpoint: Packed, data_type: Any) -> ConsensusState:
    """Return the state of a decoded checkpoint, its data given back the type it had."""
    values = [msgspec.convert(value, data_type) for value in checkpoint.values]

    def take(entry: Entry) -> Entry:
        if entry.data is None:
            return entry
        return Entry(entry.index, entry.term, values[entry.data], entry.change)

    return _with_entries(checkpoint.state, take)


def _with_entries(state: ConsensusState, turn: Callable[[Entry], Entry]) -> ConsensusState:
    replace = msgspec.structs.replace
    seats = {}
    for name, seat in state.seats.items():
        member = seat.member
        assert not member.outbox, f"{name} still has messages to send"
        log = replace(member.log, entries=[turn(entry) for entry in member.log.entries])
        seats[name] = replace(seat, member=replace(member, log=log))
    flights = {}
    for number, flight in state.flights.items():
        entries = tuple(turn(entry) for entry in flight.message.entries)
        flights[number] = replace(flight, message=replace(flight.message, entries=entries))
    offers = {
        number: Offer(offer.member, turn(Entry(0, 0, offer.data)).data)
        for number, offer in state.offers.items()
    }
    return replace(state, seats=seats, flights=flights, offers=offers)
