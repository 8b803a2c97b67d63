"""What the command line reads: the objects that it asks an API server for.

Some kinds are not in the store: Events lie in a log, Endpoints are another form of EndpointSlices,
and Leases are renewed by silent writes; they are made here when somebody asks.
"""

from typing import TYPE_CHECKING, Any

from simulation.kernel.units import SECOND
from simulation.kube import quota
from simulation.kube.control_plane import runs
from simulation.kube.events import EventRow
from simulation.kube.network.links import INTERNET
from simulation.kube.objects.config import Event, Lease, LeaseSpec, Unsimulated
from simulation.kube.objects.kinds import AnyObject, key_of
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.node import Node
from simulation.kube.objects.policy import ResourceQuota
from simulation.kube.objects.service import EndpointSlice, ObjectReference, Service
from simulation.kube.rules.ages import human_duration
from simulation.kubectl.errors import BALANCER, CommandError, not_found, refused
from simulation.kubectl.parse import Call
from simulation.kubectl.resources import Resource, Target
from simulation.kubectl.selectors import select

if TYPE_CHECKING:
    from simulation.kube.world import World

PORT = 6443
GONE = "Note: {what} was deleted {age} ago"
"""What ClusterLab adds to kubectl's NotFound about a name that it remembers."""
SERVICE_NAME = "kubernetes.io/service-name"
MADE_ON_REQUEST = ("ComponentStatus", "Endpoints", "Event", "Lease", "ResourceQuota")
"""Kinds of which there is more than lies in the store."""
HEALTH_PORTS = {"controller-manager": 10257, "scheduler": 10259}
"""Where an API server asks the processes beside it how they are (pkg/controlplane/instance.go)."""


def every(world: "World", kind: str) -> list[AnyObject]:
    """Return all objects of a kind, sorted by namespace and name."""
    if kind == "Event":
        return [event_object(each) for each in world.events.rows(world.now)]
    if kind == "Endpoints":
        return _endpoints(world)
    if kind == "ComponentStatus":
        return _component_statuses(world)
    if kind == "ResourceQuota":
        stored = {key_of(each): each for each in world.store.list(ResourceQuota)}
        made = {key_of(each): each for each in quota.shown(world)}
        return [(made | stored)[key] for key in sorted(made | stored)]
    if kind == "Lease":
        return sorted(
            [*world.store.list(Lease), *_leases(world)],
            key=lambda each: (each.metadata.namespace, each.metadata.name),
        )
    return world.store.list(kind)


def get(world: "World", kind: str, namespace: str, name: str) -> AnyObject | None:
    """Return one object, or None."""
    if kind in MADE_ON_REQUEST:
        for each in every(world, kind):
            if (each.metadata.namespace, each.metadata.name) == (namespace, name):
                return each
        return None
    return world.store.get(kind, f"{namespace}/{name}" if namespace else name)


def server_of(world: "World", call: Call) -> str:
    """Return the control plane node that --server means by name or address; "" is any of them."""
    given = call.server
    if given == BALANCER.partition(":")[0]:
        return ""
    named = [name for name in world.control_plane() if given == world.machines[name].address]
    return named[0] if named else given


def nobody_there(world: "World", server: str) -> str:
    """Return kubectl's words about an API server that does not answer at all."""
    machine = world.machines.get(server)
    if not server:
        return refused()
    if server not in world.control_plane() or machine is None:
        numeric = set(server) <= set("0123456789.")
        if numeric:
            return f"Unable to connect to the server: dial tcp {server}:{PORT}: i/o timeout"
        return f"Unable to connect to the server: dial tcp: lookup {server}: no such host"
    address = f"{machine.address}:{PORT}"
    if not machine.is_on or not world.links.both_ways(INTERNET, server):
        return f"Unable to connect to the server: dial tcp {address}: connect: no route to host"
    return refused(address)


def namespace_of(resource: Resource, call: Call) -> str:
    """Return the namespace that a call means for a kind; cluster-scoped kinds have none."""
    return call.namespace if resource.namespaced else ""


def gone(world: "World", kind: str, key: str, typed: str) -> str:
    """Return the note that says since when a name is gone, empty if none of that name is remembered."""
    since = world.store.deleted_at(kind, key)
    if since is None:
        return ""
    return GONE.format(what=typed, age=human_duration((world.now - since) // SECOND))


def missing(world: "World", resource: Resource, namespace: str, name: str) -> CommandError:
    """Return the API server's answer about a name that does not exist, and since when it does not."""
    said = not_found(resource.full, name)
    key = f"{namespace}/{name}" if resource.namespaced else name
    note = gone(world, resource.kind, key, f"{resource.typed}/{name}")
    return CommandError(f"{said.text}\n{note}", said.exit_code) if note else said


def one(world: "World", call: Call, target: Target) -> AnyObject:
    """Return the object a target names; raise CommandError if it does not exist."""
    resource = target.resource
    found = get(world, resource.kind, namespace_of(resource, call), target.name)
    if found is None:
        raise missing(world, resource, call.namespace, target.name)
    return found


def chosen(world: "World", call: Call, resource: Resource) -> list[AnyObject]:
    """Return all objects of a kind that namespace and selectors of a call mean."""
    objects = every(world, resource.kind)
    if resource.namespaced and not call.on("all-namespaces"):
        objects = [each for each in objects if each.metadata.namespace == call.namespace]
    return select(objects, call.flag("selector"), call.flag("field-selector"), resource.located)


def collect(
    world: "World", call: Call, wanted: list[Target]
) -> tuple[list[tuple[Resource, AnyObject]], list[str]]:
    """Return (resource, object) of all targets, and the complaints about those that are gone."""
    found: list[tuple[Resource, AnyObject]] = []
    problems: list[str] = []
    for target in wanted:
        if not target.name:
            found += [(target.resource, each) for each in chosen(world, call, target.resource)]
            continue
        if call.on("all-namespaces"):
            raise CommandError(
                "error: a resource cannot be retrieved by name across all namespaces"
            )
        try:
            found.append((target.resource, one(world, call, target)))
        except CommandError as problem:
            problems.append(problem.text)
    return found, problems


# --- kinds that are made on request


def event_object(row: EventRow) -> Event:
    """Return an entry of the event log as the API shows it."""
    namespace = row.namespace or "default"
    return Event(
        metadata=ObjectMeta(
            name=f"{row.name}.{row.first:016x}{len(row.message):02x}",
            namespace=namespace,
            creation_timestamp=row.first,
        ),
        involved_object=ObjectReference(row.kind, row.namespace, row.name, row.uid),
        type=row.type,
        reason=row.reason,
        message=row.message,
        source={"component": row.source, **({"host": row.host} if row.host else {})},
        count=row.count,
        first_timestamp=row.first,
        last_timestamp=row.last,
        reporting_component=row.source,
    )


def _endpoints(world: "World") -> list[AnyObject]:
    """Endpoints as Kubernetes keeps them beside the slices, and those that a user made."""
    found: dict[str, AnyObject] = {}
    subsets: dict[str, dict[str, Any]] = {}
    for each in world.store.list(EndpointSlice):
        assert isinstance(each, EndpointSlice)
        name = each.metadata.labels.get(SERVICE_NAME, "")
        _add_slice(subsets.setdefault(f"{each.metadata.namespace}/{name}", {}), each)
    for service in world.store.list(Service):
        key = key_of(service)
        if key in subsets:
            meta = service.metadata
            born = ObjectMeta(
                name=meta.name,
                namespace=meta.namespace,
                labels=meta.labels,
                creation_timestamp=meta.creation_timestamp,
            )
            some = [subset for subset in subsets[key].values() if len(subset) > 1]
            rest = {"subsets": some} if some else {}
            found[key] = Unsimulated(born, "v1", rest, "Endpoints")
    for made in world.store.list("Endpoints"):
        found[key_of(made)] = made
    return [found[key] for key in sorted(found)]


def _component_statuses(world: "World") -> list[AnyObject]:
    """Return how an API server finds the processes beside it, now that somebody asks."""
    server = world.api.pick(world, INTERNET)
    found: list[AnyObject] = []
    for name, port in HEALTH_PORTS.items():
        is_healthy = runs(world, server, f"kube-{name}")
        message = (
            "ok"
            if is_healthy
            else (
                f'Get "https://127.0.0.1:{port}/healthz": dial tcp 127.0.0.1:{port}: connect: connection refused'
            )
        )
        found.append(_component_status(name, is_healthy, message))
    if server:
        has_etcd = world.can_write_from(server)
        found.append(
            _component_status("etcd-0", has_etcd, "ok" if has_etcd else "context deadline exceeded")
        )
    return found


def _component_status(name: str, is_healthy: bool, message: str) -> AnyObject:
    condition = {"type": "Healthy", "status": "True" if is_healthy else "False", "message": message}
    return Unsimulated(ObjectMeta(name=name), "v1", {"conditions": [condition]}, "ComponentStatus")


def _add_slice(subsets: dict[str, Any], each: EndpointSlice) -> None:
    """Add the endpoints of a slice to the subset that has the same ports."""
    ports = [
        {"port": port.port, "protocol": port.protocol, **({"name": port.name} if port.name else {})}
        for port in each.ports
    ]
    subset = subsets.setdefault(str(ports), {"ports": ports})
    for endpoint in each.endpoints:
        ready = endpoint.conditions.ready is not False
        field = "addresses" if ready else "notReadyAddresses"
        address: dict[str, Any] = {"ip": endpoint.addresses[0]}
        if endpoint.node_name:
            address["nodeName"] = endpoint.node_name
        target = endpoint.target_ref
        if target is not None:
            named = {
                "kind": target.kind,
                "name": target.name,
                "namespace": target.namespace,
                "uid": target.uid,
            }
            address["targetRef"] = {name: text for name, text in named.items() if text}
        addresses = [*subset.get(field, ()), address]
        subset[field] = sorted(addresses, key=lambda one: str(one["ip"]))


def _leases(world: "World") -> list[AnyObject]:
    """Leases of nodes and of the two elected offices; their renewals are silent writes."""
    found: list[AnyObject] = []
    for node in world.store.list(Node):
        name = node.metadata.name
        renewed = world.heartbeats.last_renewal(world, name)
        meta = ObjectMeta(
            name=name,
            namespace="kube-node-lease",
            creation_timestamp=node.metadata.creation_timestamp,
        )
        found.append(Lease(meta, "coordination.k8s.io/v1", {}, LeaseSpec(name, 40, None, renewed)))
    for name in sorted(world.offices.state.offices):
        office = world.offices.state.offices[name]
        meta = ObjectMeta(name=name, namespace="kube-system", creation_timestamp=0)
        seconds = world.settings.leader_lease_duration // SECOND
        identity = world.offices.identity(world, name)
        spec = LeaseSpec(identity, seconds, office.since, world.offices.renewed_at(world, name))
        found.append(Lease(meta, "coordination.k8s.io/v1", {}, spec))
    return found
