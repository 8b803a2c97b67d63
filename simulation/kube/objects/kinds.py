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


STORED = """
Binding//v1/bindings//
ComponentStatus//v1/componentstatuses/cs/cluster
Endpoints//v1/endpoints/ep/
LimitRange//v1/limitranges/limits/
PersistentVolume//v1/persistentvolumes/pv/cluster
PodTemplate//v1/podtemplates//
ReplicationController//v1/replicationcontrollers/rc/all
ControllerRevision/apps/v1/controllerrevisions//
MutatingWebhookConfiguration/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations//cluster
ValidatingWebhookConfiguration/admissionregistration.k8s.io/v1/validatingwebhookconfigurations//cluster
ValidatingAdmissionPolicy/admissionregistration.k8s.io/v1/validatingadmissionpolicies//cluster
ValidatingAdmissionPolicyBinding/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings//cluster
CustomResourceDefinition/apiextensions.k8s.io/v1/customresourcedefinitions/crd,crds/cluster
APIService/apiregistration.k8s.io/v1/apiservices//cluster
CertificateSigningRequest/certificates.k8s.io/v1/certificatesigningrequests/csr/cluster
FlowSchema/flowcontrol.apiserver.k8s.io/v1/flowschemas//cluster
PriorityLevelConfiguration/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations//cluster
IPAddress/networking.k8s.io/v1/ipaddresses/ip/cluster
NetworkPolicy/networking.k8s.io/v1/networkpolicies/netpol/
ServiceCIDR/networking.k8s.io/v1/servicecidrs//cluster
RuntimeClass/node.k8s.io/v1/runtimeclasses//cluster
ClusterRole/rbac.authorization.k8s.io/v1/clusterroles//cluster
ClusterRoleBinding/rbac.authorization.k8s.io/v1/clusterrolebindings//cluster
Role/rbac.authorization.k8s.io/v1/roles//
RoleBinding/rbac.authorization.k8s.io/v1/rolebindings//
PriorityClass/scheduling.k8s.io/v1/priorityclasses/pc/cluster
CSIDriver/storage.k8s.io/v1/csidrivers//cluster
CSINode/storage.k8s.io/v1/csinodes//cluster
StorageClass/storage.k8s.io/v1/storageclasses/sc/cluster
VolumeAttachment/storage.k8s.io/v1/volumeattachments//cluster
Gateway/gateway.networking.k8s.io/v1/gateways/gtw/
GatewayClass/gateway.networking.k8s.io/v1/gatewayclasses/gc/cluster
HTTPRoute/gateway.networking.k8s.io/v1/httproutes//
"""
"""Kinds that are kept as they were written: kind/group/version/plural/short names/scope."""

WORKING = ("ComponentStatus", "Endpoints", "PriorityClass")
"""Stored kinds that something comes of: no note says that they are not simulated."""


def _stored(line: str) -> KindInfo:
    kind, group, version, plural, short, scope = line.split("/")
    return KindInfo(
        kind,
        group,
        version,
        plural,
        kind.lower(),
        tuple(short.split(",")) if short else (),
        scope != "cluster",
        ("all",) if scope == "all" else (),
        Unsimulated,
        kind in WORKING,
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
        *map(_stored, STORED.split()),
    )
}
"""Kind to what is known of it; those of STORED are kept as Unsimulated."""


def kind_of(obj: AnyObject) -> str:
    """Return the kind that the store files an object under."""
    return obj.actual_kind if isinstance(obj, Unsimulated) else type(obj).__name__


def key_of(obj: AnyObject) -> str:
    """Return "namespace/name", or the name alone if the object has no namespace."""
    meta = obj.metadata
    return f"{meta.namespace}/{meta.name}" if meta.namespace else meta.name
