"""Whole numbers as people type them in flags: ASCII digits, at most 64 bits.

Python's int() takes any digits that Unicode knows, and as many as there are; pflag does not.
"""

import re

from simulation.kubectl.errors import CommandError

DIGITS = re.compile(r"[0-9]{1,19}")
"""As many as 2⁶³-1 has."""
INTEGER = re.compile(r"[+-]?[0-9]+")
INT64_MAX = 2**63 - 1


def whole_number(text: str, flag: str) -> int:
    """Return the whole number of a flag; raise CommandError as pflag does."""
    problem = "invalid syntax"
    if INTEGER.fullmatch(text):
        digits = text.lstrip("+-").lstrip("0") or "0"
        number = int(digits) if DIGITS.fullmatch(digits) else INT64_MAX + 1
        if number <= INT64_MAX:
            return -number if text.startswith("-") else number
        problem = "value out of range"
    raise CommandError(
        f'error: invalid argument "{text}" for "{flag}" flag: strconv.ParseInt: parsing '
        f'"{text}": {problem}'
    )


def is_whole(text: str) -> bool:
    """Tell whether a text is a number without a sign that fits into 64 bits."""
    return DIGITS.fullmatch(text) is not None and int(text) <= INT64_MAX
