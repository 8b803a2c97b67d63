"""What a kubelet tells about its own machine: it registers the Node and keeps it Ready.

A healthy node reports nothing: its lease is renewed silently elsewhere. A status is posted when
the machine has started, and when the kubelet finds that the API no longer calls the node Ready;
the kubelet looks every ten seconds of its own clock.
"""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.timeline import Datum, Event
from simulation.kernel.units import MIB, SECOND, Duration, Instant
from simulation.kube.apiserver import Reply
from simulation.kube.kubelet.stages import KubeletState
from simulation.kube.machines import CONTROL_PLANE, Machine
from simulation.kube.objects.meta import Condition, ObjectMeta, Resources
from simulation.kube.objects.node import (
    ContainerImage,
    Node,
    NodeAddress,
    NodeSpec,
    NodeStatus,
    NodeSystemInfo,
    Taint,
)
from simulation.kube.writes import Committed, Result, Write

if TYPE_CHECKING:
    from simulation.kube.world import World

STATUS_PERIOD: Duration = 10 * SECOND
FIRST_POST: Duration = 500
"""A kubelet that has just started posts at once, as soon as its runtime answers."""
EVICTION_THRESHOLD = 100 * MIB
"""memory.available of the default hard eviction threshold."""
DISK_USABLE_PERCENT = 90
RUNTIME_DOWN_AFTER: Duration = 30 * SECOND
"""How long a container runtime may be silent until the kubelet calls the node not ready."""
RUNTIME_DOWN = "container runtime is down"
NETWORK_NOT_READY = "container runtime network not ready"
KUBELET_VERSION = "v1.36.2"
IMAGES_REPORTED_MAX = 50
KUBELET = "kubelet"
RUNTIME = "container-runtime"

HEALTHY = (
    (
        "MemoryPressure",
        "False",
        "KubeletHasSufficientMemory",
        "kubelet has sufficient memory available",
    ),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)

UNDER_PRESSURE = {
    "MemoryPressure": (
        "KubeletHasInsufficientMemory",
        "kubelet has insufficient memory available",
    ),
    "DiskPressure": ("KubeletHasDiskPressure", "kubelet has disk pressure"),
}
"""Reason and message of a condition of pressure while it is true."""
SHUTTING_DOWN = "node is shutting down"


def node_object(machine: Machine, now: Instant, pods_max: int, ready: bool = True) -> Node:
    """Return the Node that the kubelet of a machine registers."""
    is_control_plane = machine.role == CONTROL_PLANE
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": machine.name,
        "kubernetes.io/os": "linux",
    }
    if is_control_plane:
        labels["node-role.kubernetes.io/control-plane"] = ""
        labels["node.kubernetes.io/exclude-from-external-load-balancers"] = ""
    if machine.zone:
        labels["topology.kubernetes.io/zone"] = machine.zone
    taints = []
    if is_control_plane:
        taints.append(Taint(key="node-role.kubernetes.io/control-plane", effect="NoSchedule"))
    if not ready:
        taints.append(Taint(key="node.kubernetes.io/not-ready", effect="NoSchedule"))
    return Node(
        metadata=ObjectMeta(name=machine.name, labels=labels),
        spec=NodeSpec(
            pod_cidr=machine.pod_cidr,
            pod_cidrs=(machine.pod_cidr,) if machine.pod_cidr else (),
            taints=tuple(taints),
        ),
        status=status_of_node(machine, (), now, pods_max, ready),
    )


def status_of_node(
    machine: Machine,
    known: tuple[Condition, ...],
    now: Instant,
    pods_max: int,
    ready: bool = True,
    trouble: str = NETWORK_NOT_READY,
    pressures: tuple[str, ...] = (),
) -> NodeStatus:
    """Return the status of a machine; if it is not ready, trouble says why."""
    usable = machine.memory - EVICTION_THRESHOLD
    disk = machine.disk * DISK_USABLE_PERCENT // 100
    return NodeStatus(
        capacity=Resources(machine.cpu, machine.memory, machine.disk, pods_max),
        allocatable=Resources(machine.cpu, usable, disk, pods_max),
        conditions=_conditions(known, now, "" if ready else trouble, pressures),
        addresses=(
            NodeAddress("InternalIP", machine.address),
            NodeAddress("Hostname", machine.name),
        ),
        node_info=_system(machine),
        images=tuple(
            ContainerImage((name,), machine.images[name])
            for name in sorted(machine.images, key=lambda name: (-machine.images[name], name))[
                :IMAGES_REPORTED_MAX
            ]
        ),
    )


def _conditions(
    known: tuple[Condition, ...], now: Instant, trouble: str, pressures: tuple[str, ...] = ()
) -> tuple[Condition, ...]:
    before = {condition.type: condition for condition in known}
    conditions = []
    for type_, status, reason, message in HEALTHY:
        if type_ == "Ready" and trouble:
            status, reason, message = "False", "KubeletNotReady", trouble
        if type_ in pressures:
            status, (reason, message) = "True", UNDER_PRESSURE[type_]
        earlier = before.get(type_)
        same = earlier is not None and earlier.status == status
        since = earlier.last_transition_time if same and earlier is not None else now
        conditions.append(Condition(type_, status, reason, message, since, now))
    others = [each for each in known if each.type not in [row[0] for row in HEALTHY]]
    return tuple(others + conditions)


def _system(machine: Machine) -> NodeSystemInfo:
    def identity(what: str) -> str:
        digits = sha256(f"{machine.name}/{what}".encode()).hexdigest()
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))

    return NodeSystemInfo(
        boot_id=identity(f"boot {machine.boots}"),
        container_runtime_version="containerd://2.2.1",
        kernel_version="6.12.48+deb13-amd64",
        kubelet_version=KUBELET_VERSION,
        machine_id=identity("machine").replace("-", ""),
        os_image="Debian GNU/Linux 13 (trixie)",
        system_uuid=identity("system"),
    )


def is_ready(node: Node) -> bool:
    """Tell whether the API calls a node Ready."""
    return any(each.type == "Ready" and each.status == "True" for each in node.status.conditions)


def heard(world: "World", kubelet: KubeletState, node: Any) -> None:
    """The kubelet sees its own Node; if that is wrong, it says so at its next look."""
    kubelet.registered = kubelet.registered or isinstance(node, Node)
    is_wrong = not isinstance(node, Node) or not is_ready(node)
    if is_wrong or node.spec.unschedulable != kubelet.unschedulable:
        _post_at_next_look(world, kubelet)


def runtime_stopped(world: "World", kubelet: KubeletState) -> None:
    """The container runtime fell silent: the kubelet says so once it has been silent for long."""
    _post_at_next_look(world, kubelet, RUNTIME_DOWN_AFTER)


def trouble_of(world: "World", machine: Machine) -> str:
    """Return why the kubelet of a machine does not call it ready, or an empty text."""
    if world.kubelets.state.kubelets[machine.name].is_shutting_down:
        return SHUTTING_DOWN
    since = machine.stopped.get(RUNTIME)
    if since is not None and world.now >= since + RUNTIME_DOWN_AFTER:
        return RUNTIME_DOWN
    return ""


def post_soon(world: "World", kubelet: KubeletState) -> None:
    """The kubelet can report again: at once after a start, otherwise at its next look."""
    if not kubelet.listed:
        world.timeline.at(world.now + FIRST_POST, "kubelet/node-status", kubelet.node)
    else:
        _post_at_next_look(world, kubelet)


def _post_at_next_look(world: "World", kubelet: KubeletState, wait: Duration = 0) -> None:
    phase = world.dice.below(STATUS_PERIOD, "kubelet status phase", kubelet.node)
    earliest = world.now + wait
    due = earliest + STATUS_PERIOD - (earliest - phase) % STATUS_PERIOD
    if kubelet.look_at == due:
        return
    kubelet.look_at = due
    world.timeline.at(due, "kubelet/node-status", kubelet.node)


def post(world: "World", happened: Event) -> None:
    """Look at the Node and correct it: create it, or call it Ready."""
    kubelet = world.kubelets.state.kubelets.get(happened.subject)
    if kubelet is None or not kubelet.connected:
        return
    if not world.kubelets.is_alive(world, kubelet.node):
        return
    machine = world.machines[kubelet.node]
    trouble = trouble_of(world, machine)
    pods_max = world.settings.max_pods_per_node
    node = world.readers.view(world, kubelet.node).get(Node, kubelet.node)
    if isinstance(node, Node):
        _tell_schedulable(world, kubelet, node)
        known, pressures = node.status.conditions, tuple(sorted(kubelet.pressures))
        status = status_of_node(
            machine, known, world.now, pods_max, not trouble, trouble, pressures
        )
        same = node.status.node_info.boot_id == status.node_info.boot_id
        if same and _states(status.conditions) == _states(known):
            return
        changed = msgspec.structs.replace(node, status=status)
        _tell(world, node, status, same)
        reason = Reason("node-ready-again", {"node": kubelet.node})
        if same and _states(status.conditions)["Ready"] == _states(known).get("Ready"):
            reason = Reason("node-reports-pressure", {"node": kubelet.node})
        if trouble:
            params: dict[str, str | int] = {"node": kubelet.node, "trouble": trouble}
            reason = Reason("node-reports-trouble", params)
        write = Write("patch", changed, reason, fields=("status",))
    elif kubelet.registered:
        # Somebody deleted the Node. The kubelet goes on, and registers when it starts anew.
        return
    else:
        reason = Reason("node-registers", {"node": kubelet.node})
        write = Write("create", node_object(machine, world.now, pods_max, ready=False), reason)
    reply = Reply("kubelet/node-answered", kubelet.node)
    world.api.send(world, "kubelet", kubelet.node, (write,), reply)


TOLD = {
    ("Ready", "True"): "NodeReady",
    ("Ready", "False"): "NodeNotReady",
    ("MemoryPressure", "True"): "NodeHasInsufficientMemory",
    ("MemoryPressure", "False"): "NodeHasSufficientMemory",
    ("DiskPressure", "True"): "NodeHasDiskPressure",
    ("DiskPressure", "False"): "NodeHasNoDiskPressure",
    ("PIDPressure", "False"): "NodeHasSufficientPID",
}
"""A condition's new status to the reason of the Event that tells it."""


def _tell(world: "World", node: Node, status: NodeStatus, same_boot: bool) -> None:
    """Record an Event for everything that the status says anew."""
    name, before = node.metadata.name, _states(node.status.conditions)
    if not same_boot:
        text = f"Node {name} has been rebooted, boot id: {status.node_info.boot_id}"
        world.events.add(world.now, "kubelet", name, node, "Warning", "Rebooted", text)
    for each in status.conditions:
        reason = TOLD.get((each.type, each.status))
        if reason is not None and before.get(each.type) != each.status:
            text = f"Node {name} status is now: {reason}"
            world.events.add(world.now, "kubelet", name, node, "Normal", reason, text)


def tell_started(world: "World", node: str) -> None:
    """Record an Event that a kubelet has started; its Node need not exist yet."""
    about = Node(metadata=ObjectMeta(name=node, uid=node))
    world.events.add(world.now, "kubelet", node, about, "Normal", "Starting", "Starting kubelet.")


def _tell_schedulable(world: "World", kubelet: KubeletState, node: Node) -> None:
    """Record an Event if the node was cordoned or uncordoned since the kubelet's last look."""
    if node.spec.unschedulable == kubelet.unschedulable:
        return
    kubelet.unschedulable = node.spec.unschedulable
    reason = "NodeNotSchedulable" if kubelet.unschedulable else "NodeSchedulable"
    text = f"Node {kubelet.node} status is now: {reason}"
    world.events.add(world.now, "kubelet", kubelet.node, node, "Normal", reason, text)


def _states(conditions: tuple[Condition, ...]) -> dict[str, str]:
    return {each.type: each.status for each in conditions}


def post_now(world: "World", kubelet: KubeletState) -> None:
    """Post the node's status at once, without waiting for the next look."""
    world.timeline.at(world.now, "kubelet/node-status", kubelet.node)


def answered(
    world: "World", subject: str, data: tuple[Datum, ...], results: tuple[Result, ...]
) -> None:
    """Try again at the next look unless the API took it."""
    kubelet = world.kubelets.state.kubelets.get(subject)
    if kubelet is not None and not isinstance(results[0], Committed):
        _post_at_next_look(world, kubelet)


HANDLERS = {"kubelet/node-status": post}
REPLIES = {"kubelet/node-answered": answered}
