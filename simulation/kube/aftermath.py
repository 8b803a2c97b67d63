"""What the latest fault that silences a node does to users and pods, and when it is over.

It is remembered with how things stood when it began, so that what follows from it is told apart
from what was so before and from what somebody does later. Watches the traffic, the machines and
what is committed; changes nothing of them. A fault that is over stays over: scaling something an
hour later is another story.
"""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record, State
from simulation.kernel.units import Instant
from simulation.kube.indexes import PODS_BY_NODE, SLICES_BY_SERVICE
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.service import Service
from simulation.kube.objects.workload import Deployment, ReplicaSet
from simulation.kube.rules.pods import condition, is_finished

if TYPE_CHECKING:
    from simulation.kube.network.traffic import Route
    from simulation.kube.world import World

FAULTS = ("machine-off", "network-cut")
HEARTBEATS = ("container-runtime", "kubelet")
"""Processes without which a node is no longer believed in, though its pods may go on."""


class Hurt(Record):
    """Thousandths of requests a second that do not fare well."""

    all: int = 0
    """Slow or failed."""
    failing: int = 0

    def beyond(self, usual: "Hurt") -> "Hurt":
        """Return what is more than usual."""
        failing = max(0, self.failing - usual.failing)
        return Hurt(max(failing, self.all - usual.all), failing)


class Bare(State):
    """A service whose requests fail, because no endpoint of it is left."""

    had: int
    """How many endpoints it had when the fault began."""
    until: Instant | None = None
    """When its requests failed no more."""


class Aftermath(State):
    """A fault that silences a node, and what came of it."""

    fault: int
    """Its number in the ledger."""
    at: Instant
    node: str
    heartbeat_at: Instant | None
    """When the node was heard for the last time before."""
    usual: dict[str, Hurt]
    """Route to how it fared before the fault, or better: who recovers from another fault meanwhile
    can only be hurt anew by this one."""
    had: dict[str, int]
    """Services that users ask for, and how many endpoints each had."""
    wanted: dict[str, int]
    """Deployments with pods on the node, and how many they wanted."""
    hurt: Hurt = Hurt()
    """What users suffer from it at present."""
    counted_at: Instant = 0
    slow: int = 0
    """Millionths of requests that it made slow up to then."""
    failed: int = 0
    bare: dict[str, Bare] = {}
    """Services that it left without an endpoint."""
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
    usual = fares(world)
    before = world.state.aftermath
    if before is not None and before.node == node and before.over_at is None:
        # The same machine once more: what users suffer from it already is no other's doing.
        usual = _least(usual, before.usual)
    had = {each.service: _endpoints(world, each.service) for each in _routes(world).values()}
    wanted = {}
    for pod in _pods_on(world, node):
        deployment = _deployment_of(world, pod)
        if deployment is not None:
            meta = deployment.metadata
            wanted[f"{meta.namespace}/{meta.name}"] = deployment.spec.replicas
    is_known = node in world.heartbeats.state.hearts
    heard = world.heartbeats.last_renewal(world, node) if is_known else None
    return Aftermath(number, world.now, node, heard, usual, had, wanted, counted_at=world.now)


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
    mark.slow, mark.failed = suffered(mark, world.now)
    mark.counted_at = world.now
    _feel(world, mark)
    if mark.users_at is None and mark.hurt.all:
        mark.users_at = world.now
    if not mark.hurt.failing and _is_settled(world, mark):
        mark.over_at, mark.hurt = world.now, Hurt()


def suffered(mark: Aftermath, now: Instant) -> tuple[int, int]:
    """Return the millionths of requests that were slow and that failed for it up to an instant."""
    elapsed = now - mark.counted_at
    slow = mark.hurt.all - mark.hurt.failing
    return mark.slow + slow * elapsed, mark.failed + mark.hurt.failing * elapsed


def fares(world: "World") -> dict[str, Hurt]:
    """Return how the requests of each route fare at present."""
    found = {}
    for name, route in _routes(world).items():
        failing = sum(route.rates.failed.values())
        found[name] = Hurt(route.rates.slow + failing, failing)
    return found


def _feel(world: "World", mark: Aftermath) -> None:
    """Note what users suffer from now on, and which services have no endpoint left."""
    present, routes = fares(world), _routes(world)
    mark.usual = _least(present, mark.usual)
    for name, hurt in present.items():
        if hurt.failing and _is_given_up(world, mark, routes[name].service):
            mark.usual[name] = hurt
    each = {name: hurt.beyond(mark.usual[name]) for name, hurt in present.items()}
    mark.hurt = Hurt(
        sum(hurt.all for hurt in each.values()), sum(hurt.failing for hurt in each.values())
    )
    failing = {routes[name].service: True for name, hurt in each.items() if hurt.failing}
    for service in failing:
        if service in mark.bare:
            mark.bare[service].until = None
        elif mark.had.get(service) and not _endpoints(world, service):
            mark.bare[service] = Bare(mark.had[service])
    for service, bare in mark.bare.items():
        if bare.until is None and service not in failing:
            bare.until = world.now


def _least(present: dict[str, Hurt], usual: dict[str, Hurt]) -> dict[str, Hurt]:
    """Return the lesser for each route; one that nobody asked for before is usual as it is."""
    found = {}
    for name, hurt in present.items():
        known = usual.get(name, hurt)
        found[name] = Hurt(min(hurt.all, known.all), min(hurt.failing, known.failing))
    return found


def _is_given_up(world: "World", mark: Aftermath, key: str) -> bool:
    """Tell whether somebody scaled what a service lists pods of on the node to zero."""
    service = world.store.get(Service, key)
    if service is None or not service.spec.selector:
        return False
    namespace, asked = service.metadata.namespace, service.spec.selector.items()
    found = [
        world.store.get(Deployment, each)
        for each in mark.wanted
        if each.startswith(f"{namespace}/")
    ]
    left = [
        each
        for each in found
        if each is not None and asked <= each.spec.template.metadata.labels.items()
    ]
    return bool(left) and not any(each.spec.replicas for each in left)


def _routes(world: "World") -> "dict[str, Route]":
    return dict(sorted(world.traffic.state.routes.items()))


def _endpoints(world: "World", service: str) -> int:
    """Return how many ready endpoints a service lists."""
    slices = world.store.by(SLICES_BY_SERVICE, service) if service else []
    return sum(bool(each.conditions.ready) for _, one in slices for each in one.endpoints)


def dismiss(world: "World", name: str) -> None:
    """Somebody takes a machine out on purpose: nobody waits for it, and its fault is past."""
    mark = world.state.aftermath
    if mark is not None and mark.node == name:
        world.state.aftermath = None


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
        if isinstance(pod, Pod) and pod.metadata.deletion_timestamp is None and not is_finished(pod)
    ]


def _deployment_of(world: "World", pod: Pod) -> Deployment | None:
    namespace = pod.metadata.namespace
    for owner in pod.metadata.owner_references:
        replicas = world.store.get(ReplicaSet, f"{namespace}/{owner.name}")
        for above in replicas.metadata.owner_references if replicas is not None else ():
            if owner.kind == "ReplicaSet" and above.kind == "Deployment":
                return world.store.get(Deployment, f"{namespace}/{above.name}")
    return None
