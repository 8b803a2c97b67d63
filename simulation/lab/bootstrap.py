"""What the API servers themselves put into every new cluster.

Source of the two priority classes: pkg/apis/scheduling/helpers.go.
"""

from collections.abc import Sequence

from simulation.kube.kubernetes_service import endpoints
from simulation.kube.objects.kinds import AnyObject, Unsimulated
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.rules.admitting import SYSTEM_CLASSES

DESCRIPTIONS = {
    "system-cluster-critical": "Used for system critical pods that must run in the cluster, but "
    "can be moved to another node if necessary.",
    "system-node-critical": "Used for system critical pods that must not be moved from their "
    "current node.",
}
"""Upstream's words, though "moved" is not what happens."""


def system_objects(addresses: Sequence[str]) -> list[AnyObject]:
    """Return the objects, for API servers at these addresses."""
    found: list[AnyObject] = [
        Unsimulated(
            ObjectMeta(name=name),
            "scheduling.k8s.io/v1",
            {
                "value": SYSTEM_CLASSES[name],
                "description": DESCRIPTIONS[name],
                "preemptionPolicy": "PreemptLowerPriority",
            },
            "PriorityClass",
        )
        for name in sorted(DESCRIPTIONS)
    ]
    found.append(endpoints(list(addresses)))
    return found
