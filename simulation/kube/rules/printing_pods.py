"""Rows of pods and nodes, and the words of their STATUS columns."""

from simulation.kernel.units import Instant
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Container, ContainerStatus, Pod
from simulation.kube.rules.ages import age
from simulation.kube.rules.printing_common import NONE, UNKNOWN, Cells, age_of

ROLE_PREFIX = "node-role.kubernetes.io/"


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


def pod_row(pod: Pod, now: Instant) -> Cells:
    """Return the cells of a pod."""
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
        age_of(pod, now),
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


def node_row(node: Node, now: Instant) -> Cells:
    """Return the cells of a node."""
    info = node.status.node_info
    addresses: dict[str, str] = {}
    for each in node.status.addresses:
        addresses.setdefault(each.type, each.address)
    return [
        node.metadata.name,
        node_status(node),
        ",".join(node_roles(node)) or NONE,
        age_of(node, now),
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
