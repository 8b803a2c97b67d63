"""The rows of a journal: every command that ever entered a lab, refused ones too."""

from typing import Any

from simulation.kernel.records import Record
from simulation.kernel.units import Instant


class JournalRow(Record):
    """One command with its instant, its actor and the id that makes it happen once."""

    seq: int
    at: Instant
    id: str
    actor: str
    command: dict[str, Any]
