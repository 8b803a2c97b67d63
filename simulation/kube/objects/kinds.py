"""The table of kinds: names, groups and what the API offers of each."""

from simulation.kernel.records import Record
from simulation.kube.objects.autoscaling import HorizontalPodAutoscaler
from simulation.kube.objects.config import (
    ConfigMap,
    Event,
    Lease,
    Namespace,
    PersistentVolumeClaim,
    Secret,
    ServiceAccount,
    Unsimulated,
)
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.policy import PodDisruptionBudget, ResourceQuota
from simulation.kube.objects.service import EndpointSlice, Ingress, IngressClass, Service
from simulation.kube.objects.workload import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    StatefulSet,
)

AnyObject = (
    ConfigMap
    | CronJob
    | DaemonSet
    | Deployment
    | EndpointSlice
    | Event
    | HorizontalPodAutoscaler
    | Ingress
    | IngressClass
    | Job
    | Lease
    | Namespace
    | Node
    | PersistentVolumeClaim
    | Pod
    | PodDisruptionBudget
    | ReplicaSet
    | ResourceQuota
    | Secret
    | Service
    | ServiceAccount
    | StatefulSet
    | Unsimulated
)


class KindInfo(Record):
    """What the API server's discovery says about a kind."""

    kind: str
    group: str
    version: str
    plural: str
    singular: str
    short_names: tuple[str, ...]
    namespaced: bool
    categories: tuple[str, ...]
    struct: type
    simulated: bool = True

    @property
    def api_version(self) -> str:
        """Return "v1" or "group/version"."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """Return the plural with its group, as messages name it: "deployments.apps"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


def _info(
    struct: type,
    group: str,
    plural: str,
    short: str = "",
    version: str = "v1",
    namespaced: bool = True,
    in_all: bool = False,
    simulated: bool = True,
) -> KindInfo:
    kind = struct.__name__
    return KindInfo(
        kind,
        group,
        version,
        plural,
        kind.lower(),
        tuple(short.split()),
        namespaced,
        ("all",) if in_all else (),
        struct,
        simulated,
    )


KINDS: dict[str, KindInfo] = {
    info.kind: info
    for info in (
        _info(ConfigMap, "", "configmaps", "cm"),
        _info(Event, "", "events", "ev"),
        _info(Namespace, "", "namespaces", "ns", namespaced=False),
        _info(Node, "", "nodes", "no", namespaced=False),
        _info(PersistentVolumeClaim, "", "persistentvolumeclaims", "pvc", simulated=False),
        _info(Pod, "", "pods", "po", in_all=True),
        _info(ResourceQuota, "", "resourcequotas", "quota", simulated=False),
        _info(Secret, "", "secrets"),
        _info(ServiceAccount, "", "serviceaccounts", "sa"),
        _info(Service, "", "services", "svc", in_all=True),
        _info(DaemonSet, "apps", "daemonsets", "ds", in_all=True),
        _info(Deployment, "apps", "deployments", "deploy", in_all=True),
        _info(ReplicaSet, "apps", "replicasets", "rs", in_all=True),
        _info(StatefulSet, "apps", "statefulsets", "sts", in_all=True, simulated=False),
        _info(
            HorizontalPodAutoscaler,
            "autoscaling",
            "horizontalpodautoscalers",
            "hpa",
            "v2",
            in_all=True,
            simulated=False,
        ),
        _info(CronJob, "batch", "cronjobs", "cj", in_all=True, simulated=False),
        _info(Job, "batch", "jobs", in_all=True, simulated=False),
        _info(Lease, "coordination.k8s.io", "leases"),
        _info(EndpointSlice, "discovery.k8s.io", "endpointslices"),
        _info(IngressClass, "networking.k8s.io", "ingressclasses", namespaced=False),
        _info(Ingress, "networking.k8s.io", "ingresses", "ing"),
        _info(PodDisruptionBudget, "policy", "poddisruptionbudgets", "pdb"),
    )
}
"""Kind to what is known of it; any other kind is stored as Unsimulated."""


def kind_of(obj: AnyObject) -> str:
    """Return the kind that the store files an object under."""
    return obj.actual_kind if isinstance(obj, Unsimulated) else type(obj).__name__


def key_of(obj: AnyObject) -> str:
    """Return "namespace/name", or the name alone if the object has no namespace."""
    meta = obj.metadata
    return f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name
