"""Which dependents a controller has: it lets go of some and takes in others, by its selector.

A dependent that it controls and whose labels no longer match is released; one that nobody controls
and whose labels match is adopted. Both are patches of the dependent's ownerReferences, which hold
only for the version that was looked at: two controllers never adopt the same one. Nobody searches
for orphans: they are filed by namespace, and controllers by a label that their selector asks for.
Follows pkg/controller/controller_ref_manager.go.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kube.indexes import Index, label_values, orphans_of, owner_uid
from simulation.kube.objects.kinds import key_of, kind_of
from simulation.kube.objects.meta import OwnerReference
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.workload import DaemonSet, Deployment, ReplicaSet
from simulation.kube.rules.pods import matches
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace

ORPHAN = "orphan "
"""Begins a key that stands for a dependent without a controller: somebody may want it."""

FIELDS = ("metadata.owner_references",)

ADOPTS = {
    "DaemonSet": "daemonset-adopts",
    "Deployment": "deployment-adopts",
    "ReplicaSet": "replicaset-adopts",
}
RELEASES = {
    "DaemonSet": "daemonset-releases",
    "Deployment": "deployment-releases",
    "ReplicaSet": "replicaset-releases",
}

Owner = Deployment | ReplicaSet | DaemonSet
Dependent = Pod | ReplicaSet
C = TypeVar("C", bound=Owner)
"""One kind of controller."""
D = TypeVar("D", bound=Dependent)
"""One kind of dependent."""


def concerned(kind: str) -> Callable[[Change], Iterable[str]]:
    """Return whose business a changed dependent is: its owners of a kind, or whoever wants it."""

    def keys(change: Change) -> Iterable[str]:
        for obj in (change.new, change.old):
            for owner in obj.metadata.owner_references if obj is not None else ():
                if owner.controller and owner.kind == kind:
                    yield f"{change.either.metadata.namespace}/{owner.name}"
        if _became_free(change):
            yield ORPHAN + change.key

    return keys


def _became_free(change: Change) -> bool:
    old, new = change.old, change.new
    if new is None or owner_uid(new) or new.metadata.deletion_timestamp is not None:
        return False
    return old is None or bool(owner_uid(old)) or old.metadata.labels != new.metadata.labels


def wanted_by(key: str, view: View, dependent: type[D], index: Index[C]) -> tuple[str, ...]:
    """Return the keys of the controllers whose selectors match the orphan that a key stands for."""
    orphan = view.get(dependent, key.removeprefix(ORPHAN))
    if orphan is None or owner_uid(orphan):
        return ()
    labels = orphan.metadata.labels
    found = [each for value in label_values(orphan) for each in view.by(index, value)]
    return tuple(key_of(each) for each in found if matches(each.spec.selector, labels))


def claimed(
    owner: Owner, view: View, index: Index[D], may: Callable[[D], bool] = lambda each: True
) -> tuple[list[D], tuple[Write, ...]]:
    """Return what a controller has from now on, and the patches that release and adopt.

    `may` tells which dependents are released or adopted at all; others keep what they have.
    """
    owned = view.by(index, owner.metadata.uid)
    orphans = view.by(index, orphans_of(owner.metadata.namespace))
    selector = owner.spec.selector
    kept: list[D] = []
    lost: list[D] = []
    for each in owned:
        is_meant = matches(selector, each.metadata.labels)
        (kept if is_meant else lost).append(each)
    won: list[D] = [
        each
        for each in orphans
        if matches(selector, each.metadata.labels)
        and each.metadata.deletion_timestamp is None
        and may(each)
    ]
    if not lost and not won:
        return kept, ()
    writes = (
        *(_released(owner, each) for each in lost if may(each)),
        *(_adopted(owner, each) for each in won),
    )
    return sorted([*kept, *won], key=key_of), writes


def _released(owner: Owner, obj: Dependent) -> Write:
    rest = (each for each in obj.metadata.owner_references if each.uid != owner.metadata.uid)
    return _patched(owner, obj, RELEASES, tuple(rest))


def _adopted(owner: Owner, obj: Dependent) -> Write:
    rest = (each for each in obj.metadata.owner_references if each.uid != owner.metadata.uid)
    return _patched(owner, obj, ADOPTS, (*rest, controller_reference(owner)))


def controller_reference(owner: Owner) -> OwnerReference:
    """Return what a dependent says of the object that controls it."""
    return OwnerReference(
        "apps/v1", kind_of(owner), owner.metadata.name, owner.metadata.uid, True, True
    )


def _patched(
    owner: Owner,
    obj: Dependent,
    keys: dict[str, str],
    references: tuple[OwnerReference, ...],
) -> Write:
    meta = obj.metadata
    because = Reason(keys[kind_of(owner)], {"owner": owner.metadata.name, "name": meta.name})
    carrier = replace(obj, metadata=replace(meta, owner_references=references))
    return Write(
        "patch",
        carrier,
        because,
        FIELDS,
        require_uid=meta.uid,
        require_version=meta.resource_version,
    )
