"""How kubectl prints ages: k8s.io/apimachinery/pkg/util/duration, all floors."""

from simulation.kernel.units import SECOND, Duration, Instant

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
YEAR_S = 365 * DAY_S


def human_duration(seconds: int) -> str:
    """Return the AGE text for whole seconds; further in the future than a second is invalid."""
    if seconds < -1:
        return "<invalid>"
    seconds = max(seconds, 0)
    for bound, unit, names in (
        (2 * MINUTE_S, 1, "s"),
        (10 * MINUTE_S, MINUTE_S, "ms"),
        (3 * HOUR_S, MINUTE_S, "m"),
        (8 * HOUR_S, HOUR_S, "hm"),
        (2 * DAY_S, HOUR_S, "h"),
        (8 * DAY_S, DAY_S, "dh"),
        (2 * YEAR_S, DAY_S, "d"),
        (8 * YEAR_S, YEAR_S, "yd"),
    ):
        if seconds < bound:
            return _parts(seconds, unit, names)
    return f"{seconds // YEAR_S}y"


_UNITS = {"s": 1, "m": MINUTE_S, "h": HOUR_S, "d": DAY_S, "y": YEAR_S}


def _parts(seconds: int, unit: int, names: str) -> str:
    whole, rest = divmod(seconds, unit)
    if len(names) == 1:
        return f"{whole}{names}"
    part = rest // _UNITS[names[1]]
    return f"{whole}{names[0]}{part}{names[1]}" if part else f"{whole}{names[0]}"


def short_human_duration(seconds: int) -> str:
    """Return the shorter form with one unit only."""
    if seconds < -1:
        return "<invalid>"
    if seconds < 0:
        return "0s"
    for bound, unit, name in (
        (MINUTE_S, 1, "s"),
        (HOUR_S, MINUTE_S, "m"),
        (DAY_S, HOUR_S, "h"),
        (YEAR_S, DAY_S, "d"),
    ):
        if seconds < bound:
            return f"{seconds // unit}{name}"
    return f"{seconds // YEAR_S}y"


def age(created: Instant | None, now: Instant) -> str:
    """Return the AGE cell of something that began at an instant."""
    if created is None:
        return "<unknown>"
    return human_duration(whole_seconds(now - created))


def whole_seconds(duration: Duration) -> int:
    """Return the seconds of a duration without their fraction, as Go's conversion cuts it off."""
    return duration // SECOND if duration >= 0 else -(-duration // SECOND)
