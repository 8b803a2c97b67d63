"""What a lab begins with: everything that follows, follows from this and the journal."""

from simulation.kernel.records import Record

ENGINE = 7
"""Behaviour: raised when the same journal would lead to another history."""

STATE = 7
"""Schema of checkpoints: raised when an older one must be migrated."""


class Genesis(Record):
    """Seed, the scenario's own content, and the birth date."""

    seed: int
    scenario: str
    content: str
    born_at: int
    engine: int = ENGINE
    state: int = STATE
