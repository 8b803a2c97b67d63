"""Named, stateless, repeatable randomness.

A roll is a hash of the lab's seed, the purpose of the roll and a key. Nothing is consumed, so a
new roll somewhere shifts no other, and a lab with one node fewer stays comparable.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

from simulation.kernel.records import Record

Key = str | int
T = TypeVar("T")


class Dice(Record):
    """Rolls for one seed."""

    seed: int

    def roll(self, purpose: str, *key: Key) -> int:
        """Return 64 bits that depend on the seed, the purpose and the key alone."""
        text = "\x1f".join([str(self.seed), purpose, *map(str, key)])
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")

    def below(self, count: int, purpose: str, *key: Key) -> int:
        """Return an integer from 0 to count - 1."""
        assert count > 0, f"a roll among {count} for {purpose}"
        return self.roll(purpose, *key) % count

    def between(self, low: int, high: int, purpose: str, *key: Key) -> int:
        """Return an integer from low to high, both included."""
        return low + self.below(high - low + 1, purpose, *key)

    def chance(self, numerator: int, denominator: int, purpose: str, *key: Key) -> bool:
        """Return True in numerator of denominator cases."""
        return self.below(denominator, purpose, *key) < numerator

    def pick(self, among: Sequence[T], purpose: str, *key: Key) -> T:
        """Return one of a non-empty sequence."""
        return among[self.below(len(among), purpose, *key)]
