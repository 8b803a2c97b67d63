"""What kube-proxy and CoreDNS make of the API: addresses of Services and what lies behind them.

Both follow Services and EndpointSlices through a watch, and both go on with what they last heard
when it breaks. Follows pkg/proxy/topology.go for the choice of endpoints.
"""

from simulation.kernel.records import Record
from simulation.kube.indexes import SLICES_BY_SERVICE
from simulation.kube.objects.service import Endpoint, EndpointSlice, Service
from simulation.kube.rules.proxying import Candidate, Place, Policies, choose
from simulation.kube.view import View

HEADLESS = "None"


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


class Front(Record):
    """A Service as those see it who only look at its name and its address."""

    cluster_ip: str = ""
    external_name: str = ""
    ports: tuple[FrontPort, ...] = ()
    ready: tuple[str, ...] = ()
    """Addresses of ready endpoints: what DNS answers for a headless Service."""

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
        FrontPort(port.port, _backends(service, slices, port.name, node)) for port in spec.ports
    )
    return Front(spec.cluster_ip, spec.external_name, ports, tuple(dict.fromkeys(ready)))


def _backends(
    service: Service, slices: list[EndpointSlice], port_name: str, node: str
) -> tuple[Backend, ...]:
    behind: dict[str, Backend] = {}
    candidates = []
    for each in slices:
        number = next((port.port for port in each.ports if port.name == port_name), None)
        for endpoint in each.endpoints if number else ():
            assert number, f"a slice of {service.metadata.name} has no port {port_name}"
            address, reference = endpoint.addresses[0], endpoint.target_ref
            pod = f"{reference.namespace}/{reference.name}" if reference else ""
            behind[address] = Backend(address, number, pod)
            candidates.append(_candidate(endpoint, node))
    policies = Policies(service.spec.internal_traffic_policy or "Cluster")
    chosen = choose(candidates, policies, Place(node))
    return tuple(behind[address] for address in (chosen.local or chosen.cluster))


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
