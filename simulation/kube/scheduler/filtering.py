"""Which nodes a pod may run on, and the words for the others.

1. Every filter prepares; one may reject the pod outright.
2. Nodes are filtered, beginning where the last cycle stopped, until enough of them fit.
3. A node's reason is that of the first filter it fails.
"""

from typing import Any, Protocol

from simulation.kernel.records import Record
from simulation.kube.scheduler.infos import (
    FITS,
    Cluster,
    NodeInfo,
    PodInfo,
    Rejected,
    Skip,
    Verdict,
)
from simulation.kube.scheduler.plugins.inter_pod_affinity import InterPodAffinity
from simulation.kube.scheduler.plugins.node_affinity import NodeAffinity
from simulation.kube.scheduler.plugins.node_basics import NodeName, NodePorts, NodeUnschedulable
from simulation.kube.scheduler.plugins.node_resources import NodeResourcesFit
from simulation.kube.scheduler.plugins.pod_topology_spread import PodTopologySpread
from simulation.kube.scheduler.plugins.taint_toleration import TaintToleration
from simulation.kube.scheduler.plugins.volume_binding import VolumeBinding

ALL_NODES_BELOW = 100
"""Smaller clusters are searched whole; in larger ones this many fitting nodes are enough."""


class Filter(Protocol):
    """A plugin that can rule nodes out."""

    name: str

    def prepare(self, pod: PodInfo, cluster: Cluster) -> Any:
        """Return what the filter needs, Skip or Rejected."""

    def filter(self, pod: PodInfo, node: NodeInfo, state: Any) -> Verdict:
        """Judge one node."""


_AFFINITY = NodeAffinity()

FILTERS: tuple[Filter, ...] = (
    NodeUnschedulable(),
    NodeName(),
    TaintToleration(),
    _AFFINITY,
    NodePorts(),
    NodeResourcesFit(),
    VolumeBinding(),
    PodTopologySpread(),
    InterPodAffinity(),
)
"""In kube-scheduler's order."""


class Filtered(Record):
    """Which nodes fit, and what the others lack."""

    fitting: list[NodeInfo]
    verdicts: dict[str, Verdict]
    plugins: dict[str, str]
    """The plugin that ruled each node out."""
    states: dict[str, Any]
    visited: int
    rejected: str = ""


def find_fitting(pod: PodInfo, cluster: Cluster, start: int = 0) -> Filtered:
    """Run the filters until enough nodes fit."""
    states: dict[str, Any] = {}
    active: list[tuple[Filter, Any]] = []
    for plugin in FILTERS:
        state = plugin.prepare(pod, cluster)
        states[plugin.name] = state
        if isinstance(state, Rejected):
            rejected = {node.name: plugin.name for node in cluster.nodes}
            return Filtered([], {}, rejected, states, 0, state.message)
        if not isinstance(state, Skip):
            active.append((plugin, state))
    only = _AFFINITY.named_nodes(pod)
    count = len(cluster.nodes)
    enough = nodes_wanted(count)
    found = Filtered([], {}, {}, states, 0)
    visited = 0
    for step in range(count):
        node = cluster.nodes[(start + step) % count]
        visited += 1
        if only is not None and node.name not in only:
            found.verdicts[node.name] = Verdict(
                (f"node(s) didn't satisfy plugin(s) [{_AFFINITY.name}]",)
            )
            found.plugins[node.name] = _AFFINITY.name
            continue
        plugin_name, verdict = judge(pod, node, active)
        if verdict.ok:
            found.fitting.append(node)
            if len(found.fitting) >= enough:
                break
        else:
            found.verdicts[node.name] = verdict
            found.plugins[node.name] = plugin_name
    return Filtered(found.fitting, found.verdicts, found.plugins, states, visited)


def judge(pod: PodInfo, node: NodeInfo, active: list[tuple[Filter, Any]]) -> tuple[str, Verdict]:
    """Return the first filter that a node fails, with its verdict."""
    for plugin, state in active:
        verdict = plugin.filter(pod, node, state)
        if not verdict.ok:
            return plugin.name, verdict
    return "", FITS


def nodes_wanted(count: int) -> int:
    """Return how many fitting nodes end the search."""
    if count < ALL_NODES_BELOW:
        return count
    percent = max(5, 50 - count // 125)
    return max(ALL_NODES_BELOW, count * percent // 100)


def fit_error(
    total: int, reasons: dict[str, tuple[str, ...]], rejected: str = "", postfilter: str = ""
) -> str:
    """Return the text of FailedScheduling."""
    text = f"0/{total} nodes are available:"
    if rejected:
        text += f" {rejected}."
    elif reasons:
        text += f" {histogram(reasons)}."
    return f"{text} {postfilter}" if postfilter else text


def histogram(reasons: dict[str, tuple[str, ...]]) -> str:
    """Return how often each reason was given, sorted as text."""
    counts: dict[str, int] = {}
    for of_node in reasons.values():
        for reason in of_node:
            counts[reason] = counts.get(reason, 0) + 1
    return ", ".join(sorted(f"{count} {reason}" for reason, count in counts.items()))
