"""Puts pods beside, or away from, the pods that they or their neighbours name."""

from simulation.kernel.records import Record
from simulation.kube.scheduler.infos import (
    FITS,
    SKIP,
    Cluster,
    NodeInfo,
    PodInfo,
    Rejected,
    Skip,
    Verdict,
)
from simulation.kube.scheduler.terms import AffinityTerm

APART = Verdict(("node(s) didn't match pod affinity rules",))
CROWDED = Verdict(("node(s) didn't match pod anti-affinity rules",), resolvable=True)
UNWELCOME = Verdict(("node(s) didn't satisfy existing pods anti-affinity rules",), resolvable=True)
INVALID = Rejected("parsing pod: the label selector of an affinity term is invalid")

Domain = tuple[str, str]
"""A topology key and one of its values."""


class Neighbours(Record):
    """How many pods that matter each domain holds."""

    wanted: dict[Domain, int]
    unwanted: dict[Domain, int]
    objecting: dict[Domain, int]
    namespaces: dict[str, dict[str, str]]


class InterPodAffinity:
    """The plugin; a required affinity of a neighbour weighs as a preference of 1.

    `ignore_preferences_of_others` spares pods without preferences of their own the whole score.
    """

    name = "InterPodAffinity"

    def __init__(self, hard_weight: int = 1, ignore_preferences_of_others: bool = False) -> None:
        self.hard_weight = hard_weight
        self.ignore_preferences_of_others = ignore_preferences_of_others

    def prepare(self, pod: PodInfo, cluster: Cluster) -> Neighbours | Skip | Rejected:
        """Count the neighbours that the pod names, and those that would object to it."""
        preferred = pod.preferred_affinity + pod.preferred_anti_affinity
        required = pod.required_affinity + pod.required_anti_affinity
        for term in (*required, *(term for _, term in preferred)):
            if term.selector is not None and not term.selector.is_valid():
                return INVALID
        state = Neighbours({}, {}, {}, cluster.namespaces)
        for node in cluster.nodes:
            if node.with_anti_affinity:
                _count_objecting(pod, node, state)
            if pod.required_affinity or pod.required_anti_affinity:
                _count_named(pod, node, state)
        if not (pod.required_affinity or pod.required_anti_affinity or state.objecting):
            return SKIP
        return state

    def filter(self, pod: PodInfo, node: NodeInfo, state: Neighbours) -> Verdict:
        """Reject a node without the wanted, with unwanted, or with objecting neighbours."""
        if not _is_beside_wanted(pod, node, state):
            return APART
        for term in pod.required_anti_affinity:
            if state.unwanted.get(_domain(node, term), 0) > 0:
                return CROWDED
        if any(state.objecting.get(domain, 0) > 0 for domain in node.labels.items()):
            return UNWELCOME
        return FITS

    def scores(
        self, pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster
    ) -> list[int] | None:
        """Score by the weights of all preferences, the pod's own and its neighbours'."""
        has_preferences = bool(pod.preferred_affinity or pod.preferred_anti_affinity)
        if self.ignore_preferences_of_others and not has_preferences:
            return None
        weights: dict[Domain, int] = {}
        for node in cluster.nodes:
            if has_preferences or node.with_affinity:
                for other in node.pods.values():
                    self._weigh(pod, other, node, weights, cluster.namespaces)
        if not weights:
            return None
        raw = [sum(weights.get(domain, 0) for domain in node.labels.items()) for node in candidates]
        least, width = min(raw), max(raw) - min(raw)
        # Upstream divides floats here and truncates.
        return [int(100.0 * ((score - least) / width)) if width else 0 for score in raw]

    def _weigh(
        self,
        pod: PodInfo,
        other: PodInfo,
        node: NodeInfo,
        weights: dict[Domain, int],
        namespaces: dict[str, dict[str, str]],
    ) -> None:
        mine = [(weight, term) for weight, term in pod.preferred_affinity]
        mine += [(-weight, term) for weight, term in pod.preferred_anti_affinity]
        theirs = [(self.hard_weight, term) for term in other.required_affinity]
        theirs += [(weight, term) for weight, term in other.preferred_affinity]
        theirs += [(-weight, term) for weight, term in other.preferred_anti_affinity]
        for terms, target in ((mine, other), (theirs, pod)):
            for weight, term in terms:
                key = term.topology_key
                if (
                    weight
                    and key in node.labels
                    and term.matches(target.namespace, target.labels, namespaces)
                ):
                    domain = (key, node.labels[key])
                    weights[domain] = weights.get(domain, 0) + weight


def _domain(node: NodeInfo, term: AffinityTerm) -> Domain:
    return term.topology_key, node.labels.get(term.topology_key, "")


def _count_objecting(pod: PodInfo, node: NodeInfo, state: Neighbours) -> None:
    for other in node.pods.values():
        for term in other.required_anti_affinity:
            if term.topology_key in node.labels and term.matches(
                pod.namespace, pod.labels, state.namespaces
            ):
                domain = _domain(node, term)
                state.objecting[domain] = state.objecting.get(domain, 0) + 1


def _count_named(pod: PodInfo, node: NodeInfo, state: Neighbours) -> None:
    for other in node.pods.values():
        if pod.required_affinity and _matches_all(pod, other, state.namespaces):
            for term in pod.required_affinity:
                if term.topology_key in node.labels:
                    domain = _domain(node, term)
                    state.wanted[domain] = state.wanted.get(domain, 0) + 1
        for term in pod.required_anti_affinity:
            if term.topology_key in node.labels and term.matches(
                other.namespace, other.labels, state.namespaces
            ):
                domain = _domain(node, term)
                state.unwanted[domain] = state.unwanted.get(domain, 0) + 1


def _matches_all(pod: PodInfo, other: PodInfo, namespaces: dict[str, dict[str, str]]) -> bool:
    return all(
        term.matches(other.namespace, other.labels, namespaces) for term in pod.required_affinity
    )


def _is_beside_wanted(pod: PodInfo, node: NodeInfo, state: Neighbours) -> bool:
    if not pod.required_affinity:
        return True
    if any(term.topology_key not in node.labels for term in pod.required_affinity):
        return False
    if all(state.wanted.get(_domain(node, term), 0) > 0 for term in pod.required_affinity):
        return True
    # The first pod of a group that wants its own kind has to start somewhere.
    return not state.wanted and _matches_all(pod, pod, state.namespaces)
