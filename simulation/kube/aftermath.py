"""What the latest fault that silences a node does to users and pods, and when it is over.

It is remembered with how things stood when it began, so that what follows from it is told apart
from what was so before and from what somebody does later. Watches the traffic, the machines and
what is committed; changes nothing of them. A fault that is over stays over: scaling something an
hour later is another story.
"""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Reason
from simulation.kernel.records import State
from simulation.kernel.units import Instant
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.workload import Deployment, ReplicaSet
from simulation.kube.rules.pods import condition

if TYPE_CHECKING:
    from simulation.kube.world import World

FAULTS = ("machine-off", "network-cut")
HEARTBEATS = ("container-runtime", "kubelet")
"""Processes without which a node is no longer believed in, though its pods may go on."""


class Aftermath(State):
    """A fault that silences a node, and what came of it."""

    fault: int
    """Its number in the ledger."""
    at: Instant
    node: str
    heartbeat_at: Instant | None
    """When the node was heard for the last time before."""
    suffered: dict[str, int]
    """What users had suffered when it began, by cause."""
    hurting: int
    """Thousandths of requests a second that were slow or failed already."""
    failing: int
    """Of those, what failed."""
    wanted: dict[str, int]
    """Deployments with pods on the node, and how many they wanted."""
    users_at: Instant | None = None
    """When more requests were slow or failed than before it began, for the first time."""
    back_at: Instant | None = None
    """Since when the machine can be heard again."""
    over_at: Instant | None = None


def silences(reason: Reason) -> bool:
    """Tell whether a fault is one after which a node is no longer heard."""
    killed = reason.key == "process-killed" and reason.params.get("process") in HEARTBEATS
    return killed or reason.key in FAULTS


def begins(world: "World", number: int) -> Aftermath:
    """Return the fault with that number in the ledger, with how things stand before it acts."""
    node = str(world.ledger.entries[number].reason.params["node"])
    suffered = world.traffic.suffered(world)
    slow, failing = world.traffic.hurting()
    hurting = slow + failing
    before = world.state.aftermath
    if before is not None and before.node == node and before.over_at is None:
        # The same machine once more: what users suffer from it already is no other's doing.
        hurting, failing = min(hurting, before.hurting), min(failing, before.failing)
    wanted = {}
    for pod in _pods_on(world, node):
        deployment = _deployment_of(world, pod)
        if deployment is not None:
            meta = deployment.metadata
            wanted[f"{meta.namespace}/{meta.name}"] = deployment.spec.replicas
    is_known = node in world.heartbeats.state.hearts
    heard = world.heartbeats.last_renewal(world, node) if is_known else None
    return Aftermath(number, world.now, node, heard, suffered, hurting, failing, wanted)


def review(world: "World") -> None:
    """Something changed that may show what the fault does, or that it is over."""
    mark = world.state.aftermath
    if mark is None:
        return
    if not is_heard(world, mark.node):
        mark.back_at = None
    elif mark.back_at is None:
        mark.back_at = world.now
    if mark.over_at is not None:
        return
    slow, failing = world.traffic.hurting()
    if mark.users_at is None and slow + failing > mark.hurting:
        mark.users_at = world.now
    if failing <= mark.failing and _is_settled(world, mark):
        mark.over_at = world.now


def is_heard(world: "World", name: str) -> bool:
    """Tell whether a machine runs, is reached, and has what its node is believed in for."""
    machine = world.machines.get(name)
    if machine is None or not machine.is_on or world.links.is_cut(name, "*"):
        return False
    return not any(process in machine.stopped for process in HEARTBEATS)


def _is_settled(world: "World", mark: Aftermath) -> bool:
    """Tell whether the node is ready again, or is believed lost and nothing is missing for it."""
    node = world.store.get(Node, mark.node)
    ready = condition(node, "Ready") if node is not None else None
    if ready is not None and ready.status == "True":
        return is_heard(world, mark.node)
    # A pod that is left there is ready until the controller says otherwise, and missing from then.
    if any(_deployment_of(world, pod) is not None for pod in _pods_on(world, mark.node)):
        return False
    for key, wanted in mark.wanted.items():
        found = world.store.get(Deployment, key)
        if found is not None and found.status.available_replicas < min(wanted, found.spec.replicas):
            return False
    return True


def _pods_on(world: "World", node: str) -> list[Pod]:
    """Return the pods that are assigned to a node and neither ended nor to be removed."""
    return [
        pod
        for _, pod in world.store.by(PODS_BY_NODE, node)
        if isinstance(pod, Pod)
        and pod.metadata.deletion_timestamp is None
        and pod.status.phase not in ("Succeeded", "Failed")
    ]


def _deployment_of(world: "World", pod: Pod) -> Deployment | None:
    namespace = pod.metadata.namespace
    for owner in pod.metadata.owner_references:
        replicas = world.store.get(ReplicaSet, f"{namespace}/{owner.name}")
        for above in replicas.metadata.owner_references if replicas is not None else ():
            if owner.kind == "ReplicaSet" and above.kind == "Deployment":
                return world.store.get(Deployment, f"{namespace}/{above.name}")
    return None
