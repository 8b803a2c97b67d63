"""Kubernetes' resource.Quantity: texts such as 250m and 128Mi to integers and back.

Follows k8s.io/apimachinery/pkg/api/resource: decimal and binary suffixes, exponents, and the
canonical form that keeps the binary suffix for amounts that were written with one. As there, amounts
beyond 64 bits are capped, not refused: with a binary suffix as soon as they are read, with another one
where they are counted with (ParseQuantity, Value).
"""

import re
from decimal import Decimal

from simulation.kube.limits import NUMBER_CHARACTERS_MAX, QUANTITY_MAX

PATTERN = re.compile(r"([+-]?[0-9.]+)([eE][+-]?[0-9]+|[numkMGTPE]i?|Ki|Mi|Gi|Ti|Pi|Ei)?")
DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}

SUFFIXES = {power: suffix for suffix, power in DECIMAL.items()}


def parse(text: str | int | float) -> Decimal:
    """Return the value of a quantity, exact up to the cap; raise ValueError if it is none."""
    found = PATTERN.fullmatch(str(text))
    if found is None or found[1].count(".") > 1 or not any(map(str.isdigit, found[1])):
        raise ValueError(
            f'unable to parse quantity "{text}": quantities must match the regular expression '
            "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        )
    number, suffix = Decimal(found[1]), found[2] or ""
    if suffix in BINARY:
        return _capped(number * (1 << BINARY[suffix]))
    if suffix in DECIMAL:
        value = number.scaleb(DECIMAL[suffix])
    elif suffix[:1] in "eE":
        value = number.scaleb(int(suffix[1:]))
    else:
        raise ValueError(f'unable to parse quantity "{text}"')
    return _capped(value) if value.adjusted() > NUMBER_CHARACTERS_MAX else value


def _capped(value: Decimal) -> Decimal:
    return max(-MOST, min(MOST, value))


MOST = Decimal(QUANTITY_MAX)


def rounded_up(value: Decimal) -> int:
    """Return the next whole number: a quantity never promises less than it says."""
    whole = int(value)
    return whole + (value > whole)


def milli(text: str | int | float) -> int:
    """Return a quantity in thousandths."""
    return rounded_up(_capped(parse(text) * 1000))


def whole(text: str | int | float) -> int:
    """Return a quantity in whole units."""
    return rounded_up(_capped(parse(text)))


def print_milli(value: int) -> str:
    """Print thousandths: 250m, 2."""
    return print_decimal(value // 1000) if value % 1000 == 0 else f"{value}m"


def print_bytes(value: int) -> str:
    """Print bytes with the largest binary suffix that is exact."""
    if value < 1024:
        return print_decimal(value)
    for suffix in reversed(BINARY):
        size = 1 << BINARY[suffix]
        if value and value % size == 0:
            return f"{value // size}{suffix}"
    return str(value)


def print_decimal(value: int) -> str:
    """Print a whole number with the largest decimal suffix that is exact."""
    for suffix in ("E", "P", "T", "G", "M", "k"):
        size = 10 ** DECIMAL[suffix]
        if value and value % size == 0:
            return f"{value // size}{suffix}"
    return str(value)


def canonical(text: str | int | float) -> str:
    """Return a quantity as Kubernetes gives it back: in the family of suffixes it was written in.

    1024Mi becomes 1Gi and 0.5 becomes 500m, but 1000Mi, 512M and 128e6 stay; raise ValueError if
    the text is no quantity.
    """
    value = parse(text)
    found = PATTERN.fullmatch(str(text))
    suffix = (found[2] if found else "") or ""
    if suffix in BINARY and abs(value) >= 1024 and value == int(value):
        return f"{'-' if value < 0 else ''}{print_bytes(abs(int(value)))}"
    nanos = rounded_up(abs(value).scaleb(9))
    exponent = -9
    while nanos and nanos % 1000 == 0 and exponent < 18:
        nanos, exponent = nanos // 1000, exponent + 3
    sign = "-" if value < 0 and nanos else ""
    if not nanos:
        return "0"
    if suffix[:1] in ("e", "E") and suffix[1:]:
        return f"{sign}{nanos}e{exponent}" if exponent else f"{sign}{nanos}"
    return f"{sign}{nanos}{SUFFIXES[exponent]}"
