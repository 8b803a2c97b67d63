"""Knowledge: belief as of the moment that a reader has seen.

A view overlays the newest objects with what the reader has not heard of yet, taken from the ring
of changes. A reader lags by milliseconds, so the overlay is small; one that is cut off for long
keeps tables of its own and does not read views at all.
"""

from typing import Any, overload

from simulation.kube.indexes import INDEXES, Index, K
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.store import Items, Listed, Objects, Pairs, Store, name_of


class View:
    """Reads a store as of a resourceVersion."""

    __slots__ = ("_filed", "_overlay", "_store", "version")

    def __init__(self, store: Store, seen: int | None = None) -> None:
        self._store = store
        self.version = store.version if seen is None else seen
        self._overlay: dict[str, dict[str, AnyObject | None]] = {}
        self._filed: dict[str, dict[str, Items]] = {}
        """The overlay by the indexes that were asked for: one pass, however many values are asked."""
        for change in store.changes_since(self.version) or ():
            self._overlay.setdefault(change.kind, {}).setdefault(change.key, change.old)

    @overload
    def get(self, kind: type[K], key: str) -> K | None: ...
    @overload
    def get(self, kind: str, key: str) -> AnyObject | None: ...
    def get(self, kind: Any, key: str) -> Any:
        """Return the object as the reader knows it, or None."""
        overlay = self._overlay.get(name_of(kind))
        if overlay is not None and key in overlay:
            return overlay[key]
        return self._store.get(kind, key)

    @overload
    def list(self, kind: type[K]) -> Listed[K]: ...
    @overload
    def list(self, kind: str) -> Objects: ...
    def list(self, kind: Any) -> Any:
        """Return all objects of a kind, sorted by key."""
        return [obj for _, obj in self.items(kind)]

    @overload
    def items(self, kind: type[K]) -> Pairs[K]: ...
    @overload
    def items(self, kind: str) -> Items: ...
    def items(self, kind: Any) -> Any:
        """Return (key, object) of a kind, sorted by key."""
        overlay = self._overlay.get(name_of(kind), {})
        keys = sorted({*self._store.keys(kind), *overlay}) if overlay else self._store.keys(kind)
        found = ((key, self.get(kind, key)) for key in keys)
        return [(key, obj) for key, obj in found if obj is not None]

    @overload
    def by(self, index: Index[K], value: str) -> Listed[K]: ...
    @overload
    def by(self, index: str, value: str) -> Objects: ...
    def by(self, index: Any, value: str) -> Any:
        """Return the objects that an index files under a value, sorted by key."""
        filed = INDEXES[index] if isinstance(index, str) else index
        overlay = self._overlay.get(filed.kind)
        found = self._store.by(filed, value)
        if overlay:
            found = [(key, obj) for key, obj in found if key not in overlay]
            found += self._overlay_by(filed).get(value, ())
            found.sort(key=lambda item: item[0])
        return [obj for _, obj in found]

    def _overlay_by(self, index: Index) -> dict[str, Items]:
        """Return what the reader still knows of an index's kind, by the index's values."""
        if index.name not in self._filed:
            filed: dict[str, Items] = {}
            for key, obj in self._overlay[index.kind].items():
                if obj is not None:
                    filed.setdefault(index.value_of(obj), []).append((key, obj))
            self._filed[index.name] = filed
        return self._filed[index.name]
