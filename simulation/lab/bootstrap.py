"""What the API servers themselves put into every new cluster.

Sources: pkg/apis/scheduling/helpers.go (the two priority classes) and
pkg/controlplane/controller/kubernetesservice (the endpoints of Service "kubernetes").
"""

from collections.abc import Sequence

from simulation.kube.objects.kinds import AnyObject, Unsimulated
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.service import (
    Endpoint,
    EndpointConditions,
    EndpointPort,
    EndpointSlice,
)
from simulation.kube.rules.admitting import SYSTEM_CLASSES

API_PORT = 6443
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
    labels = {"kubernetes.io/service-name": "kubernetes"}
    meta = ObjectMeta(name="kubernetes", namespace="default", labels=labels)
    ready = EndpointConditions(ready=True)
    endpoints = tuple(Endpoint((address,), ready) for address in addresses)
    ports = (EndpointPort("https", API_PORT),)
    found.append(EndpointSlice(meta, "discovery.k8s.io/v1", endpoints=endpoints, ports=ports))
    return found
