"""Services and Ingresses, described with the pods behind them."""

from typing import TYPE_CHECKING, Any

from simulation.kube.indexes import SLICES_BY_SERVICE
from simulation.kube.objects.service import EndpointSlice
from simulation.kubectl.describe_text import UNSET, Json, Lines, annotations, labels
from simulation.kubectl.reading import get

if TYPE_CHECKING:
    from simulation.kube.world import World

SHOWN = 3
"""How many addresses are named before they are only counted."""


def service(world: "World", content: Json) -> Lines:
    """Describe a Service."""
    meta, spec = content["metadata"], content["spec"]
    lines = [f"Name:\t{meta['name']}", f"Namespace:\t{meta.get('namespace', '')}"]
    lines += labels("Labels", meta.get("labels"))
    lines += annotations("Annotations", meta.get("annotations"))
    lines += (
        labels("Selector", spec.get("selector"))[:1]
        if not spec.get("selector")
        else [
            "Selector:\t"
            + ",".join(f"{key}={value}" for key, value in sorted(spec["selector"].items()))
        ]
    )
    lines.append(f"Type:\t{spec.get('type', '')}")
    if spec.get("ipFamilyPolicy"):
        lines.append(f"IP Family Policy:\t{spec['ipFamilyPolicy']}")
    if spec.get("ipFamilies"):
        lines.append(f"IP Families:\t{','.join(spec['ipFamilies'])}")
    lines.append(f"IP:\t{spec.get('clusterIP', '')}")
    if spec.get("clusterIPs"):
        lines.append(f"IPs:\t{','.join(spec['clusterIPs'])}")
    if spec.get("externalIPs"):
        lines.append(f"External IPs:\t{','.join(spec['externalIPs'])}")
    if spec.get("externalName"):
        lines.append(f"External Name:\t{spec['externalName']}")
    given = (content.get("status") or {}).get("loadBalancer", {}).get("ingress") or ()
    if given:
        texts = [each.get("ip") or each.get("hostname", "") for each in given]
        lines.append(f"LoadBalancer Ingress:\t{', '.join(texts)}")
    key = f"{meta.get('namespace', '')}/{meta['name']}"
    for port in spec.get("ports") or ():
        lines += _port(world, key, port)
    lines.append(f"Session Affinity:\t{spec.get('sessionAffinity', 'None')}")
    for title, field in (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
        ("Traffic Distribution", "trafficDistribution"),
    ):
        if spec.get(field):
            lines.append(f"{title}:\t{spec[field]}")
    return lines


def _port(world: "World", key: str, port: Json) -> Lines:
    name, protocol = port.get("name") or UNSET, port.get("protocol", "TCP")
    lines = [
        f"Port:\t{name}\t{port.get('port')}/{protocol}",
        f"TargetPort:\t{port.get('targetPort', port.get('port'))}/{protocol}",
    ]
    if port.get("nodePort"):
        lines.append(f"NodePort:\t{name}\t{port['nodePort']}/{protocol}")
    return [*lines, f"Endpoints:\t{endpoints(world, key, port.get('name') or '')}"]


def endpoints(world: "World", key: str, port_name: str) -> str:
    """Return the first addresses behind a port of a Service, and how many more there are."""
    found: list[str] = []
    for _, each in world.store.by(SLICES_BY_SERVICE, key):
        assert isinstance(each, EndpointSlice), f"{key} is filed under slices only"
        behind = [f":{port.port}" for port in each.ports if port.name == port_name]
        # Slices without ports are those of headless Services: kubectl prints bare addresses.
        ports = behind if each.ports else [""]
        for endpoint in each.endpoints:
            if endpoint.conditions.ready is not False:
                found += [f"{address}{port}" for address in endpoint.addresses for port in ports]
    shown = ",".join(found[:SHOWN])
    return f"{shown} + {len(found) - SHOWN} more..." if len(found) > SHOWN else shown


def ingress(world: "World", content: Json) -> Lines:
    """Describe an Ingress."""
    meta, spec = content["metadata"], content.get("spec") or {}
    namespace = meta.get("namespace", "")
    given = (content.get("status") or {}).get("loadBalancer", {}).get("ingress") or ()
    addresses = ",".join(each.get("ip") or each.get("hostname", "") for each in given)
    lines = [f"Name:\t{meta['name']}", *labels("Labels", meta.get("labels"))]
    default = _backend(world, namespace, spec.get("defaultBackend"))
    lines += [
        f"Namespace:\t{namespace}",
        f"Address:\t{addresses}",
        f"Ingress Class:\t{spec.get('ingressClassName') or '<none>'}",
        f"Default backend:\t{default}",
    ]
    if spec.get("tls"):
        lines.append("TLS:")
        for each in spec["tls"]:
            hosts = ",".join(each.get("hosts") or ())
            name = each.get("secretName")
            lines.append(f"  {name} terminates {hosts}" if name else f"  SNI routes {hosts}")
    lines += ["Rules:", "  Host\tPath\tBackends", "  ----\t----\t--------"]
    for rule in spec.get("rules") or ():
        lines.append(f"  {rule.get('host') or '*'}\t")
        for path in (rule.get("http") or {}).get("paths") or ():
            text = _backend(world, namespace, path.get("backend"))
            lines.append(f"    \t{path.get('path', '')} \t{text}")
    if not spec.get("rules"):
        lines.append(f"  *\t*\t{default}")
    return lines + annotations("Annotations", meta.get("annotations"))


def _backend(world: "World", namespace: str, backend: Any) -> str:
    if not backend:
        return "<default>"
    if not backend.get("service"):
        reference = backend.get("resource") or {}
        return f"APIGroup: {reference.get('apiGroup')}, Kind: {reference.get('kind')}, Name: {reference.get('name')}"
    named = backend["service"]
    given = named.get("port") or {}
    port = given.get("name") or given.get("number")
    key = f"{namespace}/{named['name']}"
    found = get(world, "Service", namespace, named["name"])
    if found is None:
        return f'{named["name"]}:{port} (<error: services "{named["name"]}" not found>)'
    ports = found.spec.ports  # type: ignore[union-attr]
    names = [each.name for each in ports if port in (each.name, each.port)]
    return f"{named['name']}:{port} ({endpoints(world, key, names[0] if names else '')})"


def ingress_class(world: "World", content: Json) -> Lines:
    """Describe an IngressClass."""
    meta, spec = content["metadata"], content.get("spec") or {}
    lines = [f"Name:\t{meta['name']}", *labels("Labels", meta.get("labels"))]
    lines += annotations("Annotations", meta.get("annotations"))
    lines.append(f"Controller:\t{spec.get('controller', '')}")
    given = spec.get("parameters")
    if given:
        lines.append("Parameters:")
        for title, field in (("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name")):
            if given.get(field):
                lines.append(f"  {title}:\t{given[field]}")
    return lines
