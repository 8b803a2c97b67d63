"""What the API server fills in when a manifest is silent.

Follows the defaults.go of pkg/apis/{core,apps,batch,autoscaling,networking,storage,rbac}; what pods
and their templates get is told in pod_defaults.py.
"""

from collections.abc import Callable
from typing import Any, cast

import msgspec

from simulation.kube.manifests.pod_defaults import pod, pod_spec, pull_policy
from simulation.kube.manifests.wording import INT32_MAX
from simulation.kube.objects.autoscaling import HorizontalPodAutoscaler
from simulation.kube.objects.config import Namespace, PersistentVolumeClaim, Unsimulated
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.objects.pod import PodTemplateSpec
from simulation.kube.objects.service import WITH_NODE_PORTS, Service
from simulation.kube.objects.workload import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    JobSpec,
    ReplicaSet,
    RollingUpdateDaemonSet,
    RollingUpdateDeployment,
    RollingUpdateStatefulSetStrategy,
    StatefulSet,
)

__all__ = ["pod_spec", "pull_policy", "with_defaults"]

replace = msgspec.structs.replace

NAME_LABEL = "kubernetes.io/metadata.name"
AFFINITY_SECONDS = 10_800
"""How long a client stays with a pod under sessionAffinity ClientIP: three hours."""


def with_defaults(obj: AnyObject) -> AnyObject:
    """Return the object as the API server would store it."""
    fill = _DEFAULTS.get(kind_of(obj))
    return obj if fill is None else cast(AnyObject, fill(obj))


def _template(template: PodTemplateSpec) -> PodTemplateSpec:
    return replace(template, spec=pod_spec(template.spec))


def _deployment(obj: Deployment) -> Deployment:
    strategy = obj.spec.strategy
    if strategy.type == "RollingUpdate" and strategy.rolling_update is None:
        strategy = replace(strategy, rolling_update=RollingUpdateDeployment())
    template = _template(obj.spec.template)
    return replace(obj, spec=replace(obj.spec, strategy=strategy, template=template))


def _daemonset(obj: DaemonSet) -> DaemonSet:
    strategy = obj.spec.update_strategy
    if strategy.type == "RollingUpdate" and strategy.rolling_update is None:
        strategy = replace(strategy, rolling_update=RollingUpdateDaemonSet())
    template = _template(obj.spec.template)
    return replace(obj, spec=replace(obj.spec, update_strategy=strategy, template=template))


def _replicaset(obj: ReplicaSet) -> ReplicaSet:
    return replace(obj, spec=replace(obj.spec, template=_template(obj.spec.template)))


def _statefulset(obj: StatefulSet) -> StatefulSet:
    strategy = obj.spec.update_strategy
    if strategy.type == "RollingUpdate":
        rolling = strategy.rolling_update or RollingUpdateStatefulSetStrategy()
        if rolling.partition is None:
            rolling = replace(rolling, partition=0)
        strategy = replace(strategy, rolling_update=rolling)
    spec = replace(
        obj.spec,
        update_strategy=strategy,
        template=_template(obj.spec.template),
        volume_claim_templates=tuple(map(_claim_template, obj.spec.volume_claim_templates)),
    )
    return replace(obj, spec=spec)


def _claim_template(claim: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        **claim,
        "spec": {"volumeMode": "Filesystem", **(claim.get("spec") or {})},
        "status": {"phase": "Pending", **(claim.get("status") or {})},
    }


def _job(obj: Job) -> Job:
    spec = _job_spec(obj.spec)
    meta = obj.metadata
    if spec.template.metadata.labels and not meta.labels:
        meta = replace(meta, labels=spec.template.metadata.labels)
    return replace(obj, metadata=meta, spec=spec)


def _job_spec(spec: JobSpec) -> JobSpec:
    completions = spec.completions
    if completions is None and spec.parallelism is None:
        completions = 1
    return replace(
        spec,
        completions=completions,
        parallelism=1 if spec.parallelism is None else spec.parallelism,
        backoff_limit=_backoff_limit(spec) if spec.backoff_limit is None else spec.backoff_limit,
        suspend=bool(spec.suspend),
        completion_mode=spec.completion_mode or "NonIndexed",
        pod_replacement_policy=spec.pod_replacement_policy
        or ("Failed" if "podFailurePolicy" in spec.rest else "TerminatingOrFailed"),
        template=_template(spec.template),
    )


def _backoff_limit(spec: JobSpec) -> int:
    """Return how often a Job is tried: without a bound if each index has one of its own."""
    return INT32_MAX if "backoffLimitPerIndex" in spec.rest else 6


def _cronjob(obj: CronJob) -> CronJob:
    """Only the pod template of a CronJob's Jobs gets defaults; the Jobs get theirs when made."""
    template = obj.spec.job_template
    inner = replace(template.spec, template=_template(template.spec.template))
    return replace(obj, spec=replace(obj.spec, job_template=replace(template, spec=inner)))


def _autoscaler(obj: HorizontalPodAutoscaler) -> HorizontalPodAutoscaler:
    spec = obj.spec
    metrics = spec.metrics or (CPU_METRIC,)
    behavior = spec.behavior
    if behavior is not None:
        behavior = {
            "scaleDown": {**SCALE_DOWN, **(behavior.get("scaleDown") or {})},
            "scaleUp": {**SCALE_UP, **(behavior.get("scaleUp") or {})},
        }
    least = 1 if spec.min_replicas is None else spec.min_replicas
    return replace(obj, spec=replace(spec, min_replicas=least, metrics=metrics, behavior=behavior))


CPU_METRIC: dict[str, Any] = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
}
SCALE_UP: dict[str, Any] = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
SCALE_DOWN: dict[str, Any] = {
    "selectPolicy": "Max",
    "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}],
}


def _service(obj: Service) -> Service:
    ports = tuple(
        replace(port, target_port=port.port) if port.target_port in (None, 0, "") else port
        for port in obj.spec.ports
    )
    rest = dict(obj.spec.rest)
    kind = obj.spec.type
    if kind != "ExternalName":
        rest = {"ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", **rest}
    if kind == "LoadBalancer":
        rest = {"allocateLoadBalancerNodePorts": True, **rest}
    if obj.spec.session_affinity == "ClientIP":
        config = rest.get("sessionAffinityConfig") or {}
        client = {"timeoutSeconds": AFFINITY_SECONDS, **(config.get("clientIP") or {})}
        rest["sessionAffinityConfig"] = {"clientIP": client}
    else:
        rest.pop("sessionAffinityConfig", None)
    spec = replace(obj.spec, ports=ports, rest=rest)
    if kind != "ExternalName" and not spec.internal_traffic_policy:
        spec = replace(spec, internal_traffic_policy="Cluster")
    exposed = kind in WITH_NODE_PORTS or (kind == "ClusterIP" and spec.external_ips)
    if exposed and not spec.external_traffic_policy:
        spec = replace(spec, external_traffic_policy="Cluster")
    return replace(obj, spec=spec)


def _namespace(obj: Namespace) -> Namespace:
    meta = obj.metadata
    if not meta.name:
        return obj
    spec = obj.spec
    if not spec.finalizers:
        spec = replace(spec, finalizers=("kubernetes",))
    labels = {**meta.labels, NAME_LABEL: meta.name}
    return replace(obj, metadata=replace(meta, labels=labels), spec=spec)


def _claim(obj: PersistentVolumeClaim) -> PersistentVolumeClaim:
    spec = {"volumeMode": "Filesystem", **obj.spec}
    return replace(obj, spec=spec, status={"phase": "Pending", **obj.status})


# --- kinds that are stored as they were written


def _stored(obj: Unsimulated) -> Unsimulated:
    fill = _STORED[obj.actual_kind]
    return replace(obj, rest=fill(obj.rest))


def _volume(rest: dict[str, Any]) -> dict[str, Any]:
    before = {"persistentVolumeReclaimPolicy": "Retain", "volumeMode": "Filesystem"}
    status = {"phase": "Available", **(rest.get("status") or {})}
    return {**rest, "spec": {**before, **(rest.get("spec") or {})}, "status": status}


def _storage_class(rest: dict[str, Any]) -> dict[str, Any]:
    return {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate", **rest}


def _priority_class(rest: dict[str, Any]) -> dict[str, Any]:
    return {"preemptionPolicy": "PreemptLowerPriority", **rest}


def _network_policy(rest: dict[str, Any]) -> dict[str, Any]:
    spec = {"podSelector": {}, **(rest.get("spec") or {})}
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    return {**rest, "spec": spec}


RBAC = "rbac.authorization.k8s.io"


def _binding(rest: dict[str, Any]) -> dict[str, Any]:
    groups = {"User": RBAC, "Group": RBAC}
    subjects = [
        {"apiGroup": groups[each["kind"]], **each} if each.get("kind") in groups else each
        for each in rest.get("subjects") or ()
    ]
    role = {"apiGroup": RBAC, **(rest.get("roleRef") or {})}
    return {**rest, "roleRef": role, **({"subjects": subjects} if subjects else {})}


def _limit_range(rest: dict[str, Any]) -> dict[str, Any]:
    spec = rest.get("spec") or {}
    limits = [_limit(each) for each in spec.get("limits") or ()]
    return {**rest, "spec": {**spec, "limits": limits}}


def _limit(item: dict[str, Any]) -> dict[str, Any]:
    if item.get("type") != "Container":
        return item
    most = {**(item.get("max") or {}), **(item.get("default") or {})}
    asked = {**(item.get("min") or {}), **most, **(item.get("defaultRequest") or {})}
    filled = {"default": most, "defaultRequest": asked}
    return {**item, **{name: amounts for name, amounts in filled.items() if amounts}}


_STORED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "ClusterRoleBinding": _binding,
    "LimitRange": _limit_range,
    "NetworkPolicy": _network_policy,
    "PersistentVolume": _volume,
    "PriorityClass": _priority_class,
    "RoleBinding": _binding,
    "StorageClass": _storage_class,
}
_DEFAULTS: dict[str, Callable[[Any], Any]] = {
    "CronJob": _cronjob,
    "DaemonSet": _daemonset,
    "Deployment": _deployment,
    "HorizontalPodAutoscaler": _autoscaler,
    "Job": _job,
    "Namespace": _namespace,
    "PersistentVolumeClaim": _claim,
    "Pod": pod,
    "ReplicaSet": _replicaset,
    "Service": _service,
    "StatefulSet": _statefulset,
    **dict.fromkeys(_STORED, _stored),
}
