"""Rows of what leads to pods: Services, their endpoints, Ingresses."""

from collections.abc import Callable
from typing import Any

from simulation.kernel.units import Instant
from simulation.kube.objects.config import Unsimulated
from simulation.kube.objects.service import (
    EndpointPort,
    EndpointSlice,
    Ingress,
    IngressClass,
    LoadBalancerIngress,
    Service,
)
from simulation.kube.rules.printing_common import (
    NONE,
    UNKNOWN,
    UNSET,
    Cells,
    age_of,
    selector_text,
    shortened,
)

LOAD_BALANCER_WIDTH = 16


def _service(obj: Service, now: Instant) -> Cells:
    spec = obj.spec
    return [
        obj.metadata.name,
        spec.type,
        spec.cluster_ip or NONE,
        external_ip(obj, wide=False),
        _ports(spec.ports) or NONE,
        age_of(obj, now),
        selector_text(spec.selector or {}),
    ]


def external_ip(obj: Service, wide: bool) -> str:
    """Return the EXTERNAL-IP of a Service."""
    spec = obj.spec
    if spec.type == "ExternalName":
        return spec.external_name
    if spec.type == "LoadBalancer":
        text = _addresses(obj.status.load_balancer.ingress)
        if not wide and len(text) > LOAD_BALANCER_WIDTH:
            text = text[: LOAD_BALANCER_WIDTH - 3] + "..."
        everything = [*([text] if text else []), *spec.external_ips]
        return ",".join(everything) or "<pending>"
    if spec.type not in ("ClusterIP", "NodePort"):
        return UNKNOWN
    return ",".join(spec.external_ips) or NONE


def _addresses(given: tuple[LoadBalancerIngress, ...]) -> str:
    return ",".join(sorted({each.ip or each.hostname for each in given} - {""}))


def _ports(ports: tuple[Any, ...]) -> str:
    return ",".join(
        f"{each.port}:{each.node_port}/{each.protocol}"
        if each.node_port
        else f"{each.port}/{each.protocol}"
        for each in ports
    )


def _endpointslice(obj: EndpointSlice, now: Instant) -> Cells:
    ports = shortened([_port(each) for each in obj.ports])
    addresses = [address for each in obj.endpoints for address in each.addresses]
    shown = shortened(addresses)
    return [obj.metadata.name, obj.address_type, ports or UNSET, shown or UNSET, age_of(obj, now)]


def _port(port: EndpointPort) -> str:
    return (port.name or "*") if port.port is None else str(port.port)


def _ingress(obj: Ingress, now: Instant) -> Cells:
    hosts = shortened([rule.host for rule in obj.spec.rules if rule.host])
    return [
        obj.metadata.name,
        obj.spec.ingress_class_name or NONE,
        hosts or "*",
        _addresses(obj.status.load_balancer.ingress),
        "80, 443" if obj.spec.tls else "80",
        age_of(obj, now),
    ]


def _ingressclass(obj: IngressClass, now: Instant) -> Cells:
    parameters = obj.spec.rest.get("parameters") or {}
    text = NONE
    if parameters:
        group = parameters.get("apiGroup")
        kind = f"{parameters.get('kind')}.{group}" if group else str(parameters.get("kind"))
        text = f"{kind}/{parameters.get('name')}"
    return [obj.metadata.name, obj.spec.controller, text, age_of(obj, now)]


def _endpoints(obj: Unsimulated, now: Instant) -> Cells:
    found = [
        f"{address.get('ip')}:{port.get('port')}"
        for subset in obj.rest.get("subsets") or ()
        for port in subset.get("ports") or ()
        for address in subset.get("addresses") or ()
    ]
    return [obj.metadata.name, shortened(found) or NONE, age_of(obj, now)]


PRINTERS: dict[str, Callable[[Any, Instant], Cells]] = {
    "EndpointSlice": _endpointslice,
    "Endpoints": _endpoints,
    "Ingress": _ingress,
    "IngressClass": _ingressclass,
    "Service": _service,
}
