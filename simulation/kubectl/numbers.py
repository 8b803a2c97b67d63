"""Whole numbers as people type them in flags: ASCII digits, at most 64 bits.

Python's int() takes any digits that Unicode knows, and as many as there are; pflag does not.
"""

import re

from simulation.kubectl.errors import CommandError

DIGITS = re.compile(r"[0-9]{1,19}")
"""As many as 2⁶³-1 has."""
INTEGER = re.compile(r"[+-]?[0-9]+")
INT64_GREATEST = 2**63 - 1
LONGEST = 100
"""Zeros before a number are taken, but not without end."""


def whole_number(text: str, flag: str) -> int:
    """Return the whole number of a flag; raise CommandError as pflag does."""
    trouble = whole_trouble(text)
    if trouble:
        raise CommandError(f'error: invalid argument "{text}" for "{flag}" flag: {trouble}')
    return int(text)


def whole_trouble(text: str) -> str:
    """Return what is wrong with a whole number, as Go words it; empty if nothing is."""
    if INTEGER.fullmatch(text) is None:
        return f'strconv.ParseInt: parsing "{text}": invalid syntax'
    digits = text.lstrip("+-").lstrip("0") or "0"
    if not is_whole(digits) or len(text) > LONGEST:
        return f'strconv.ParseInt: parsing "{text}": value out of range'
    return ""


def is_whole(text: str) -> bool:
    """Tell whether a text is a number without a sign that fits into 64 bits."""
    return DIGITS.fullmatch(text) is not None and int(text) <= INT64_GREATEST
