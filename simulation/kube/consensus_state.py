"""What the consensus of the world remembers, and whom it tells.

Entries carry the data of whoever proposed them. It is plain (a number, a text, bytes), so that a
checkpoint needs no help to read it back; what is larger lies elsewhere under a number.
"""

from typing import Any, Protocol

import msgspec

from simulation.kernel.records import Record, State
from simulation.kernel.units import Instant
from simulation.kube.silence import Silence
from simulation.raft.member import Member
from simulation.raft.messages import Message
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
