"""What a lab may hold: bounds that a browser and a shared server can carry.

They are told in the API's own words for a quota, and for a full etcd. Pods of the nodes themselves
(of DaemonSets, and mirrors of static pods) are as many as there are nodes, so they do not count.
"""

from typing import TYPE_CHECKING

from simulation.kube.kubelet.stages import MIRROR
from simulation.kube.limits import OBJECTS_MAX, PODS_MAX, PODS_PER_NAMESPACE_MAX
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.writes import Refused

if TYPE_CHECKING:
    from simulation.kube.world import World

WHOLE_LAB = "*"
"""The scenario's key for all namespaces together."""

OBJECTS_PER_NODE = 10
"""Its Node, its Lease, and its own pods."""


def refusal(world: "World", obj: AnyObject, kind: str) -> Refused | None:
    """Return why one more object does not fit, or None."""
    room = max(OBJECTS_MAX, 4 * _pods_max(world)) + OBJECTS_PER_NODE * len(world.machines)
    if _held(world) >= room:
        message = "etcdserver: mvcc: database space exceeded"
        return Refused(500, "InternalError", message)
    if kind != "Pod" or _of_a_node(obj):
        return None
    namespace = obj.metadata.namespace
    used = len(world.store.indexes.keys("pod/namespace", namespace))
    limit = world.quota.get(namespace, PODS_PER_NAMESPACE_MAX)
    if used >= limit:
        return _exceeded(obj, "namespace", used, limit)
    used, limit = len(world.store.state.objects.get("Pod", {})), _pods_max(world)
    return _exceeded(obj, "lab", used, limit) if used >= limit else None


def _held(world: "World") -> int:
    return sum(len(objects) for objects in world.store.state.objects.values())


def _pods_max(world: "World") -> int:
    return world.quota.get(WHOLE_LAB, PODS_MAX)


def _of_a_node(obj: AnyObject) -> bool:
    owners = obj.metadata.owner_references
    return MIRROR in obj.metadata.annotations or any(each.kind == "DaemonSet" for each in owners)


def _exceeded(obj: AnyObject, quota: str, used: int, limit: int) -> Refused:
    return Refused(
        403,
        "Forbidden",
        f'pods "{obj.metadata.name}" is forbidden: exceeded quota: {quota}, requested: pods=1, '
        f"used: pods={used}, limited: pods={limit}",
    )
