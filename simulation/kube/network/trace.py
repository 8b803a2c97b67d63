"""One request, followed from hop to hop: from outside by the ingress or a node's port, or from a pod.

A trace is taken at one instant and changes nothing. From inside, and by the port of a node, there is
no ingress controller that would try another endpoint: kube-proxy picked one when the connection was
opened, and if nobody answers there, the client waits.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kernel.units import Duration
from simulation.kube.images import program_of
from simulation.kube.machines import Machine, is_serving, listener, own_ip, processes_of
from simulation.kube.network import dns
from simulation.kube.network.flows import (
    ANSWERS,
    CONNECT_TIMEOUT,
    GIVES_UP_AFTER,
    ROUND_TRIPS,
    SILENT,
    TRIES_MAX,
    Target,
)
from simulation.kube.network.knowledge import services_known, tables_known
from simulation.kube.network.links import BALANCER_ADDRESS, INTERNET
from simulation.kube.network.services import TCP, Backend
from simulation.kube.objects.pod import Pod

if TYPE_CHECKING:
    from simulation.kube.world import World

ANSWER_TIME: Duration = 8
LOOPED_TIME: Duration = 2
"""An answer that needs no network."""

LOCALHOST, LOOPBACK = "localhost", "127."

API_PORT = 6443
INGRESS_PORTS = (80, 443)
"""Where the balancer in front of the ingress controllers listens, whatever name led there."""
SERVICE_OCTETS = range(96, 112)
POD_OCTET = 244
"""10.96.0.0/12 and 10.244.0.0/16, as kubeadm sets them up; nobody outside routes them."""

NO_NAME = "no-name"
NO_ANSWER = "no-answer"
REFUSED = "refused"


class Hop(Record):
    """One station of a request, and what happened there."""

    at_ms: int
    place: str
    event: str


class Trace(Record):
    """What became of a request."""

    code: int
    """The HTTP status; 0 if nobody answered at all."""
    pod: str
    duration_ms: int
    hops: tuple[Hop, ...]
    trouble: str = NO_ANSWER
    """Why nobody answered: no-name, no-answer or refused."""


class Request(Record):
    """Where a request goes."""

    host: str
    path: str = "/"
    port: int = 80
    header: str = ""
    """The Host that it names, if that is not where it goes."""


class _Sender(Record):
    """Who asks: a machine or the internet, and the pod there, if it is one."""

    place: str
    pod: str = ""
    """Its uid."""


def from_outside(world: "World", request: Request) -> Trace:
    """Follow one request of a user: to a node's port, or door by door and try by try."""
    host, path = request.header or request.host, request.path
    if _is_inside(request.host):
        return _not_from_outside(request.host)
    machine = _machine_at(world, request.host)
    if machine and request.port not in INGRESS_PORTS:
        hops = [Hop(0, INTERNET, f"{request.host}:{request.port}{path}")]
        return _at_machine(world, _Sender(INTERNET), machine, request, hops, 0)
    if not machine and _is_address(request.host) and request.host != BALANCER_ADDRESS:
        return _no_answer([], INTERNET, f"no route leads to {request.host}", 0)
    if request.port not in INGRESS_PORTS:
        refused = Hop(1, "balancer", f"does not listen on port {request.port}: connection refused")
        return Trace(0, "", 1, (refused,), REFUSED)
    doors = [
        pod
        for key, pod in world.traffic.ingress_pods(world)
        if world.traffic.state.rotation.get(key)
    ]
    if not doors:
        return Trace(0, "", GIVES_UP_AFTER, (Hop(0, INTERNET, "no ingress controller answers"),))
    door = world.dice.pick(doors, "request", host, path, world.now)
    machine = door.spec.node_name
    hops = [Hop(0, INTERNET, f"{host}{path}")]
    if not world.is_up(machine) or not world.links.both_ways(INTERNET, machine):
        return Trace(0, "", GIVES_UP_AFTER, (*hops, Hop(0, machine, "does not answer")))
    spent = 1 + ROUND_TRIPS * world.links.round_trip_lag(INTERNET, machine)
    hops.append(Hop(spent, door.metadata.name, f"on {machine}"))
    spent += 1
    found = world.traffic.lead(world, machine, tables_known(world, machine), host, path)
    if found is None:
        none = Hop(spent, door.metadata.name, "no rule for this host and path")
        return Trace(404, "", spent, (*hops, none))
    service = found.backend.rpartition(":")[0]
    hops.append(Hop(spent, f"service {service}", f"{len(found.targets)} endpoints"))
    if not found.targets:
        return Trace(503, "", spent, tuple(hops))
    first = world.dice.below(len(found.targets), "endpoint", host, path, world.now)
    order = [*found.targets[first:], *found.targets[:first]]
    return _tried(order[:TRIES_MAX], hops, spent)


def _is_inside(host: str) -> bool:
    """Tell whether a host means something inside the cluster only: a Service or an address of it."""
    if _is_address(host):
        first, second, *_ = (int(part) for part in host.split("."))
        return first == 10 and (second in SERVICE_OCTETS or second == POD_OCTET)
    return "." not in host or host.endswith((".svc", f".{dns.ZONE}"))


def _not_from_outside(host: str) -> Trace:
    if _is_address(host):
        hops = [Hop(0, INTERNET, f"{host} is an address inside the cluster: no route leads there")]
        return Trace(0, "", GIVES_UP_AFTER, (*hops, Hop(GIVES_UP_AFTER, INTERNET, "gave up")))
    hop = Hop(
        0, INTERNET, f"{host} is a name inside the cluster: name servers outside do not know it"
    )
    return Trace(0, "", 1, (hop,), NO_NAME)


def _tried(order: list[Target], hops: list[Hop], spent: Duration) -> Trace:
    """Ask endpoints in turn, as nginx does."""
    for target in order:
        if target.state == ANSWERS:
            spent += target.late_ms
            if spent >= GIVES_UP_AFTER:
                break
            hops.append(Hop(spent + 5, target.pod, "answered"))
            return Trace(200, target.pod, spent + ANSWER_TIME, tuple(hops))
        silent = target.state == SILENT
        hops.append(Hop(spent, target.pod, "connect timeout" if silent else "connection refused"))
        spent += CONNECT_TIMEOUT if silent else 1
        if spent >= GIVES_UP_AFTER:
            break
    if spent >= GIVES_UP_AFTER:
        return Trace(0, "", GIVES_UP_AFTER, (*hops, Hop(GIVES_UP_AFTER, INTERNET, "gave up")))
    return Trace(504 if spent >= CONNECT_TIMEOUT else 502, "", spent, tuple(hops))


def from_pod(world: "World", pod: Pod, request: Request) -> Trace:
    """Follow one request that a pod sends: its name, its address, and who answers there."""
    hops = [Hop(0, pod.metadata.name, f"on {pod.spec.node_name}")]
    machine = world.machines[pod.spec.node_name]
    if _is_itself(pod, own_ip(machine, pod.metadata.uid), request.host):
        return _looped(world, machine, pod, request.port, hops)
    address, spent = request.host, 0
    if not _is_address(address):
        found = dns.lookup(world, pod, request.host)
        spent = found.took_ms
        server = found.server.rpartition("/")[2] or "dns"
        if not found.addresses:
            hops.append(Hop(spent, server, f"{found.name}: {found.alias or found.status}"))
            return Trace(0, "", spent, tuple(hops), NO_NAME)
        address = world.dice.pick(found.addresses, "dns answer", found.name, world.now)
        hops.append(Hop(spent, server, f"{found.name} is {address}"))
    if address == BALANCER_ADDRESS:
        return _around(from_outside(world, request), hops, spent)
    wanted = Request(address, request.path, request.port)
    return _connected(world, pod, wanted, hops, spent)


def _is_itself(pod: Pod, ip: str, host: str) -> bool:
    """Tell whether a host means the pod that asks, by its /etc/hosts or by its addresses."""
    if _is_address(host):
        return host == ip or host.startswith(LOOPBACK)
    return host in (LOCALHOST, pod.metadata.name)


def _looped(world: "World", machine: Machine, pod: Pod, port: int, hops: list[Hop]) -> Trace:
    """Ask the pod's own containers; with hostNetwork whoever listens on the machine."""
    key, name = f"{pod.metadata.namespace}/{pod.metadata.name}", pod.metadata.name
    if pod.spec.host_network:
        return _on_machine(world, machine.name, port, hops, 0)
    if not is_serving(machine, pod.metadata.uid, world.now, port):
        hops.append(Hop(0, name, "connection refused"))
        return Trace(0, "", 0, tuple(hops), REFUSED)
    hops.append(Hop(1, name, "answered"))
    return Trace(_status_of(world, key, port), key, LOOPED_TIME, tuple(hops))


def _around(outer: Trace, hops: list[Hop], spent: Duration) -> Trace:
    """Join a way out of the cluster and back in."""
    later = tuple(Hop(hop.at_ms + spent, hop.place, hop.event) for hop in outer.hops)
    return Trace(outer.code, outer.pod, outer.duration_ms + spent, (*hops, *later), outer.trouble)


def _connected(
    world: "World", pod: Pod, request: Request, hops: list[Hop], spent: Duration
) -> Trace:
    """Open a connection to an address: a Service's by way of kube-proxy, a machine's, or a pod's."""
    sender = _Sender(pod.spec.node_name, pod.metadata.uid)
    node, address = sender.place, request.host
    at = services_known(world, node).at(address)
    if at is None:
        machine = _machine_at(world, address)
        if machine:
            return _at_machine(world, sender, machine, request, hops, spent)
        return _answered(world, node, Backend(address, request.port), hops, spent)
    service, front = at
    by_tcp = (each for each in front.ports if each.protocol == TCP)
    port = next((each for each in by_tcp if each.number == request.port), None)
    if port is None:
        return _no_answer(hops, f"service {service}", f"has no port {request.port}", spent)
    name = f"{service}:{request.port}"
    return _proxied(world, node, sender, name, port.backends, request, hops, spent)


def _at_machine(
    world: "World",
    sender: _Sender,
    machine: str,
    request: Request,
    hops: list[Hop],
    spent: Duration,
) -> Trace:
    """Open a connection to an address of a machine.

    1. A machine that is off or cut off is silent.
    2. A node port is led on by the kube-proxy of that machine: the Service's endpoints anywhere, or
       for externalTrafficPolicy Local those on the machine, else the packets are dropped.
    3. Anything else reaches the programs that listen on the machine itself.
    """
    place = f"{machine}:{request.port}"
    if not world.is_up(machine) or not world.links.both_ways(sender.place, machine):
        return _no_answer(hops, place, "does not answer", spent)
    spent += ROUND_TRIPS * world.links.round_trip_lag(sender.place, machine)
    if spent >= GIVES_UP_AFTER:
        return _no_answer(hops, place, "answers too late", 0)
    at = services_known(world, machine).on_nodes(request.port)
    if at is None:
        return _on_machine(world, machine, request.port, hops, spent)
    service, port = at
    hops.append(Hop(spent, place, f"node port of service {service}"))
    backends = port.inner if sender.place == machine else port.backends
    if port.has_endpoints and not backends:
        text = f"service {service} has no endpoint on this node: dropped"
        return _no_answer(hops, f"kube-proxy on {machine}", text, spent)
    name = f"{service}:{port.port}"
    return _proxied(world, machine, sender, name, backends, request, hops, spent)


def _proxied(
    world: "World",
    node: str,
    sender: _Sender,
    service: str,
    backends: tuple[Backend, ...],
    request: Request,
    hops: list[Hop],
    spent: Duration,
) -> Trace:
    """Let the kube-proxy of a node pick one of a Service's endpoints."""
    place = f"kube-proxy on {node}"
    if not backends:
        text = f"service {service.rpartition(':')[0]} has no endpoint: rejected"
        hops.append(Hop(spent, place, text))
        return Trace(0, "", spent + 1, tuple(hops), REFUSED)
    key = (sender.pod or sender.place, request.host, request.port, world.now)
    backend = world.dice.pick(backends, "kube-proxy", *key)
    hops.append(Hop(spent, place, f"{service} is {backend.ip}:{backend.port}"))
    return _answered(world, node, backend, hops, spent)


def _answered(
    world: "World", node: str, backend: Backend, hops: list[Hop], spent: Duration
) -> Trace:
    server = _machine_at(world, backend.ip)
    if server and not backend.pod:
        if not world.is_up(server) or not world.links.both_ways(node, server):
            return _no_answer(hops, server, "does not answer", spent)
        return _on_machine(world, server, backend.port, hops, spent)
    key = backend.pod or _pod_at(world, backend.ip)
    name = key.rpartition("/")[2] or backend.ip
    target = world.traffic.target(world, node, key, backend.ip, backend.port)
    if target.state == SILENT:
        return _no_answer(hops, name, "does not answer", spent)
    if target.state != ANSWERS:
        hops.append(Hop(spent + 1, name, "connection refused"))
        return Trace(0, "", spent + 1, tuple(hops), REFUSED)
    spent += target.late_ms
    if spent >= GIVES_UP_AFTER:
        return _no_answer(hops, name, "answers too late", 0)
    hops.append(Hop(spent + 5, name, "answered"))
    code = _status_of(world, key, backend.port)
    return Trace(code, key, spent + ANSWER_TIME, tuple(hops))


def _status_of(world: "World", key: str, port: int) -> int:
    """Return the HTTP status with which the program of a pod answers on a port."""
    pod = world.store.get(Pod, key)
    if pod is None:
        return 200
    for process in processes_of(world.machines[pod.spec.node_name], pod.metadata.uid):
        container = next((e for e in pod.spec.containers if e.name == process.container), None)
        fails = program_of(container, world.dice).fails_after if container is not None else None
        listens = port in (process.ports or ())
        if fails is not None and listens and world.now >= process.started + fails:
            return 500
    return 200


def _on_machine(world: "World", machine: str, port: int, hops: list[Hop], spent: Duration) -> Trace:
    """End at a program of the machine's own network: its API server, or a pod's with hostNetwork."""
    server = world.api.state.servers.get(machine)
    if server is not None and server.alive and port == API_PORT:
        # It knows nobody without a token.
        place = f"kube-apiserver-{machine}"
        hops.append(Hop(spent + 3, place, "answered: forbidden without a token"))
        return Trace(403, f"kube-system/{place}", spent + ANSWER_TIME, tuple(hops))
    key = listener(world.machines[machine], world.machines[machine].address, port, world.now)
    if not key:
        hops.append(Hop(spent + 1, machine, "connection refused"))
        return Trace(0, "", spent + 1, tuple(hops), REFUSED)
    hops.append(Hop(spent + 5, key.rpartition("/")[2], "answered"))
    return Trace(200, key, spent + ANSWER_TIME, tuple(hops))


def _machine_at(world: "World", address: str) -> str:
    """Return the machine that has an address, an empty text if none has."""
    named = (name for name, each in world.machines.items() if each.address == address)
    return next(named, "")


def _pod_at(world: "World", ip: str) -> str:
    """Return the pod that has an address, an empty text if there is none."""
    for name in sorted(world.machines):
        for process in world.machines[name].processes.values():
            if process.pod_ip == ip:
                return process.pod_key
    return ""


def _no_answer(hops: list[Hop], place: str, event: str, spent: Duration) -> Trace:
    hops.append(Hop(spent, place, event))
    hops.append(Hop(spent + GIVES_UP_AFTER, "client", "gave up"))
    return Trace(0, "", spent + GIVES_UP_AFTER, tuple(hops))


def _is_address(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and all(part.isascii() and part.isdigit() for part in parts)
