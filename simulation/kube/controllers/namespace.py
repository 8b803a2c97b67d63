"""Empties a namespace that is being deleted, then lets it go.

Follows pkg/controller/namespace: everything in it is deleted, and only when nothing is left does
the namespace itself disappear.
"""

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND, Instant
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.config import Namespace, NamespaceStatus
from simulation.kube.objects.kinds import KINDS
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace

LOOK_AGAIN = 2 * SECOND
FINALIZER = "kubernetes"


class NamespaceController:
    """Deletes what a Terminating namespace holds."""

    name = "namespace"
    watches = {"Namespace": lambda change: (change.key,) if change.new is not None else ()}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Delete everything inside; when it is empty take the finalizer away."""
        namespace = view.get(Namespace, key)
        if namespace is None or namespace.metadata.deletion_timestamp is None:
            return Outcome()
        because = Reason("namespace-emptied", {"namespace": key})
        writes: list[Write] = []
        if namespace.status.phase != "Terminating":
            carrier = replace(namespace, status=NamespaceStatus("Terminating"))
            writes.append(Write("patch", carrier, because, ("status",)))
        inside = [
            obj
            for kind in sorted(name for name, info in KINDS.items() if info.namespaced)
            for obj in view.list(kind)
            if obj.metadata.namespace == key
        ]
        if not inside:
            kept = tuple(each for each in namespace.metadata.finalizers if each != FINALIZER)
            carrier = replace(namespace, metadata=replace(namespace.metadata, finalizers=kept))
            writes.append(Write("patch", carrier, because, ("metadata.finalizers",)))
            return Outcome((tuple(writes),))
        running = [obj for obj in inside if obj.metadata.deletion_timestamp is None]
        writes += [Write("delete", obj, because) for obj in running]
        return Outcome((tuple(writes),), LOOK_AGAIN)
