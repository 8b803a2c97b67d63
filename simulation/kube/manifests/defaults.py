"""What the API server fills in when a manifest is silent.

Follows pkg/apis/core/v1/defaults.go and pkg/apis/apps/v1/defaults.go for what the simulation reads.
"""

import msgspec

from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.meta import Resources
from simulation.kube.objects.pod import Container, Pod, PodSpec
from simulation.kube.objects.service import Service
from simulation.kube.objects.workload import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    RollingUpdateDaemonSet,
    RollingUpdateDeployment,
    StatefulSet,
)

replace = msgspec.structs.replace

POD_REST = {"dnsPolicy": "ClusterFirst", "schedulerName": "default-scheduler", "securityContext": {}}
CONTAINER_REST = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}


def with_defaults(obj: AnyObject) -> AnyObject:
    """Return the object as the API server would store it."""
    if isinstance(obj, Pod):
        return replace(obj, spec=pod_spec(obj.spec))
    if isinstance(obj, Deployment):
        return _deployment(obj)
    if isinstance(obj, DaemonSet):
        return _daemonset(obj)
    if isinstance(obj, ReplicaSet | StatefulSet | Job):
        return replace(obj, spec=replace(obj.spec, template=_template(obj.spec.template)))
    if isinstance(obj, Service):
        return _service(obj)
    if isinstance(obj, CronJob):
        return obj
    return obj


def _template(template: object) -> object:
    return replace(template, spec=pod_spec(template.spec))  # type: ignore[attr-defined, type-var]


def pod_spec(spec: PodSpec) -> PodSpec:
    """Return a pod's spec with its defaults."""
    grace = spec.termination_grace_period_seconds
    return replace(
        spec,
        restart_policy=spec.restart_policy or "Always",
        termination_grace_period_seconds=30 if grace is None else grace,
        containers=tuple(map(_container, spec.containers)),
        init_containers=tuple(map(_container, spec.init_containers)),
        service_account_name=spec.service_account_name or "default",
        rest={**POD_REST, **spec.rest},
    )


def _container(container: Container) -> Container:
    resources = container.resources
    requests = _requests(resources.requests, resources.limits)
    return replace(
        container,
        image_pull_policy=container.image_pull_policy or pull_policy(container.image),
        resources=replace(resources, requests=requests),
        rest={**CONTAINER_REST, **container.rest},
    )


def _requests(requests: Resources, limits: Resources) -> Resources:
    """A limit without a request is the request, too."""
    return Resources(
        limits.cpu if requests.cpu is None else requests.cpu,
        limits.memory if requests.memory is None else requests.memory,
        limits.ephemeral_storage
        if requests.ephemeral_storage is None
        else requests.ephemeral_storage,
        requests.pods,
        {**limits.extended, **requests.extended},
    )


def pull_policy(image: str) -> str:
    """Return Always for tag latest or no tag at all, IfNotPresent otherwise."""
    name = image.rpartition("/")[2]
    if "@" in name:
        return "IfNotPresent"
    tag = name.partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


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


def _service(obj: Service) -> Service:
    ports = tuple(
        replace(port, target_port=port.port) if port.target_port in (None, 0, "") else port
        for port in obj.spec.ports
    )
    spec = replace(
        obj.spec, ports=ports, internal_traffic_policy=obj.spec.internal_traffic_policy or "Cluster"
    )
    if spec.type in ("NodePort", "LoadBalancer"):
        policy = spec.external_traffic_policy or "Cluster"
        spec = replace(spec, external_traffic_policy=policy)
    return replace(obj, spec=spec)
