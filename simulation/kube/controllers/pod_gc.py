"""Removes pods that nobody else will: those bound to a node that does not exist any more.

Follows pkg/controller/podgc: an orphan is watched for 40 seconds before it is removed.
"""

from collections.abc import Iterable

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND, Instant
from simulation.kube.manager import Outcome, Tools
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

QUARANTINE = 40 * SECOND


def _node_gone(change: Change) -> Iterable[str]:
    return (f"{change.key}@{change.at}",) if change.new is None else ()


class PodGarbageCollector:
    """Force-deletes the pods of a node object that is gone."""

    name = "pod-gc"
    watches = {"Node": _node_gone}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Look at the orphans of one vanished node after their quarantine."""
        node, _, gone_at = key.rpartition("@")
        if not node or view.get("Node", node) is not None:
            return Outcome()
        due = int(gone_at) + QUARANTINE
        if now < due:
            return Outcome(again_in=due - now)
        writes = []
        for pod in view.by("pod/node", node):
            params: dict[str, str | int] = {"pod": pod.metadata.name, "node": node}
            because = Reason("pod-orphan-removed", params)
            uid = pod.metadata.uid
            writes.append(Write("delete", pod, because, require_uid=uid, grace_seconds=0))
        return Outcome((tuple(writes),))

