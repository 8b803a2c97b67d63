"""Names for the integers that the simulation counts in.

Time is milliseconds since the birth of the lab, never seconds and never a float, so that two
runs of the same lab agree to the millisecond.
"""

Instant = int
"""Milliseconds since the birth of the lab."""

Duration = int
"""Milliseconds."""

MilliCpu = int
"""Thousandths of a core."""

Bytes = int

MILLISECOND: Duration = 1
SECOND: Duration = 1_000
MINUTE: Duration = 60 * SECOND
HOUR: Duration = 60 * MINUTE

MIB: Bytes = 1 << 20
GIB: Bytes = 1 << 30
