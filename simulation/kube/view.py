"""Knowledge: belief as of the moment that a reader has seen.

A view overlays the newest objects with what the reader has not heard of yet, taken from the ring
of changes. A reader lags by milliseconds, so the overlay is small; one that is cut off for long
keeps tables of its own and does not read views at all.
"""

from simulation.kube.indexes import INDEXES
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.store import Items, Objects, Store


class View:
    """Reads a store as of a resourceVersion."""

    __slots__ = ("_overlay", "_store", "version")

    def __init__(self, store: Store, seen: int | None = None) -> None:
        self._store = store
        self.version = store.version if seen is None else seen
        self._overlay: dict[str, dict[str, AnyObject | None]] = {}
        for change in store.changes_since(self.version) or ():
            self._overlay.setdefault(change.kind, {}).setdefault(change.key, change.old)

    def get(self, kind: str, key: str) -> AnyObject | None:
        """Return the object as the reader knows it, or None."""
        overlay = self._overlay.get(kind)
        if overlay is not None and key in overlay:
            return overlay[key]
        return self._store.get(kind, key)

    def list(self, kind: str) -> Objects:
        """Return all objects of a kind, sorted by key."""
        return [obj for _, obj in self.items(kind)]

    def items(self, kind: str) -> Items:
        """Return (key, object) of a kind, sorted by key."""
        overlay = self._overlay.get(kind, {})
        keys = sorted({*self._store.keys(kind), *overlay}) if overlay else self._store.keys(kind)
        found = ((key, self.get(kind, key)) for key in keys)
        return [(key, obj) for key, obj in found if obj is not None]

    def by(self, index: str, value: str) -> Objects:
        """Return the objects that an index files under a value, sorted by key."""
        kind, value_of = INDEXES[index]
        overlay = self._overlay.get(kind)
        found = self._store.by(index, value)
        if overlay:
            found = [(key, obj) for key, obj in found if key not in overlay]
            found += [
                (key, obj)
                for key, obj in overlay.items()
                if obj is not None and value_of(obj) == value
            ]
            found.sort(key=lambda item: item[0])
        return [obj for _, obj in found]
