"""How long something that keeps failing must wait, as client-go's Backoff counts it.

The first failure costs nothing; every later one doubles the wait, up to a limit. What happened
more than twice the limit ago is forgotten. A kubelet counts the ends of containers so (doBackOff),
the DaemonSet controller failed pods. Follows client-go util/flowcontrol/backoff.go.
"""

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Duration, Instant


class Backoff(Record):
    """The first wait and the longest."""

    first: Duration = 10 * SECOND
    limit: Duration = 300 * SECOND


class Failures(Record):
    """What is remembered of a thing that keeps failing: its wait, and since when it stands."""

    wait: Duration = 0
    counted_at: Instant = 0


FORGOTTEN_AFTER = 2
"""Times the limit: an entry that old begins anew."""


def configured(reduced: bool = False, limit: Duration | None = None) -> Backoff:
    """Return the kubelet's back-off: by default, with ReduceDefaultCrashLoopBackOffDecay, and
    with crashLoopBackOff.maxContainerRestartPeriod, which always wins."""
    default = Backoff(SECOND, 60 * SECOND) if reduced else Backoff()
    if limit is None:
        return default
    return Backoff(min(default.first, limit), limit)


def is_forgotten(backoff: Backoff, failures: Failures, event: Instant) -> bool:
    """Tell whether the last failure was so long before an event that it does not count."""
    age = event - failures.counted_at
    return failures.wait == 0 or age > FORGOTTEN_AFTER * backoff.limit


def wait_after(backoff: Backoff, failures: Failures, event: Instant) -> Duration:
    """Return how long after an event nothing may be tried."""
    return 0 if is_forgotten(backoff, failures, event) else failures.wait


def counted(backoff: Backoff, failures: Failures, event: Instant, now: Instant) -> Failures:
    """Return what is remembered once a failure at an event has been counted now."""
    if is_forgotten(backoff, failures, event):
        return Failures(backoff.first, now)
    return Failures(min(2 * failures.wait, backoff.limit), now)
