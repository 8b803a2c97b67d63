"""Keeps the EndpointSlices of a Service in step with the pods that its selector means.

Watches Services and pods; writes EndpointSlices. A pod is *ready* as an endpoint when it is Ready
and not being deleted. Follows staging/src/k8s.io/endpointslice; of its packing the simple form.
"""

from collections.abc import Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import Instant
from simulation.kube.indexes import PODS_BY_NAMESPACE, SLICES_BY_SERVICE
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import ObjectMeta, OwnerReference
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Container, Pod
from simulation.kube.objects.service import (
    Endpoint,
    EndpointConditions,
    EndpointPort,
    EndpointSlice,
    ObjectReference,
    Service,
    ServicePort,
)
from simulation.kube.rules.pods import is_finished, is_ready, is_terminating
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace

ENDPOINTS_PER_SLICE = 100
ZONE = "topology.kubernetes.io/zone"
MANAGED_BY = "endpointslice-controller.k8s.io"
NAMESPACE = "namespace:"
"""A key that stands for all Services of a namespace: a pod of it changed."""


def _of_pod(change: Change) -> Iterable[str]:
    old, new = change.old, change.new
    if isinstance(old, Pod) and isinstance(new, Pod) and _facts(old) == _facts(new):
        return ()
    return (NAMESPACE + change.either.metadata.namespace,)


def _facts(pod: Pod) -> tuple[object, ...]:
    """Return what an endpoint is made from."""
    meta = pod.metadata
    return (
        meta.labels,
        meta.deletion_timestamp is None,
        pod.status.pod_ip,
        pod.spec.node_name,
        is_ready(pod),
        is_finished(pod),
    )


class EndpointSliceController:
    """Lists the addresses behind each Service."""

    name = "endpointslice"
    watches = {"Service": lambda change: (change.key,), "Pod": _of_pod}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Compare the slices there are with the endpoints there should be."""
        if key.startswith(NAMESPACE):
            namespace = key.removeprefix(NAMESPACE)
            services = [s for s in view.list(Service) if s.metadata.namespace == namespace]
            writes = [w for each in services for w in _writes(each, view)]
            return Outcome((tuple(writes),))
        service = view.get(Service, key)
        if service is None:
            gone = view.by(SLICES_BY_SERVICE, key)
            because = Reason("endpoints-dropped", {"service": key})
            return Outcome((tuple(Write("delete", each, because) for each in gone),))
        return Outcome((tuple(_writes(service, view)),))


def _writes(service: Service, view: View) -> list[Write]:
    if not service.spec.selector:
        return []
    meta = service.metadata
    wanted = endpoints_of(service, view.by(PODS_BY_NAMESPACE, meta.namespace), view)
    left = view.by(SLICES_BY_SERVICE, f"{meta.namespace}/{meta.name}")
    parts = _parts(service, wanted, view)
    matched: list[EndpointSlice | None] = []
    for ports, _ in parts:
        same = next((each for each in left if each.ports == ports), None)
        matched.append(same)
        left = [each for each in left if each is not same]
    writes: list[Write] = []
    for (ports, chunk), found in zip(parts, matched, strict=True):
        # One that would be deleted is filled anew rather than replaced.
        current = found or (left.pop(0) if left else None)
        if current is None:
            because = _because(service, (), chunk)
            writes.append(Write("create", _slice(service, chunk, ports), because))
            continue
        new = replace(current, endpoints=tuple(chunk), ports=ports)
        if new != current:
            because = _because(service, current.endpoints, chunk)
            writes.append(Write("patch", new, because, ("endpoints", "ports")))
    dropped = Reason("endpoints-dropped", {"service": meta.name})
    return writes + [Write("delete", each, dropped) for each in left]


Ports = tuple[EndpointPort, ...]


def _parts(
    service: Service, endpoints: list[Endpoint], view: View
) -> list[tuple[Ports, list[Endpoint]]]:
    """Return what each slice holds: endpoints with the same ports; an empty one has no ports.

    A named port leads to another number in a pod of another template (endpointslice/reconciler.go).
    """
    alike: dict[Ports, list[Endpoint]] = {}
    for each in endpoints:
        reference = each.target_ref
        assert reference is not None, "endpoints are pods"
        pod = view.get(Pod, f"{reference.namespace}/{reference.name}")
        alike.setdefault(_ports(service, pod), []).append(each)
    parts = [(ports, chunk) for ports, group in alike.items() for chunk in packed(group)]
    return parts or [((), [])]


def _because(service: Service, before: Iterable[Endpoint], after: Iterable[Endpoint]) -> Reason:
    ready = [each for each in after if each.conditions.ready]
    known = [each for each in before if each.conditions.ready]
    key = "endpoints-noted"
    if len(ready) != len(known):
        key = "endpoints-lost" if len(ready) < len(known) else "endpoints-listed"
    params: dict[str, str | int] = {"service": service.metadata.name, "ready": len(ready)}
    return Reason(key, params)


def packed(endpoints: list[Endpoint], size: int = ENDPOINTS_PER_SLICE) -> list[list[Endpoint]]:
    """Return the endpoints in slices of at most so many; there is always one slice."""
    starts = range(0, max(len(endpoints), 1), size)
    return [endpoints[start : start + size] for start in starts]


def endpoints_of(service: Service, pods: list[Pod], view: View) -> list[Endpoint]:
    """Return the endpoints of the pods that a Service's selector means."""
    selector = service.spec.selector or {}
    found = []
    for pod in pods:
        selected = selector.items() <= pod.metadata.labels.items()
        if selected and has_endpoint(pod):
            node = view.get(Node, pod.spec.node_name)
            zone = node.metadata.labels.get(ZONE) if node is not None else None
            found.append(endpoint(service, pod, zone))
    return found


def has_endpoint(pod: Pod, include_terminating: bool = True) -> bool:
    """Tell whether a pod is listed at all, ready or not."""
    if is_finished(pod) or not pod.status.pod_ip:
        return False
    return include_terminating or not is_terminating(pod)


def endpoint(service: Service, pod: Pod, zone: str | None = None) -> Endpoint:
    """Return one pod as an endpoint, in the zone of its node if that has one."""
    serving, terminating = is_ready(pod), is_terminating(pod)
    ready = service.spec.publish_not_ready_addresses or (serving and not terminating)
    return Endpoint(
        _addresses(pod),
        EndpointConditions(ready, serving, terminating),
        ObjectReference("Pod", pod.metadata.namespace, pod.metadata.name, pod.metadata.uid),
        pod.spec.node_name or None,
        zone,
        _hostname(service, pod),
    )


def _addresses(pod: Pod) -> tuple[str, ...]:
    """Return the pod's addresses of the family of its first one; a slice holds one family only."""
    is_v6 = ":" in pod.status.pod_ip
    same = tuple(each.ip for each in pod.status.pod_ips if (":" in each.ip) is is_v6)
    return same or (pod.status.pod_ip,)


def _hostname(service: Service, pod: Pod) -> dict[str, str]:
    """Return the name that a pod has asked for below the name of its headless Service."""
    hostname, subdomain = pod.spec.rest.get("hostname"), pod.spec.rest.get("subdomain")
    named = hostname and subdomain == service.metadata.name
    return {"hostname": str(hostname)} if named else {}


def _ports(service: Service, pod: Pod | None) -> Ports:
    """Return the ports that a pod has of those that a Service leads to."""
    numbers = ((port, target_port(port, pod)) for port in service.spec.ports)
    return tuple(
        EndpointPort(port.name, number, port.protocol)
        for port, number in numbers
        if number is not None
    )


def is_sidecar(container: Container) -> bool:
    """Tell whether an init container keeps running beside the others."""
    return container.restart_policy == "Always"


def target_port(port: ServicePort, pod: Pod | None) -> int | None:
    """Return the number of the port that a Service's port leads to in a pod."""
    target = port.target_port
    if target is None or target == 0:
        return port.port
    if isinstance(target, int):
        return target
    sidecars = [each for each in pod.spec.init_containers if is_sidecar(each)] if pod else []
    for container in (*pod.spec.containers, *sidecars) if pod else ():
        for each in container.ports:
            if each.name == target and each.protocol == port.protocol:
                return each.container_port
    return None


def _slice(service: Service, chunk: list[Endpoint], ports: Ports) -> EndpointSlice:
    meta = service.metadata
    labels = {
        "kubernetes.io/service-name": meta.name,
        "endpointslice.kubernetes.io/managed-by": MANAGED_BY,
    }
    owner = OwnerReference("v1", "Service", meta.name, meta.uid, True, True)
    return EndpointSlice(
        api_version="discovery.k8s.io/v1",
        metadata=ObjectMeta(
            generate_name=f"{meta.name}-",
            namespace=meta.namespace,
            labels=labels,
            owner_references=(owner,),
        ),
        endpoints=tuple(chunk),
        ports=ports,
    )
