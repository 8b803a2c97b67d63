"""Rows of configuration, storage, policies, identities and autoscalers."""

from collections.abc import Callable
from typing import Any

from simulation.kernel.units import Instant
from simulation.kube.objects.autoscaling import HorizontalPodAutoscaler
from simulation.kube.objects.config import (
    ConfigMap,
    Event,
    Lease,
    Namespace,
    PersistentVolumeClaim,
    Secret,
    ServiceAccount,
    Unsimulated,
)
from simulation.kube.objects.policy import PodDisruptionBudget, ResourceQuota
from simulation.kube.rules.ages import age
from simulation.kube.rules.printing_common import NONE, UNKNOWN, UNSET, Cells, age_of

METRICS_SHOWN = 2
"""How many of an autoscaler's metrics are named."""
ACCESS_MODES = {
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOnce": "RWO",
    "ReadWriteOncePod": "RWOP",
}
MODES_IN_ORDER = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


def _namespace(obj: Namespace, now: Instant) -> Cells:
    return [obj.metadata.name, obj.status.phase, age_of(obj, now)]


def _configmap(obj: ConfigMap, now: Instant) -> Cells:
    return [obj.metadata.name, len(obj.data) + len(obj.binary_data), age_of(obj, now)]


def _secret(obj: Secret, now: Instant) -> Cells:
    return [obj.metadata.name, obj.type, len(obj.data), age_of(obj, now)]


def _account(obj: ServiceAccount, now: Instant) -> Cells:
    return [obj.metadata.name, len(obj.rest.get("secrets") or ()), age_of(obj, now)]


def _lease(obj: Lease, now: Instant) -> Cells:
    return [obj.metadata.name, obj.spec.holder_identity or "", age_of(obj, now)]


def _event(obj: Event, now: Instant) -> Cells:
    about = obj.involved_object
    component, host = obj.source.get("component", ""), obj.source.get("host", "")
    return [
        age(obj.last_timestamp, now),
        obj.type,
        obj.reason,
        f"{about.kind.lower()}/{about.name}",
        about.field_path,
        ", ".join(each for each in (component or obj.reporting_component, host) if each),
        obj.message.strip(),
        age(obj.first_timestamp, now),
        obj.count,
        obj.metadata.name,
    ]


# --- policies


def _budget(obj: PodDisruptionBudget, now: Instant) -> Cells:
    low, high = obj.spec.min_available, obj.spec.max_unavailable
    return [
        obj.metadata.name,
        "N/A" if low is None else str(low),
        "N/A" if high is None else str(high),
        obj.status.disruptions_allowed,
        age_of(obj, now),
    ]


def _quota(obj: ResourceQuota, now: Instant) -> Cells:
    hard = obj.status.get("hard") or obj.spec.get("hard") or {}
    used = obj.status.get("used") or {}
    texts = {name: f"{name}: {used.get(name, 0)}/{hard[name]}" for name in sorted(hard)}
    limits = [text for name, text in texts.items() if name.startswith("limits")]
    asked = [text for name, text in texts.items() if not name.startswith("limits")]
    return [obj.metadata.name, ", ".join(asked), ", ".join(limits), age_of(obj, now)]


def _priority(obj: Unsimulated, now: Instant) -> Cells:
    return [
        obj.metadata.name,
        obj.rest.get("value", 0),
        _truth(obj.rest.get("globalDefault")),
        age_of(obj, now),
        obj.rest.get("preemptionPolicy", "PreemptLowerPriority"),
    ]


def _truth(value: Any) -> str:
    return "true" if value else "false"


def _network_policy(obj: Unsimulated, now: Instant) -> Cells:
    selector = (obj.rest.get("spec") or {}).get("podSelector") or {}
    words = [f"{key}={value}" for key, value in sorted((selector.get("matchLabels") or {}).items())]
    for each in selector.get("matchExpressions") or ():
        values = ",".join(sorted(each.get("values") or ()))
        words.append(
            {
                "In": f"{each.get('key')} in ({values})",
                "NotIn": f"{each.get('key')} notin ({values})",
                "DoesNotExist": f"!{each.get('key')}",
            }.get(each.get("operator"), str(each.get("key")))
        )
    return [obj.metadata.name, ",".join(words) or NONE, age_of(obj, now)]


# --- autoscalers


def _autoscaler(obj: HorizontalPodAutoscaler, now: Instant) -> Cells:
    spec = obj.spec
    return [
        obj.metadata.name,
        f"{spec.scale_target_ref.kind}/{spec.scale_target_ref.name}",
        metrics_text(spec.metrics, obj.status.get("currentMetrics") or ()),
        UNSET if spec.min_replicas is None else str(spec.min_replicas),
        spec.max_replicas,
        obj.status.get("currentReplicas", 0),
        age_of(obj, now),
    ]


def metrics_text(metrics: Any, current: Any) -> str:
    """Return the TARGETS of an autoscaler: what is measured against what is wanted."""
    texts = [
        _metric(each, current[number] if number < len(current) else {})
        for number, each in enumerate(metrics)
    ]
    if not texts:
        return NONE
    text = ", ".join(texts[:METRICS_SHOWN])
    more = len(texts) - METRICS_SHOWN
    return f"{text} + {more} more..." if more > 0 else text


def _metric(metric: dict[str, Any], status: dict[str, Any]) -> str:
    sort = str(metric.get("type", ""))
    source = sort[:1].lower() + sort[1:]
    wanted = metric.get(source) or {}
    target = wanted.get("target") or {}
    now_there = (status.get(source) or {}).get("current") or {}
    if sort in ("Resource", "ContainerResource"):
        return f"{wanted.get('name')}: {_resource_metric(target, now_there)}"
    if sort not in ("External", "Object", "Pods"):
        return "<unknown type>"
    if sort != "Pods" and "averageValue" in target:
        return f"{now_there.get('averageValue', UNKNOWN)}/{target['averageValue']} (avg)"
    name = "averageValue" if sort == "Pods" else "value"
    return f"{now_there.get(name, UNKNOWN)}/{target.get(name, '')}"


def _resource_metric(target: dict[str, Any], current: dict[str, Any]) -> str:
    if target.get("averageValue") is not None:
        return f"{current.get('averageValue', UNKNOWN)}/{target['averageValue']}"
    used, wanted = current.get("averageUtilization"), target.get("averageUtilization")
    left = UNKNOWN if used is None else f"{used}%"
    return f"{left}/{'<auto>' if wanted is None else f'{wanted}%'}"


# --- storage


def access_modes(modes: Any) -> str:
    """Return access modes in their short form, in the order of the API."""
    return ",".join(ACCESS_MODES[each] for each in MODES_IN_ORDER if each in (modes or ()))


def _claim(obj: PersistentVolumeClaim, now: Instant) -> Cells:
    phase = (
        "Terminating" if obj.metadata.deletion_timestamp is not None else obj.status.get("phase")
    )
    volume = obj.spec.get("volumeName", "")
    capacity = (obj.status.get("capacity") or {}).get("storage", "") if volume else ""
    return [
        obj.metadata.name,
        phase or "",
        volume,
        capacity,
        access_modes(obj.status.get("accessModes")) if volume else "",
        obj.spec.get("storageClassName") or "",
        obj.spec.get("volumeAttributesClassName") or UNSET,
        age_of(obj, now),
        obj.spec.get("volumeMode") or UNSET,
    ]


def _volume(obj: Unsimulated, now: Instant) -> Cells:
    spec, status = obj.rest.get("spec") or {}, obj.rest.get("status") or {}
    claim = spec.get("claimRef") or {}
    gone = obj.metadata.deletion_timestamp is not None
    return [
        obj.metadata.name,
        (spec.get("capacity") or {}).get("storage", ""),
        access_modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        "Terminating" if gone else status.get("phase", ""),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        spec.get("storageClassName") or "",
        spec.get("volumeAttributesClassName") or UNSET,
        status.get("reason", ""),
        age_of(obj, now),
        spec.get("volumeMode") or UNSET,
    ]


def _storage_class(obj: Unsimulated, now: Instant) -> Cells:
    is_default = obj.metadata.annotations.get(DEFAULT_CLASS) == "true"
    return [
        f"{obj.metadata.name} (default)" if is_default else obj.metadata.name,
        obj.rest.get("provisioner", ""),
        obj.rest.get("reclaimPolicy", "Delete"),
        obj.rest.get("volumeBindingMode", "Immediate"),
        _truth(obj.rest.get("allowVolumeExpansion")),
        age_of(obj, now),
    ]


# --- identities and what else the API server knows


def _binding(obj: Unsimulated, now: Instant) -> Cells:
    role = obj.rest.get("roleRef") or {}
    subjects = obj.rest.get("subjects") or ()
    names: dict[str, list[str]] = {"User": [], "Group": [], "ServiceAccount": []}
    for each in subjects:
        kind, name = str(each.get("kind")), str(each.get("name", ""))
        if kind == "ServiceAccount":
            name = f"{each.get('namespace', '')}/{name}"
        names.setdefault(kind, []).append(name)
    return [
        obj.metadata.name,
        f"{role.get('kind')}/{role.get('name')}",
        age_of(obj, now),
        *(", ".join(names[kind]) for kind in ("User", "Group", "ServiceAccount")),
    ]


def _pod_template(obj: Unsimulated, now: Instant) -> Cells:
    template = obj.rest.get("template") or {}
    containers = (template.get("spec") or {}).get("containers") or ()
    labels = (template.get("metadata") or {}).get("labels") or {}
    return [
        obj.metadata.name,
        ",".join(str(each.get("name", "")) for each in containers),
        ",".join(str(each.get("image", "")) for each in containers),
        ",".join(f"{key}={labels[key]}" for key in sorted(labels)) or NONE,
    ]


def _component_status(obj: Unsimulated, now: Instant) -> Cells:
    status = message = error = ""
    for each in obj.rest.get("conditions") or ():
        if each.get("type") == "Healthy":
            status = "Healthy" if each.get("status") == "True" else "Unhealthy"
            message, error = each.get("message", ""), each.get("error", "")
    return [obj.metadata.name, status or "Unknown", message, error]


def _runtime_class(obj: Unsimulated, now: Instant) -> Cells:
    return [obj.metadata.name, obj.rest.get("handler", ""), age_of(obj, now)]


def _webhooks(obj: Unsimulated, now: Instant) -> Cells:
    return [obj.metadata.name, len(obj.rest.get("webhooks") or ()), age_of(obj, now)]


def _driver_node(obj: Unsimulated, now: Instant) -> Cells:
    drivers = (obj.rest.get("spec") or {}).get("drivers") or ()
    return [obj.metadata.name, len(drivers), age_of(obj, now)]


PRINTERS: dict[str, Callable[[Any, Instant], Cells]] = {
    "CSINode": _driver_node,
    "ClusterRoleBinding": _binding,
    "ConfigMap": _configmap,
    "Event": _event,
    "HorizontalPodAutoscaler": _autoscaler,
    "Lease": _lease,
    "MutatingWebhookConfiguration": _webhooks,
    "Namespace": _namespace,
    "NetworkPolicy": _network_policy,
    "PersistentVolume": _volume,
    "PersistentVolumeClaim": _claim,
    "PodDisruptionBudget": _budget,
    "PodTemplate": _pod_template,
    "PriorityClass": _priority,
    "ResourceQuota": _quota,
    "RoleBinding": _binding,
    "ComponentStatus": _component_status,
    "RuntimeClass": _runtime_class,
    "Secret": _secret,
    "ServiceAccount": _account,
    "StorageClass": _storage_class,
    "ValidatingWebhookConfiguration": _webhooks,
}
