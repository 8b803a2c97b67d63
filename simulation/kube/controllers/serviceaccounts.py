"""Gives every namespace its "default" ServiceAccount.

Follows pkg/controller/serviceaccount/serviceaccounts_controller.go: one that is deleted comes back,
except in a namespace that is going away.
"""

from collections.abc import Iterable

from simulation.kernel.reasons import Reason
from simulation.kernel.units import Instant
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.config import Namespace, ServiceAccount
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

NAME = "default"


def _namespace_of_lost(change: Change) -> Iterable[str]:
    lost = change.new is None and change.either.metadata.name == NAME
    return (change.either.metadata.namespace,) if lost else ()


class ServiceAccountsController:
    """Creates what is missing."""

    name = "serviceaccount"
    watches = {"Namespace": lambda change: (change.key,), "ServiceAccount": _namespace_of_lost}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Create the account of one namespace unless it is there or the namespace goes."""
        namespace = view.get(Namespace, key)
        if namespace is None or namespace.metadata.deletion_timestamp is not None:
            return Outcome()
        if view.get(ServiceAccount, f"{key}/{NAME}") is not None:
            return Outcome()
        account = ServiceAccount(metadata=ObjectMeta(name=NAME, namespace=key))
        because = Reason("namespace-furnished", {"namespace": key})
        return Outcome(((Write("create", account, because),),))
