"""Belief: what the cluster has been told and has committed.

One dict a kind. Every committed change gets the next resourceVersion and is kept for a while in a
ring that serves watches. The store knows no consensus: it is handed writes whose log entry has
been committed, in log order, and judges them: a conflict is decided here and nowhere else.
"""

from collections import deque
from hashlib import blake2b
from typing import Any, overload

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record, State
from simulation.kernel.units import Instant
from simulation.kube.indexes import INDEXES, Index, Indexes, K
from simulation.kube.limits import CHANGES_KEPT_MAX, TOMBSTONES_MAX
from simulation.kube.objects.kinds import AnyObject

Objects = list[AnyObject]
Keys = list[str]
Items = list[tuple[str, AnyObject]]
Listed = list[K]
Pairs = list[tuple[str, K]]


class Change(Record):
    """One object before and after one committed write."""

    version: int
    at: Instant
    kind: str
    key: str
    old: AnyObject | None
    new: AnyObject | None
    by: str
    because: Reason
    causes: tuple[int, ...] = ()
    id: int = 0
    """Its number in the ledger."""

    @property
    def either(self) -> AnyObject:
        """The object as it is now, or as it was last if it is gone."""
        found = self.new if self.new is not None else self.old
        assert found is not None, "a change is of something"
        return found


def name_of(kind: Any) -> str:
    """Return the name of a kind that is given by its class or by its name."""
    return kind if kind.__class__ is str else kind.__name__


class Tombstone(Record):
    """What is remembered of a deleted name."""

    deleted_at: Instant
    incarnations: int


Changes = list[Change]


class StoreState(State):
    """What a checkpoint keeps of the store."""

    version: int = 0
    objects: dict[str, dict[str, AnyObject]] = {}
    tombstones: dict[str, Tombstone] = {}
    children: dict[str, int] = {}
    """How many names were generated for a parent: the n of its n-th child."""
    changes: list[Change] = []


class Store:
    """Objects by kind and key, with their indexes and their latest changes."""

    def __init__(self, state: StoreState | None = None) -> None:
        self.state = state or StoreState()
        self.indexes = Indexes()
        self._changes: deque[Change] = deque(self.state.changes, maxlen=CHANGES_KEPT_MAX)
        self._sum = 0
        for kind in sorted(self.state.objects):
            for key, obj in sorted(self.state.objects[kind].items()):
                self.indexes.update(kind, key, None, obj)
                self._sum ^= fingerprint(kind, key, obj)

    @property
    def version(self) -> int:
        """The resourceVersion of the latest change."""
        return self.state.version

    @overload
    def get(self, kind: type[K], key: str) -> K | None: ...
    @overload
    def get(self, kind: str, key: str) -> AnyObject | None: ...
    def get(self, kind: Any, key: str) -> Any:
        """Return the newest object, or None."""
        return self.state.objects.get(name_of(kind), {}).get(key)

    @overload
    def list(self, kind: type[K]) -> Listed[K]: ...
    @overload
    def list(self, kind: str) -> Objects: ...
    def list(self, kind: Any) -> Any:
        """Return all objects of a kind, sorted by key."""
        objects = self.state.objects.get(name_of(kind), {})
        return [objects[key] for key in sorted(objects)]

    def keys(self, kind: type[AnyObject] | str) -> Keys:
        """Return the keys of a kind, sorted."""
        return sorted(self.state.objects.get(name_of(kind), {}))

    @overload
    def by(self, index: Index[K], value: str) -> Pairs[K]: ...
    @overload
    def by(self, index: str, value: str) -> Items: ...
    def by(self, index: Any, value: str) -> Any:
        """Return (key, object) of the objects that an index files under a value."""
        found = INDEXES[index] if isinstance(index, str) else index
        objects = self.state.objects.get(found.kind, {})
        return [(key, objects[key]) for key in self.indexes.keys(found.name, value)]

    def put(
        self,
        kind: str,
        key: str,
        new: AnyObject | None,
        at: Instant,
        by: str,
        because: Reason,
        causes: tuple[int, ...] = (),
        id: int = 0,
    ) -> Change:
        """Commit one object (None removes it) under the next resourceVersion."""
        old = self.get(kind, key)
        assert old is not None or new is not None, f"{kind} {key} is neither there nor new"
        self.state.version += 1
        if new is not None:
            meta = msgspec.structs.replace(new.metadata, resource_version=self.state.version)
            new = msgspec.structs.replace(new, metadata=meta)
            self.state.objects.setdefault(kind, {})[key] = new
            self._sum ^= fingerprint(kind, key, new)
        else:
            del self.state.objects[kind][key]
            self._bury(kind, key, at)
        if old is not None:
            self._sum ^= fingerprint(kind, key, old)
            if new is None:
                self.state.children.pop(old.metadata.uid, None)
        self.indexes.update(kind, key, old, new)
        change = Change(self.state.version, at, kind, key, old, new, by, because, causes, id)
        self._changes.append(change)
        return change

    def _bury(self, kind: str, key: str, at: Instant) -> None:
        name = f"{kind} {key}"
        earlier = self.state.tombstones.pop(name, None)
        count = earlier.incarnations + 1 if earlier else 1
        self.state.tombstones[name] = Tombstone(at, count)
        if len(self.state.tombstones) > TOMBSTONES_MAX:
            del self.state.tombstones[next(iter(self.state.tombstones))]

    def incarnation(self, kind: str, key: str) -> int:
        """Return how often this name was deleted before."""
        tombstone = self.state.tombstones.get(f"{kind} {key}")
        return tombstone.incarnations if tombstone else 0

    def deleted_at(self, kind: str, key: str) -> Instant | None:
        """Return when this name was last deleted, if that is remembered."""
        tombstone = self.state.tombstones.get(f"{kind} {key}")
        return tombstone.deleted_at if tombstone else None

    def next_child(self, parent: str) -> int:
        """Return the running number of a parent's next generated name."""
        number = self.state.children.get(parent, 0)
        self.state.children[parent] = number + 1
        return number

    def changes_since(self, version: int) -> Changes | None:
        """Return the changes after a version, oldest first; None if they are forgotten (410)."""
        if version >= self.version:
            return []
        if not self._changes or self._changes[0].version > version + 1:
            return None
        count = self.version - version
        return [self._changes[i] for i in range(len(self._changes) - count, len(self._changes))]

    def keep_changes_since(self, version: int) -> None:
        """Put into the checkpointed state the changes that a lagging reader still needs."""
        self.state.changes = self.changes_since(version) or []

    def digest(self) -> int:
        """Return a sum over all objects that does not depend on the order of writes."""
        return self._sum


_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


def fingerprint(kind: str, key: str, obj: AnyObject) -> int:
    """Return 64 bits that identify an object's content."""
    content = _ENCODER.encode((kind, key, obj))
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big")
