"""Rows as `kubectl get` shows them: which columns each kind has, and who fills them.

Follows pkg/printers/internalversion/printers.go. A kind without columns of its own shows its name
and the instant of its creation, as the API server does for Roles, LimitRanges and definitions of
custom resources.
"""

from collections.abc import Callable
from typing import Any

from simulation.kernel.calendar import Calendar
from simulation.kernel.records import Record
from simulation.kernel.units import Instant
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.rules import printing_config, printing_services, printing_workloads
from simulation.kube.rules.printing_common import (
    NONE,
    UNKNOWN,
    UNSET,
    Cells,
    age_of,
    full_selector,
    selector_text,
)
from simulation.kube.rules.printing_pods import (
    node_roles,
    node_row,
    node_status,
    pod_row,
    pod_status,
)
from simulation.kube.rules.printing_services import external_ip

__all__ = [
    "NONE",
    "UNKNOWN",
    "UNSET",
    "Column",
    "columns",
    "external_ip",
    "full_selector",
    "node_roles",
    "node_status",
    "pod_status",
    "row",
    "selector_text",
]


class Column(Record):
    """A column of a table."""

    name: str
    wide: bool = False


def _columns(text: str, wide: str = "") -> tuple[Column, ...]:
    shown = [Column(name) for name in text.split("|")]
    return (*shown, *(Column(name, True) for name in wide.split("|") if name))


TEMPLATE = "Containers|Images|Selector"
COLUMNS: dict[str, tuple[Column, ...]] = {
    "CSINode": _columns("Name|Drivers|Age"),
    "ClusterRoleBinding": _columns("Name|Role|Age", "Users|Groups|ServiceAccounts"),
    "ComponentStatus": _columns("Name|Status|Message|Error"),
    "ConfigMap": _columns("Name|Data|Age"),
    "ControllerRevision": _columns("Name|Controller|Revision|Age"),
    "CronJob": _columns("Name|Schedule|Timezone|Suspend|Active|Last Schedule|Age", TEMPLATE),
    "DaemonSet": _columns(
        "Name|Desired|Current|Ready|Up-to-date|Available|Node Selector|Age", TEMPLATE
    ),
    "Deployment": _columns("Name|Ready|Up-to-date|Available|Age", TEMPLATE),
    "EndpointSlice": _columns("Name|AddressType|Ports|Endpoints|Age"),
    "Endpoints": _columns("Name|Endpoints|Age"),
    "Event": tuple(
        Column(name, wide)
        for name, wide in (
            ("Last Seen", False),
            ("Type", False),
            ("Reason", False),
            ("Object", False),
            ("Subobject", True),
            ("Source", True),
            ("Message", False),
            ("First Seen", True),
            ("Count", True),
            ("Name", True),
        )
    ),
    "HorizontalPodAutoscaler": _columns("Name|Reference|Targets|MinPods|MaxPods|Replicas|Age"),
    "Ingress": _columns("Name|Class|Hosts|Address|Ports|Age"),
    "IngressClass": _columns("Name|Controller|Parameters|Age"),
    "Job": _columns("Name|Status|Completions|Duration|Age", TEMPLATE),
    "Lease": _columns("Name|Holder|Age"),
    "MutatingWebhookConfiguration": _columns("Name|Webhooks|Age"),
    "Namespace": _columns("Name|Status|Age"),
    "NetworkPolicy": _columns("Name|Pod-Selector|Age"),
    "Node": _columns(
        "Name|Status|Roles|Age|Version",
        "Internal-IP|External-IP|OS-Image|Kernel-Version|Container-Runtime",
    ),
    "PersistentVolume": _columns(
        "Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass"
        "|VolumeAttributesClass|Reason|Age",
        "VolumeMode",
    ),
    "PersistentVolumeClaim": _columns(
        "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age",
        "VolumeMode",
    ),
    "Pod": _columns("Name|Ready|Status|Restarts|Age", "IP|Node|Nominated Node|Readiness Gates"),
    "PodDisruptionBudget": _columns("Name|Min Available|Max Unavailable|Allowed Disruptions|Age"),
    "PodTemplate": _columns("Name|Containers|Images|Pod Labels"),
    "PriorityClass": _columns("Name|Value|Global-Default|Age|PreemptionPolicy"),
    "ReplicaSet": _columns("Name|Desired|Current|Ready|Age", TEMPLATE),
    "ReplicationController": _columns("Name|Desired|Current|Ready|Age", TEMPLATE),
    "ResourceQuota": _columns("Name|Request|Limit|Age"),
    "RoleBinding": _columns("Name|Role|Age", "Users|Groups|ServiceAccounts"),
    "RuntimeClass": _columns("Name|Handler|Age"),
    "Secret": _columns("Name|Type|Data|Age"),
    "Service": _columns("Name|Type|Cluster-IP|External-IP|Port(s)|Age", "Selector"),
    "ServiceAccount": _columns("Name|Secrets|Age"),
    "StatefulSet": _columns("Name|Ready|Age", "Containers|Images"),
    "StorageClass": _columns(
        "Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age"
    ),
    "ValidatingWebhookConfiguration": _columns("Name|Webhooks|Age"),
}
GENERIC = _columns("Name|Created At")

PRINTERS: dict[str, Callable[[Any, Instant], Cells]] = {
    "Node": node_row,
    "Pod": pod_row,
    **printing_config.PRINTERS,
    **printing_services.PRINTERS,
    **printing_workloads.PRINTERS,
}


def columns(kind: str) -> tuple[Column, ...]:
    """Return the columns of a kind; one that is not known has a name and a time of creation."""
    return COLUMNS.get(kind, GENERIC)


def row(obj: AnyObject, now: Instant, calendar: Calendar | None = None) -> Cells:
    """Return the cells of an object, those of -o wide included.

    calendar: for the kinds that show when they were created; without it they show their age.
    """
    printer = PRINTERS.get(kind_of(obj))
    if printer is not None:
        return printer(obj, now)
    created = obj.metadata.creation_timestamp
    if calendar is None or created is None:
        return [obj.metadata.name, age_of(obj, now)]
    return [obj.metadata.name, calendar.rfc3339(created)]
