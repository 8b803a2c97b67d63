"""Kubernetes Event objects: a bounded log beside the store, aggregated and expiring.

The real ones live in etcd for an hour; here they take no version and no log entry, because nothing
follows from them. The story of a lab is never read from their texts.
"""

from simulation.kernel.records import State
from simulation.kernel.units import HOUR, Instant
from simulation.kube.limits import EVENTS_KEPT_MAX
from simulation.kube.objects.kinds import AnyObject, kind_of


class EventRow(State):
    """One Event, with how often it was seen."""

    kind: str
    namespace: str
    name: str
    uid: str
    type: str
    reason: str
    message: str
    source: str
    host: str
    count: int
    first: Instant
    last: Instant


class EventLogState(State):
    """What a checkpoint keeps of the events."""

    rows: dict[str, EventRow] = {}


class EventLog:
    """The latest Events, oldest first."""

    def __init__(self, state: EventLogState) -> None:
        self.state = state

    def add(
        self,
        now: Instant,
        source: str,
        host: str,
        regarding: AnyObject,
        type: str,
        reason: str,
        message: str,
    ) -> None:
        """Note an event; the same one again only raises its count."""
        meta, kind = regarding.metadata, kind_of(regarding)
        key = "\x1f".join((kind, meta.namespace, meta.name, meta.uid, reason, message, source))
        row = self.state.rows.pop(key, None)
        if row is None:
            row = EventRow(
                kind, meta.namespace, meta.name, meta.uid, type, reason, message, source, host,
                0, now, now,
            )
        row.count += 1
        row.last = now
        self.state.rows[key] = row
        self._expire(now)

    def _expire(self, now: Instant) -> None:
        rows = self.state.rows
        while rows:
            oldest = next(iter(rows))
            if len(rows) <= EVENTS_KEPT_MAX and rows[oldest].last + HOUR > now:
                return
            del rows[oldest]

    def about(self, kind: str, namespace: str, name: str) -> list[EventRow]:
        """Return the events about one object, oldest first."""
        return [
            row
            for row in self.state.rows.values()
            if (row.kind, row.namespace, row.name) == (kind, namespace, name)
        ]

    def rows(self) -> list[EventRow]:
        """Return all events, oldest first."""
        return list(self.state.rows.values())
