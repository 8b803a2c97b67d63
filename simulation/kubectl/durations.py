"""Durations as Go reads and prints them: 90s, 1m30s."""

import re

from simulation.kernel.units import HOUR, MINUTE, SECOND, Duration
from simulation.kubectl.errors import CommandError

LONGEST: Duration = (2**63 - 1) // 1_000_000
"""Go counts nanoseconds in 64 bits: 292 years."""
UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR}


def duration(text: str, flag: str = "--timeout") -> Duration:
    """Return the milliseconds of a duration; raise CommandError as pflag does."""
    trouble = duration_trouble(text)
    if trouble:
        raise CommandError(f'error: invalid argument "{text}" for "{flag}" flag: {trouble}')
    total = _total(_parts(text))
    return -total if text.startswith("-") else total


def duration_trouble(text: str) -> str:
    """Return what is wrong with a duration, as Go words it; empty if nothing is."""
    plain = text.removeprefix("-")
    parts = _parts(plain)
    if plain == "0" or (parts and "".join(number + unit for number, unit in parts) == plain):
        return f'time: invalid duration "{text}"' if _total(parts) > LONGEST else ""
    found = re.match(r"-?[0-9]+(?:\.[0-9]+)?([^0-9.]*)", text)
    if found is None:
        return f'time: invalid duration "{text}"'
    if found[1] in UNITS:
        return f'time: invalid duration "{text}"'
    if not found[1]:
        return f'time: missing unit in duration "{text}"'
    return f'time: unknown unit "{found[1]}" in duration "{text}"'


def _total(parts: list[tuple[str, str]]) -> Duration:
    return sum(round(float(number) * UNITS[unit]) for number, unit in parts)


def _parts(text: str) -> list[tuple[str, str]]:
    return re.findall(r"([0-9]{1,19}(?:\.[0-9]{1,19})?)(ms|h|m|s)", text)


def go_duration(given: Duration) -> str:
    """Return a duration as Go prints it: 12s, 1m30s, 1h0m0s."""
    hours, rest = divmod(given, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    seconds, left = divmod(rest, SECOND)
    if given < SECOND and left:
        return f"{left}ms"
    text = f"{seconds}{f'.{left:03d}'.rstrip('0') if left else ''}s"
    if hours or minutes:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text
