"""What a machine's proxies know: the endpoints of each Service, as last heard.

While the machine's watch lives this is read from its view. When the watch breaks, the tables are
frozen and stay as they were: kube-proxy's rules, nginx's upstreams and CoreDNS do not forget.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kube.indexes import SLICES_BY_SERVICE
from simulation.kube.network.services import Services, services_of
from simulation.kube.objects.service import Ingress, IngressClass, Service
from simulation.kube.rules.routing import PREFIX, Rule
from simulation.kube.view import View

if TYPE_CHECKING:
    from simulation.kube.world import World


CONTROLLER = "k8s.io/ingress-nginx"
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"


class Peer(Record):
    """One pod behind a Service, as a proxy knows it."""

    pod: str
    ip: str
    port: int


class Tables(Record):
    """Everything an ingress controller needs: rules and endpoints."""

    rules: tuple[Rule, ...] = ()
    """Backends are "namespace/service:port"."""
    peers: dict[str, tuple[Peer, ...]] = {}
    """By "namespace/service:port", of the Services that some rule leads to."""


def tables_of(view: View) -> Tables:
    """Read the tables off a view."""
    rules = _rules(view)
    return Tables(rules, _peers(view, rules))


def _rules(view: View) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for ingress in view.list(Ingress):
        namespace, spec = ingress.metadata.namespace, ingress.spec
        if not is_served(view, spec.ingress_class_name):
            continue
        if spec.default_backend and spec.default_backend.service:
            backend = _backend(namespace, spec.default_backend.service)
            rules.append(Rule("", "/", PREFIX, backend, default=True))
        for rule in spec.rules:
            for path in rule.http.paths if rule.http else ():
                if path.backend.service:
                    backend = _backend(namespace, path.backend.service)
                    kind = path.path_type or "ImplementationSpecific"
                    rules.append(Rule(rule.host, path.path or "/", kind, backend))
    return tuple(rules)


def is_served(view: View, name: str | None) -> bool:
    """Tell whether the ingress controller of the lab serves a class; none means the default."""
    served = [each for each in view.list(IngressClass) if each.spec.controller == CONTROLLER]
    if name is not None:
        return any(each.metadata.name == name for each in served)
    return any(each.metadata.annotations.get(DEFAULT_CLASS) == "true" for each in served)


def _backend(namespace: str, service: object) -> str:
    port = service.port  # type: ignore[attr-defined]
    return f"{namespace}/{service.name}:{port.number or port.name}"  # type: ignore[attr-defined]


def _peers(view: View, rules: tuple[Rule, ...]) -> dict[str, tuple[Peer, ...]]:
    found: dict[str, tuple[Peer, ...]] = {}
    for key in sorted({rule.backend.rpartition(":")[0] for rule in rules}):
        service = view.get(Service, key)
        if service is None:
            continue
        slices = view.by(SLICES_BY_SERVICE, key)
        for port in service.spec.ports:
            peers = tuple(
                Peer(f"{e.target_ref.namespace}/{e.target_ref.name}", e.addresses[0], number)
                for each in slices
                for number in [_number(each.ports, port.name)]
                for e in each.endpoints
                if e.conditions.ready and e.target_ref is not None and number
            )
            found[f"{key}:{port.port}"] = peers
            if port.name:
                found[f"{key}:{port.name}"] = peers
    return found


def _number(ports: tuple, name: str) -> int:
    for port in ports:
        if port.name == name and port.port:
            return int(port.port)
    return 0


class Frozen(Record):
    """What the proxies of a machine knew when their watch broke."""

    tables: Tables = Tables()
    services: Services = Services()


def freeze(world: "World", machine: str) -> Frozen:
    """Return all that the proxies of a machine know now."""
    return Frozen(tables_known(world, machine), services_known(world, machine))


def tables_known(world: "World", machine: str) -> Tables:
    """Return what an ingress controller on a machine knows now."""
    frozen = world.traffic.state.frozen.get(machine)
    return frozen.tables if frozen is not None else tables_of(_view(world, machine))


def services_known(world: "World", machine: str) -> Services:
    """Return what the kube-proxy and a CoreDNS of a machine know now."""
    frozen = world.traffic.state.frozen.get(machine)
    return frozen.services if frozen is not None else services_of(_view(world, machine), machine)


def _view(world: "World", machine: str) -> View:
    reader = world.readers.state.readers.get(machine)
    return View(world.store, reader.seen if reader else None)
