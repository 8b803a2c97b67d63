"""Whole numbers as people type them: ASCII digits, at most 64 bits.

Python's int() takes any digits that Unicode knows, and as many as there are; Go's strconv does not.
"""

import re

from simulation.kubectl.errors import CommandError

DIGITS = re.compile(r"[0-9]{1,19}")
"""As many as 2⁶³-1 has."""
INTEGER = re.compile(r"[+-]?[0-9]+")
LARGEST = 2**63 - 1
SIGNED, UNSIGNED, DECIMAL = "ParseInt", "ParseUint", "Atoi"
"""Who reads a number in Go, which its complaint names."""


def whole_number(text: str, flag: str = "", reader: str = SIGNED) -> int:
    """Return the whole number of a flag; raise CommandError as pflag does.

    flag: empty if it is a part of something longer, which kubectl takes apart itself.
    """
    problem = number_trouble(text, reader)
    if problem:
        raise CommandError(
            f'error: invalid argument "{text}" for "{flag}" flag: {problem}'
            if flag
            else f"error: {problem}"
        )
    number = int(_digits(text))
    return -number if text.startswith("-") else number


def number_trouble(text: str, reader: str = SIGNED) -> str:
    """Return what is wrong with a whole number, as strconv words it; empty if nothing is."""
    problem = ""
    if INTEGER.fullmatch(text) is None or (reader == UNSIGNED and text[0] in "+-"):
        problem = "invalid syntax"
    elif not is_whole(_digits(text)):
        problem = "value out of range"
    return f'strconv.{reader}: parsing "{text}": {problem}' if problem else ""


def is_whole(text: str) -> bool:
    """Tell whether a text is a number without a sign that fits into 64 bits."""
    return DIGITS.fullmatch(text) is not None and int(text) <= LARGEST


def _digits(text: str) -> str:
    """Return a number without its sign and its leading zeros, of which there may be thousands."""
    return text.lstrip("+-").lstrip("0") or "0"
