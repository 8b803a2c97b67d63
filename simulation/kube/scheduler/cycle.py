"""One scheduling cycle: from a pod and the nodes to a node, or to the reasons why there is none.

1. The filters say which nodes fit.
2. If one fits it is taken; if several do, the plugins score them and the highest sum wins.
3. If none does, preemption is tried on paper, for the message and for a nomination.

Room that is being made for pods of the same or a higher priority is taken, though they are not there
yet; a node has to fit with and without them (framework/runtime,
RunFilterPluginsWithNominatedPods). Nothing is remembered and nothing is written: the caller does both.
"""

from typing import Protocol

from simulation.kernel.dice import Dice
from simulation.kernel.records import Record
from simulation.kube.scheduler.filtering import Filtered, find_fitting, fit_error
from simulation.kube.scheduler.infos import Cluster, NodeInfo, PodInfo
from simulation.kube.scheduler.plugins.image_locality import ImageLocality
from simulation.kube.scheduler.plugins.inter_pod_affinity import InterPodAffinity
from simulation.kube.scheduler.plugins.node_affinity import NodeAffinity
from simulation.kube.scheduler.plugins.node_resources import (
    NodeResourcesBalancedAllocation,
    NodeResourcesFit,
)
from simulation.kube.scheduler.plugins.pod_topology_spread import PodTopologySpread
from simulation.kube.scheduler.plugins.taint_toleration import TaintToleration
from simulation.kube.scheduler.preemption import (
    Nomination,
    preempt,
    waits_for_room,
    with_more,
)

NO_NODES = "no nodes available to schedule pods"


class Scorer(Protocol):
    """A plugin that can prefer nodes."""

    name: str

    def scores(
        self, pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster
    ) -> list[int] | None:
        """Return 0..100 a candidate, or None."""


SCORERS: tuple[tuple[Scorer, int], ...] = (
    (TaintToleration(), 3),
    (NodeAffinity(), 2),
    (NodeResourcesFit(), 1),
    (PodTopologySpread(), 2),
    (InterPodAffinity(), 2),
    (NodeResourcesBalancedAllocation(), 1),
    (ImageLocality(), 1),
)
"""With the weights of the default profile."""


class Scheduled(Record):
    """The pod has a node."""

    node: str
    scores: dict[str, dict[str, int]]
    """Weighted scores by node and plugin; empty when only one node fitted."""
    visited: int
    """How many nodes were looked at."""


class Unschedulable(Record):
    """No node fits."""

    message: str
    reasons: dict[str, tuple[str, ...]]
    """By node."""
    plugins: tuple[str, ...]
    """Which plugins ruled nodes out: their events may make the pod schedulable."""
    visited: int = 0
    nomination: Nomination | None = None
    """Where it will fit once pods of lower priority are gone."""
    waits_for_room: bool = False
    """Whether those pods are on their way out already: an earlier nomination stands."""


def schedule(
    pod: PodInfo,
    cluster: Cluster,
    dice: Dice,
    start: int = 0,
    attempt: int = 0,
    nominated: tuple[PodInfo, ...] = (),
) -> Scheduled | Unschedulable:
    """Choose a node for a pod, beginning the search at the start-th node.

    nominated: pods that matter as much and for which room is being made.
    """
    if not cluster.nodes:
        return Unschedulable(NO_NODES, {}, ())
    expected = _with_nominated(cluster, nominated)
    found = find_fitting(pod, expected, start)
    if nominated and found.fitting:
        alone = find_fitting(pod, cluster, start)
        names = [node.name for node in alone.fitting]
        if not names:
            return _unschedulable(pod, cluster, alone)
        found.fitting[:] = [node for node in found.fitting if node.name in names]
    if not found.fitting:
        return _unschedulable(pod, expected, found)
    if len(found.fitting) == 1:
        return Scheduled(found.fitting[0].name, {}, found.visited)
    scores = score(pod, found.fitting, cluster)
    sums = {name: sum(by_plugin.values()) for name, by_plugin in scores.items()}
    best = max(sums.values())
    tied = sorted(name for name in sums if sums[name] == best)
    # v1.34 draws among equals; later versions take them in a racy order, which is no rule to copy.
    node = tied[0] if len(tied) == 1 else dice.pick(tied, "scheduler tie", pod.uid, attempt)
    return Scheduled(node, scores, found.visited)


def _with_nominated(cluster: Cluster, nominated: tuple[PodInfo, ...]) -> Cluster:
    """Return the cluster as it will be when those for whom room is being made are there."""
    if not nominated:
        return cluster
    coming: dict[str, list[PodInfo]] = {}
    for pod in nominated:
        coming.setdefault(pod.nominated, []).append(pod)
    nodes = tuple(
        with_more(node, coming[node.name]) if node.name in coming else node
        for node in cluster.nodes
    )
    return Cluster(nodes, cluster.namespaces, cluster.budgets)


def score(pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster) -> dict[str, dict[str, int]]:
    """Return the weighted scores by node and plugin."""
    table: dict[str, dict[str, int]] = {node.name: {} for node in candidates}
    for plugin, weight in SCORERS:
        scores = plugin.scores(pod, candidates, cluster)
        if scores is not None:
            for node, points in zip(candidates, scores, strict=True):
                table[node.name][plugin.name] = weight * points
    return table


def _unschedulable(pod: PodInfo, cluster: Cluster, found: Filtered) -> Unschedulable:
    reasons = {name: verdict.reasons for name, verdict in found.verdicts.items()}
    resolvable = [name for name, verdict in found.verdicts.items() if verdict.resolvable]
    nomination, message = preempt(pod, cluster, resolvable)
    # Since v1.34 the plugin for device claims answers at this point too, and always says this.
    postfilter = "" if nomination else f"no new claims to deallocate, {message}"
    text = fit_error(len(cluster.nodes), reasons, found.rejected, postfilter)
    plugins = tuple(sorted(set(found.plugins.values())))
    waits = nomination is None and waits_for_room(pod, cluster, resolvable)
    return Unschedulable(text, reasons, plugins, found.visited, nomination, waits)
