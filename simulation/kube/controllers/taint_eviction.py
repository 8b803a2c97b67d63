"""Evicts pods from nodes with NoExecute taints that they do not tolerate, or not for ever.

Watches nodes and pods; marks a pod with the DisruptionTarget condition and deletes it. Budgets are
not asked. The toleration's time counts from the taint. Follows pkg/controller/tainteviction.
"""

from collections.abc import Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND, Instant
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.pods import is_finished, set_condition
from simulation.kube.rules.taints import NO_EXECUTE, may_stay_for
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace


def _tainted(change: Change) -> Iterable[str]:
    before = _execute_taints(change.old)
    return (change.key,) if before != _execute_taints(change.new) else ()


def _execute_taints(node: Node | None) -> tuple[str, ...]:
    taints = node.spec.taints if node is not None else ()
    return tuple(each.key for each in taints if each.effect == NO_EXECUTE)


def _bound(change: Change) -> Iterable[str]:
    """A pod that was just bound may have landed on a tainted node."""
    old, new = change.old, change.new
    if new is None or not new.spec.node_name:
        return ()
    return () if old is not None and old.spec.node_name else (new.spec.node_name,)


class TaintEvictionController:
    """Deletes the pods of a node whose time is up."""

    name = "taint-eviction"
    watches = {"Node": _tainted, "Pod": _bound}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Delete whose time is up, and come back for the next one."""
        node = view.get("Node", key)
        taints = [t for t in node.spec.taints if t.effect == NO_EXECUTE] if node else []
        if not taints:
            return Outcome()
        since = max(taint.time_added or 0 for taint in taints)
        marks: list[Write] = []
        deletions: list[Write] = []
        waits: list[int] = []
        for pod in view.by("pod/node", key):
            if pod.metadata.deletion_timestamp is not None or is_finished(pod):
                continue
            stay = may_stay_for(taints, pod.spec.tolerations)
            if stay is None:
                continue
            due = max(since, pod.metadata.creation_timestamp or 0) + stay
            if due > now:
                waits.append(due - now)
                continue
            mark, deletion = _eviction(pod, key, stay // SECOND, now, tools)
            marks.append(mark)
            deletions.append(deletion)
        return Outcome((tuple(marks), tuple(deletions)), min(waits) if waits else None)


def _eviction(
    pod: Pod, node: str, seconds: int, now: Instant, tools: Tools
) -> tuple[Write, Write]:
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    tools.event(pod, "Normal", "TaintManagerEviction", f"Marking for deletion Pod {name}")
    because = Reason("pod-evicted", {"pod": pod.metadata.name, "node": node, "seconds": seconds})
    text = "Taint manager: deleting due to NoExecute taint"
    target = Condition("DisruptionTarget", "True", "DeletionByTaintManager", text)
    conditions = set_condition(pod.status.conditions, target, now)
    marked = replace(pod, status=replace(pod.status, conditions=conditions))
    uid = pod.metadata.uid
    mark = Write(
        "patch", marked, Reason("pod-marked", because.params), ("status.conditions",),
        require_uid=uid,
    )
    return mark, Write("delete", pod, because, require_uid=uid)
