"""Keeps the Service `kubernetes` and its endpoints, by which pods find the API.

Not a controller of the controller manager: every API server looks after them itself, every ten
seconds, and so does whichever of them can write. Here a look is an event only after something was
deleted or a control plane node came or went. Follows pkg/controlplane/controller/kubernetesservice
and DefaultEndpointReconcilerInterval of pkg/controlplane/instance.go.
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import SECOND, Duration
from simulation.kube.apiserver import Reply
from simulation.kube.manifests.defaults import with_defaults
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.node import Node
from simulation.kube.objects.service import (
    Endpoint,
    EndpointConditions,
    EndpointPort,
    EndpointSlice,
    Service,
    ServicePort,
    ServiceSpec,
)
from simulation.kube.rules.printing_pods import node_roles
from simulation.kube.store import Change
from simulation.kube.writes import Write

if TYPE_CHECKING:
    from simulation.kube.world import World

KEY = "default/kubernetes"
API_PORT = 6443
ADDRESS = "10.96.0.1"
"""The first of the range that Services get their addresses from."""
LOOK_PERIOD: Duration = 10 * SECOND
PURPOSE = "kubernetes-service/look"
OURS = ("EndpointSlice", "Service")
RESTORED = Reason("kubernetes-service-restored")
LISTED = Reason("kubernetes-service-listed")


def service() -> Service:
    """Return the Service as an API server creates it."""
    labels = {"component": "apiserver", "provider": "kubernetes"}
    ports = (ServicePort(443, "https", target_port=API_PORT),)
    meta = ObjectMeta(name="kubernetes", namespace="default", labels=labels)
    spec = ServiceSpec(ports=ports, cluster_ip=ADDRESS)
    made = with_defaults(Service(metadata=meta, spec=spec))
    assert isinstance(made, Service), f"defaults made a {type(made).__name__} of a Service"
    return made


def endpoints(addresses: list[str]) -> EndpointSlice:
    """Return its endpoints: an API server at each address."""
    labels = {"kubernetes.io/service-name": "kubernetes"}
    meta = ObjectMeta(name="kubernetes", namespace="default", labels=labels)
    ready = EndpointConditions(ready=True)
    every = tuple(Endpoint((address,), ready) for address in addresses)
    ports = (EndpointPort("https", API_PORT),)
    return EndpointSlice(meta, "discovery.k8s.io/v1", endpoints=every, ports=ports)


def heard(world: "World", change: Change) -> None:
    """Something was committed: if it is about the Service, the next look comes to something."""
    is_lost = change.new is None and change.key == KEY and change.kind in OURS
    if is_lost or _adds_or_removes_a_server(world, change):
        _look_later(world)


def _adds_or_removes_a_server(world: "World", change: Change) -> bool:
    node = change.either
    if not isinstance(node, Node) or (change.old is not None and change.new is not None):
        return False
    # While a cluster is being born there are no endpoints yet, and they will be right.
    is_born = world.store.get(EndpointSlice, KEY) is not None
    return is_born and "control-plane" in node_roles(node)


def _look_later(world: "World") -> None:
    due = (world.now // LOOK_PERIOD + 1) * LOOK_PERIOD
    world.timeline.at(due, PURPOSE, KEY, (), Phase.API)


def look(world: "World", event: Event) -> None:
    """Put back what is missing, until it is there."""
    writes = _wanted(world)
    if not writes:
        return
    servers = [name for name in world.control_plane() if world.can_write_from(name)]
    if servers:
        reply = Reply("api/ignored", KEY)
        world.api.send(world, "kube-apiserver", servers[0], writes, reply)
    _look_later(world)


def _wanted(world: "World") -> tuple[Write, ...]:
    writes = []
    if world.store.get(Service, KEY) is None:
        writes.append(Write("create", service(), RESTORED))
    addresses = [world.machines[name].address for name in world.control_plane()]
    wanted, there = endpoints(addresses), world.store.get(EndpointSlice, KEY)
    if there is None:
        writes.append(Write("create", wanted, RESTORED))
    elif there.endpoints != wanted.endpoints:
        changed = msgspec.structs.replace(there, endpoints=wanted.endpoints)
        writes.append(Write("patch", changed, LISTED, ("endpoints",)))
    return tuple(writes)


HANDLERS = {PURPOSE: look}
