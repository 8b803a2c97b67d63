"""Judges nodes by their heartbeats: conditions, taints, and the pods' Ready condition.

Watches nodes and pods; is also called when a silent node's lease grows too old, when a silent node
is heard again and when it is a node's turn to be tainted. It writes node conditions and taints and
sets Ready=False on the pods of a node that it lost. Whose turn it is, and whether anybody's is, is
decided for all nodes together by `rules/zones.py`: this controller carries it out.
Follows pkg/controller/nodelifecycle/node_lifecycle_controller.go.
"""

from collections.abc import Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import Duration, Instant
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.node import Node, Taint
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.pods import condition, is_ready, set_condition
from simulation.kube.rules.taints import (
    NO_EXECUTE,
    NO_SCHEDULE,
    NOT_READY,
    UNREACHABLE,
    UNSCHEDULABLE,
    with_taint,
    without_taint,
)
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace

JUDGED = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
TAINTS = {
    ("MemoryPressure", "True"): "node.kubernetes.io/memory-pressure",
    ("DiskPressure", "True"): "node.kubernetes.io/disk-pressure",
    ("PIDPressure", "True"): "node.kubernetes.io/pid-pressure",
    ("NetworkUnavailable", "True"): "node.kubernetes.io/network-unavailable",
    ("Ready", "False"): NOT_READY,
    ("Ready", "Unknown"): UNREACHABLE,
}
"""Condition and its status to the NoSchedule taint that stands for it."""
STOPPED = ("NodeStatusUnknown", "Kubelet stopped posting node status.")
NEVER_POSTED = ("NodeStatusNeverUpdated", "Kubelet never posted node status.")
POD = "pod:"
"""A key that stands for a pod which was just bound: its node may not be ready."""
KNOWN = "node:"
"""A note of a node that this holder has met; another one registers it anew."""


def _matters(change: Change) -> Iterable[str]:
    old, new = change.old, change.new
    if not isinstance(new, Node):
        return ()
    if isinstance(old, Node) and _facts(old) == _facts(new):
        return ()
    return (change.key,)


def _facts(node: Node) -> tuple[object, ...]:
    states = tuple((each.type, each.status) for each in node.status.conditions)
    return states, node.spec.taints, node.spec.unschedulable


def _bound(change: Change) -> Iterable[str]:
    old, new = change.old, change.new
    if not isinstance(new, Pod) or not new.spec.node_name:
        return ()
    is_new = not isinstance(old, Pod) or old.spec.node_name != new.spec.node_name
    return (POD + change.key,) if is_new else ()


class NodeLifecycleController:
    """Decides who is Ready as far as the cluster can know."""

    name = "node-lifecycle"
    watches = {"Node": _matters, "Pod": _bound}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Judge one node; then bring its taints in line with its conditions."""
        if key.startswith(POD):
            return _pod_added(key.removeprefix(POD), view, now, tools)
        node = view.get(Node, key)
        if node is None:
            return Outcome(notes={KNOWN + key: None})
        if KNOWN + key not in tools.notes:
            text = f"Node {key} event: Registered Node {key} in Controller"
            tools.event(node, "Normal", "RegisteredNode", text)
        ready = condition(node, "Ready")
        settings = tools.settings
        grace = settings.node_monitor_grace if ready else settings.node_startup_grace
        look = now if tools.look is None else tools.look
        noticed = tools.heartbeats.get(key, look)
        judged = judge(node, noticed, look, grace, now)
        first, writes = [], []
        if judged is not node:
            first.append(_condition_write(judged, look - noticed, grace))
            if ready is not None and ready.status == "True":
                text = f"Node {key} status is now: NodeNotReady"
                tools.event(node, "Normal", "NodeNotReady", text)
                writes += _pods_not_ready(view.by(PODS_BY_NODE, key), key, now, tools)
        taints = no_execute(no_schedule(judged, now), tools.orders.get(key), now)
        if taints != node.spec.taints:
            writes.append(_taint_write(node, taints, judged is node))
        # monitorNodeHealth: its pods are marked only when the node's own status has been written.
        batches = (tuple(first), tuple(writes))
        return Outcome(batches, notes={KNOWN + key: ()}, follows=bool(first))


def judge(node: Node, noticed: Instant, look: Instant, grace: Duration, now: Instant) -> Node:
    """Return the node with its conditions Unknown if nothing was heard for too long.

    noticed: when the controller last noticed a heartbeat. look: when it looks.
    """
    ready = condition(node, "Ready")
    if look <= noticed + grace or (ready is not None and ready.status == "Unknown"):
        return node
    conditions = node.status.conditions
    for type in JUDGED:
        known = condition(node, type)
        if known is not None and known.status == "Unknown":
            continue
        born = node.metadata.creation_timestamp
        if known is None:
            fresh = Condition(type, "Unknown", *NEVER_POSTED, last_heartbeat_time=born)
            conditions = set_condition(conditions, fresh, now)
        else:
            conditions = set_condition(conditions, Condition(type, "Unknown", *STOPPED), now)
    return replace(node, status=replace(node.status, conditions=conditions))


def _condition_write(judged: Node, silent: Duration, grace: Duration) -> Write:
    params: dict[str, str | int] = {
        "node": judged.metadata.name,
        "seconds": silent // 1000,
        "limit": grace // 1000,
    }
    return Write("patch", judged, Reason("node-not-ready", params), ("status.conditions",))


def _pod_added(key: str, view: View, now: Instant, tools: Tools) -> Outcome:
    """A pod that was bound to a node which is not ready is not ready either."""
    pod = view.get(Pod, key)
    node = view.get(Node, pod.spec.node_name) if pod is not None else None
    ready = condition(node, "Ready") if node is not None else None
    if pod is None or node is None or ready is None or ready.status == "True":
        return Outcome()
    if node.metadata.name not in tools.heartbeats:
        return Outcome()
    return Outcome((tuple(_pods_not_ready([pod], node.metadata.name, now, tools)),))


def _pods_not_ready(pods: list[Pod], node: str, now: Instant, tools: Tools) -> list[Write]:
    writes = []
    for pod in pods:
        if not is_ready(pod):
            continue
        tools.event(pod, "Warning", "NodeNotReady", "Node is not ready")
        name = pod.metadata.name
        because = Reason("pod-not-ready-with-node", {"pod": name, "node": node})
        changed = _not_ready(pod, now)
        uid = pod.metadata.uid
        writes.append(Write("patch", changed, because, ("status.conditions",), require_uid=uid))
    return writes


def _not_ready(pod: Pod, now: Instant) -> Pod:
    old = condition(pod, "Ready")
    reason = old.reason if old else ""
    conditions = set_condition(pod.status.conditions, Condition("Ready", "False", reason), now)
    return replace(pod, status=replace(pod.status, conditions=conditions))


def no_schedule(node: Node, now: Instant) -> tuple[Taint, ...]:
    """Return a node's taints with the NoSchedule ones that its conditions call for, at once."""
    wanted = [UNSCHEDULABLE] if node.spec.unschedulable else []
    for each in node.status.conditions:
        key = TAINTS.get((each.type, each.status))
        if key is not None:
            wanted.append(key)
    taints = node.spec.taints
    for key in (*TAINTS.values(), UNSCHEDULABLE):
        if key in wanted:
            taints = with_taint(taints, Taint(key, NO_SCHEDULE, time_added=now))
        else:
            taints = without_taint(taints, key, NO_SCHEDULE)
    return taints


def no_execute(taints: tuple[Taint, ...], order: str | None, now: Instant) -> tuple[Taint, ...]:
    """Return the taints with the NoExecute one that is ordered; the two exclude each other."""
    if order is None:
        return taints
    for key in (NOT_READY, UNREACHABLE):
        if key != order:
            taints = without_taint(taints, key, NO_EXECUTE)
    return with_taint(taints, Taint(order, NO_EXECUTE, time_added=now)) if order else taints


def _taint_write(node: Node, taints: tuple[Taint, ...], is_alone: bool) -> Write:
    before = {(each.key, each.effect) for each in node.spec.taints}
    after = {(each.key, each.effect) for each in taints}
    evicts = any(effect == NO_EXECUTE for _, effect in after - before)
    key = "node-tainted-no-execute" if evicts else "node-tainted" if after - before else ""
    because = Reason(key or "node-untainted", {"node": node.metadata.name})
    version = node.metadata.resource_version if is_alone else None
    tainted = replace(node, spec=replace(node.spec, taints=taints))
    return Write("patch", tainted, because, ("spec.taints",), require_version=version)
