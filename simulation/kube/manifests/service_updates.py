"""What a change of a Service leaves unsaid: what its new type has no use for, what it keeps.

Follows dropTypeDependentFields and patchAllocatedValues of pkg/registry/core/service (strategy.go,
storage/storage.go). A field goes only if the change itself left it as it was; a field that somebody
also changed stays, and validation says what is wrong with it.
"""

from typing import Any

from simulation.kube.objects.service import WITH_NODE_PORTS

Json = dict[str, Any]

ADDRESS_FIELDS = (("clusterIP", "clusterIPs"), ("ipFamilies",), ("ipFamilyPolicy",))
"""Fields that go together when a Service stops having an address."""


def prepared(old: Json, new: Json) -> Json:
    """Return a Service as the API server validates it when it takes the place of an old one."""
    before = old.get("spec") or {}
    after = dict(new.get("spec") or {})
    _keep_allocated(before, after)
    _drop_useless(before, after)
    return {**new, "spec": after}


def _keep_allocated(before: Json, after: Json) -> None:
    if _has_address(before) and _has_address(after) and not after.get("clusterIP"):
        after["clusterIP"] = before.get("clusterIP")
    if not (_has_node_ports(before) and _has_node_ports(after)):
        return
    held = {_port_key(each): each.get("nodePort") for each in before.get("ports") or ()}
    used = [each["nodePort"] for each in _ports(after) if each.get("nodePort")]
    ports = []
    for each in _ports(after):
        kept = held.get(_port_key(each))
        if not each.get("nodePort") and kept and kept not in used:
            used.append(kept)
            each = {**each, "nodePort": kept}
        ports.append(each)
    after["ports"] = ports


def _drop_useless(before: Json, after: Json) -> None:
    dropped: list[str] = []
    if _has_address(before) and not _has_address(after):
        for group in ADDRESS_FIELDS:
            if all(before.get(name) == after.get(name) for name in group):
                dropped += group
    if _has_node_ports(before) and not _has_node_ports(after):
        held = [each.get("nodePort") for each in before.get("ports") or ()]
        if all(each.get("nodePort") in (None, 0, *held) for each in _ports(after)):
            after["ports"] = [
                {name: value for name, value in each.items() if name != "nodePort"}
                for each in _ports(after)
            ]
    for name, has in (
        ("healthCheckNodePort", _has_health_check),
        ("allocateLoadBalancerNodePorts", _is_balanced),
        ("loadBalancerClass", _is_balanced),
        ("externalTrafficPolicy", _is_reached_from_outside),
    ):
        if has(before) and not has(after) and before.get(name) == after.get(name):
            dropped.append(name)
    for name in dropped:
        after.pop(name, None)


def _type(spec: Json) -> str:
    return str(spec.get("type") or "ClusterIP")


def _ports(spec: Json) -> list[Json]:
    return list(spec.get("ports") or ())


def _port_key(port: Json) -> tuple[str, Any]:
    return (port.get("protocol") or "TCP", port.get("port"))


def _has_address(spec: Json) -> bool:
    return _type(spec) != "ExternalName"


def _has_node_ports(spec: Json) -> bool:
    return _type(spec) in WITH_NODE_PORTS


def _is_balanced(spec: Json) -> bool:
    return _type(spec) == "LoadBalancer"


def _has_health_check(spec: Json) -> bool:
    return _is_balanced(spec) and spec.get("externalTrafficPolicy") == "Local"


def _is_reached_from_outside(spec: Json) -> bool:
    return _has_node_ports(spec) or (_type(spec) == "ClusterIP" and bool(spec.get("externalIPs")))
