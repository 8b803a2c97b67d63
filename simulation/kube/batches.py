"""What the entries of etcd's log hold: the writes of a few milliseconds, and what became of them.

An entry of the consensus carries a number; what it stands for lies here, once for all members.
Before an entry is applied its batch holds the writes themselves; afterwards only lines to be read.
"""

from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record
from simulation.kernel.units import Instant
from simulation.kube.objects.kinds import key_of, kind_of
from simulation.kube.writes import Committed, Refused, Result, Write


class Line(Record):
    """One write of an entry, for reading."""

    verb: str
    kind: str
    key: str
    because: Reason
    outcome: str = ""
    """Empty until it is applied; then "committed", or the reason of a refusal as in a Status."""
    version: int = 0
    """The resourceVersion that it made, if it was committed."""


class Item(Record):
    """The part of a log entry that stems from one request."""

    request: int
    client: str
    writes: tuple[Write, ...] = ()
    causes: tuple[int, ...] = ()
    lines: tuple[Line, ...] = ()
    """What the writes were, once they have been applied and are kept for reading only."""
    unanswered: bool = False
    """Its client had given up waiting when it was applied."""

    def to_read(self) -> tuple[Line, ...]:
        """Return its writes as lines, applied or not."""
        return self.lines or tuple(_line(write) for write in self.writes)


class Batch(Record):
    """What one log entry of etcd holds."""

    server: str
    items: tuple[Item, ...]
    index: int = 0
    """Where in the log it was applied; 0 until then."""
    term: int = 0
    at: Instant = 0
    """When the first member applied it."""


def _line(write: Write, result: Result | None = None) -> Line:
    outcome, version = "", 0
    if isinstance(result, Committed):
        outcome, version = "committed", result.version
    elif isinstance(result, Refused):
        outcome = result.reason
    # A name that was generated is known from the object that was made.
    obj = result.object if isinstance(result, Committed) else write.object
    return Line(write.verb, kind_of(obj), key_of(obj), write.because, outcome, version)


def applied_item(item: Item, results: list[Result], unanswered: bool) -> Item:
    """Return an item that was applied, without its objects: who wrote what, and how it ended."""
    pairs = zip(item.writes, results, strict=True)
    lines = tuple(_line(write, result) for write, result in pairs)
    return Item(item.request, item.client, lines=lines, unanswered=unanswered)
