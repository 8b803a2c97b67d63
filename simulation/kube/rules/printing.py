"""Rows as `kubectl get` shows them.

Follows pkg/printers/internalversion/printers.go: the cells of each kind, those that only `-o wide`
shows, and the words of the STATUS column.
"""

from collections.abc import Callable
from typing import Any

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Instant
from simulation.kube.objects.config import ConfigMap, Lease, Namespace, Secret
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Container, ContainerStatus, Pod
from simulation.kube.objects.policy import PodDisruptionBudget
from simulation.kube.objects.service import EndpointSlice, Ingress, IngressClass, Service
from simulation.kube.objects.workload import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    StatefulSet,
)
from simulation.kube.rules.ages import age, human_duration

NONE = "<none>"
UNKNOWN = "<unknown>"
ROLE_PREFIX = "node-role.kubernetes.io/"
LOAD_BALANCER_WIDTH = 16


class Column(Record):
    """A column of a table."""

    name: str
    wide: bool = False


def _columns(text: str, wide: str = "") -> tuple[Column, ...]:
    shown = [Column(name) for name in text.split("|")]
    return (*shown, *(Column(name, True) for name in wide.split("|") if name))


WORKLOAD_WIDE = "Containers|Images|Selector"
COLUMNS: dict[str, tuple[Column, ...]] = {
    "ConfigMap": _columns("Name|Data|Age"),
    "CronJob": _columns("Name|Schedule|Timezone|Suspend|Active|Last Schedule|Age", WORKLOAD_WIDE),
    "DaemonSet": _columns(
        "Name|Desired|Current|Ready|Up-to-date|Available|Node Selector|Age", WORKLOAD_WIDE
    ),
    "Deployment": _columns("Name|Ready|Up-to-date|Available|Age", WORKLOAD_WIDE),
    "EndpointSlice": _columns("Name|AddressType|Ports|Endpoints|Age"),
    "Ingress": _columns("Name|Class|Hosts|Address|Ports|Age"),
    "IngressClass": _columns("Name|Controller|Parameters|Age"),
    "Job": _columns("Name|Status|Completions|Duration|Age", WORKLOAD_WIDE),
    "Lease": _columns("Name|Holder|Age"),
    "Namespace": _columns("Name|Status|Age"),
    "Node": _columns(
        "Name|Status|Roles|Age|Version",
        "Internal-IP|External-IP|OS-Image|Kernel-Version|Container-Runtime",
    ),
    "Pod": _columns("Name|Ready|Status|Restarts|Age", "IP|Node|Nominated Node|Readiness Gates"),
    "PodDisruptionBudget": _columns("Name|Min Available|Max Unavailable|Allowed Disruptions|Age"),
    "ReplicaSet": _columns("Name|Desired|Current|Ready|Age", WORKLOAD_WIDE),
    "Secret": _columns("Name|Type|Data|Age"),
    "Service": _columns("Name|Type|Cluster-IP|External-IP|Port(s)|Age", "Selector"),
    "StatefulSet": _columns("Name|Ready|Age", "Containers|Images"),
}
GENERIC = _columns("Name|Age")


def columns(kind: str) -> tuple[Column, ...]:
    """Return the columns of a kind; one that is not known has a name and an age."""
    return COLUMNS.get(kind, GENERIC)


def row(obj: AnyObject, now: Instant) -> list[Any]:
    """Return the cells of an object, those of -o wide included."""
    return _PRINTERS.get(kind_of(obj), _generic)(obj, now)


def _age(obj: AnyObject, now: Instant) -> str:
    return age(obj.metadata.creation_timestamp, now)


def _generic(obj: AnyObject, now: Instant) -> list[Any]:
    return [obj.metadata.name, _age(obj, now)]


# --- pods


def pod_status(pod: Pod) -> str:
    """Return the STATUS of a pod: the algorithm everybody knows by its words."""
    reason = pod.status.reason or pod.status.phase
    for each in pod.status.conditions:
        if each.type == "PodScheduled" and each.reason == "SchedulingGated":
            reason = "SchedulingGated"
    initializing, reason = _init_status(pod, reason)
    if not initializing or _is_initialized(pod):
        reason = _container_status(pod, reason)
    if pod.metadata.deletion_timestamp is not None:
        if pod.status.reason == "NodeLost":
            return "Unknown"
        if pod.status.phase not in ("Succeeded", "Failed"):
            return "Terminating"
    return reason


def _is_initialized(pod: Pod) -> bool:
    return any(each.type == "Initialized" and each.status == "True" for each in pod.status.conditions)


def _sidecars(pod: Pod) -> dict[str, Container]:
    return {each.name: each for each in pod.spec.init_containers if each.restart_policy == "Always"}


def _init_status(pod: Pod, reason: str) -> tuple[bool, str]:
    total = len(pod.spec.init_containers)
    sidecars = _sidecars(pod)
    for number, status in enumerate(pod.status.init_container_statuses):
        ended, waiting = status.state.terminated, status.state.waiting
        if ended is not None and ended.exit_code == 0:
            continue
        if status.name in sidecars and status.started:
            continue
        if ended is not None:
            if ended.reason:
                return True, f"Init:{ended.reason}"
            if ended.signal:
                return True, f"Init:Signal:{ended.signal}"
            return True, f"Init:ExitCode:{ended.exit_code}"
        if waiting is not None and waiting.reason and waiting.reason != "PodInitializing":
            return True, f"Init:{waiting.reason}"
        return True, f"Init:{number}/{total}"
    return False, reason


def _container_status(pod: Pod, reason: str) -> str:
    has_running = False
    error = ""
    for status in reversed(pod.status.container_statuses):
        state = status.state
        if state.waiting is not None and state.waiting.reason:
            reason = state.waiting.reason
        elif state.terminated is not None:
            ended = state.terminated
            if ended.reason:
                reason = ended.reason
            elif ended.signal:
                reason = f"Signal:{ended.signal}"
            else:
                reason = f"ExitCode:{ended.exit_code}"
            if reason != "Completed":
                error = reason
        elif status.ready and state.running is not None:
            has_running = True
    if reason == "Completed" and has_running:
        if any(each.type == "Ready" and each.status == "True" for each in pod.status.conditions):
            return "Running"
        return error or "NotReady"
    return reason


def _pod(pod: Pod, now: Instant) -> list[Any]:
    sidecars = _sidecars(pod)
    counted = [
        *(each for each in pod.status.init_container_statuses if each.name in sidecars),
        *pod.status.container_statuses,
    ]
    ready = sum(each.ready and each.state.running is not None for each in counted)
    total = len(pod.spec.containers) + len(sidecars)
    statuses = _restarted(pod, counted)
    gates = [each.condition_type for each in pod.spec.readiness_gates]
    true = {each.type for each in pod.status.conditions if each.status == "True"}
    ip = pod.status.pod_ips[0].ip if pod.status.pod_ips else pod.status.pod_ip
    return [
        pod.metadata.name,
        f"{ready}/{total}",
        pod_status(pod),
        _restarts(statuses, now),
        _age(pod, now),
        ip or NONE,
        pod.spec.node_name or NONE,
        pod.status.nominated_node_name or NONE,
        f"{sum(gate in true for gate in gates)}/{len(gates)}" if gates else NONE,
    ]


def _restarted(pod: Pod, counted: list[ContainerStatus]) -> list[ContainerStatus]:
    """Return whose restarts count: while it initialises, those of the init containers."""
    initializing, _ = _init_status(pod, "")
    if initializing and not _is_initialized(pod):
        return list(pod.status.init_container_statuses)
    return counted


def _restarts(statuses: list[ContainerStatus], now: Instant) -> str:
    count = sum(each.restart_count for each in statuses)
    ends = [
        each.last_state.terminated.finished_at
        for each in statuses
        if each.last_state.terminated is not None
        and each.last_state.terminated.finished_at is not None
    ]
    if count and ends:
        return f"{count} ({age(max(ends), now)} ago)"
    return str(count)


# --- nodes


def _node(node: Node, now: Instant) -> list[Any]:
    info = node.status.node_info
    addresses: dict[str, str] = {}
    for each in node.status.addresses:
        addresses.setdefault(each.type, each.address)
    return [
        node.metadata.name,
        node_status(node),
        ",".join(node_roles(node)) or NONE,
        _age(node, now),
        info.kubelet_version,
        addresses.get("InternalIP", NONE),
        addresses.get("ExternalIP", NONE),
        info.os_image or UNKNOWN,
        _kernel(info.kernel_version or UNKNOWN, info.architecture),
        info.container_runtime_version or UNKNOWN,
    ]


def _kernel(version: str, architecture: str) -> str:
    return f"{version} ({architecture})" if architecture else version


def node_status(node: Node) -> str:
    """Return the STATUS of a node."""
    ready = next((each for each in node.status.conditions if each.type == "Ready"), None)
    words = ["Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"]
    if node.spec.unschedulable:
        words.append("SchedulingDisabled")
    return ",".join(words)


def node_roles(node: Node) -> list[str]:
    """Return the roles that a node's labels give it."""
    roles = []
    for key, value in node.metadata.labels.items():
        if key.startswith(ROLE_PREFIX) and len(key) > len(ROLE_PREFIX):
            roles.append(key.removeprefix(ROLE_PREFIX))
        elif key == "kubernetes.io/role" and value:
            roles.append(value)
    return sorted(set(roles))


# --- workloads


def _template(containers: tuple[Container, ...]) -> list[str]:
    names = ",".join(each.name for each in containers)
    return [names, ",".join(each.image for each in containers)]


def selector_text(labels: dict[str, str]) -> str:
    """Return "a=b,c=d", or <none>."""
    return ",".join(f"{key}={labels[key]}" for key in sorted(labels)) or NONE


def full_selector(selector: Any) -> str:
    """Return a label selector as one line."""
    if selector is None:
        return NONE
    words = [f"{key}={value}" for key, value in sorted(selector.match_labels.items())]
    for each in selector.match_expressions:
        values = ",".join(sorted(each.values))
        words.append(
            {
                "In": f"{each.key} in ({values})",
                "NotIn": f"{each.key} notin ({values})",
                "Exists": each.key,
                "DoesNotExist": f"!{each.key}",
            }[each.operator]
        )
    return ",".join(words) or NONE


def _deployment(obj: Deployment, now: Instant) -> list[Any]:
    spec, status = obj.spec, obj.status
    return [
        obj.metadata.name,
        f"{status.ready_replicas}/{spec.replicas}",
        status.updated_replicas,
        status.available_replicas,
        _age(obj, now),
        *_template(spec.template.spec.containers),
        full_selector(spec.selector),
    ]


def _replicaset(obj: ReplicaSet, now: Instant) -> list[Any]:
    return [
        obj.metadata.name,
        obj.spec.replicas,
        obj.status.replicas,
        obj.status.ready_replicas,
        _age(obj, now),
        *_template(obj.spec.template.spec.containers),
        full_selector(obj.spec.selector),
    ]


def _statefulset(obj: StatefulSet, now: Instant) -> list[Any]:
    return [
        obj.metadata.name,
        f"{obj.status.ready_replicas}/{obj.spec.replicas}",
        _age(obj, now),
        *_template(obj.spec.template.spec.containers),
    ]


def _daemonset(obj: DaemonSet, now: Instant) -> list[Any]:
    status = obj.status
    return [
        obj.metadata.name,
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_ready,
        status.updated_number_scheduled,
        status.number_available,
        selector_text(obj.spec.template.spec.node_selector),
        _age(obj, now),
        *_template(obj.spec.template.spec.containers),
        full_selector(obj.spec.selector),
    ]


def _job(obj: Job, now: Instant) -> list[Any]:
    spec, status = obj.spec, obj.status
    if spec.completions is not None:
        completions = f"{status.succeeded}/{spec.completions}"
    elif (spec.parallelism or 0) > 1:
        completions = f"{status.succeeded}/1 of {spec.parallelism}"
    else:
        completions = f"{status.succeeded}/1"
    duration = ""
    if status.start_time is not None:
        end = now if status.completion_time is None else status.completion_time
        duration = human_duration((end - status.start_time) // SECOND)
    return [
        obj.metadata.name,
        _job_status(obj),
        completions,
        duration,
        _age(obj, now),
        *_template(spec.template.spec.containers),
        full_selector(spec.selector),
    ]


def _job_status(obj: Job) -> str:
    true = {each.type for each in obj.status.conditions if each.status == "True"}
    if "Complete" in true:
        return "Complete"
    if "Failed" in true:
        return "Failed"
    if obj.metadata.deletion_timestamp is not None:
        return "Terminating"
    for word in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if word in true:
            return word
    return "Running"


def _cronjob(obj: CronJob, now: Instant) -> list[Any]:
    last = obj.status.last_schedule_time
    return [
        obj.metadata.name,
        obj.spec.schedule,
        obj.spec.time_zone or NONE,
        str(obj.spec.suspend),
        len(obj.status.rest.get("active", ())),
        NONE if last is None else age(last, now),
        _age(obj, now),
        *_template(obj.spec.job_template.spec.template.spec.containers),
        full_selector(obj.spec.job_template.spec.selector),
    ]


# --- services


def _service(obj: Service, now: Instant) -> list[Any]:
    spec = obj.spec
    return [
        obj.metadata.name,
        spec.type,
        spec.cluster_ip or NONE,
        external_ip(obj, wide=False),
        _ports(spec.ports) or NONE,
        _age(obj, now),
        selector_text(spec.selector or {}),
    ]


def external_ip(obj: Service, wide: bool) -> str:
    """Return the EXTERNAL-IP of a Service."""
    spec = obj.spec
    if spec.type == "ExternalName":
        return spec.external_name
    if spec.type == "LoadBalancer":
        given = [each.ip or each.hostname for each in obj.status.load_balancer.ingress]
        text = ",".join(sorted(given))
        if not wide and len(text) > LOAD_BALANCER_WIDTH:
            text = text[: LOAD_BALANCER_WIDTH - 3] + "..."
        everything = [*([text] if text else []), *spec.external_ips]
        return ",".join(everything) or "<pending>"
    return ",".join(spec.external_ips) or NONE


def _ports(ports: tuple[Any, ...]) -> str:
    return ",".join(
        f"{each.port}:{each.node_port}/{each.protocol}"
        if each.node_port
        else f"{each.port}/{each.protocol}"
        for each in ports
    )


def _endpointslice(obj: EndpointSlice, now: Instant) -> list[Any]:
    ports = ",".join(str(each.port) for each in obj.ports if each.port is not None)
    addresses = [address for each in obj.endpoints for address in each.addresses]
    shown = ",".join(addresses[:3])
    if len(addresses) > 3:
        shown += f" + {len(addresses) - 3} more..."
    return [
        obj.metadata.name, obj.address_type, ports or "<unset>", shown or "<unset>", _age(obj, now)
    ]


def _ingress(obj: Ingress, now: Instant) -> list[Any]:
    hosts = [rule.host or "*" for rule in obj.spec.rules] or ["*"]
    shown = ",".join(hosts[:3])
    if len(hosts) > 3:
        shown += f" + {len(hosts) - 3} more..."
    given = [each.ip or each.hostname for each in obj.status.load_balancer.ingress]
    return [
        obj.metadata.name,
        obj.spec.ingress_class_name or NONE,
        shown,
        ",".join(given),
        "80, 443" if obj.spec.tls else "80",
        _age(obj, now),
    ]


def _ingressclass(obj: IngressClass, now: Instant) -> list[Any]:
    return [obj.metadata.name, obj.spec.controller, NONE, _age(obj, now)]


def _namespace(obj: Namespace, now: Instant) -> list[Any]:
    return [obj.metadata.name, obj.status.phase, _age(obj, now)]


def _configmap(obj: ConfigMap, now: Instant) -> list[Any]:
    return [obj.metadata.name, len(obj.data) + len(obj.binary_data), _age(obj, now)]


def _secret(obj: Secret, now: Instant) -> list[Any]:
    return [obj.metadata.name, obj.type, len(obj.data), _age(obj, now)]


def _lease(obj: Lease, now: Instant) -> list[Any]:
    return [obj.metadata.name, obj.spec.holder_identity or "", _age(obj, now)]


def _budget(obj: PodDisruptionBudget, now: Instant) -> list[Any]:
    low, high = obj.spec.min_available, obj.spec.max_unavailable
    return [
        obj.metadata.name,
        "N/A" if low is None else str(low),
        "N/A" if high is None else str(high),
        obj.status.disruptions_allowed,
        _age(obj, now),
    ]


_PRINTERS: dict[str, Callable[[Any, Instant], list[Any]]] = {
    "ConfigMap": _configmap,
    "CronJob": _cronjob,
    "DaemonSet": _daemonset,
    "Deployment": _deployment,
    "EndpointSlice": _endpointslice,
    "Ingress": _ingress,
    "IngressClass": _ingressclass,
    "Job": _job,
    "Lease": _lease,
    "Namespace": _namespace,
    "Node": _node,
    "Pod": _pod,
    "PodDisruptionBudget": _budget,
    "ReplicaSet": _replicaset,
    "Secret": _secret,
    "Service": _service,
    "StatefulSet": _statefulset,
}
