"""What the API server refuses, in its own words.

Two steps, as there: strict decoding (unknown fields, wrong types), then validation of what the
simulation knows of a kind. Both return (path, text); the words follow pkg/apis/*/validation.
"""

from collections.abc import Callable
from typing import Any

from simulation.kube.limits import ANNOTATIONS_BYTES_MAX
from simulation.kube.manifests import (
    network_checks,
    other_checks,
    pod_checks,
    workload_checks,
)
from simulation.kube.manifests.decoding import strict, without_nulls, without_unknown
from simulation.kube.manifests.wording import (
    SUBDOMAIN_MAX,
    Found,
    bad,
    dns_1035,
    dns_label,
    label_key,
    labels,
    required,
    subdomain,
)

__all__ = ["Found", "invalid", "label_problems", "strict", "without_unknown"]


def invalid(kind: str, content: dict[str, Any]) -> Found:
    """Return what is wrong with an object whose fields and types are right."""
    content = without_nulls(content)
    found = _metadata(kind, content.get("metadata") or {})
    check = _CHECKS.get(kind)
    if check is not None:
        found += check(content)
    return found


def label_problems(path: str, given: dict[str, str]) -> Found:
    """Return what is wrong with labels that a command sets."""
    return labels(path, given)


def _metadata(kind: str, meta: dict[str, Any]) -> Found:
    name, generate = meta.get("name"), meta.get("generateName")
    rule = NAME_RULES.get(kind, subdomain)
    found: Found = []
    if generate:
        # What is generated ends in letters, so a dash at the end is all right.
        found += rule("metadata.generateName", f"{generate.removesuffix('-')}x"[:SUBDOMAIN_MAX])
    if not name and not generate:
        found.append(required("metadata.name", "name or generateName is required"))
    elif name:
        found += rule("metadata.name", name)
    if meta.get("namespace"):
        found += dns_label("metadata.namespace", meta["namespace"])
    found += labels("metadata.labels", meta.get("labels") or {})
    annotations = meta.get("annotations") or {}
    for key in annotations:
        found += label_key("metadata.annotations", key.lower())
    size = sum(len(f"{key}{value or ''}".encode()) for key, value in annotations.items())
    if size > ANNOTATIONS_BYTES_MAX:
        text = f"Too long: may not be more than {ANNOTATIONS_BYTES_MAX} bytes"
        found.append(("metadata.annotations", f"metadata.annotations: {text}"))
    return found


def _path_segment(path: str, name: str) -> Found:
    """Identities may be named freely, as long as their names fit into an address."""
    if name in (".", ".."):
        return [bad(path, name, f"may not be '{name}'")]
    return [bad(path, name, f"may not contain '{sign}'") for sign in "/%" if sign in name]


NAME_RULES: dict[str, Callable[[str, str], Found]] = {
    "ClusterRole": _path_segment,
    "ClusterRoleBinding": _path_segment,
    "Namespace": dns_label,
    "Role": _path_segment,
    "RoleBinding": _path_segment,
    "Service": dns_1035,
}

_CHECKS: dict[str, Callable[[dict[str, Any]], Found]] = {
    "ClusterRole": other_checks.role,
    "ClusterRoleBinding": other_checks.binding,
    "ConfigMap": other_checks.config,
    "CronJob": workload_checks.cronjob,
    "DaemonSet": workload_checks.workload,
    "Deployment": workload_checks.workload,
    "HorizontalPodAutoscaler": workload_checks.autoscaler,
    "Ingress": network_checks.ingress,
    "Job": workload_checks.job,
    "NetworkPolicy": network_checks.network_policy,
    "PersistentVolume": other_checks.volume,
    "PersistentVolumeClaim": other_checks.claim,
    "Pod": pod_checks.pod,
    "PodDisruptionBudget": other_checks.budget,
    "PriorityClass": other_checks.priority_class,
    "ReplicaSet": workload_checks.workload,
    "ResourceQuota": other_checks.quota,
    "Role": other_checks.role,
    "RoleBinding": other_checks.binding,
    "Secret": other_checks.secret,
    "Service": network_checks.service,
    "StatefulSet": workload_checks.workload,
    "StorageClass": other_checks.storage_class,
}
