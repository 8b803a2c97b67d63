"""The queue of what has yet to happen.

Events are data, not closures: they can be copied into a checkpoint, printed and compared.
Handlers are found in a table by purpose. The order is (due, phase, subject, purpose, data), so it
never depends on who asked first. Nothing is cancelled: a timer carries the attempt or term that
it was set for, and its handler ignores a stale one.
"""

from enum import IntEnum
from heapq import heapify, heappop, heappush

from simulation.kernel.records import Record
from simulation.kernel.units import Instant

Datum = str | int


class Phase(IntEnum):
    """What happens first among events that are due at the same instant."""

    REALITY = 0
    CONSENSUS = 1
    API = 2
    WATCH = 3
    CLIENT = 4
    TRAFFIC = 5
    SESSION = 6


class Event(Record, order=True):
    """Something that is due."""

    due: Instant
    phase: int
    subject: str
    purpose: str
    data: tuple[Datum, ...] = ()


class Timeline:
    """A heap of events, earliest first."""

    __slots__ = ("_heap",)

    def __init__(self, events: list[Event] | None = None) -> None:
        self._heap: list[Event] = list(events or ())
        heapify(self._heap)

    def __len__(self) -> int:
        return len(self._heap)

    def at(
        self,
        due: Instant,
        purpose: str,
        subject: str = "",
        data: tuple[Datum, ...] = (),
        phase: int = Phase.CLIENT,
    ) -> None:
        """Put an event into the queue."""
        heappush(self._heap, Event(due, int(phase), subject, purpose, data))

    def next_due(self) -> Instant | None:
        """Return the instant of the earliest event, or None when nothing is due ever."""
        return self._heap[0].due if self._heap else None

    def pop(self) -> Event:
        """Take the earliest event out."""
        return heappop(self._heap)

    def events(self) -> list[Event]:
        """Return all events in order, for checkpoints and for reading."""
        return sorted(self._heap)
