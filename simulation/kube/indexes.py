"""Pods by node, by owner and so on: functions of an object, kept by the store.

An index is derived: it can be rebuilt from the objects alone, and a law holds it to that.
"""

from collections.abc import Callable

from simulation.kube.objects.kinds import AnyObject


def owner_uid(obj: AnyObject) -> str:
    """Return the uid of the controlling owner, or an empty text."""
    for owner in obj.metadata.owner_references:
        if owner.controller:
            return owner.uid
    return ""


def service_of_slice(obj: AnyObject) -> str:
    """Return "namespace/service" of an EndpointSlice."""
    name = obj.metadata.labels.get("kubernetes.io/service-name", "")
    return f"{obj.metadata.namespace}/{name}"


INDEXES: dict[str, tuple[str, Callable[[AnyObject], str]]] = {
    "pod/node": ("Pod", lambda pod: pod.spec.node_name or ""),
    "pod/owner": ("Pod", owner_uid),
    "pod/namespace": ("Pod", lambda pod: pod.metadata.namespace),
    "replicaset/owner": ("ReplicaSet", owner_uid),
    "slice/service": ("EndpointSlice", service_of_slice),
}
"""Index name to (kind, value of an object)."""

BY_KIND: dict[str, tuple[str, ...]] = {
    kind: tuple(name for name, (of, _) in INDEXES.items() if of == kind)
    for kind in sorted({kind for kind, _ in INDEXES.values()})
}


class Indexes:
    """All indexes over the objects of a store."""

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, dict[str, None]]] = {name: {} for name in INDEXES}

    def update(self, kind: str, key: str, old: AnyObject | None, new: AnyObject | None) -> None:
        """Follow one change of one object."""
        for name in BY_KIND.get(kind, ()):
            value_of = INDEXES[name][1]
            before = value_of(old) if old is not None else None
            after = value_of(new) if new is not None else None
            if before == after:
                continue
            buckets = self._keys[name]
            if before is not None:
                bucket = buckets[before]
                del bucket[key]
                if not bucket:
                    del buckets[before]
            if after is not None:
                buckets.setdefault(after, {})[key] = None

    def keys(self, name: str, value: str) -> list[str]:
        """Return the keys of the objects with that value, sorted."""
        return sorted(self._keys[name].get(value, ()))

    def as_plain(self) -> dict[str, dict[str, list[str]]]:
        """Return the contents in a comparable form, for the law that they equal a rebuild."""
        return {
            name: {value: sorted(keys) for value, keys in sorted(buckets.items())}
            for name, buckets in self._keys.items()
        }
