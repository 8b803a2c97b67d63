"""Kubernetes Event objects: a bounded log beside the store, aggregated and expiring.

The real ones live in etcd for an hour; here they take no version and no log entry, because nothing
follows from them. The story of a lab is never read from their texts. What somebody says again and
again at known instants, such as a kubelet of a probe that fails, is a series: nothing ticks, its
count is worked out when the log is read.
"""

import msgspec

from simulation.kernel.records import Record, State
from simulation.kernel.units import HOUR, Duration, Instant
from simulation.kube.limits import EVENTS_KEPT_MAX
from simulation.kube.objects.kinds import AnyObject, kind_of

FOR_EVER: Instant = 10**12
"""Later than any lab lives."""


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


class Rhythm(Record):
    """When something happens again: first, then after a wait, which may double up to a limit."""

    first: Instant
    every: Duration
    limit: Duration = 0
    """The longest wait; 0 if the wait stays the same."""
    until: Instant = FOR_EVER
    """From when it does not happen any more."""

    def by(self, now: Instant) -> tuple[int, Instant]:
        """Return how often it has happened by an instant, and when for the last time."""
        end = min(now, self.until - 1)
        count, last, wait = 1, self.first, self.every
        if end < self.first:
            return 0, self.first
        while wait < self.limit and last + wait <= end:
            count, last, wait = count + 1, last + wait, min(2 * wait, self.limit)
        more = (end - last) // wait
        return count + more, last + more * wait

    def next_after(self, now: Instant) -> Instant:
        """Return when it happens next."""
        count, last = self.by(now)
        if count == 0:
            return self.first
        doubled = self.every << min(count - 1, 30)
        return last + (min(doubled, self.limit) if self.limit else self.every)


class Series(State):
    """One Event that is said again and again."""

    row: EventRow
    rhythm: Rhythm


Rows = dict[tuple[str, ...], EventRow]


class EventLogState(State):
    """What a checkpoint keeps of the events."""

    rows: list[EventRow] = []
    """Oldest first."""
    series: dict[str, Series] = {}
    """By the name that whoever began it gave it."""


class EventLog:
    """The latest Events, oldest first."""

    def __init__(self, state: EventLogState) -> None:
        self.state = state
        self._rows: Rows = {_key(row): row for row in state.rows}

    def given(self) -> EventLogState:
        """Return the state for a checkpoint, brought up to date."""
        self.state.rows = list(self._rows.values())
        return self.state

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
        _merge(self._rows, _row(now, source, host, regarding, type, reason, message, 1))
        self._expire(now)

    def begin(
        self,
        name: str,
        rhythm: Rhythm,
        now: Instant,
        source: str,
        host: str,
        regarding: AnyObject,
        type: str,
        reason: str,
        message: str,
    ) -> None:
        """Note an event that is said again and again until its series ends."""
        self.end(name, now)
        row = _row(rhythm.first, source, host, regarding, type, reason, message, 0)
        self.state.series[name] = Series(row, rhythm)

    def end(self, name: str, now: Instant) -> None:
        """End a series, if there is one: what was said by now stays."""
        series = self.state.series.pop(name, None)
        said = _so_far(series, now) if series is not None else None
        if said is not None:
            _merge(self._rows, said)
            self._expire(now)

    def _expire(self, now: Instant) -> None:
        rows = self._rows
        while rows:
            oldest = next(iter(rows))
            if len(rows) <= EVENTS_KEPT_MAX and rows[oldest].last + HOUR > now:
                return
            del rows[oldest]

    def about(self, kind: str, namespace: str, name: str, now: Instant) -> list[EventRow]:
        """Return the events about one object as they stand at an instant, oldest first."""
        return [
            row
            for row in self.rows(now)
            if (row.kind, row.namespace, row.name) == (kind, namespace, name)
        ]

    def rows(self, now: Instant) -> list[EventRow]:
        """Return all events as they stand at an instant, oldest first."""
        rows = dict(self._rows)
        for series in self.state.series.values():
            said = _so_far(series, now)
            if said is not None:
                _merge(rows, said)
        return sorted(rows.values(), key=lambda row: row.last)


def _row(
    at: Instant,
    source: str,
    host: str,
    regarding: AnyObject,
    type: str,
    reason: str,
    message: str,
    count: int,
) -> EventRow:
    meta, kind = regarding.metadata, kind_of(regarding)
    return EventRow(
        kind,
        meta.namespace,
        meta.name,
        meta.uid,
        type,
        reason,
        message,
        source,
        host,
        count,
        at,
        at,
    )


def _so_far(series: Series, now: Instant) -> EventRow | None:
    count, last = series.rhythm.by(now)
    return msgspec.structs.replace(series.row, count=count, last=last) if count else None


def _key(row: EventRow) -> tuple[str, ...]:
    """Return what makes two events the same one."""
    subject = (row.kind, row.namespace, row.name, row.uid)
    return (*subject, row.reason, row.message, row.source)


def _merge(rows: Rows, new: EventRow) -> None:
    """Add an event to those that are known; the latest stands last."""
    key = _key(new)
    old = rows.pop(key, None)
    if old is not None:
        new = msgspec.structs.replace(
            new,
            count=old.count + new.count,
            first=min(old.first, new.first),
            last=max(old.last, new.last),
        )
    rows[key] = new
