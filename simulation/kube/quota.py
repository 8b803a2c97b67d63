"""What a lab may hold: bounds that a browser and a shared server can carry.

They are told in the API's own words for a quota, and for a full etcd. Pods of the nodes themselves
(of DaemonSets, and mirrors of static pods) are as many as there are nodes, so they do not count.
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kube.kubelet.stages import MIRROR
from simulation.kube.limits import (
    ANNOTATIONS_BYTES_MAX,
    BUDGETS_MAX,
    CONFIGS_MAX,
    DAEMON_SETS_MAX,
    INGRESSES_MAX,
    OBJECT_BYTES_MAX,
    OBJECTS_MAX,
    PODS_MAX,
    PODS_PER_NAMESPACE_MAX,
    SERVICES_MAX,
)
from simulation.kube.objects.config import Namespace
from simulation.kube.objects.kinds import KINDS, AnyObject, kind_of
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.policy import ResourceQuota
from simulation.kube.writes import Refused, invalid

if TYPE_CHECKING:
    from simulation.kube.world import World

NAMESPACE = "namespace"
"""The name of each namespace's quota."""
WHOLE_LAB = "*"
"""The scenario's key for all namespaces together."""

MOST_OF_A_KIND = {
    "ConfigMap": CONFIGS_MAX,
    "DaemonSet": DAEMON_SETS_MAX,
    "Ingress": INGRESSES_MAX,
    "PodDisruptionBudget": BUDGETS_MAX,
    "Secret": CONFIGS_MAX,
    "Service": SERVICES_MAX,
}
"""Kinds whose number alone makes a lab slow, in all namespaces together."""

OBJECTS_PER_NODE = 10
"""Its Node, its Lease, and its own pods."""


def pods_of(world: "World", namespace: str) -> tuple[int, int]:
    """Return how many pods a namespace has, and how many it may have."""
    used = len(world.store.indexes.keys("pod/namespace", namespace))
    return used, world.quota.get(namespace, PODS_PER_NAMESPACE_MAX)


def shown(world: "World") -> list[ResourceQuota]:
    """Return the quotas of all namespaces as objects; nobody stores them, so nobody can lift them."""
    found = []
    for each in world.store.list(Namespace):
        name = each.metadata.name
        used, limit = pods_of(world, name)
        hard = {"pods": str(limit)}
        meta = ObjectMeta(
            name=NAMESPACE, namespace=name, creation_timestamp=each.metadata.creation_timestamp
        )
        found.append(
            ResourceQuota(
                meta, "v1", {}, {"hard": hard}, {"hard": hard, "used": {"pods": str(used)}}
            )
        )
    return found


def refusal(world: "World", obj: AnyObject, kind: str) -> Refused | None:
    """Return why one more object does not fit, or None."""
    room = max(OBJECTS_MAX, 4 * _pods_max(world)) + OBJECTS_PER_NODE * len(world.machines)
    if _held(world) >= room:
        message = "etcdserver: mvcc: database space exceeded"
        return Refused(500, "InternalError", message)
    if kind in MOST_OF_A_KIND:
        used, limit = len(world.store.state.objects.get(kind, {})), MOST_OF_A_KIND[kind]
        return _exceeded(obj, "lab", used, limit) if used >= limit else None
    if kind != "Pod" or _of_a_node(obj):
        return None
    used, limit = pods_of(world, obj.metadata.namespace)
    if used >= limit:
        return _exceeded(obj, NAMESPACE, used, limit)
    used, limit = len(world.store.state.objects.get("Pod", {})), _pods_max(world)
    return _exceeded(obj, "lab", used, limit) if used >= limit else None


def too_large(obj: AnyObject) -> Refused | None:
    """Return why an object does not fit into the API, or None."""
    size = sum(len(f"{key}{value}".encode()) for key, value in obj.metadata.annotations.items())
    if size > ANNOTATIONS_BYTES_MAX:
        text = f"metadata.annotations: Too long: may not be more than {ANNOTATIONS_BYTES_MAX} bytes"
        return invalid(kind_of(obj), obj.metadata.name, text)
    if len(_ENCODER.encode(obj)) > OBJECT_BYTES_MAX:
        return Refused(500, "InternalError", "etcdserver: request is too large")
    return None


_ENCODER = msgspec.json.Encoder()


def _held(world: "World") -> int:
    return sum(len(objects) for objects in world.store.state.objects.values())


def _pods_max(world: "World") -> int:
    return world.quota.get(WHOLE_LAB, PODS_MAX)


def _of_a_node(obj: AnyObject) -> bool:
    owners = obj.metadata.owner_references
    return MIRROR in obj.metadata.annotations or any(each.kind == "DaemonSet" for each in owners)


def _exceeded(obj: AnyObject, quota: str, used: int, limit: int) -> Refused:
    info = KINDS[kind_of(obj)]
    # The core group's kinds are counted by their plurals, all others as count/PLURAL.GROUP.
    name = f"count/{info.resource}" if info.group else info.plural
    return Refused(
        403,
        "Forbidden",
        f'{info.resource} "{obj.metadata.name}" is forbidden: exceeded quota: {quota}, requested: '
        f"{name}=1, used: {name}={used}, limited: {name}={limit}",
    )
