"""The queue of a controller: keys without repetition, and when a key may be visited again.

Level-triggered, as client-go's work queue: a key that is queued twice is visited once, and a key
is never visited while the answer to its own last write is outstanding. Each key remembers the
oldest change that queued it, because that is why the next visit happens.
"""

from simulation.kernel.records import State
from simulation.kernel.units import Instant
from simulation.kube.writes import Write

BACKOFF_FIRST = 5
"""client-go's default item back-off: 5 ms doubling …"""

BACKOFF_MAX = 1_000_000
"""… up to 1000 s."""


Note = tuple[int, ...]
"""What a controller notes about one thing, as instants and counts."""


class Queued(State):
    """A key that waits for its visit."""

    due: Instant
    causes: tuple[int, ...] = ()


class Flight(State):
    """The writes of one visit, while their answers are outstanding."""

    batches: tuple[tuple[Write, ...], ...]
    index: int = 0
    unanswered: int = 0
    failed: bool = False
    attempt: int = 0
    causes: tuple[int, ...] = ()
    follows: bool = False
    """Whether the later batches are caused by what the first has changed."""


class QueueState(State):
    """What one controller remembers between its visits."""

    queued: dict[str, Queued] = {}
    flights: dict[str, Flight] = {}
    failures: dict[str, int] = {}
    refused: dict[str, str] = {}
    """Key to why the API server refused a pod that its last visit wanted."""
    wait_for: dict[str, int] = {}
    """Key to the resourceVersion of its own last write: visit it when that has been seen."""
    visits: int = 0
    tokens_at: Instant = 0
    """When the client's rate limiter would have been empty (virtual scheduling)."""
    wakes: list[Instant] = []
    """When it will be woken, the earliest first: each instant stands on the timeline once."""
    notes: dict[str, Note] = {}
    """What the controller remembers between visits; it dies with the process."""

    def add(self, key: str, due: Instant, causes: tuple[int, ...] = ()) -> None:
        """Queue a key; the oldest causes and the earliest instant win."""
        waiting = self.queued.get(key)
        if waiting is None:
            self.queued[key] = Queued(due, causes)
        else:
            waiting.due = min(waiting.due, due)
            waiting.causes = waiting.causes or causes

    def remember(self, notes: dict[str, Note | None]) -> None:
        """Note what a visit wants remembered, and forget what it wants forgotten."""
        for key, note in notes.items():
            if note is None:
                self.notes.pop(key, None)
            else:
                self.notes[key] = note

    def ready(self, now: Instant, seen: int) -> list[str]:
        """Return the keys that may be visited now, in the order they were queued."""
        return [
            key
            for key, waiting in self.queued.items()
            if waiting.due <= now and key not in self.flights and self.wait_for.get(key, 0) <= seen
        ]

    def next_due(self) -> Instant | None:
        """Return when the earliest key that is not in flight becomes due."""
        dues = [waiting.due for key, waiting in self.queued.items() if key not in self.flights]
        return min(dues) if dues else None

    def backoff(self, key: str) -> int:
        """Count a failure and return how long the key must wait."""
        failures = self.failures.get(key, 0)
        self.failures[key] = failures + 1
        return min(BACKOFF_FIRST << min(failures, 20), BACKOFF_MAX)
