"""Holds pods to the nodes that their nodeSelector and node affinity mean."""

from simulation.kube.scheduler.infos import (
    FITS,
    SKIP,
    Cluster,
    NodeInfo,
    PodInfo,
    Rejected,
    Skip,
    Verdict,
    default_normalised,
)
from simulation.kube.scheduler.terms import NodeTerm

ELSEWHERE = Verdict(("node(s) didn't match Pod's node affinity/selector",))
CONFLICT = Rejected("pod affinity terms conflict")


def wants(pod: PodInfo, node: NodeInfo) -> bool:
    """Tell whether a node is one that the pod's nodeSelector and required affinity allow."""
    for key, value in pod.node_selector.items():
        if node.labels.get(key) != value:
            return False
    return pod.required_nodes is None or _any_matches(pod.required_nodes, node)


def _any_matches(terms: tuple[NodeTerm, ...], node: NodeInfo) -> bool:
    return any(term.matches(node.name, node.labels) for term in terms)


class NodeAffinity:
    """The plugin; an operator of the cluster may add an affinity for all pods."""

    name = "NodeAffinity"

    def __init__(
        self,
        added_required: tuple[NodeTerm, ...] | None = None,
        added_preferred: tuple[tuple[int, NodeTerm], ...] = (),
    ) -> None:
        self.added_required = added_required
        self.added_preferred = added_preferred

    def prepare(self, pod: PodInfo, cluster: Cluster) -> Skip | Rejected | None:
        """Skip pods that do not care; reject those whose terms contradict each other."""
        if pod.required_nodes is None and not pod.node_selector and self.added_required is None:
            return SKIP
        return CONFLICT if self.named_nodes(pod) == () else None

    def named_nodes(self, pod: PodInfo) -> tuple[str, ...] | None:
        """Return the only nodes that need be looked at, sorted; None for all of them."""
        if not pod.required_nodes:
            return None
        names: list[str] = []
        for term in pod.required_nodes:
            named = term.named_nodes()
            if named is None:
                return None
            names += [name for name in named if name not in names]
        return tuple(sorted(names))

    def filter(self, pod: PodInfo, node: NodeInfo, state: object) -> Verdict:
        """Reject a node that is not meant."""
        if self.added_required is not None and not _any_matches(self.added_required, node):
            return Verdict(("node(s) didn't match scheduler-enforced node affinity",))
        return FITS if wants(pod, node) else ELSEWHERE

    def scores(
        self, pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster
    ) -> list[int] | None:
        """Score by the weights of the preferred terms that match."""
        preferred = pod.preferred_nodes + self.added_preferred
        if not preferred:
            return None
        raw = [
            sum(weight for weight, term in preferred if term.matches(node.name, node.labels))
            for node in candidates
        ]
        return default_normalised(raw, reverse=False)
