"""How the requests of one route fare: rates in, rates out, no time passes.

Everything is in thousandths of a request a second. nginx asks the endpoints in turn; an endpoint
on a dead machine costs a connect timeout and the next one is tried, three tries at most; cables that
are slow make answers late; a client gives up after three seconds. What comes out always adds up to
what went in.
"""

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Duration

MilliRate = int

CONNECT_TIMEOUT: Duration = SECOND
"""proxy-connect-timeout of the lab's ingress controller (the default would be 5 s)."""

TRIES_MAX = 3
"""proxy-next-upstream-tries."""

SLOW_FROM: Duration = SECOND
"""An answer that comes this late is counted as slow: as late as after one connect timeout."""

GIVES_UP_AFTER: Duration = 3 * SECOND
"""How long the lab's users wait."""

ROUND_TRIPS = 2
"""One to open the connection, one for the request and its answer."""

BUSY_PERCENT = 90
"""Above this much of its capacity a pod answers noticeably later."""

ANSWERS = "answers"
SILENT = "silent"
REFUSES = "refuses"


class Target(Record):
    """An endpoint as a request finds it in reality."""

    pod: str
    state: str
    """answers, silent (its machine is off or cut off) or refuses (no process listens)."""
    capacity: MilliRate = 0
    late_ms: Duration = 0
    """How much later its answers come because of the cables on the way."""


class Rates(Record):
    """How the requests of a route fare."""

    ok: MilliRate = 0
    slow: MilliRate = 0
    failed: dict[str, MilliRate] = {}
    latency_ms: int = 0
    pods: tuple[tuple[str, MilliRate], ...] = ()

    def total(self) -> MilliRate:
        """Return the sum of all."""
        return self.ok + self.slow + sum(self.failed.values())


def solve(rate: MilliRate, targets: list[Target]) -> Rates:
    """Return how a rate of requests fares with these endpoints."""
    if rate == 0:
        return Rates()
    if not targets:
        return Rates(failed={"no-endpoints": rate}, latency_ms=2)
    count = len(targets)
    silent = sum(target.state == SILENT for target in targets)
    answering = [target for target in targets if target.state == ANSWERS]
    if not answering:
        cause = "connect-timeout" if silent else "refused"
        return Rates(failed={cause: rate}, latency_ms=CONNECT_TIMEOUT if silent else 3)
    at_once, late = _shares(rate, count, silent, len(answering))
    gave_up = rate - at_once - late
    shares = _spread(at_once + late, answering)
    overflow = sum(share - served for _, share, served in shares)
    ok_cut = overflow * at_once // max(at_once + late, 1)
    ok, slow, lost = _waiting(at_once - ok_cut, late - (overflow - ok_cut), shares)
    failed = {}
    if gave_up + lost:
        failed["gave-up"] = gave_up + lost
    if overflow:
        failed["overloaded"] = overflow
    pods = tuple((target.pod, served) for target, _, served in shares)
    latency = _latency(shares) + max(target.late_ms for target in answering)
    return Rates(ok, slow, failed, min(latency, GIVES_UP_AFTER), pods)


Share = tuple[Target, MilliRate, MilliRate]
"""(endpoint, its share, what it can serve of it)"""


def _waiting(
    ok: MilliRate, slow: MilliRate, shares: list[Share]
) -> tuple[MilliRate, MilliRate, MilliRate]:
    """Return (at once, slow, given up) when answers of some endpoints come late."""
    total = ok + slow
    gone = sum(served for target, _, served in shares if target.late_ms >= GIVES_UP_AFTER)
    late = sum(served for target, _, served in shares if target.late_ms >= SLOW_FROM) - gone
    if not total or not gone + late:
        return ok, slow, 0
    ok_gone = gone * ok // total
    ok, slow = ok - ok_gone, slow - (gone - ok_gone)
    moved = late * ok // (total - gone) if total > gone else 0
    return ok - moved, slow + moved, gone


def _shares(rate: MilliRate, count: int, silent: int, answering: int) -> tuple[int, int]:
    """Return how much is answered at once, and how much after a connect timeout or two.

    The tries of a request go to different endpoints, so of `count` endpoints the chance that the
    first k are silent falls like silent/count · (silent-1)/(count-1) · …; those that refuse cost
    nothing and are skipped.
    """
    alive = silent + answering
    first_silent = rate * silent // alive
    at_once = rate - first_silent
    waiting, lost = first_silent, silent - 1
    late = 0
    for _ in range(TRIES_MAX - 1):
        alive_left = lost + answering
        still = waiting * lost // alive_left if alive_left else 0
        late += waiting - still
        waiting, lost = still, max(lost - 1, 0)
    return at_once, late


def _spread(rate: MilliRate, answering: list[Target]) -> list[Share]:
    """Return each endpoint's share, the remainder going round."""
    count = len(answering)
    shares = []
    for number, target in enumerate(answering):
        share = rate // count + (number < rate % count)
        served = min(share, target.capacity) if target.capacity else share
        shares.append((target, share, served))
    return shares


def _latency(shares: list[Share]) -> Duration:
    """Return the typical milliseconds of an answer: flat, then steep near the capacity."""
    worst = 0
    for target, share, _ in shares:
        percent = share * 100 // target.capacity if target.capacity else 0
        worst = max(worst, percent)
    if worst <= BUSY_PERCENT:
        return 8 + worst // 10
    return min(17 + (worst - BUSY_PERCENT) * 40, 900)
