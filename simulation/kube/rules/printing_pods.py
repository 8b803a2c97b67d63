"""Rows of pods and nodes, and the words of their STATUS columns."""

from simulation.kernel.units import Instant
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import (
    Container,
    ContainerStateTerminated,
    ContainerStatus,
    Pod,
)
from simulation.kube.rules.ages import age
from simulation.kube.rules.pods import is_finished
from simulation.kube.rules.printing_common import NONE, UNKNOWN, Cells, age_of

ROLE_PREFIX = "node-role.kubernetes.io/"


def pod_status(pod: Pod) -> str:
    """Return the STATUS of a pod: the algorithm everybody knows by its words."""
    reason = pod.status.reason or pod.status.phase
    for each in pod.status.conditions:
        if each.type == "PodScheduled" and each.reason == "SchedulingGated":
            reason = "SchedulingGated"
    reason = _unfinished(pod)[1] or reason
    if _is_past_init(pod):
        reason = _container_status(pod, reason)
    if pod.metadata.deletion_timestamp is not None:
        if pod.status.reason == "NodeLost":
            return "Unknown"
        if not is_finished(pod):
            return "Terminating"
    return reason


def _is_past_init(pod: Pod) -> bool:
    if not _unfinished(pod)[1]:
        return True
    return any(
        each.type == "Initialized" and each.status == "True" for each in pod.status.conditions
    )


def _sidecars(pod: Pod) -> dict[str, Container]:
    return {each.name: each for each in pod.spec.init_containers if each.restart_policy == "Always"}


def _unfinished(pod: Pod) -> tuple[int, str]:
    """Return how many init containers are done, and the word of the one that is not, if any."""
    total = len(pod.spec.init_containers)
    sidecars = _sidecars(pod)
    for number, status in enumerate(pod.status.init_container_statuses):
        ended, waiting = status.state.terminated, status.state.waiting
        if ended is not None and ended.exit_code == 0:
            continue
        if status.name in sidecars and status.started:
            continue
        if ended is not None:
            return number, f"Init:{_end_of(ended)}"
        if waiting is not None and waiting.reason and waiting.reason != "PodInitializing":
            return number, f"Init:{waiting.reason}"
        return number, f"Init:{number}/{total}"
    return len(pod.status.init_container_statuses), ""


def _end_of(ended: ContainerStateTerminated) -> str:
    if ended.reason:
        return ended.reason
    return f"Signal:{ended.signal}" if ended.signal else f"ExitCode:{ended.exit_code}"


def _container_status(pod: Pod, reason: str) -> str:
    has_running = False
    error = ""
    for status in reversed(pod.status.container_statuses):
        state = status.state
        if state.waiting is not None and state.waiting.reason:
            reason = state.waiting.reason
        elif state.terminated is not None:
            reason = _end_of(state.terminated)
            if state.terminated.exit_code:
                error = reason
        elif status.ready and state.running is not None:
            has_running = True
    if reason != "Completed":
        return reason
    is_ready = any(each.type == "Ready" and each.status == "True" for each in pod.status.conditions)
    if has_running and is_ready:
        return "Running"
    # A container that failed is worth more words than the others that did their work.
    return error or ("NotReady" if has_running else reason)


def pod_row(pod: Pod, now: Instant) -> Cells:
    """Return the cells of a pod."""
    total = len(pod.spec.containers) + len(_sidecars(pod))
    gates = [each.condition_type for each in pod.spec.readiness_gates]
    true = {each.type for each in pod.status.conditions if each.status == "True"}
    ip = pod.status.pod_ips[0].ip if pod.status.pod_ips else pod.status.pod_ip
    return [
        pod.metadata.name,
        f"{_ready(pod)}/{total}",
        pod_status(pod),
        _restarts(_restarted(pod), now),
        age_of(pod, now),
        ip or NONE,
        pod.spec.node_name or NONE,
        pod.status.nominated_node_name or NONE,
        f"{sum(gate in true for gate in gates)}/{len(gates)}" if gates else NONE,
    ]


def _ready(pod: Pod) -> int:
    """Count who is ready; nobody behind an init container that is not done counts."""
    done = pod.status.init_container_statuses[: _unfinished(pod)[0]]
    sidecars = sum(each.ready and each.name in _sidecars(pod) for each in done if _is_up(each))
    if not _is_past_init(pod):
        return sidecars
    statuses = pod.status.container_statuses
    return sidecars + sum(each.ready and each.state.running is not None for each in statuses)


def _is_up(status: ContainerStatus) -> bool:
    return status.state.terminated is None or status.state.terminated.exit_code != 0


def _restarted(pod: Pod) -> list[ContainerStatus]:
    """Return whose restarts count: while it initialises, those of the init containers so far."""
    looked_at = pod.status.init_container_statuses[: _unfinished(pod)[0] + 1]
    if not _is_past_init(pod):
        return list(looked_at)
    sidecars = _sidecars(pod)
    return [
        *(each for each in looked_at if each.name in sidecars),
        *pod.status.container_statuses,
    ]


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
