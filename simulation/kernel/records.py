"""The two kinds of structure that the engine is built from.

A Record is a value: frozen, compared by content, safe to share. A State is what lives and
changes and must survive in a checkpoint. Both hold plain data only (numbers, texts, tuples,
lists, dicts, other Records and States) and are kept acyclic, so the garbage collector need not
look at them and any of them can be encoded.
"""

from typing import dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Record(msgspec.Struct, frozen=True, gc=False):
    """A value that never changes."""


class State(msgspec.Struct):
    """What a part of the simulation remembers, and nothing that could be derived from it."""
