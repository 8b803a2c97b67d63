"""What kube-proxy and CoreDNS make of the API: addresses of Services and what lies behind them.

Both follow Services and EndpointSlices through a watch, and both go on with what they last heard
when it breaks. Follows pkg/proxy/topology.go for the choice of endpoints.
"""

from simulation.kernel.records import Record
from simulation.kube.indexes import SLICES_BY_SERVICE
from simulation.kube.objects.service import Endpoint, EndpointSlice, Service, ServicePort
from simulation.kube.rules.proxying import Candidate, Place, Policies, choose
from simulation.kube.view import View

HEADLESS = "None"
TCP = "TCP"
"""What requests travel by; names are looked up by UDP."""


class Backend(Record):
    """One address that kube-proxy sends connections to."""

    ip: str
    port: int
    pod: str = ""
    """namespace/name, as the EndpointSlice names it."""


class FrontPort(Record):
    """One port of a Service and what lies behind it."""

    number: int
    backends: tuple[Backend, ...] = ()
    protocol: str = TCP


class NodePort(Record):
    """A port on which every machine answers for a Service."""

    number: int
    port: int
    """The port of the Service that it stands for."""
    backends: tuple[Backend, ...] = ()
    """Where connections from outside go."""
    inner: tuple[Backend, ...] = ()
    """Where connections of the machine's own pods go."""
    has_endpoints: bool = False
    """Whether there is one on any node; without one connections are rejected, else dropped."""


class Front(Record):
    """A Service as those see it who only look at its name and its address."""

    cluster_ip: str = ""
    external_name: str = ""
    ports: tuple[FrontPort, ...] = ()
    ready: tuple[str, ...] = ()
    """Addresses of ready endpoints: what DNS answers for a headless Service."""
    node_ports: tuple[NodePort, ...] = ()

    @property
    def is_headless(self) -> bool:
        """Tell whether it has no address of its own."""
        return self.cluster_ip == HEADLESS


class Services(Record):
    """Everything a kube-proxy and a CoreDNS know, by "namespace/name"."""

    fronts: dict[str, Front] = {}

    def at(self, address: str) -> tuple[str, Front] | None:
        """Return (namespace/name, Service) of a ClusterIP, None if no Service has it."""
        for key, front in self.fronts.items():
            if front.cluster_ip == address:
                return key, front
        return None

    def on_nodes(self, number: int) -> tuple[str, NodePort] | None:
        """Return (namespace/name, node port) that a port of every node means, None if nobody's."""
        for key, front in self.fronts.items():
            for port in front.node_ports:
                if port.number == number:
                    return key, port
        return None


def services_of(view: View, node: str) -> Services:
    """Read off a view what the kube-proxy of a node programs."""
    fronts = {}
    for key, service in view.items(Service):
        slices = view.by(SLICES_BY_SERVICE, key)
        fronts[key] = _front(service, slices, node)
    return Services(fronts)


def _front(service: Service, slices: list[EndpointSlice], node: str) -> Front:
    spec = service.spec
    ready = [e.addresses[0] for each in slices for e in each.endpoints if _is_ready(e)]
    ports = tuple(
        FrontPort(port.port, _inside(service, _endpoints(slices, port.name, node)), port.protocol)
        for port in spec.ports
    )
    on_nodes = tuple(
        _on_nodes(service, port, _endpoints(slices, port.name, node))
        for port in spec.ports
        if port.node_port and port.protocol == TCP
    )
    return Front(spec.cluster_ip, spec.external_name, ports, tuple(dict.fromkeys(ready)), on_nodes)


class _Endpoints(Record):
    """What lies behind one port of a Service, as the proxy of a node sees it."""

    behind: dict[str, Backend]
    candidates: list[Candidate]
    place: Place

    def chosen(self, addresses: tuple[str, ...]) -> tuple[Backend, ...]:
        return tuple(self.behind[address] for address in addresses)


def _inside(service: Service, endpoints: _Endpoints) -> tuple[Backend, ...]:
    """Return where connections to the ClusterIP go."""
    policies = Policies(service.spec.internal_traffic_policy or "Cluster")
    choice = choose(endpoints.candidates, policies, endpoints.place)
    return endpoints.chosen(choice.local or choice.cluster)


def _on_nodes(service: Service, port: ServicePort, endpoints: _Endpoints) -> NodePort:
    """Return where connections to a node go: pkg/proxy/iptables/proxier.go, KUBE-EXT chains.

    By externalTrafficPolicy Local only to endpoints of that node, except for the node's own pods.
    """
    policies = Policies("Cluster", service.spec.external_traffic_policy or "Cluster", True)
    choice = choose(endpoints.candidates, policies, endpoints.place)
    outside = choice.local if policies.external == "Local" else choice.cluster
    return NodePort(
        port.node_port,
        port.port,
        endpoints.chosen(outside),
        endpoints.chosen(choice.cluster),
        choice.has_any,
    )


def _endpoints(slices: list[EndpointSlice], port_name: str, node: str) -> _Endpoints:
    behind: dict[str, Backend] = {}
    candidates = []
    for each in slices:
        number = next((port.port for port in each.ports if port.name == port_name), None)
        for endpoint in each.endpoints if number else ():
            assert number, f"{each.metadata.name} has no port {port_name}"
            address, reference = endpoint.addresses[0], endpoint.target_ref
            pod = f"{reference.namespace}/{reference.name}" if reference else ""
            behind[address] = Backend(address, number, pod)
            candidates.append(_candidate(endpoint, node))
    return _Endpoints(behind, candidates, Place(node))


def _candidate(endpoint: Endpoint, node: str) -> Candidate:
    told = endpoint.conditions
    return Candidate(
        endpoint.addresses[0],
        _is_ready(endpoint),
        _is_ready(endpoint) if told.serving is None else told.serving,
        bool(told.terminating),
        local=endpoint.node_name == node,
    )


def _is_ready(endpoint: Endpoint) -> bool:
    # discovery/v1 types.go: a condition that is not set is to be read as true.
    return endpoint.conditions.ready is not False
