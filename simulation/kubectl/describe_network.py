"""EndpointSlices and NetworkPolicies, described."""

from typing import TYPE_CHECKING, Any

from simulation.kubectl.describe_text import (
    UNSET,
    Json,
    Lines,
    annotations,
    labels,
    selector,
    truth,
)

if TYPE_CHECKING:
    from simulation.kube.world import World


def endpoint_slice(world: "World", content: Json) -> Lines:
    """Describe an EndpointSlice: each address, and which pod it is."""
    meta = content["metadata"]
    lines = [f"Name:\t{meta['name']}", f"Namespace:\t{meta.get('namespace', '')}"]
    lines += labels("Labels", meta.get("labels"))
    lines += annotations("Annotations", meta.get("annotations"))
    lines.append(f"AddressType:\t{content.get('addressType', '')}")
    ports = content.get("ports") or ()
    lines += (
        ["Ports:", "  Name\tPort\tProtocol", "  ----\t----\t--------"]
        if ports
        else [f"Ports: {UNSET}"]
    )
    for each in ports:
        name, port = each.get("name") or UNSET, each.get("port", UNSET)
        lines.append(f"  {name}\t{port}\t{each.get('protocol', 'TCP')}")
    endpoints = content.get("endpoints") or ()
    lines.append("Endpoints:" if endpoints else "Endpoints: <none>")
    for each in endpoints:
        lines += _endpoint(each)
    return lines


def _endpoint(each: Json) -> Lines:
    ready = (each.get("conditions") or {}).get("ready")
    target = each.get("targetRef")
    return [
        f"  - Addresses:\t{', '.join(each.get('addresses') or ()) or '<none>'}",
        "    Conditions:",
        f"      Ready:\t{UNSET if ready is None else truth(ready)}",
        f"    Hostname:\t{each.get('hostname', UNSET)}",
        *([f"    TargetRef:\t{target.get('kind')}/{target.get('name')}"] if target else []),
        f"    NodeName:\t{each.get('nodeName', UNSET)}",
        f"    Zone:\t{each.get('zone', UNSET)}",
    ]


def network_policy(world: "World", content: Json) -> Lines:
    """Describe a NetworkPolicy: what it lets in and out."""
    meta, spec = content["metadata"], content.get("spec") or {}
    born = world.calendar.date_of(world.calendar.instant_of(meta["creationTimestamp"]))
    lines = [
        f"Name:\t{meta['name']}",
        f"Namespace:\t{meta.get('namespace', '')}",
        f"Created on:\t{born:%Y-%m-%d %H:%M:%S} +0000 UTC",
        *labels("Labels", meta.get("labels")),
        *annotations("Annotations", meta.get("annotations")),
        "Spec:",
    ]
    chosen, sorts = spec.get("podSelector") or {}, spec.get("policyTypes") or ()
    everybody = "<none> (Allowing the specific traffic to all pods in this namespace)"
    lines.append(f"  PodSelector:     {selector(chosen) if chosen else everybody}")
    for sort, way in (("Ingress", "From"), ("Egress", "To")):
        if sort in sorts:
            lines.append(f"  Allowing {sort.lower()} traffic:")
            lines += _rules(spec.get(sort.lower()) or (), sort.lower(), way)
        else:
            lines.append(f"  Not affecting {sort.lower()} traffic")
    return [*lines, f"  Policy Types: {', '.join(sorts)}"]


def _rules(rules: Any, sort: str, way: str) -> Lines:
    if not rules:
        return [f"    <none> (Selected pods are isolated for {sort} connectivity)"]
    lines: Lines = []
    end = "source" if way == "From" else "destination"
    for number, rule in enumerate(rules):
        if number:
            lines.append("    ----------")
        lines += [_port(each) for each in rule.get("ports") or ()] or [
            "    To Port: <any> (traffic allowed to all ports)"
        ]
        peers = rule.get(way.lower()) or ()
        for each in peers:
            lines += [f"    {way}:", *_peer(each)]
        if not peers:
            lines.append(f"    {way}: <any> (traffic not restricted by {end})")
    return lines


def _port(each: Json) -> str:
    protocol = each.get("protocol", "TCP")
    if each.get("endPort"):
        return f"    To Port Range: {each.get('port')}-{each['endPort']}/{protocol}"
    return f"    To Port: {each.get('port', '<nil>')}/{protocol}"


def _peer(each: Json) -> Lines:
    block = each.get("ipBlock")
    if block:
        lines = ["      IPBlock:", f"        CIDR: {block.get('cidr', '')}"]
        return [*lines, f"        Except: {', '.join(block.get('except') or ())}"]
    return [
        f"      {title}: {selector(each[field])}"
        for title, field in (
            ("NamespaceSelector", "namespaceSelector"),
            ("PodSelector", "podSelector"),
        )
        if each.get(field) is not None
    ]
