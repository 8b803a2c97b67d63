"""Judging one committed write: admission, conflicts, what the API server fills in.

Runs when a log entry is applied, in log order, so that every member would decide the same. What
comes out is a change of the store or a refusal in Kubernetes' own words.
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND
from simulation.kube import quota
from simulation.kube.kubelet.status import qos_class
from simulation.kube.limits import SECONDS_MAX
from simulation.kube.objects.config import Namespace, NamespaceStatus
from simulation.kube.objects.kinds import KINDS, AnyObject, key_of, kind_of
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.policy import PodDisruptionBudget
from simulation.kube.objects.service import Service
from simulation.kube.rules import names, service_addresses
from simulation.kube.rules.admitting import fill_in, unknown_account, unknown_class
from simulation.kube.rules.disruption import governs, judge_eviction
from simulation.kube.rules.pods import set_condition
from simulation.kube.store import Change
from simulation.kube.writes import (
    Committed,
    Refused,
    Result,
    Write,
    already_exists,
    conflict,
    get_path,
    invalid,
    not_found,
    set_path,
)

if TYPE_CHECKING:
    from simulation.kube.world import World

replace = msgspec.structs.replace

IMMORTAL = ("default", "kube-public", "kube-system")
"""The admission plugin NamespaceLifecycle keeps these."""


def commit(world: "World", write: Write, by: str, causes: tuple[int, ...]) -> Result:
    """Judge a write against what is believed now and carry it out."""
    return VERBS[write.verb](world, write, by, causes)


def resource_of(obj: AnyObject) -> str:
    """Return the plural that error messages name, with its group: "deployments.apps"."""
    info = KINDS.get(kind_of(obj))
    if info is None:
        return kind_of(obj).lower() + "s"
    return f"{info.plural}.{info.group}" if info.group else info.plural


def _put(
    world: "World",
    key: str,
    kind: str,
    new: AnyObject | None,
    by: str,
    because: Reason,
    causes: tuple[int, ...],
) -> Change:
    number = world.ledger.add(world.now, because, f"{kind}/{key}", causes, by)
    change = world.store.put(kind, key, new, world.now, by, because, causes, number)
    world.committed(change)
    return change


def refused_by_namespace(world: "World", obj: AnyObject) -> Refused | None:
    """Do as the admission plugin NamespaceLifecycle, which runs before anything is validated."""
    info, meta = KINDS.get(kind_of(obj)), obj.metadata
    if info is None or not info.namespaced:
        return None
    namespace = world.store.get(Namespace, meta.namespace)
    if namespace is None:
        return not_found("namespaces", meta.namespace)
    if namespace.metadata.deletion_timestamp is None:
        return None
    return Refused(
        403,
        "Forbidden",
        f'{resource_of(obj)} "{meta.name}" is forbidden: unable to create new content in '
        f"namespace {meta.namespace} because it is being terminated",
    )


def _create(world: "World", write: Write, by: str, causes: tuple[int, ...]) -> Result:
    obj = write.object
    kind = kind_of(obj)
    meta = obj.metadata
    name = meta.name
    if not name:
        refused = refused_by_namespace(world, obj)
        if refused is not None:
            return refused
        parent = next((o.uid for o in meta.owner_references if o.controller), "")
        parent = parent or f"{kind} {meta.namespace}/{meta.generate_name}"
        count = world.store.next_child(parent)
        name = meta.generate_name + names.suffix(world.dice, parent, count)
    made = tried(world, replace(obj, metadata=replace(meta, name=name)))
    if isinstance(made, Refused):
        return made
    change = _put(world, key_of(made), kind, made, by, write.because, causes)
    assert change.new is not None
    return Committed(change.version, change.new, change.id)


def tried(world: "World", obj: AnyObject) -> AnyObject | Refused:
    """Return what would be stored if an object with a name were created now, or why it is refused."""
    refused = refused_by_namespace(world, obj)
    if refused is not None:
        return refused
    kind, meta, name = kind_of(obj), obj.metadata, obj.metadata.name
    key = key_of(obj)
    # Addresses are allocated before the name is looked for: a second Service is told of its address.
    refused = _unallocatable(world, obj)
    if refused is not None:
        return refused
    if world.store.get(kind, key) is not None:
        return already_exists(resource_of(obj), name)
    refused = quota.refusal(world, obj, kind)
    if refused is not None:
        return refused
    forbidden = unknown_account(obj, world.store) or unknown_class(obj, world.store)
    if forbidden:
        return Refused(403, "Forbidden", forbidden)
    incarnation = world.store.incarnation(kind, key)
    meta = replace(
        obj.metadata,
        uid=names.uid(world.dice, kind, meta.namespace, name, incarnation),
        creation_timestamp=world.now,
        generation=1,
    )
    obj = fill_in(replace(obj, metadata=meta), world.store, world.settings, world.dice)
    if isinstance(obj, Pod):
        # podStrategy.PrepareForCreate, pkg/registry/core/pod/strategy.go.
        obj = replace(obj, status=replace(obj.status, qos_class=qos_class(obj)))
    if isinstance(obj, Pod) and obj.spec.scheduling_gates:
        gated = set_condition(obj.status.conditions, GATED, world.now)
        obj = replace(obj, status=replace(obj.status, conditions=gated))
    return quota.too_large(obj) or obj


def _unallocatable(world: "World", obj: AnyObject, key: str = "") -> Refused | None:
    """Return why a Service cannot have the address or the ports it asks for, or None."""
    problem = service_addresses.objection(obj, world.store, key) if isinstance(obj, Service) else ""
    return invalid(kind_of(obj), obj.metadata.name, problem) if problem else None


def _guard(world: "World", write: Write) -> tuple[AnyObject | None, Refused | None]:
    """Return the object a write is about, or why it does not hold any more."""
    obj = write.object
    current = world.store.get(kind_of(obj), key_of(obj))
    name = obj.metadata.name
    if current is None:
        return None, not_found(resource_of(obj), name)
    if write.require_uid and current.metadata.uid != write.require_uid:
        return None, conflict(resource_of(obj), name)
    version = write.require_version
    if version is not None and current.metadata.resource_version != version:
        return None, conflict(resource_of(obj), name)
    for path, wanted in sorted(write.require.items()):
        if str(get_path(current, path) or "") != wanted:
            return None, conflict(resource_of(obj), name)
    return current, None


def _update(world: "World", write: Write, by: str, causes: tuple[int, ...]) -> Result:
    current, refused = _guard(world, write)
    if current is None or refused is not None:
        assert refused is not None
        return refused
    kept = current.metadata
    meta = replace(
        write.object.metadata,
        uid=kept.uid,
        creation_timestamp=kept.creation_timestamp,
        deletion_timestamp=kept.deletion_timestamp,
        resource_version=kept.resource_version,
        generation=kept.generation,
    )
    new = replace(write.object, metadata=meta)
    if hasattr(new, "status") and hasattr(current, "status"):
        new = replace(new, status=current.status)
    return _store(world, current, new, write, by, causes)


def _patch(world: "World", write: Write, by: str, causes: tuple[int, ...]) -> Result:
    current, refused = _guard(world, write)
    if current is None or refused is not None:
        assert refused is not None
        return refused
    new = current
    for path in write.fields:
        new = set_path(new, tuple(path.split(".")), get_path(write.object, path))
    return _store(world, current, new, write, by, causes)


def _store(
    world: "World",
    current: AnyObject,
    new: AnyObject,
    write: Write,
    by: str,
    causes: tuple[int, ...],
) -> Result:
    if new == current:
        return Committed(current.metadata.resource_version, current)
    spec_changed = getattr(new, "spec", None) != getattr(current, "spec", None)
    if spec_changed:
        refused = _unallocatable(world, new, key_of(current))
        if refused is not None:
            return refused
        meta = replace(new.metadata, generation=current.metadata.generation + 1)
        new = fill_in(replace(new, metadata=meta), world.store, world.settings, world.dice)
    if not all(path.startswith("status") for path in write.fields) or write.verb == "update":
        # Status comes from controllers, often, and is small.
        refused = quota.too_large(new)
        if refused is not None:
            return refused
    done = new.metadata.deletion_timestamp is not None and not _lingers(new)
    kind, key = kind_of(new), key_of(new)
    change = _put(world, key, kind, None if done else new, by, write.because, causes)
    return Committed(change.version, change.new or new, change.id)


def _lingers(obj: AnyObject) -> bool:
    """Tell whether an object that is being deleted still has to wait for somebody."""
    return bool(obj.metadata.finalizers) or kind_of(obj) == "Pod"


def _delete(world: "World", write: Write, by: str, causes: tuple[int, ...]) -> Result:
    current, refused = _guard(world, write)
    if current is None or refused is not None:
        assert refused is not None
        return refused
    kind, key = kind_of(current), key_of(current)
    grace = _grace(current, write) if isinstance(current, Pod) else 0
    finalizers = current.metadata.finalizers
    if kind == "Namespace" and current.metadata.name in IMMORTAL:
        name = current.metadata.name
        message = f'namespaces "{name}" is forbidden: this namespace may not be deleted'
        return Refused(403, "Forbidden", message)
    if kind == "Namespace" and not finalizers:
        finalizers = ("kubernetes",)
    if write.propagation in {"Foreground", "Orphan"} and kind != "Pod":
        marker = "foregroundDeletion" if write.propagation == "Foreground" else "orphan"
        if marker not in finalizers:
            finalizers = (*finalizers, marker)
    if grace == 0 and not finalizers:
        change = _put(world, key, kind, None, by, write.because, causes)
        return Committed(change.version, current, change.id)
    if current.metadata.deletion_timestamp is not None:
        earlier = current.metadata.deletion_grace_period_seconds or 0
        if grace >= earlier:
            return Committed(current.metadata.resource_version, current)
    meta = replace(
        current.metadata,
        deletion_timestamp=world.now + min(grace, SECONDS_MAX) * SECOND,
        deletion_grace_period_seconds=grace,
        finalizers=finalizers,
        generation=current.metadata.generation + 1,
    )
    leaving = replace(current, metadata=meta)
    if isinstance(leaving, Namespace):
        # registry/core/namespace/storage/storage.go: the phase changes with the deletion itself.
        leaving = replace(leaving, status=NamespaceStatus("Terminating"))
    change = _put(world, key, kind, leaving, by, write.because, causes)
    assert change.new is not None
    return Committed(change.version, change.new, change.id)


def _grace(pod: Pod, write: Write) -> int:
    """Return the seconds a pod is given; one that nobody runs needs none."""
    if not pod.spec.node_name or pod.status.phase in {"Succeeded", "Failed"}:
        return 0
    if write.grace_seconds is not None:
        return write.grace_seconds
    grace = pod.spec.termination_grace_period_seconds
    return 30 if grace is None else int(grace)


def _evict(world: "World", write: Write, by: str, causes: tuple[int, ...]) -> Result:
    current, refused = _guard(world, write)
    if not isinstance(current, Pod) or refused is not None:
        return refused or not_found(resource_of(write.object), write.object.metadata.name)
    every = world.store.list(PodDisruptionBudget)
    verdict = judge_eviction([each for each in every if governs(each, current)], current, world.now)
    if isinstance(verdict, Refused):
        return verdict
    if verdict is not None:
        spent = Reason("budget-spent", {"budget": verdict.metadata.name, "pod": key_of(current)})
        _put(world, key_of(verdict), "PodDisruptionBudget", verdict, by, spent, causes)
    if current.metadata.deletion_timestamp is None:
        target = Condition("DisruptionTarget", "True", *EVICTED)
        conditions = set_condition(current.status.conditions, target, world.now)
        marked = replace(current, status=replace(current.status, conditions=conditions))
        _put(world, key_of(current), "Pod", marked, by, write.because, causes)
    return _delete(world, replace(write, require_version=None), by, causes)


GATED = Condition(
    "PodScheduled",
    "False",
    "SchedulingGated",
    "Scheduling is blocked due to non-empty scheduling gates",
)
"""What the API server notes on a new pod that must not be scheduled yet."""

EVICTED = ("EvictionByEvictionAPI", "Eviction API: evicting")
"""Reason and message of the condition that tells a pod's eviction from a mere deletion."""

VERBS = {
    "create": _create,
    "update": _update,
    "patch": _patch,
    "delete": _delete,
    "evict": _evict,
}
