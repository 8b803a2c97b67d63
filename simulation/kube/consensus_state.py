"""What the consensus of the world remembers, and whom it tells.

Entries carry the data of whoever proposed them. It is plain (a number, a text, bytes), so that a
checkpoint needs no help to read it back; what is larger lies elsewhere under a number.
"""

from typing import Any, Protocol

import msgspec

from simulation.kernel.records import Record, State
from simulation.kernel.units import Duration, Instant
from simulation.kube.silence import Silence
from simulation.raft.member import Member
from simulation.raft.messages import Message
from simulation.raft.roles import Role


class Wires(Protocol):
    """The cables between machines, as messages meet them."""

    def reachable(self, a: str, b: str) -> bool:
        """Tell whether messages from a get to b sooner or later."""

    def both_ways(self, a: str, b: str) -> bool:
        """Tell whether a and b can talk to each other now."""

    def held(self, a: str, b: str) -> bool:
        """Tell whether messages from a to b wait on their way."""

    def latency(self, a: str, b: str) -> Duration:
        """Return how long a message takes that is not lost."""

    def resent(self, a: str, b: str, *key: str | int) -> Duration | None:
        """Return how much longer a message takes because of loss, None if it is given up."""

    def is_steady(self, a: str, b: str) -> bool:
        """Tell whether every message takes equally long."""


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
    fsync: Duration = 0
    """How long its disk takes to write, if that matters."""
    busy_until: Instant = 0
    """When the write under way is done; nothing is handed out before."""
    on_disk: tuple[int, str, int, int] = (0, "", 0, 0)
    """Term, vote, index and term of the last entry: what a slow disk holds, or writes just now."""
    unsent: list[Message] = msgspec.field(default_factory=list)
    """What a follower may say only when its disk has written."""
    owes: bool = False
    """A lease has to be written, which leaves no trace in the log."""
    missed_tick: bool = False
    """Its clock struck while it waited for the disk; of many strokes one is made up for."""


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
    held: dict[str, list[Message]] = msgspec.field(default_factory=dict)
    """What waits on each held wire, in order."""
    recent: list[Trace] = msgspec.field(default_factory=list)
    next_flight: int = 1
    next_ticket: int = 1
    silence: Silence | None = None
    settle_due: Instant = -1
    lease_due: Instant = -1
    """When the next lease is written, as long as some disk is slow."""
