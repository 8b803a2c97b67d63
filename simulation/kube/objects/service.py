"""Services, their endpoints, and the ways in from outside."""

from typing import Any

from simulation.kernel.records import Record
from simulation.kube.objects.meta import IntOrString, KubeObject

WITH_NODE_PORTS = ("LoadBalancer", "NodePort")
"""Types of Services that may hold ports of the nodes."""


class ServicePort(Record):
    """One port of a Service."""

    port: int
    name: str = ""
    protocol: str = "TCP"
    target_port: IntOrString | None = None
    node_port: int = 0
    app_protocol: str | None = None


class ServiceSpec(Record):
    """Which pods a Service means, and under which address."""

    selector: dict[str, str] | None = None
    ports: tuple[ServicePort, ...] = ()
    type: str = "ClusterIP"
    cluster_ip: str = ""
    external_name: str = ""
    external_ips: tuple[str, ...] = ()
    session_affinity: str = "None"
    internal_traffic_policy: str = ""
    external_traffic_policy: str = ""
    publish_not_ready_addresses: bool = False
    load_balancer_class: str | None = None
    rest: dict[str, Any] = {}


class LoadBalancerIngress(Record):
    """An address that a load balancer was given."""

    ip: str = ""
    hostname: str = ""


class LoadBalancerStatus(Record):
    """Where a load balancer can be reached."""

    ingress: tuple[LoadBalancerIngress, ...] = ()


class ServiceStatus(Record):
    """What is known of a Service's load balancer."""

    load_balancer: LoadBalancerStatus = LoadBalancerStatus()


class Service(KubeObject, frozen=True, gc=False, tag="Service"):
    """A name and an address for a set of pods."""

    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()


class ObjectReference(Record):
    """Names another object."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    api_version: str = ""
    resource_version: str = ""
    field_path: str = ""


class EndpointConditions(Record):
    """Whether an endpoint may be used."""

    ready: bool | None = None
    serving: bool | None = None
    terminating: bool | None = None


class Endpoint(Record):
    """One address behind a Service."""

    addresses: tuple[str, ...] = ()
    conditions: EndpointConditions = EndpointConditions()
    target_ref: ObjectReference | None = None
    node_name: str | None = None
    zone: str | None = None
    rest: dict[str, Any] = {}


class EndpointPort(Record):
    """One port behind a Service."""

    name: str = ""
    port: int | None = None
    protocol: str = "TCP"


class EndpointSlice(KubeObject, frozen=True, gc=False, tag="EndpointSlice"):
    """Up to a hundred of a Service's endpoints."""

    address_type: str = "IPv4"
    endpoints: tuple[Endpoint, ...] = ()
    ports: tuple[EndpointPort, ...] = ()


class ServiceBackendPort(Record):
    """A port of a Service by number or by name."""

    number: int = 0
    name: str = ""


class IngressServiceBackend(Record):
    """The Service that a path leads to."""

    name: str
    port: ServiceBackendPort = ServiceBackendPort()


class IngressBackend(Record):
    """Where a path leads."""

    service: IngressServiceBackend | None = None
    resource: dict[str, Any] | None = None


class HTTPIngressPath(Record):
    """A path and where it leads."""

    backend: IngressBackend = IngressBackend()
    path: str = ""
    path_type: str = ""


class HTTPIngressRuleValue(Record):
    """The paths of one host."""

    paths: tuple[HTTPIngressPath, ...] = ()


class IngressRule(Record):
    """The rules of one host."""

    host: str = ""
    http: HTTPIngressRuleValue | None = None


class IngressTLS(Record):
    """Hosts that are served under a certificate."""

    hosts: tuple[str, ...] = ()
    secret_name: str = ""


class IngressSpec(Record):
    """Hosts and paths, and the Services they lead to."""

    ingress_class_name: str | None = None
    default_backend: IngressBackend | None = None
    rules: tuple[IngressRule, ...] = ()
    tls: tuple[IngressTLS, ...] = ()
    rest: dict[str, Any] = {}


class IngressStatus(Record):
    """Where an Ingress can be reached."""

    load_balancer: LoadBalancerStatus = LoadBalancerStatus()


class Ingress(KubeObject, frozen=True, gc=False, tag="Ingress"):
    """Leads requests from outside to Services by host and path."""

    spec: IngressSpec = IngressSpec()
    status: IngressStatus = IngressStatus()


class IngressClassSpec(Record):
    """Which controller serves a class."""

    controller: str = ""
    rest: dict[str, Any] = {}


class IngressClass(KubeObject, frozen=True, gc=False, tag="IngressClass"):
    """A class of Ingresses."""

    spec: IngressClassSpec = IngressClassSpec()
