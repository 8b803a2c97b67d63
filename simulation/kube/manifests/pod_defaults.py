"""What the API server fills into pods and into the templates that pods are made from.

Follows pkg/apis/core/v1/defaults.go. A template gets what SetDefaults_PodSpec gives; what
SetDefaults_Pod and the admission plugins give (requests from limits, the service account, the
priority) belongs to pods alone, so that a template stays as it was written.
"""

from typing import Any

import msgspec

from simulation.kube.manifests.codec import ATTRIBUTES
from simulation.kube.objects.meta import Resources
from simulation.kube.objects.pod import Container, EnvVar, HttpGetAction, Pod, PodSpec, Probe

replace = msgspec.structs.replace

POD_REST = {
    "dnsPolicy": "ClusterFirst",
    "schedulerName": "default-scheduler",
    "securityContext": {},
}
CONTAINER_REST = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
FILE_MODE = 0o644
"""What the files of a volume may, unless the manifest says otherwise."""
VOLUME_DEFAULTS: dict[str, dict[str, Any]] = {
    "configMap": {"defaultMode": FILE_MODE},
    "downwardAPI": {"defaultMode": FILE_MODE},
    "hostPath": {"type": ""},
    "projected": {"defaultMode": FILE_MODE},
    "secret": {"defaultMode": FILE_MODE},
}


def pod_spec(spec: PodSpec) -> PodSpec:
    """Return a pod's spec with the defaults that templates have, too."""
    grace = spec.termination_grace_period_seconds
    rest = {**POD_REST, **spec.rest}
    if rest.get("volumes"):
        rest["volumes"] = [_volume(each) for each in rest["volumes"]]
    return replace(
        spec,
        restart_policy=spec.restart_policy or "Always",
        termination_grace_period_seconds=30 if grace is None else grace,
        containers=tuple(map(_container, spec.containers)),
        init_containers=tuple(map(_container, spec.init_containers)),
        rest=rest,
    )


def _volume(volume: dict[str, Any]) -> dict[str, Any]:
    sources = [name for name in volume if name != "name"]
    if not sources:
        return {**volume, "emptyDir": {}}
    source = sources[0]
    if source not in VOLUME_DEFAULTS:
        return volume
    return {**volume, source: {**VOLUME_DEFAULTS[source], **(volume[source] or {})}}


def _container(container: Container) -> Container:
    rest = {**CONTAINER_REST, **container.rest}
    lifecycle = rest.get("lifecycle")
    if lifecycle:
        rest["lifecycle"] = {name: _hook(hook) for name, hook in lifecycle.items()}
    return replace(
        container,
        image_pull_policy=container.image_pull_policy or pull_policy(container.image),
        env=tuple(map(_variable, container.env)),
        readiness_probe=_probe(container.readiness_probe),
        liveness_probe=_probe(container.liveness_probe),
        startup_probe=_probe(container.startup_probe),
        rest=rest,
    )


def _hook(hook: Any) -> Any:
    if not isinstance(hook, dict) or not isinstance(hook.get("httpGet"), dict):
        return hook
    return {**hook, "httpGet": {"path": "/", "scheme": "HTTP", **hook["httpGet"]}}


def _variable(variable: EnvVar) -> EnvVar:
    source = variable.rest.get("valueFrom") or {}
    if not isinstance(source.get("fieldRef"), dict):
        return variable
    field = {"apiVersion": "v1", **source["fieldRef"]}
    return replace(variable, rest={**variable.rest, "valueFrom": {**source, "fieldRef": field}})


def _probe(probe: Probe | None) -> Probe | None:
    if probe is None:
        return None
    get = probe.http_get
    rest = probe.rest
    if isinstance(rest.get("grpc"), dict):
        rest = {**rest, "grpc": {"service": "", **rest["grpc"]}}
    return replace(
        probe,
        http_get=None if get is None else _http_get(get),
        period_seconds=probe.period_seconds or 10,
        timeout_seconds=probe.timeout_seconds or 1,
        success_threshold=probe.success_threshold or 1,
        failure_threshold=probe.failure_threshold or 3,
        rest=rest,
    )


def _http_get(action: HttpGetAction) -> HttpGetAction:
    return replace(action, path=action.path or "/", scheme=action.scheme or "HTTP")


def pull_policy(image: str) -> str:
    """Return Always for tag latest or no tag at all, IfNotPresent otherwise."""
    name = image.rpartition("/")[2]
    if "@" in name:
        return "IfNotPresent"
    tag = name.partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


# --- pods alone


def pod(obj: Pod) -> Pod:
    """Return a pod as the API server stores it: what only pods get, and the rest as well."""
    spec = pod_spec(obj.spec)
    host = spec.host_network
    account = spec.service_account_name or "default"
    rest = {"enableServiceLinks": True, **spec.rest, "serviceAccount": account}
    spec = replace(
        spec,
        containers=tuple(_of_pod(each, host) for each in spec.containers),
        init_containers=tuple(_of_pod(each, host) for each in spec.init_containers),
        service_account_name=account,
        rest=rest,
    )
    return obj if spec == obj.spec else replace(obj, spec=spec)


def _of_pod(container: Container, host_network: bool) -> Container:
    resources = container.resources
    ports = container.ports
    if host_network:
        ports = tuple(
            replace(each, host_port=each.host_port or each.container_port) for each in ports
        )
    requests = _requests(resources.requests, resources.limits)
    return replace(container, resources=replace(resources, requests=requests), ports=ports)


def _requests(requests: Resources, limits: Resources) -> Resources:
    """A limit without a request is the request, too."""
    if limits == Resources():
        return requests
    asked = _names(requests)
    taken = {name: text for name, text in limits.written.items() if name not in asked}
    return Resources(
        limits.cpu if requests.cpu is None else requests.cpu,
        limits.memory if requests.memory is None else requests.memory,
        limits.ephemeral_storage
        if requests.ephemeral_storage is None
        else requests.ephemeral_storage,
        requests.pods,
        {**limits.extended, **requests.extended},
        {**taken, **requests.written},
    )


def _names(amounts: Resources) -> set[str]:
    plain = {"cpu": "cpu", **ATTRIBUTES}
    return {name for name, field in plain.items() if getattr(amounts, field) is not None} | {
        *amounts.extended
    }
