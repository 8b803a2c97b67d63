"""Names: what a pod's resolver asks, and what CoreDNS answers from its own copy of the API.

A lookup is a packet to the Service kube-dns: the kube-proxy of the asking node picks a CoreDNS pod,
and that pod answers from what its own node has heard. So DNS goes on without a control plane, with
what it last knew, and two CoreDNS pods may give two answers. Follows the DNS specification of
Kubernetes (kubernetes/dns, schema 1.1.0) and pkg/kubelet/network/dns/dns.go.
"""

import re
from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Duration
from simulation.kube.machines import processes_of
from simulation.kube.network.flows import ANSWERS, SILENT
from simulation.kube.network.knowledge import services_known
from simulation.kube.network.links import BALANCER_ADDRESS
from simulation.kube.network.services import Backend, Front, Services
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.service import Ingress

if TYPE_CHECKING:
    from simulation.kube.world import World

NAMESERVER = "10.96.0.10"
"""The tenth address of the Service CIDR (cmd/kubeadm/app/constants)."""
DNS_SERVICE = "kube-system/kube-dns"
DNS_PORT = 53
ZONE = "cluster.local"
DOTS_MIN = 5
"""Option ndots of every pod's resolv.conf: shorter names go through the search list first."""
ATTEMPTS = 2
ATTEMPT_TIMEOUT: Duration = 5 * SECOND
"""resolv.conf(5): two attempts of five seconds each."""

FOUND = "NOERROR"
NO_SUCH_NAME = "NXDOMAIN"
CANNOT_SAY = "SERVFAIL"
NOBODY = "timed out"

DASHED_IP = re.compile(r"\d{1,3}(-\d{1,3}){3}")


class Lookup(Record):
    """What became of a question."""

    status: str
    name: str
    """The full name that was found, else the name as it was asked."""
    addresses: tuple[str, ...] = ()
    alias: str = ""
    """What an ExternalName stands for."""
    server: str = ""
    """The CoreDNS pod that answered, namespace/name."""
    took_ms: Duration = 0


def search_list(namespace: str) -> tuple[str, ...]:
    """Return the domains that a pod's resolver tries one after the other."""
    return f"{namespace}.svc.{ZONE}", f"svc.{ZONE}", ZONE


def candidates(name: str, namespace: str) -> list[str]:
    """Return the full names that a resolver asks for, in their order."""
    if name.endswith("."):
        return [name.rstrip(".")]
    searched = [f"{name}.{domain}" for domain in search_list(namespace)]
    return [name, *searched] if name.count(".") >= DOTS_MIN else [*searched, name]


def lookup(world: "World", pod: Pod, name: str) -> Lookup:
    """Return what a pod's resolver finds out about a name.

    1. A CoreDNS pod is picked by the kube-proxy of the pod's node, anew for each attempt.
    2. One whose machine is silent costs the timeout of an attempt.
    3. One that answers is asked for each name of the search list until one exists.
    """
    name = name.lower()
    node, spent = pod.spec.node_name, 0
    for attempt in range(ATTEMPTS):
        server = _server(world, pod, name, attempt)
        if server is None:
            continue
        state = world.traffic.target(world, node, server.pod, server.ip, DNS_PORT).state
        if state == ANSWERS:
            status, found = _ask(world, server.pod, name, pod.metadata.namespace)
            return Lookup(status, found[0], found[1], found[2], server.pod, spent + 1)
        spent += ATTEMPT_TIMEOUT if state == SILENT else 1
    return Lookup(NOBODY, name, took_ms=max(spent, ATTEMPT_TIMEOUT))


def _server(world: "World", pod: Pod, name: str, attempt: int) -> Backend | None:
    """Return the CoreDNS pod that a packet to the nameserver reaches, None if it is rejected."""
    front = services_known(world, pod.spec.node_name).fronts.get(DNS_SERVICE)
    ports = front.ports if front is not None else ()
    backends = next((port.backends for port in ports if port.number == DNS_PORT), ())
    if not backends:
        return None
    return world.dice.pick(backends, "dns", pod.metadata.uid, name, world.now, attempt)


Answer = tuple[str, tuple[str, ...], str]
"""(full name, addresses, alias)"""


def _ask(world: "World", server: str, name: str, namespace: str) -> tuple[str, Answer]:
    """Return (status, answer) of one CoreDNS pod about a name and its search list."""
    if _has_heard_nothing(world, server):
        return CANNOT_SAY, (name, (), "")
    known = services_known(world, _node_of(world, server))
    for full in candidates(name, namespace):
        found = _resolve(world, known, full)
        if found is not None:
            return FOUND, (full, *found)
    return NO_SUCH_NAME, (name, (), "")


def _node_of(world: "World", server: str) -> str:
    pod = world.store.get(Pod, server)
    return pod.spec.node_name if pod is not None else ""


def _has_heard_nothing(world: "World", server: str) -> bool:
    """Tell whether a CoreDNS was started when its node already heard nothing of the API."""
    pod = world.store.get(Pod, server)
    if pod is None or world.readers.connected(pod.spec.node_name):
        return False
    reader = world.readers.state.readers.get(pod.spec.node_name)
    machine = world.machines.get(pod.spec.node_name)
    if reader is None or machine is None:
        return True
    running = processes_of(machine, pod.metadata.uid)
    return all(process.started >= reader.since for process in running)


def _resolve(world: "World", known: Services, name: str) -> tuple[tuple[str, ...], str] | None:
    """Return (addresses, alias) of a full name, None if it does not exist."""
    if not name.endswith(f".{ZONE}"):
        return _outside(world, name)
    labels = name.removesuffix(f".{ZONE}").split(".")
    if labels[-1] == "pod" and len(labels) == 3 and DASHED_IP.fullmatch(labels[0]):
        return (labels[0].replace("-", "."),), ""
    if labels[-1] != "svc" or not 3 <= len(labels) <= 4:
        return None
    front = known.fronts.get(f"{labels[-2]}/{labels[-3]}")
    if front is None:
        return None
    return _endpoint(front, labels[0]) if len(labels) == 4 else _service(front)


def _service(front: Front) -> tuple[tuple[str, ...], str] | None:
    if front.external_name:
        return (), front.external_name
    if not front.is_headless:
        return (front.cluster_ip,), ""
    return (front.ready, "") if front.ready else None


def _endpoint(front: Front, label: str) -> tuple[tuple[str, ...], str] | None:
    """Return an endpoint of a headless Service by its address with dashes."""
    address = label.replace("-", ".")
    return ((address,), "") if front.is_headless and address in front.ready else None


def _outside(world: "World", name: str) -> tuple[tuple[str, ...], str] | None:
    """Return what the name servers of the world outside know: the hosts that users ask for."""
    hosts = [route.partition("/")[0] for route in world.traffic.state.routes]
    hosts += [rule.host for each in world.store.list(Ingress) for rule in each.spec.rules]
    return ((BALANCER_ADDRESS,), "") if name in hosts else None
