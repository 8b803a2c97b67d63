"""What the API server refuses of Services, Ingresses and network policies."""

import re
from typing import Any

from simulation.kube.manifests.wording import (
    SUBDOMAIN,
    SUBDOMAIN_TEXT,
    Found,
    bad,
    dns_label,
    duplicate,
    forbidden,
    labels,
    one_of,
    port,
    port_or_name,
    required,
    selector,
    subdomain,
)
from simulation.kube.objects.service import WITH_NODE_PORTS

Json = dict[str, Any]

AFFINITY_SECONDS_MAX = 86_400
"""A client stays with a pod for a day at most."""
NODE_PORT_MIN, NODE_PORT_MAX = 30_000, 32_767
TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
ADDRESS = re.compile(
    r"((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\.(?!$)|$)){4}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*"
)
ADDRESS_TEXT = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
NODE_PORT_TEXT = (
    "provided port is not in the valid range. The range of valid ports is "
    f"{NODE_PORT_MIN}-{NODE_PORT_MAX}"
)


def service(content: Json) -> Found:
    """Return what is wrong with a Service."""
    spec = content.get("spec") or {}
    sort = spec.get("type") or "ClusterIP"
    headless = spec.get("clusterIP") == "None"
    found: Found = []
    ports = spec.get("ports") or ()
    if not ports and sort != "ExternalName" and not headless:
        found.append(required("spec.ports"))
    if sort == "ExternalName":
        target = spec.get("externalName")
        where = "spec.externalName"
        found += subdomain(where, target.rstrip(".")) if target else [required(where)]
    if sort in WITH_NODE_PORTS and headless:
        text = f"may not be set to 'None' for {sort} services"
        found.append(bad("spec.clusterIPs[0]", "None", text))
    found += _service_ports(sort, ports)
    found += labels("spec.selector", spec.get("selector") or {})
    affinity = spec.get("sessionAffinity") or "None"
    found += one_of("spec.sessionAffinity", affinity, ("ClientIP", "None"))
    if affinity == "ClientIP" and spec.get("sessionAffinityConfig"):
        client = {"timeoutSeconds": 1, **(spec["sessionAffinityConfig"].get("clientIP") or {})}
        found += session_affinity(affinity, {"clientIP": client})
    if spec.get("clusterIP") and not headless and not ADDRESS.fullmatch(spec["clusterIP"]):
        found.append(bad("spec.clusterIPs[0]", spec["clusterIP"], ADDRESS_TEXT))
    for number, each in enumerate(spec.get("externalIPs") or ()):
        if not ADDRESS.fullmatch(str(each)):
            found.append(bad(f"spec.externalIPs[{number}]", each, ADDRESS_TEXT))
    found += one_of("spec.type", sort, TYPES)
    return found + _traffic_policies(spec, sort)


def _traffic_policies(spec: Json, sort: str) -> Found:
    found: Found = []
    for name in ("externalTrafficPolicy", "internalTrafficPolicy"):
        if spec.get(name):
            found += one_of(f"spec.{name}", spec[name], ("Cluster", "Local"))
    if spec.get("externalTrafficPolicy") and sort in ("ClusterIP", "ExternalName"):
        text = "may only be set for externally-accessible services"
        if not spec.get("externalIPs"):
            where = "spec.externalTrafficPolicy"
            found.append(bad(where, spec["externalTrafficPolicy"], text))
    return found


def session_affinity(affinity: str, config: Json | None) -> Found:
    """Return what is wrong with a Service's session affinity once defaults are filled in."""
    where = "spec.sessionAffinityConfig"
    if affinity != "ClientIP":
        text = "must not be set when session affinity is None"
        return [forbidden(where, text)] if config else []
    if not config:
        return [required(where)]
    seconds = (config.get("clientIP") or {}).get("timeoutSeconds")
    if seconds is None:
        return [required(f"{where}.clientIP.timeoutSeconds")]
    if not 0 < seconds <= AFFINITY_SECONDS_MAX:
        text = f"must be greater than 0 and less than {AFFINITY_SECONDS_MAX}"
        return [bad(f"{where}.clientIP.timeoutSeconds", seconds, text)]
    return []


def _service_ports(sort: str, ports: Any) -> Found:
    found: Found = []
    names: list[str] = []
    numbers: list[tuple[str, Any]] = []
    node_ports: list[tuple[str, Any]] = []
    for number, each in enumerate(ports):
        where = f"spec.ports[{number}]"
        name = each.get("name")
        if not name and len(ports) > 1:
            found.append(required(f"{where}.name"))
        elif name:
            found += dns_label(f"{where}.name", name)
            if name in names:
                found.append(duplicate(f"{where}.name", name))
            names.append(name)
        found += port(f"{where}.port", each.get("port") or 0)
        protocol = each.get("protocol") or "TCP"
        found += one_of(f"{where}.protocol", protocol, ("SCTP", "TCP", "UDP"))
        if each.get("targetPort") not in (None, "", 0):
            found += port_or_name(f"{where}.targetPort", each["targetPort"])
        if (protocol, each.get("port")) in numbers:
            found.append(duplicate(where, {"port": each.get("port"), "protocol": protocol}))
        numbers.append((protocol, each.get("port")))
        found += _node_port(where, sort, each.get("nodePort"))
        if each.get("nodePort") and (protocol, each["nodePort"]) in node_ports:
            found.append(duplicate(f"{where}.nodePort", each["nodePort"]))
        node_ports.append((protocol, each.get("nodePort")))
    return found


def _node_port(path: str, sort: str, number: Any) -> Found:
    if not number:
        return []
    if sort == "ClusterIP":
        return [forbidden(f"{path}.nodePort", "may not be used when `type` is 'ClusterIP'")]
    right = NODE_PORT_MIN <= number <= NODE_PORT_MAX
    return [] if right else [bad(f"{path}.nodePort", number, NODE_PORT_TEXT)]


def ingress(content: Json) -> Found:
    """Return what is wrong with an Ingress."""
    spec = content.get("spec") or {}
    found: Found = []
    if not spec.get("rules") and not spec.get("defaultBackend"):
        text = "either `defaultBackend` or `rules` must be specified"
        found.append(bad("spec", spec, text))
    if spec.get("defaultBackend"):
        found += _backend("spec.defaultBackend", spec["defaultBackend"])
    for number, rule in enumerate(spec.get("rules") or ()):
        found += _host(f"spec.rules[{number}].host", rule.get("host") or "")
        http = rule.get("http")
        if http is not None and not http.get("paths"):
            found.append(required(f"spec.rules[{number}].http.paths"))
        for place, path in enumerate((http or {}).get("paths") or ()):
            found += _path(f"spec.rules[{number}].http.paths[{place}]", path)
    return found


def _host(path: str, host: str) -> Found:
    if not host:
        return []
    if "*" in host:
        if re.fullmatch(
            r"\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*", host
        ):
            return []
        text = (
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, "
            "which must consist of lower case alphanumeric characters, '-' or '.' and end with an "
            "alphanumeric character (e.g. '*.example.com', regex used for validation is "
            "'\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        )
        return [bad(path, host, text)]
    return [] if SUBDOMAIN.fullmatch(host) else [bad(path, host, SUBDOMAIN_TEXT)]


def _path(where: str, path: Json) -> Found:
    found: Found = []
    sort, text = path.get("pathType"), path.get("path") or ""
    if not sort:
        found.append(required(f"{where}.pathType", "pathType must be specified"))
    elif sort not in ("Exact", "ImplementationSpecific", "Prefix"):
        allowed = ("Exact", "ImplementationSpecific", "Prefix")
        found += one_of(f"{where}.pathType", sort, allowed)
    if (sort in ("Exact", "Prefix") or text) and not text.startswith("/"):
        found.append(bad(f"{where}.path", text, "must be an absolute path"))
    if sort in ("Exact", "Prefix"):
        for piece in ("//", "/./", "/../", "%2f", "%2F"):
            if piece in text:
                found.append(bad(f"{where}.path", text, f"must not contain '{piece}'"))
    return found + _backend(f"{where}.backend", path.get("backend") or {})


def _backend(path: str, backend: Json) -> Found:
    named = backend.get("service")
    if named is None:
        if backend.get("resource"):
            return []
        return [required(f"{path}", "port name or number is required")]
    found: Found = []
    if not named.get("name"):
        found.append(required(f"{path}.service.name"))
    given = named.get("port") or {}
    if not given.get("number") and not given.get("name"):
        found.append(required(f"{path}", "port name or number is required"))
    elif given.get("number") and given.get("name"):
        text = "cannot set both port name & port number"
        found.append(bad(f"{path}", given.get("name"), text))
    elif given.get("number"):
        found += port(f"{path}.service.port.number", given["number"])
    return found


def network_policy(content: Json) -> Found:
    """Return what is wrong with a NetworkPolicy."""
    spec = content.get("spec") or {}
    found = selector("spec.podSelector", spec.get("podSelector") or {})
    for number, each in enumerate(spec.get("policyTypes") or ()):
        found += one_of(f"spec.policyTypes[{number}]", each, ("Egress", "Ingress"))
    for way, peers in (("ingress", "from"), ("egress", "to")):
        for number, rule in enumerate(spec.get(way) or ()):
            where = f"spec.{way}[{number}]"
            for place, each in enumerate((rule or {}).get("ports") or ()):
                if each.get("port") is not None:
                    found += port_or_name(f"{where}.ports[{place}].port", each["port"])
            for place, peer in enumerate((rule or {}).get(peers) or ()):
                if not peer:
                    found.append(required(f"{where}.{peers}[{place}]", "must specify a peer"))
    return found
