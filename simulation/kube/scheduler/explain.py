"""Why a pod is where it is, or would be: every filter and every score of every node.

The same plugins that decide give the explanation; nothing is worked out a second time.
"""

from simulation.kernel.records import Record
from simulation.kube.scheduler.cycle import score
from simulation.kube.scheduler.filtering import FILTERS, find_fitting, fit_error
from simulation.kube.scheduler.infos import Cluster, NodeInfo, PodInfo, Rejected, Skip


class NodeExplanation(Record):
    """What the plugins say about one node."""

    node: str
    verdicts: dict[str, tuple[str, ...]]
    """Filter to its reasons; none means it has nothing against the node."""
    scores: dict[str, int]
    """Score plugin to its weighted points; empty for a node that is ruled out."""
    total: int

    @property
    def fits(self) -> bool:
        """Tell whether no filter objects."""
        return not any(self.verdicts.values())


class Explanation(Record):
    """What the plugins say about all nodes."""

    pod: str
    nodes: tuple[NodeExplanation, ...]
    """The best first."""
    message: str
    """The FailedScheduling text if no node fits."""


def explain(pod: PodInfo, cluster: Cluster) -> Explanation:
    """Ask every plugin about every node."""
    found = find_fitting(pod, cluster)
    scores = score(pod, found.fitting, cluster) if found.fitting else {}
    nodes = [_of_node(pod, node, found.states, scores) for node in cluster.nodes]
    nodes.sort(key=lambda each: (not each.fits, -each.total, each.node))
    reasons = {name: verdict.reasons for name, verdict in found.verdicts.items()}
    message = ""
    if not found.fitting:
        message = fit_error(len(cluster.nodes), reasons, found.rejected)
    return Explanation(pod.key, tuple(nodes), message)


def _of_node(
    pod: PodInfo,
    node: NodeInfo,
    states: dict[str, object],
    scores: dict[str, dict[str, int]],
) -> NodeExplanation:
    verdicts: dict[str, tuple[str, ...]] = {}
    for plugin in FILTERS:
        state = states.get(plugin.name, Skip())
        if isinstance(state, Rejected):
            verdicts[plugin.name] = (state.message,)
        elif isinstance(state, Skip):
            verdicts[plugin.name] = ()
        else:
            verdicts[plugin.name] = plugin.filter(pod, node, state).reasons
    points = scores.get(node.name, {})
    return NodeExplanation(node.name, verdicts, points, sum(points.values()))
