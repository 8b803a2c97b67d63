"""Evicts pods from nodes with NoExecute taints that they do not tolerate, or not for ever.

Watches nodes and pods; marks a pod with the DisruptionTarget condition and deletes it. Budgets are
not asked. The toleration's time counts from when this controller saw the taint, so the next holder
of its lease starts every toleration anew. Follows pkg/controller/tainteviction.
"""

from collections.abc import Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.eviction import Timer, timer_of
from simulation.kube.rules.pods import is_finished, set_condition
from simulation.kube.rules.taints import NO_EXECUTE
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.workqueue import Note
from simulation.kube.writes import Write

replace = msgspec.structs.replace


def _tainted(change: Change) -> Iterable[str]:
    before = _execute_taints(change.old)
    return (change.key,) if before != _execute_taints(change.new) else ()


def _execute_taints(node: AnyObject | None) -> tuple[str, ...]:
    taints = node.spec.taints if isinstance(node, Node) else ()
    return tuple(each.key for each in taints if each.effect == NO_EXECUTE)


def _concerned(change: Change) -> Iterable[str]:
    """A pod that was just bound may have landed on a tainted node; one that goes needs no timer."""
    old, new = change.old, change.new
    if isinstance(old, Pod) and isinstance(new, Pod) and _facts(old) == _facts(new):
        return ()
    pod = change.either
    return (pod.spec.node_name,) if isinstance(pod, Pod) and pod.spec.node_name else ()


def _facts(pod: Pod) -> tuple[object, ...]:
    leaves = pod.metadata.deletion_timestamp is not None or is_finished(pod)
    return pod.spec.node_name, pod.spec.tolerations, leaves


class TaintEvictionController:
    """Deletes the pods of a node whose time is up."""

    name = "taint-eviction"
    watches = {"Node": _tainted, "Pod": _concerned}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Set, keep or drop the timer of each pod; delete whose time is up; come back in time."""
        node = view.get(Node, key)
        taints = [t for t in node.spec.taints if t.effect == NO_EXECUTE] if node else []
        prefix = f"{key}/"
        known = {each: note for each, note in tools.notes.items() if each.startswith(prefix)}
        if not taints and not known:
            return Outcome()
        notes: dict[str, Note | None] = dict.fromkeys(known)
        writes: list[tuple[Write, Write]] = []
        waits: list[Duration] = []
        for pod in view.by(PODS_BY_NODE, key):
            if pod.metadata.deletion_timestamp is not None or is_finished(pod):
                continue
            name = prefix + pod.metadata.uid
            before = Timer(*known[name]) if name in known else None
            timer = timer_of(taints, pod.spec.tolerations, before, now)
            if timer is None:
                if before is not None:
                    _tell(tools, pod, "Cancelling deletion of Pod")
                continue
            notes[name] = (timer.set_at, timer.due)
            if timer.due > now:
                waits.append(timer.due - now)
            else:
                writes.append(_eviction(pod, key, timer, now, tools))
        marks, deletions = zip(*writes, strict=True) if writes else ((), ())
        return Outcome((marks, deletions), min(waits) if waits else None, notes)


def _tell(tools: Tools, pod: Pod, text: str) -> None:
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    tools.event(pod, "Normal", "TaintManagerEviction", f"{text} {name}")


def _eviction(pod: Pod, node: str, timer: Timer, now: Instant, tools: Tools) -> tuple[Write, Write]:
    _tell(tools, pod, "Marking for deletion Pod")
    seconds = (timer.due - timer.set_at) // SECOND
    params: dict[str, str | int] = {"pod": pod.metadata.name, "node": node, "seconds": seconds}
    because = Reason("pod-evicted", params)
    text = "Taint manager: deleting due to NoExecute taint"
    target = Condition("DisruptionTarget", "True", "DeletionByTaintManager", text)
    conditions = set_condition(pod.status.conditions, target, now)
    marked = replace(pod, status=replace(pod.status, conditions=conditions))
    uid = pod.metadata.uid
    mark = Write(
        "patch",
        marked,
        Reason("pod-marked", because.params),
        ("status.conditions",),
        require_uid=uid,
    )
    return mark, Write("delete", pod, because, require_uid=uid)
