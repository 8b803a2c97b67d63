"""Spreads like pods over hosts and zones.

Constraints that must hold filter nodes; those that merely should hold score them. A pod without
constraints of its own that belongs to a Service or ReplicaSet gets the cluster's default ones,
which only score: hostname with skew 3 and zone with skew 5.
"""

from decimal import Context, Decimal
from functools import lru_cache

from simulation.kernel.records import Record
from simulation.kube.scheduler.infos import (
    FITS,
    HOSTNAME,
    SKIP,
    ZONE,
    Cluster,
    NodeInfo,
    PodInfo,
    Skip,
    Verdict,
)
from simulation.kube.scheduler.plugins.node_affinity import wants
from simulation.kube.scheduler.plugins.taint_toleration import TaintToleration
from simulation.kube.scheduler.terms import Selector, SpreadConstraint

UNEVEN = Verdict(("node(s) didn't match pod topology spread constraints",), resolvable=True)
NO_DOMAIN = Verdict(
    ("node(s) didn't match pod topology spread constraints (missing required label)",)
)
DEFAULT_SKEWS = ((HOSTNAME, 3), (ZONE, 5))
_TAINTS = TaintToleration()


class Domains(Record):
    """How many like pods each domain of each constraint holds."""

    constraints: tuple[SpreadConstraint, ...]
    counts: tuple[dict[str, int], ...]


class PodTopologySpread:
    """The plugin; the score needs nothing that was prepared for the filter."""

    name = "PodTopologySpread"

    def prepare(self, pod: PodInfo, cluster: Cluster) -> Domains | Skip:
        """Count the like pods of every domain."""
        hard = tuple(constraint for constraint in pod.spread if constraint.hard)
        if not hard:
            return SKIP
        counts: tuple[dict[str, int], ...] = tuple({} for _ in hard)
        for node in cluster.nodes:
            if not _has_keys(node, hard):
                continue
            for constraint, count in zip(hard, counts, strict=True):
                if _included(pod, node, constraint):
                    domain = node.labels[constraint.topology_key]
                    found = matching_pods(node, pod.namespace, constraint.selector)
                    count[domain] = count.get(domain, 0) + found
        return Domains(hard, counts)

    def filter(self, pod: PodInfo, node: NodeInfo, state: Domains) -> Verdict:
        """Reject a node whose domain would hold too many more than the emptiest."""
        for constraint, counts in zip(state.constraints, state.counts, strict=True):
            domain = node.labels.get(constraint.topology_key)
            if domain is None:
                return NO_DOMAIN
            if not counts:
                continue
            fewest = 0 if len(counts) < constraint.min_domains else min(counts.values())
            selects_itself = _selects(constraint.selector, pod.labels)
            if counts.get(domain, 0) + selects_itself - fewest > constraint.max_skew:
                return UNEVEN
        return FITS

    def scores(
        self, pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster
    ) -> list[int] | None:
        """Score the domains that hold the fewest like pods highest."""
        soft = tuple(constraint for constraint in pod.spread if not constraint.hard)
        if not soft and not pod.spread:
            soft = default_constraints(pod)
        if not soft:
            return None
        all_keys_needed = bool(pod.spread)
        ignored = [all_keys_needed and not _has_keys(node, soft) for node in candidates]
        scored = [node for node, skipped in zip(candidates, ignored, strict=True) if not skipped]
        counts = _domain_counts(pod, soft, scored, cluster, all_keys_needed)
        raw = [
            0 if skipped else _raw_score(pod, node, soft, counts, len(scored))
            for node, skipped in zip(candidates, ignored, strict=True)
        ]
        return _normalised(raw, ignored)


def default_constraints(pod: PodInfo) -> tuple[SpreadConstraint, ...]:
    """Return the cluster's default constraints for a pod of a Service or ReplicaSet."""
    if pod.default_selector is None or not pod.default_selector.requirements:
        return ()
    return tuple(
        SpreadConstraint(key, skew, pod.default_selector, hard=False) for key, skew in DEFAULT_SKEWS
    )


def matching_pods(node: NodeInfo, namespace: str, selector: Selector | None) -> int:
    """Count the pods of a node that a selector means; those being deleted no longer count.

    An empty selector, which matches every pod, counts none (podtopologyspread/common.go,
    countPodsMatchSelector).
    """
    if selector is None or not selector.requirements:
        return 0
    return sum(
        pod.namespace == namespace and not pod.terminating and selector.matches(pod.labels)
        for pod in node.pods.values()
    )


def _selects(selector: Selector | None, labels: dict[str, str]) -> bool:
    return selector is not None and selector.matches(labels)


def _has_keys(node: NodeInfo, constraints: tuple[SpreadConstraint, ...]) -> bool:
    return all(constraint.topology_key in node.labels for constraint in constraints)


def _included(pod: PodInfo, node: NodeInfo, constraint: SpreadConstraint) -> bool:
    if constraint.honor_affinity and not wants(pod, node):
        return False
    return not constraint.honor_taints or _TAINTS.filter(pod, node, None).ok


def _domain_counts(
    pod: PodInfo,
    soft: tuple[SpreadConstraint, ...],
    scored: list[NodeInfo],
    cluster: Cluster,
    all_keys_needed: bool,
) -> tuple[dict[str, int], ...]:
    """Count like pods in every domain that a candidate lies in; hosts are counted one by one."""
    counts: tuple[dict[str, int], ...] = tuple(
        {}
        if constraint.topology_key == HOSTNAME
        else {node.labels.get(constraint.topology_key, ""): 0 for node in scored}
        for constraint in soft
    )
    for node in cluster.nodes:
        if all_keys_needed and not _has_keys(node, soft):
            continue
        for constraint, count in zip(soft, counts, strict=True):
            domain = node.labels.get(constraint.topology_key, "")
            if domain in count and _included(pod, node, constraint):
                count[domain] += matching_pods(node, pod.namespace, constraint.selector)
    return counts


def _raw_score(
    pod: PodInfo,
    node: NodeInfo,
    soft: tuple[SpreadConstraint, ...],
    counts: tuple[dict[str, int], ...],
    hosts: int,
) -> int:
    score = 0.0
    for constraint, count in zip(soft, counts, strict=True):
        domain = node.labels.get(constraint.topology_key)
        if domain is None:
            continue
        if constraint.topology_key == HOSTNAME:
            found, domains = matching_pods(node, pod.namespace, constraint.selector), hosts
        else:
            found, domains = count[domain], len(count)
        score += found * natural_log(domains + 2) + (constraint.max_skew - 1)
    return int(score + 0.5)


def _normalised(raw: list[int], ignored: list[bool]) -> list[int]:
    counted = [score for score, skipped in zip(raw, ignored, strict=True) if not skipped]
    most, least = max(counted, default=0), min(counted, default=0)
    if most == 0:
        return [0 if skipped else 100 for skipped in ignored]
    return [
        0 if skipped else 100 * (most + least - score) // most
        for score, skipped in zip(raw, ignored, strict=True)
    ]


@lru_cache(maxsize=8192)
def natural_log(number: int) -> float:
    """Return ln, correctly rounded on every machine, which the C library does not promise."""
    return float(Context(prec=30).ln(Decimal(number)))
