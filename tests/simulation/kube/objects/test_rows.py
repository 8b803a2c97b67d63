"""The rows of kinds that the conformance cases do not have."""

import pytest
import yaml

from simulation.kernel.calendar import Calendar
from simulation.kernel.units import SECOND
from simulation.kube.manifests.codec import from_json
from simulation.kube.manifests.defaults import with_defaults
from simulation.kube.objects.kinds import KINDS
from simulation.kube.rules.printing import PRINTERS, columns, row

CALENDAR = Calendar(1_750_000_000)
NOW = 300 * SECOND
BORN = "2025-06-15T15:06:40Z"

SELECTING = "spec: {selector: {SELECTOR}, template: {spec: {containers: [{name: c, image: i}]}}}"
BOTH = SELECTING.replace(
    "SELECTOR", "matchLabels: {b: x}, matchExpressions: [{key: a, operator: Exists}]"
)
NEITHER = SELECTING.replace("SELECTOR", "")
CASES = [
    ("ReplicaSet", "apps/v1", BOTH, {"Selector": "a,b=x"}),
    ("ReplicaSet", "apps/v1", NEITHER, {"Selector": "<none>"}),
    ("Deployment", "apps/v1", NEITHER, {"Selector": ""}),
    (
        "PersistentVolume",
        "v1",
        "spec: {capacity: {storage: 10Gi}, accessModes: [ReadWriteOnce], storageClassName: manual}",
        {
            "Capacity": "10Gi",
            "Access Modes": "RWO",
            "Reclaim Policy": "Retain",
            "Status": "Available",
            "Claim": "",
            "StorageClass": "manual",
            "Age": "5m",
        },
    ),
    (
        "PersistentVolumeClaim",
        "v1",
        "spec: {accessModes: [ReadWriteOnce], storageClassName: manual}",
        {
            "Status": "Pending",
            "Volume": "",
            "Capacity": "",
            "StorageClass": "manual",
            "VolumeAttributesClass": "<unset>",
            "VolumeMode": "Filesystem",
        },
    ),
    (
        "StorageClass",
        "storage.k8s.io/v1",
        "provisioner: kubernetes.io/no-provisioner",
        {
            "Provisioner": "kubernetes.io/no-provisioner",
            "ReclaimPolicy": "Delete",
            "VolumeBindingMode": "Immediate",
            "AllowVolumeExpansion": "false",
        },
    ),
    (
        "RoleBinding",
        "rbac.authorization.k8s.io/v1",
        "roleRef: {kind: Role, name: reader}\n"
        "subjects: [{kind: User, name: jane}, {kind: ServiceAccount, name: a, namespace: b}]",
        {"Role": "Role/reader", "Users": "jane", "Groups": "", "ServiceAccounts": "b/a"},
    ),
    ("Role", "rbac.authorization.k8s.io/v1", "rules: []", {"Created At": BORN}),
    ("LimitRange", "v1", "spec: {limits: []}", {"Created At": BORN}),
    ("CustomResourceDefinition", "apiextensions.k8s.io/v1", "spec: {}", {"Created At": BORN}),
    (
        "NetworkPolicy",
        "networking.k8s.io/v1",
        "spec: {podSelector: {matchLabels: {app: web}}}",
        {"Pod-Selector": "app=web"},
    ),
    (
        "PriorityClass",
        "scheduling.k8s.io/v1",
        "value: 1000",
        {"Value": 1000, "Global-Default": "false", "PreemptionPolicy": "PreemptLowerPriority"},
    ),
    (
        "ReplicationController",
        "v1",
        "spec: {replicas: 3, selector: {app: web}, template: {spec: {containers: "
        "[{name: a, image: nginx}]}}}",
        {"Desired": 3, "Current": 0, "Containers": "a", "Images": "nginx", "Selector": "app=web"},
    ),
    (
        "ResourceQuota",
        "v1",
        "spec: {hard: {requests.cpu: '1', limits.cpu: '2', pods: '4'}}",
        {"Request": "pods: 0/4, requests.cpu: 0/1", "Limit": "limits.cpu: 0/2"},
    ),
    (
        "Endpoints",
        "v1",
        "subsets: [{addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}], ports: [{port: 80}]}]",
        {"Endpoints": "10.0.0.1:80,10.0.0.2:80"},
    ),
    ("Endpoints", "v1", "", {"Endpoints": "<none>"}),
    ("ServiceAccount", "v1", "", {"Secrets": 0}),
    (
        "EndpointSlice",
        "discovery.k8s.io/v1",
        "addressType: IPv4\n"
        "ports: [{port: 80}, {name: admin}, {}, {port: 81}, {port: 82}]\nendpoints: []",
        {"Ports": "80,admin,* + 2 more...", "Endpoints": "<unset>"},
    ),
    (
        "Service",
        "v1",
        "spec: {type: LoadBalancer, ports: [{port: 80}]}\n"
        "status: {loadBalancer: {ingress: [{ip: 1.1.1.1}, {ip: 1.1.1.1}, {}]}}",
        {"External-IP": "1.1.1.1"},
    ),
    (
        "Ingress",
        "networking.k8s.io/v1",
        "spec: {rules: [{host: a.example}, {http: {paths: []}}]}",
        {"Hosts": "a.example"},
    ),
    (
        "HorizontalPodAutoscaler",
        "autoscaling/v2",
        "spec: {scaleTargetRef: {kind: Deployment, name: web}, maxReplicas: 3, "
        "metrics: [{type: Weather}]}",
        {"Targets": "<unknown type>"},
    ),
    (
        "IngressClass",
        "networking.k8s.io/v1",
        "spec: {controller: a.b/c, parameters: {apiGroup: k8s.io, kind: Parameters, name: x}}",
        {"Controller": "a.b/c", "Parameters": "Parameters.k8s.io/x"},
    ),
    (
        "CronJob",
        "batch/v1",
        "spec: {schedule: '* * * * *'}",
        {
            "Schedule": "* * * * *",
            "Timezone": "<none>",
            "Suspend": "False",
            "Active": 0,
            "Last Schedule": "<none>",
        },
    ),
]


@pytest.mark.parametrize(("kind", "version", "body", "expected"), CASES)
def test_a_kind_has_the_columns_of_kubectl(
    kind: str, version: str, body: str, expected: dict
) -> None:
    manifest = (
        f"apiVersion: {version}\nkind: {kind}\n"
        f"metadata: {{name: x, creationTimestamp: '{BORN}'}}\n{body}\n"
    )
    obj = with_defaults(from_json(yaml.safe_load(manifest), CALENDAR))

    names = [each.name for each in columns(kind)]
    cells = dict(zip(names, row(obj, NOW, CALENDAR), strict=True))

    assert {name: cells[name] for name in expected} == expected


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_empty_object_of_every_kind_can_be_printed(kind: str) -> None:
    info = KINDS[kind]
    content = {"apiVersion": info.api_version, "kind": kind, "metadata": {"name": "x"}}

    obj = with_defaults(from_json(content, CALENDAR))

    assert len(row(obj, NOW, CALENDAR)) == len(columns(kind))


def test_every_printer_has_columns_and_a_kind() -> None:
    assert set(PRINTERS) <= set(KINDS)
    assert all(columns(kind) != columns("Role") for kind in PRINTERS)
