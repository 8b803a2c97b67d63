"""Keeps pods off nodes whose taints they do not tolerate, and prefers nodes with fewer of them."""

import re

from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Toleration
from simulation.kube.scheduler.infos import (
    FITS,
    Cluster,
    NodeInfo,
    PodInfo,
    Verdict,
    default_normalised,
)
from simulation.kube.scheduler.terms import integer

REPELLED = Verdict(("node(s) had untolerated taint(s)",))
HARD_EFFECTS = ("NoSchedule", "NoExecute")
SOFT_EFFECT = "PreferNoSchedule"
DECIMAL = re.compile(r"^(0|-?[1-9][0-9]*)$")
"""No plus sign and no leading zeros, unlike the integers that labels are compared as."""


def tolerates(toleration: Toleration, taint: Taint, comparisons: bool = False) -> bool:
    """Tell whether a toleration covers a taint; Gt and Lt only where their feature gate is on."""
    if toleration.effect not in ("", taint.effect) or toleration.key not in ("", taint.key):
        return False
    if toleration.operator == "Exists":
        return True
    if toleration.operator in ("", "Equal"):
        return toleration.value == taint.value
    if not comparisons or toleration.operator not in ("Gt", "Lt"):
        return False
    if not (DECIMAL.match(toleration.value) and DECIMAL.match(taint.value)):
        return False
    bound, value = integer(toleration.value), integer(taint.value)
    if bound is None or value is None:
        return False
    return value > bound if toleration.operator == "Gt" else value < bound


class TaintToleration:
    """The plugin; `comparisons` is the feature gate TaintTolerationComparisonOperators."""

    name = "TaintToleration"

    def __init__(self, comparisons: bool = False) -> None:
        self.comparisons = comparisons

    def prepare(self, pod: PodInfo, cluster: Cluster) -> None:
        """Need nothing."""

    def filter(self, pod: PodInfo, node: NodeInfo, state: object) -> Verdict:
        """Reject a node with a taint that the pod does not tolerate."""
        for taint in node.taints:
            if taint.effect in HARD_EFFECTS and not self._tolerated(pod.tolerations, taint):
                return REPELLED
        return FITS

    def scores(
        self, pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster
    ) -> list[int] | None:
        """Score the fewest untolerated soft taints highest."""
        soft = tuple(each for each in pod.tolerations if each.effect in ("", SOFT_EFFECT))
        return default_normalised(
            [
                sum(
                    taint.effect == SOFT_EFFECT and not self._tolerated(soft, taint)
                    for taint in node.taints
                )
                for node in candidates
            ],
            reverse=True,
        )

    def _tolerated(self, tolerations: tuple[Toleration, ...], taint: Taint) -> bool:
        return any(tolerates(each, taint, self.comparisons) for each in tolerations)
