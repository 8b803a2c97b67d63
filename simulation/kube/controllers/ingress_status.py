"""Writes into every Ingress of the lab's class where it can be reached.

In a real cluster the leader among the ingress controller's pods does this once a minute
(ingress-nginx, internal/ingress/status/status.go); here it happens when there is something to say,
and stops when no ingress pod is ready.
"""

from collections.abc import Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import Instant
from simulation.kube.indexes import PODS_BY_NAMESPACE
from simulation.kube.manager import Outcome, Tools
from simulation.kube.network.knowledge import is_served
from simulation.kube.network.links import BALANCER_ADDRESS
from simulation.kube.objects.service import (
    Ingress,
    IngressStatus,
    LoadBalancerIngress,
    LoadBalancerStatus,
)
from simulation.kube.rules.pods import is_ready
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

NAMESPACE = "ingress-nginx"
ALL = "*"
"""The key that stands for every Ingress: a pod of the controller became ready, or a class came."""


def _of_controller(change: Change) -> Iterable[str]:
    return (ALL,) if change.either.metadata.namespace == NAMESPACE else ()


class IngressStatusWriter:
    """Tells an Ingress its address."""

    name = "ingress-status"
    watches = {
        "Ingress": lambda change: (change.key,),
        "IngressClass": lambda change: (ALL,),
        "Pod": _of_controller,
    }

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Write the address into one Ingress, if somebody serves it."""
        if key == ALL:
            return Outcome(also=tuple(each for each, _ in view.items(Ingress)))
        ingress = view.get(Ingress, key)
        if ingress is None or ingress.metadata.deletion_timestamp is not None:
            return Outcome()
        if not is_served(view, ingress.spec.ingress_class_name) or not _somebody_serves(view):
            return Outcome()
        status = IngressStatus(LoadBalancerStatus((LoadBalancerIngress(ip=BALANCER_ADDRESS),)))
        if ingress.status == status:
            return Outcome()
        carrier = msgspec.structs.replace(ingress, status=status)
        because = Reason("ingress-addressed", {"ingress": ingress.metadata.name})
        return Outcome(((Write("patch", carrier, because, ("status",)),),))


def _somebody_serves(view: View) -> bool:
    return any(is_ready(pod) for pod in view.by(PODS_BY_NAMESPACE, NAMESPACE))
