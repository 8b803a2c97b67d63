"""Deletes what was owned by an object that is gone: cascading deletion.

Watches everything that can be owned and everything that owns. In the background the owner goes first
and its dependents follow; in the foreground it stays until the last of them, and of theirs, is gone.
Follows pkg/controller/garbagecollector.
"""

from collections.abc import Callable, Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import Instant
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

OWNED = ("DaemonSet", "EndpointSlice", "Pod", "ReplicaSet")
OWNERS = ("DaemonSet", "Deployment", "ReplicaSet", "Service")
ORPHAN = "orphan"
FOREGROUND = "foregroundDeletion"


def _owner_gone(change: Change) -> Iterable[str]:
    if change.old is None:
        return ()
    if change.new is None:
        orphaned = ORPHAN in change.old.metadata.finalizers
        return () if orphaned else (f"{change.kind} {change.old.metadata.uid}",)
    if change.new.metadata.deletion_timestamp and change.kind != "Pod":
        return (f"{change.kind} {change.new.metadata.uid} {change.key}",)
    return ()


class GarbageCollector:
    """Follows owners into deletion."""

    name = "garbage-collector"
    watches: dict[str, Callable[[Change], Iterable[str]]] = dict.fromkeys(OWNERS, _owner_gone)

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Delete or set free the dependents of one owner."""
        kind, uid, *rest = key.split(" ")
        dependents = [obj for each in OWNED for obj in view.list(each) if _is_owned(obj, uid)]
        if rest:
            return _finalize(view.get(kind, rest[0]), dependents)
        return Outcome((tuple(_delete(obj) for obj in dependents),))


def _is_owned(obj: AnyObject, uid: str) -> bool:
    return any(owner.uid == uid for owner in obj.metadata.owner_references)


def _delete(obj: AnyObject, propagation: str = "Background") -> Write:
    because = Reason("owner-gone", {"name": obj.metadata.name})
    uid = obj.metadata.uid
    return Write("delete", obj, because, require_uid=uid, propagation=propagation)


def _finalize(owner: AnyObject | None, dependents: list[AnyObject]) -> Outcome:
    """Carry out --cascade=orphan or =foreground for an owner that waits for it."""
    if owner is None or owner.metadata.deletion_timestamp is None:
        return Outcome()
    finalizers = owner.metadata.finalizers
    replace = msgspec.structs.replace
    because = Reason("owner-finalized", {"name": owner.metadata.name})
    if ORPHAN in finalizers:
        freed = []
        for obj in dependents:
            kept = tuple(
                each for each in obj.metadata.owner_references if each.uid != owner.metadata.uid
            )
            carrier = replace(obj, metadata=replace(obj.metadata, owner_references=kept))
            freed.append(Write("patch", carrier, because, ("metadata.owner_references",)))
        return Outcome((tuple(freed), (_without(owner, ORPHAN, because),)))
    if FOREGROUND not in finalizers:
        return Outcome()
    if not dependents:
        return Outcome(((_without(owner, FOREGROUND, because),),))
    running = [obj for obj in dependents if obj.metadata.deletion_timestamp is None]
    # Whoever is waited for waits for its own dependents as well (attemptToDeleteItem).
    return Outcome((tuple(_delete(obj, "Foreground") for obj in running),), again_in=500)


def _without(owner: AnyObject, finalizer: str, because: Reason) -> Write:
    replace = msgspec.structs.replace
    kept = tuple(each for each in owner.metadata.finalizers if each != finalizer)
    carrier = replace(owner, metadata=replace(owner.metadata, finalizers=kept))
    return Write("patch", carrier, because, ("metadata.finalizers",))
