"""Asks the EndpointSlice controller, kube-proxy's rule and the Service's defaults and checks."""

from typing import Any

from simulation.kernel.reasons import Reason
from simulation.kube.controllers.endpointslice import (
    endpoints_of,
    has_endpoint,
    packed,
    target_port,
)
from simulation.kube.manifests.defaults import with_defaults
from simulation.kube.manifests.network_checks import session_affinity
from simulation.kube.objects.meta import Condition, ObjectMeta
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Container, ContainerPort, Pod, PodIP, PodSpec, PodStatus
from simulation.kube.objects.service import Endpoint, Service, ServicePort, ServiceSpec
from simulation.kube.rules import proxying
from simulation.kube.store import Store
from simulation.kube.view import View

Given = dict[str, Any]
LABELS = {"app": "web"}


def _view(*nodes: Node) -> View:
    store = Store()
    for node in nodes:
        store.put("Node", node.metadata.name, node, 0, "test", Reason("listed"))
    return View(store)


def _node(given: Given) -> Node:
    zone = given["node_zone"]
    labels = {"topology.kubernetes.io/zone": zone} if zone else {}
    return Node(metadata=ObjectMeta(name=given["pod"]["node"], labels=labels))


def endpoint_from_pod(given: Given) -> Given:
    named, asked = given["pod"], given["service"]
    rest = {key: named[key] for key in ("hostname", "subdomain") if named.get(key)}
    is_v6 = asked["ip_family"] == "IPv6"
    ips = [ip for ip in named["ips"] if (":" in ip) is is_v6]
    pod = Pod(
        metadata=ObjectMeta(
            name=named["name"],
            namespace=named["namespace"],
            labels=LABELS,
            deletion_timestamp=1 if named["deleting"] else None,
        ),
        spec=PodSpec(node_name=named["node"], rest=rest),
        status=PodStatus(
            "Running",
            (Condition("Ready", named["ready"]),),
            pod_ip=ips[0],
            pod_ips=tuple(map(PodIP, ips)),
        ),
    )
    spec = ServiceSpec(LABELS, publish_not_ready_addresses=asked["publish_not_ready"])
    meta = ObjectMeta(name=asked["name"], namespace=named["namespace"])
    (made,) = endpoints_of(Service(metadata=meta, spec=spec), [pod], _view(_node(given)))
    return {
        "addresses": list(made.addresses),
        "ready": made.conditions.ready,
        "serving": made.conditions.serving,
        "terminating": made.conditions.terminating,
        "node": made.node_name,
        "zone": made.zone,
        "hostname": made.rest.get("hostname"),
    }


def pod_included(given: Given) -> Given:
    meta = ObjectMeta(name="pod", deletion_timestamp=1 if given["deleting"] else None)
    status = PodStatus(given["phase"], pod_ip="1.2.3.4" if given["has_ip"] else "")
    spec = PodSpec(restart_policy=given["restart_policy"] or "")
    pod = Pod(metadata=meta, spec=spec, status=status)
    return {"included": has_endpoint(pod, given["include_terminating"])}


def _containers(given: list[list[Given]], policy: str | None = None) -> tuple[Container, ...]:
    return tuple(
        Container(
            f"c{number}",
            ports=tuple(ContainerPort(p["port"], p["name"], p["protocol"]) for p in ports),
            restart_policy=policy,
        )
        for number, ports in enumerate(given)
    )


def find_port(given: Given) -> Given:
    spec = PodSpec(
        _containers(given["containers"]), _containers(given["sidecar_containers"], "Always")
    )
    port = ServicePort(80, protocol=given["protocol"], target_port=given["service_target_port"])
    found = target_port(port, Pod(spec=spec))
    return {"found": found is not None, "port": found}


def slice_sizes(given: Given) -> Given:
    endpoints = [Endpoint((str(number),)) for number in range(given["ready_pods"])]
    slices = packed(endpoints, given["max_endpoints_per_slice"])
    return {"slice_lengths": [len(each) for each in slices]}


def proxy_endpoints(given: Given) -> Given:
    candidates = [
        proxying.Candidate(
            each["address"],
            each["ready"],
            each["serving"],
            each["terminating"],
            each["local"],
            tuple(each["zone_hints"]),
            tuple(each["node_hints"]),
        )
        for each in given["endpoints"]
    ]
    policies = proxying.Policies(
        given["internal_policy"], given["external_policy"], given["externally_reachable"]
    )
    place = proxying.Place(given["node_name"], given["node_zone"], given["prefer_same_enabled"])
    choice = proxying.choose(candidates, policies, place)
    return {
        "cluster": list(choice.cluster),
        "local": list(choice.local),
        "all": list(choice.every),
        "has_any": choice.has_any,
    }


def _affinity(given: Given) -> Given:
    seconds = given.get("timeout_s")
    config = {"clientIP": {"timeoutSeconds": seconds}} if seconds is not None else None
    return {"sessionAffinityConfig": config} if config else {}


def session_affinity_default(given: Given) -> Given:
    asked = given["session_affinity"]
    spec = ServiceSpec(LABELS, (ServicePort(80),), rest=_affinity(given))
    if asked:
        spec = ServiceSpec(
            LABELS, (ServicePort(80),), session_affinity=asked, rest=_affinity(given)
        )
    made = with_defaults(Service(metadata=ObjectMeta(name="s", namespace="d"), spec=spec)).spec
    client = (made.rest.get("sessionAffinityConfig") or {}).get("clientIP") or {}
    return {"session_affinity": made.session_affinity, "timeout_s": client.get("timeoutSeconds")}


def session_affinity_validation(given: Given) -> Given:
    config = _affinity(given).get("sessionAffinityConfig")
    return {"valid": not session_affinity(given["session_affinity"], config)}


ADAPTERS = {
    "endpoint_from_pod": endpoint_from_pod,
    "pod_included": pod_included,
    "target_port": find_port,
    "slice_sizes": slice_sizes,
    "proxy_endpoints": proxy_endpoints,
    "session_affinity_default": session_affinity_default,
    "session_affinity_validation": session_affinity_validation,
}
