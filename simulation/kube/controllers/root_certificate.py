"""Publishes the cluster's root certificate into every namespace, for pods that talk to the API.

Follows pkg/controller/certificates/rootcacertpublisher. The certificate itself is not simulated.
"""

from collections.abc import Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import Instant
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.config import ConfigMap, Namespace
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

NAME = "kube-root-ca.crt"
ANNOTATIONS = {
    "kubernetes.io/description": "Contains a CA bundle that can be used to verify the "
    "kube-apiserver when using internal endpoints such as the internal service IP or "
    "kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
}
DATA = {"ca.crt": "-----BEGIN CERTIFICATE-----\n(not simulated)\n-----END CERTIFICATE-----\n"}


def _namespace_of_changed(change: Change) -> Iterable[str]:
    meta = change.either.metadata
    return (meta.namespace,) if meta.name == NAME else ()


class RootCertificatePublisher:
    """Creates the ConfigMap, and puts back what somebody changed."""

    name = "root-ca-certificate-publisher"
    watches = {"Namespace": lambda change: (change.key,), "ConfigMap": _namespace_of_changed}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Look after one namespace."""
        namespace = view.get(Namespace, key)
        if namespace is None or namespace.metadata.deletion_timestamp is not None:
            return Outcome()
        because = Reason("namespace-furnished", {"namespace": key})
        there = view.get(ConfigMap, f"{key}/{NAME}")
        if there is None:
            meta = ObjectMeta(name=NAME, namespace=key, annotations=ANNOTATIONS)
            return Outcome(((Write("create", ConfigMap(metadata=meta, data=DATA), because),),))
        if there.data == DATA:
            return Outcome()
        carrier = msgspec.structs.replace(there, data=DATA)
        return Outcome(((Write("patch", carrier, because, ("data",)),),))
