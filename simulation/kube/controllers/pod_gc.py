"""Removes pods that nobody else will: orphans, ended ones that are too many, and those stuck.

Watches nodes and pods; looks every 20 seconds, if there is anything to look for. A pod that is
removed is called Failed first, so that its controller and its owner see what became of it.
Follows pkg/controller/podgc/gc_controller.go.
"""

from collections.abc import Callable, Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.pods import condition, is_finished, is_terminating, set_condition
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.workqueue import Note
from simulation.kube.writes import Write

replace = msgspec.structs.replace

QUARANTINE: Duration = 40 * SECOND
"""How long a node has to be gone until its pods count as orphans."""
OUT_OF_SERVICE = "node.kubernetes.io/out-of-service"
ORPHANS, TERMINATED, UNSCHEDULED, STUCK = "orphans", "terminated", "unscheduled", "out-of-service"
BEGAN = "began"
"""When this controller first looked: its looks lie on a grid from there."""
GONE = "node:"
"""A note of when a node was first found missing."""
ORPHANED = Condition("DisruptionTarget", "True", "DeletionByPodGC", "PodGC: node no longer exists")


def _of_node(change: Change) -> Iterable[str]:
    if change.new is None:
        return (ORPHANS,)
    is_marked = isinstance(change.new, Node) and _is_out_of_service(change.new)
    return (STUCK,) if is_marked else ()


def _of_pod(change: Change) -> Iterable[str]:
    old, new = change.old, change.new
    if not isinstance(new, Pod):
        return ()
    keys = []
    if new.spec.node_name and old is None:
        keys.append(ORPHANS)
    if is_finished(new) and not (isinstance(old, Pod) and is_finished(old)):
        keys.append(TERMINATED)
    if is_terminating(new) and not new.spec.node_name:
        keys.append(UNSCHEDULED)
    return tuple(keys)


def _is_out_of_service(node: Node) -> bool:
    return any(taint.key == OUT_OF_SERVICE for taint in node.spec.taints)


class PodGarbageCollector:
    """Force-deletes what would stay for ever."""

    name = "pod-gc"
    watches = {"Node": _of_node, "Pod": _of_pod}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Look for one kind of pods to remove, at the next look of the grid."""
        began = tools.notes.get(BEGAN, (now,))[0]
        period = tools.settings.pod_gc_period
        early = -(now - began) % period
        if early:
            return Outcome(again_in=early)
        outcome = LOOKS[key](view, now, tools)
        again = period if outcome.again_in is not None else None
        return Outcome(outcome.batches, again, {**outcome.notes, BEGAN: (began,)})


def _orphans(view: View, now: Instant, tools: Tools) -> Outcome:
    """Look for pods on nodes that do not exist; those whose quarantine is over are removed."""
    named = {pod.spec.node_name for pod in view.list(Pod) if pod.spec.node_name}
    missing = [name for name in sorted(named) if view.get(Node, name) is None]
    notes: dict[str, Note | None] = {
        key: None
        for key in tools.notes
        if key.startswith(GONE) and key.removeprefix(GONE) not in missing
    }
    writes: list[tuple[Write, Write]] = []
    for node in missing:
        since = tools.notes.get(GONE + node, (now,))[0]
        notes[GONE + node] = (since,)
        if now < since + QUARANTINE:
            continue
        for pod in view.by(PODS_BY_NODE, node):
            params: dict[str, str | int] = {"pod": pod.metadata.name, "node": node}
            writes.append(_removal(pod, Reason("pod-orphan-removed", params), now, ORPHANED))
    return _outcome(writes, bool(missing), notes)


def _terminated(view: View, now: Instant, tools: Tools) -> Outcome:
    """Keep no more pods that have ended than the threshold: evicted ones go first, then old ones."""
    limit = tools.settings.terminated_pods_max
    ended = [pod for pod in view.list(Pod) if is_finished(pod) and not is_terminating(pod)]
    surplus = len(ended) - limit
    if limit <= 0 or surplus <= 0:
        return Outcome()
    ended.sort(key=_order_of_removal)
    writes = []
    for pod in ended[:surplus]:
        params: dict[str, str | int] = {"pod": pod.metadata.name, "limit": limit}
        writes.append(_removal(pod, Reason("pod-terminated-removed", params), now))
    return _outcome(writes)


def _order_of_removal(pod: Pod) -> tuple[bool, Instant, str]:
    is_evicted = pod.status.phase == "Failed" and pod.status.reason == "Evicted"
    return not is_evicted, pod.metadata.creation_timestamp or 0, pod.metadata.name


def _unscheduled(view: View, now: Instant, tools: Tools) -> Outcome:
    """Remove pods that are being deleted and never had a node whose kubelet could do it."""
    writes = []
    for pod in view.by(PODS_BY_NODE, ""):
        if is_terminating(pod):
            because = Reason("pod-unscheduled-removed", {"pod": pod.metadata.name})
            writes.append(_removal(pod, because, now))
    return _outcome(writes)


def _stuck(view: View, now: Instant, tools: Tools) -> Outcome:
    """Remove terminating pods of nodes that an operator has marked as out of service."""
    writes, marked = [], False
    for node in view.list(Node):
        if not _is_out_of_service(node):
            continue
        marked = True
        ready = condition(node, "Ready")
        if ready is not None and ready.status == "True":
            continue
        name = node.metadata.name
        for pod in view.by(PODS_BY_NODE, name):
            if is_terminating(pod):
                params: dict[str, str | int] = {"pod": pod.metadata.name, "node": name}
                writes.append(_removal(pod, Reason("pod-out-of-service-removed", params), now))
    return _outcome(writes, marked)


LOOKS: dict[str, Callable[[View, Instant, Tools], Outcome]] = {
    ORPHANS: _orphans,
    TERMINATED: _terminated,
    UNSCHEDULED: _unscheduled,
    STUCK: _stuck,
}


def _removal(
    pod: Pod, because: Reason, now: Instant, target: Condition | None = None
) -> tuple[Write, Write]:
    """Return what calls a pod Failed and what removes it at once."""
    status, uid = pod.status, pod.metadata.uid
    if not is_finished(pod):
        conditions = status.conditions
        if target is not None:
            conditions = set_condition(conditions, target, now)
        status = replace(status, phase="Failed", conditions=conditions)
    failed = replace(pod, status=status)
    called = Reason("pod-called-failed", {"pod": pod.metadata.name})
    mark = Write("patch", failed, called, ("status",), require_uid=uid)
    return mark, Write("delete", pod, because, require_uid=uid, grace_seconds=0)


def _outcome(
    writes: list[tuple[Write, Write]],
    again: bool = False,
    notes: dict[str, Note | None] | None = None,
) -> Outcome:
    marks, deletions = zip(*writes, strict=True) if writes else ((), ())
    return Outcome((marks, deletions), 1 if again else None, notes or {})
