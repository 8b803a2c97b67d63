"""Pods by node, by owner and so on: functions of an object, kept by the store.

An index is derived: it can be rebuilt from the objects alone, and a law holds it to that.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.service import EndpointSlice, Service
from simulation.kube.objects.workload import DaemonSet, Deployment, ReplicaSet

K = TypeVar("K", bound=AnyObject)
"""One kind of object."""


def owner_uid(obj: AnyObject) -> str:
    """Return the uid of the controlling owner, or an empty text."""
    for owner in obj.metadata.owner_references:
        if owner.controller:
            return owner.uid
    return ""


def orphans_of(namespace: str) -> str:
    """Return what the objects of a namespace are filed under that nobody controls."""
    return f"orphans/{namespace}"


def owner_or_orphans(obj: AnyObject) -> str:
    """Return the uid of the controlling owner, or the mark of its namespace's orphans."""
    return owner_uid(obj) or orphans_of(obj.metadata.namespace)


def selector_value(obj: DaemonSet | Deployment | ReplicaSet) -> str:
    """Return "namespace label=value" of one label that a selector asks for, if it asks for any."""
    label = min(obj.spec.selector.match_labels.items(), default=("", ""))
    return _label_value(obj, label)


def label_values(obj: AnyObject) -> list[str]:
    """Return what the selectors are filed under that may match an object."""
    labels = [("", ""), *sorted(obj.metadata.labels.items())]
    return [_label_value(obj, label) for label in labels]


def _label_value(obj: AnyObject, label: tuple[str, str]) -> str:
    return f"{obj.metadata.namespace} {label[0]}={label[1]}"


def service_of_slice(obj: AnyObject) -> str:
    """Return "namespace/service" of an EndpointSlice."""
    name = obj.metadata.labels.get("kubernetes.io/service-name", "")
    return f"{obj.metadata.namespace}/{name}"


EXPOSED = "exposed"


def exposure(service: Service) -> str:
    """Return EXPOSED of a Service that holds ports of the nodes, else an empty text."""
    return EXPOSED if any(port.node_port for port in service.spec.ports) else ""


class Index(Generic[K]):
    """Files the objects of a kind under a value of each."""

    __slots__ = ("kind", "name", "value_of")

    def __init__(self, name: str, kind: type[K], value_of: Callable[[K], str]) -> None:
        self.name = name
        self.kind = kind.__name__
        self.value_of = value_of


PODS_BY_NODE = Index("pod/node", Pod, lambda pod: pod.spec.node_name or "")
PODS_BY_OWNER = Index("pod/owner", Pod, owner_or_orphans)
PODS_BY_NAMESPACE = Index("pod/namespace", Pod, lambda pod: pod.metadata.namespace)
REPLICA_SETS_BY_OWNER = Index("replicaset/owner", ReplicaSet, owner_or_orphans)
REPLICA_SETS_BY_SELECTOR = Index("replicaset/selector", ReplicaSet, selector_value)
DEPLOYMENTS_BY_SELECTOR = Index("deployment/selector", Deployment, selector_value)
DAEMON_SETS_BY_SELECTOR = Index("daemonset/selector", DaemonSet, selector_value)
SERVICES_BY_ADDRESS = Index("service/address", Service, lambda service: service.spec.cluster_ip)
SERVICES_BY_EXPOSURE = Index("service/exposure", Service, exposure)
SLICES_BY_SERVICE = Index("slice/service", EndpointSlice, service_of_slice)

INDEXES: dict[str, Index] = {
    index.name: index
    for index in (
        PODS_BY_NODE,
        PODS_BY_OWNER,
        PODS_BY_NAMESPACE,
        REPLICA_SETS_BY_OWNER,
        REPLICA_SETS_BY_SELECTOR,
        DEPLOYMENTS_BY_SELECTOR,
        DAEMON_SETS_BY_SELECTOR,
        SERVICES_BY_ADDRESS,
        SERVICES_BY_EXPOSURE,
        SLICES_BY_SERVICE,
    )
}

BY_KIND: dict[str, tuple[Index, ...]] = {
    kind: tuple(index for index in INDEXES.values() if index.kind == kind)
    for kind in sorted({index.kind for index in INDEXES.values()})
}


class Indexes:
    """All indexes over the objects of a store."""

    __slots__ = ("_keys",)

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, dict[str, None]]] = {name: {} for name in INDEXES}

    def update(self, kind: str, key: str, old: AnyObject | None, new: AnyObject | None) -> None:
        """Follow one change of one object."""
        for index in BY_KIND.get(kind, ()):
            before = index.value_of(old) if old is not None else None
            after = index.value_of(new) if new is not None else None
            if before == after:
                continue
            buckets = self._keys[index.name]
            if before is not None:
                bucket = buckets[before]
                del bucket[key]
                if not bucket:
                    del buckets[before]
            if after is not None:
                buckets.setdefault(after, {})[key] = None

    def keys(self, name: str, value: str) -> list[str]:
        """Return the keys of the objects with that value, sorted."""
        return sorted(self._keys[name].get(value, ()))

    def as_plain(self) -> dict[str, dict[str, list[str]]]:
        """Return the contents in a comparable form, for the law that they equal a rebuild."""
        return {
            name: {value: sorted(keys) for value, keys in sorted(buckets.items())}
            for name, buckets in self._keys.items()
        }
