"""Configuration, policies, storage and whatever else, described."""

import base64
from typing import TYPE_CHECKING, Any

from simulation.kube.objects.kinds import key_of
from simulation.kube.objects.pod import Pod
from simulation.kubectl.describe_pods import date
from simulation.kubectl.describe_text import (
    NONE,
    UNSET,
    Json,
    Lines,
    annotations,
    labels,
    selector,
    truth,
)
from simulation.kubectl.reading import every

if TYPE_CHECKING:
    from simulation.kube.world import World


def _head(content: Json, namespace: bool = True) -> Lines:
    meta = content["metadata"]
    lines = [f"Name:\t{meta['name']}"]
    if namespace:
        lines.append(f"Namespace:\t{meta.get('namespace', '')}")
    lines += labels("Labels", meta.get("labels"))
    return lines + annotations("Annotations", meta.get("annotations"))


def configmap(world: "World", content: Json) -> Lines:
    """Describe a ConfigMap."""
    lines = [*_head(content), "", "Data", "===="]
    data = content.get("data") or {}
    for key in sorted(data):
        lines += [f"{key}:", "----", *str(data[key]).split("\n"), ""]
    lines += ["", "BinaryData", "===="]
    binary = content.get("binaryData") or {}
    return [*lines, *(f"{key}: {len(_bytes(binary[key]))} bytes" for key in sorted(binary)), ""]


def _bytes(text: Any) -> bytes:
    return base64.b64decode(str(text))


def secret(world: "World", content: Json) -> Lines:
    """Describe a Secret: how much there is, not what."""
    data = content.get("data") or {}
    lines = [*_head(content), "", f"Type:\t{content.get('type', '')}", "", "Data", "===="]
    return [*lines, *(f"{key}:\t{len(_bytes(data[key]))} bytes" for key in sorted(data))]


def namespace(world: "World", content: Json) -> Lines:
    """Describe a Namespace with its quotas and limits."""
    name = content["metadata"]["name"]
    lines = _head(content, namespace=False)
    lines.append(f"Status:\t{(content.get('status') or {}).get('phase', '')}")
    quotas = [each for each in every(world, "ResourceQuota") if each.metadata.namespace == name]
    if not quotas:
        lines += ["", "No resource quota."]
    else:
        lines += ["", "Resource Quotas"]
    for each in quotas:
        status = getattr(each, "status", {})
        hard = status.get("hard") or getattr(each, "spec", {}).get("hard") or {}
        used = status.get("used") or {}
        lines += [
            f"  Name:\t{each.metadata.name}",
            "  Resource\tUsed\tHard",
            "  --------\t---\t---",
        ]
        lines += [f"  {item}\t{used.get(item, 0)}\t{hard[item]}" for item in sorted(hard)]
    ranges = [one for one in world.store.list("LimitRange") if one.metadata.namespace == name]
    if not ranges:
        return [*lines, "", "No LimitRange resource."]
    lines += ["", "Resource Limits", *_limits_head(" ")]
    for one in ranges:
        lines += _limits((one.rest.get("spec") or {}).get("limits") or (), " ")
    return lines


def _limits_head(before: str = "") -> Lines:
    return [
        f"{before}Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio",
        f"{before}----\t--------\t---\t---\t---------------\t-------------\t-----------------------",
    ]


def _limits(items: Any, before: str = "") -> Lines:
    fields = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")
    lines: Lines = []
    for item in items:
        names = sorted({name for field in fields for name in item.get(field) or {}})
        for name in names:
            cells = [str((item.get(field) or {}).get(name, "-")) for field in fields]
            lines.append("\t".join([f"{before}{item.get('type')}", name, *cells]))
    return lines


def limit_range(world: "World", content: Json) -> Lines:
    """Describe a LimitRange."""
    meta = content["metadata"]
    lines = [f"Name:\t{meta['name']}", f"Namespace:\t{meta.get('namespace', '')}"]
    return [*lines, *_limits_head(), *_limits((content.get("spec") or {}).get("limits") or ())]


def quota(world: "World", content: Json) -> Lines:
    """Describe a ResourceQuota."""
    meta, status = content["metadata"], content.get("status") or {}
    hard = status.get("hard") or (content.get("spec") or {}).get("hard") or {}
    used = status.get("used") or {}
    lines = [f"Name:\t{meta['name']}", f"Namespace:\t{meta.get('namespace', '')}"]
    lines += ["Resource\tUsed\tHard", "--------\t----\t----"]
    return [*lines, *(f"{each}\t{used.get(each, 0)}\t{hard[each]}" for each in sorted(hard))]


def budget(world: "World", content: Json) -> Lines:
    """Describe a PodDisruptionBudget."""
    meta, spec, status = content["metadata"], content.get("spec") or {}, content.get("status") or {}
    lines = [f"Name:\t{meta['name']}", f"Namespace:\t{meta.get('namespace', '')}"]
    for title, field in (("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable")):
        if spec.get(field) is not None:
            lines.append(f"{title}:\t{spec[field]}")
    lines.append(f"Selector:\t{selector(spec['selector']) if spec.get('selector') else UNSET}")
    return [
        *lines,
        "Status:",
        f"    Allowed disruptions:\t{status.get('disruptionsAllowed', 0)}",
        f"    Current:\t{status.get('currentHealthy', 0)}",
        f"    Desired:\t{status.get('desiredHealthy', 0)}",
        f"    Total:\t{status.get('expectedPods', 0)}",
    ]


def autoscaler(world: "World", content: Json) -> Lines:
    """Describe a HorizontalPodAutoscaler."""
    spec, status = content.get("spec") or {}, content.get("status") or {}
    target = spec.get("scaleTargetRef") or {}
    lines = _head(content)
    lines.append(f"CreationTimestamp:\t{date(world, content['metadata'].get('creationTimestamp'))}")
    lines.append(f"Reference:\t{target.get('kind')}/{target.get('name')}")
    lines.append("Metrics:\t( current / target )")
    current = status.get("currentMetrics") or ()
    for number, each in enumerate(spec.get("metrics") or ()):
        lines.append(_metric(each, current[number] if number < len(current) else {}))
    least = spec.get("minReplicas")
    lines += [
        f"Min replicas:\t{UNSET if least is None else least}",
        f"Max replicas:\t{spec.get('maxReplicas', 0)}",
    ]
    for way, title in (("scaleUp", "Scale Up"), ("scaleDown", "Scale Down")):
        rules = (spec.get("behavior") or {}).get(way)
        if rules:
            lines += (["Behavior:"] if "Behavior:" not in lines else []) + _rules(title, rules)
    lines.append(
        f"{target.get('kind')} pods:\t{status.get('currentReplicas', 0)} current / "
        f"{status.get('desiredReplicas', 0)} desired"
    )
    conditions = status.get("conditions") or ()
    if conditions:
        lines += [
            "Conditions:",
            "  Type\tStatus\tReason\tMessage",
            "  ----\t------\t------\t-------",
        ]
        lines += [
            f"  {each.get('type')}\t{each.get('status')}\t{each.get('reason', '')}"
            f"\t{each.get('message', '')}"
            for each in conditions
        ]
    return lines


def _metric(metric: Json, status: Json) -> str:
    sort = str(metric.get("type", ""))
    field = sort[:1].lower() + sort[1:]
    source = metric.get(field) or {}
    target, now_there = source.get("target") or {}, (status.get(field) or {}).get("current") or {}
    if sort == "Resource":
        if target.get("averageUtilization") is not None:
            used = now_there.get("averageUtilization")
            left = "<unknown>" if used is None else f"{used}% ({now_there.get('averageValue', '')})"
            return (
                f"  resource {source.get('name')} on pods  (as a percentage of request):\t{left} / "
                f"{target['averageUtilization']}%"
            )
        left = now_there.get("averageValue", "<unknown>")
        return f"  resource {source.get('name')} on pods:\t{left} / {target.get('averageValue')}"
    name = (source.get("metric") or {}).get("name", "")
    kind = "averageValue" if "averageValue" in target else "value"
    left = now_there.get(kind, "<unknown>")
    where = " on pods" if sort == "Pods" else ""
    return f'  "{name}"{where}:\t{left} / {target.get(kind, "")}'


def _rules(title: str, rules: Json) -> Lines:
    lines = [f"  {title}:"]
    if rules.get("stabilizationWindowSeconds") is not None:
        lines.append(f"    Stabilization Window: {rules['stabilizationWindowSeconds']} seconds")
    lines += [f"    Select Policy: {rules.get('selectPolicy', 'Max')}", "    Policies:"]
    for each in rules.get("policies") or ():
        value, period = each.get("value"), each.get("periodSeconds")
        lines.append(f"      - Type: {each.get('type')}\tValue: {value}\tPeriod: {period} seconds")
    return lines


def claim(world: "World", content: Json) -> Lines:
    """Describe a PersistentVolumeClaim."""
    meta, spec, status = content["metadata"], content.get("spec") or {}, content.get("status") or {}
    gone = meta.get("deletionTimestamp")
    lines = [
        f"Name:\t{meta['name']}",
        f"Namespace:\t{meta.get('namespace', '')}",
        f"StorageClass:\t{spec.get('storageClassName') or ''}",
        f"Status:\t{'Terminating' if gone else status.get('phase', '')}",
        f"Volume:\t{spec.get('volumeName', '')}",
    ]
    lines += labels("Labels", meta.get("labels"))
    lines += annotations("Annotations", meta.get("annotations"))
    bound = bool(spec.get("volumeName"))
    lines += [
        f"Finalizers:\t[{' '.join(meta.get('finalizers') or ())}]",
        f"Capacity:\t{(status.get('capacity') or {}).get('storage', '') if bound else ''}",
        f"Access Modes:\t{','.join(status.get('accessModes') or ()) if bound else ''}",
        f"VolumeMode:\t{spec.get('volumeMode', '')}",
    ]
    users = [
        key_of(pod).partition("/")[2]
        for pod in world.store.list(Pod)
        if pod.metadata.namespace == meta.get("namespace") and _uses(pod, meta["name"])
    ]
    return [
        *lines,
        f"Used By:\t{users[0] if users else NONE}",
        *(f"\t{each}" for each in users[1:]),
    ]


def _uses(pod: Any, name: str) -> bool:
    return any(
        (each.get("persistentVolumeClaim") or {}).get("claimName") == name
        for each in pod.spec.rest.get("volumes") or ()
    )


def endpoints(world: "World", content: Json) -> Lines:
    """Describe Endpoints."""
    lines = [*_head(content), "Subsets:"]
    for subset in content.get("subsets") or ():
        for title, field in (
            ("Addresses", "addresses"),
            ("NotReadyAddresses", "notReadyAddresses"),
        ):
            found = ",".join(str(each.get("ip")) for each in subset.get(field) or ())
            lines.append(f"  {title}:\t{found or NONE}")
        ports = subset.get("ports") or ()
        if ports:
            lines += ["  Ports:", "    Name\tPort\tProtocol", "    ----\t----\t--------"]
            lines += [
                f"    {each.get('name') or UNSET}\t{each.get('port')}\t{each.get('protocol', 'TCP')}"
                for each in ports
            ]
        lines.append("")
    return lines


def account(world: "World", content: Json) -> Lines:
    """Describe a ServiceAccount."""
    lines = _head(content)
    names = [str(each.get("name")) for each in content.get("imagePullSecrets") or ()] or [NONE]
    return [*lines, f"Image pull secrets:\t{names[0]}", *(f"\t{each}" for each in names[1:])]


def priority_class(world: "World", content: Json) -> Lines:
    """Describe a PriorityClass."""
    meta = content["metadata"]
    return [
        f"Name:\t{meta['name']}",
        f"Value:\t{content.get('value', 0)}",
        f"GlobalDefault:\t{truth(content.get('globalDefault'))}",
        f"PreemptionPolicy:\t{content.get('preemptionPolicy', UNSET)}",
        f"Description:\t{content.get('description', '')}",
        *annotations("Annotations", meta.get("annotations")),
    ]


# --- any other kind


def generic(world: "World", content: Json) -> Lines:
    """Describe an object of a kind that has no description of its own: all its fields."""
    meta = content["metadata"]
    lines = [f"Name:\t{meta['name']}", f"Namespace:\t{meta.get('namespace', '')}"]
    lines += labels("Labels", meta.get("labels"))
    lines += annotations("Annotations", meta.get("annotations"))
    kept = {
        "creationTimestamp": "Creation Timestamp",
        "generation": "Generation",
        "resourceVersion": "Resource Version",
        "uid": "UID",
    }
    rest = {**content, "metadata": {key: meta[key] for key in kept if key in meta}}
    return lines + _fields(rest, "")


def _title(key: str) -> str:
    if key in ("uid", "apiVersion"):
        return {"uid": "UID", "apiVersion": "API Version"}[key]
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in key)
    return words[:1].upper() + words[1:]


def _fields(content: Json, before: str) -> Lines:
    lines: Lines = []
    for key in sorted(content):
        value, title = content[key], f"{before}{_title(key)}:"
        if isinstance(value, dict):
            lines += [title, *_fields(value, before + "  ")]
        elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
            lines.append(title)
            for each in value:
                lines += (
                    _fields(each, before + "  ")
                    if isinstance(each, dict)
                    else [f"{before}  {each}"]
                )
        elif isinstance(value, list):
            lines += [title, *(f"{before}  {each}" for each in value)]
        else:
            text = truth(value) if isinstance(value, bool) else value
            lines.append(f"{title}\t{text}")
    return lines
