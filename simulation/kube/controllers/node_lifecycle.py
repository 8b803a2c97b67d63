"""Judges nodes by their heartbeats: conditions, taints, and the pods' Ready condition.

Watches nodes; is also called when a silent node's lease grows too old and when a silent node is
heard again. It writes node conditions and taints and sets Ready=False on the pods of a node that
it lost. NoExecute taints go through a queue with a rate per zone, which stops when a whole zone or
the whole cluster seems lost: then it is more likely that the control plane is cut off.
Follows pkg/controller/nodelifecycle/node_lifecycle_controller.go.
"""

from collections.abc import Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import Duration, Instant
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.node import Node, Taint
from simulation.kube.objects.pod import Pod
from simulation.kube.rules import zones
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
PRESSURE_TAINTS = {
    "MemoryPressure": "node.kubernetes.io/memory-pressure",
    "DiskPressure": "node.kubernetes.io/disk-pressure",
    "PIDPressure": "node.kubernetes.io/pid-pressure",
    "NetworkUnavailable": "node.kubernetes.io/network-unavailable",
}
ZONE = "topology.kubernetes.io/zone"


def _matters(change: Change) -> Iterable[str]:
    old, new = change.old, change.new
    if new is None:
        return ()
    if old is not None and _facts(old) == _facts(new):
        return ()
    return (change.key,)


def _facts(node: Node) -> tuple[object, ...]:
    states = tuple((each.type, each.status) for each in node.status.conditions)
    return states, node.spec.taints, node.spec.unschedulable


class NodeLifecycleController:
    """Decides who is Ready as far as the cluster can know."""

    name = "node-lifecycle"
    watches = {"Node": _matters}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Judge one node; then bring its taints in line with its conditions."""
        node = view.get("Node", key)
        if node is None:
            return Outcome()
        noticed = tools.heartbeats.get(key, now)
        judged = judge(node, noticed, now, tools.settings.node_monitor_grace)
        writes = []
        if judged is not node:
            tools.event(
                node, "Normal", "NodeNotReady", f"Node {key} status is now: NodeNotReady"
            )
            because = Reason(
                "node-not-ready",
                {
                    "node": key,
                    "seconds": (now - noticed) // 1000,
                    "limit": tools.settings.node_monitor_grace // 1000,
                },
            )
            writes.append(Write("patch", judged, because, ("status.conditions",)))
            writes += _pods_not_ready(view, key, now, tools)
        tainted, again = _tainted(judged, view, now, tools)
        if tainted.spec.taints != node.spec.taints:
            writes.append(_taint_write(node, tainted))
        return Outcome((tuple(writes),), again)


def judge(node: Node, noticed: Instant, now: Instant, grace: Duration) -> Node:
    """Return the node with its conditions Unknown if nothing was heard for too long."""
    ready = condition(node, "Ready")
    if now <= noticed + grace or ready is None or ready.status == "Unknown":
        return node
    conditions = node.status.conditions
    for type in JUDGED:
        unknown = Condition(
            type, "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."
        )
        conditions = set_condition(conditions, unknown, now)
    return replace(node, status=replace(node.status, conditions=conditions))


def _pods_not_ready(view: View, node: str, now: Instant, tools: Tools) -> list[Write]:
    writes = []
    for pod in view.by("pod/node", node):
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


def _tainted(node: Node, view: View, now: Instant, tools: Tools) -> tuple[Node, Duration | None]:
    """Return the node with the taints that follow from its conditions, and when to look again."""
    taints = node.spec.taints
    ready = condition(node, "Ready")
    status = ready.status if ready else "True"
    for key, is_so in (
        (NOT_READY, status == "False"),
        (UNREACHABLE, status == "Unknown"),
        (UNSCHEDULABLE, node.spec.unschedulable),
        *((taint, _is_true(node, type)) for type, taint in PRESSURE_TAINTS.items()),
    ):
        taint = Taint(key, NO_SCHEDULE, time_added=now)
        taints = with_taint(taints, taint) if is_so else without_taint(taints, key, NO_SCHEDULE)
    wanted = {"False": NOT_READY, "Unknown": UNREACHABLE}.get(status)
    again: Duration | None = None
    held = {each.key for each in taints if each.effect == NO_EXECUTE}
    if wanted is None or (wanted not in held and held & {NOT_READY, UNREACHABLE}):
        for key in (NOT_READY, UNREACHABLE):
            taints = without_taint(taints, key, NO_EXECUTE)
    if wanted is not None and wanted not in held:
        again = _turn_in(node, view, now, tools)
        if again == 0 or held & {NOT_READY, UNREACHABLE}:
            taints = with_taint(taints, Taint(wanted, NO_EXECUTE, time_added=now))
            again = None
    elif wanted is not None and _all_lost(view, node):
        taints = without_taint(taints, wanted, NO_EXECUTE)
    return replace(node, spec=replace(node.spec, taints=taints)), again


def _is_true(node: Node, type: str) -> bool:
    found = condition(node, type)
    return found is not None and found.status == "True"


def _zone_of(node: Node) -> str:
    return node.metadata.labels.get(ZONE, "")


def _states(view: View, judged: Node) -> dict[str, zones.ZoneState]:
    """Return the state of every zone, with the node at hand as it has just been judged."""
    counts: dict[str, list[bool]] = {}
    for node in view.list("Node"):
        current = judged if node.metadata.name == judged.metadata.name else node
        ready = condition(current, "Ready")
        is_up = ready is not None and ready.status == "True"
        counts.setdefault(_zone_of(node), []).append(is_up)
    return {zone: zones.state_of(each) for zone, each in counts.items()}


def _all_lost(view: View, judged: Node) -> bool:
    states = _states(view, judged)
    return all(state is zones.ZoneState.FULL for state in states.values())


def _turn_in(node: Node, view: View, now: Instant, tools: Tools) -> Duration | None:
    """Return when this node's turn in its zone's queue comes: 0 is now, None is never."""
    states = _states(view, node)
    zone = _zone_of(node)
    size = sum(_zone_of(each) == zone for each in view.list("Node"))
    interval = zones.eviction_interval(states, zone, size, tools.settings)
    if interval is None:
        return None if not states else tools.settings.node_monitor_period
    latest = max(
        (
            taint.time_added
            for each in view.list("Node")
            if _zone_of(each) == zone
            for taint in each.spec.taints
            if taint.effect == NO_EXECUTE
            and taint.key in (NOT_READY, UNREACHABLE)
            and taint.time_added is not None
        ),
        default=None,
    )
    return 0 if latest is None else max(0, latest + interval - now)


def _taint_write(node: Node, tainted: Node) -> Write:
    before = {(each.key, each.effect) for each in node.spec.taints}
    after = {(each.key, each.effect) for each in tainted.spec.taints}
    evicts = any(effect == NO_EXECUTE for _, effect in after - before)
    key = "node-tainted-no-execute" if evicts else "node-tainted" if after - before else ""
    because = Reason(key or "node-untainted", {"node": node.metadata.name})
    version = node.metadata.resource_version
    untouched = node.status == tainted.status
    require = version if untouched else None
    return Write("patch", tainted, because, ("spec.taints",), require_version=require)
