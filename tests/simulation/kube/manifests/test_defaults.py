"""What the API server fills in, kind by kind."""

import pytest

from simulation.kernel.dice import Dice
from simulation.kernel.reasons import Reason
from simulation.kube.manifests.codec import from_json
from simulation.kube.objects.config import Unsimulated
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.pod import Container, Pod, PodSpec
from simulation.kube.rules.admitting import fill_in
from simulation.kube.settings import Settings
from simulation.kube.store import Store
from tests.simulation.kube.manifests.reading_back import CALENDAR, given_back

TEMPLATE = """
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx
        resources: {limits: {cpu: 1, memory: 500M}}
        readinessProbe: {httpGet: {port: 80}}
        env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
      volumes: [{name: nothing}, {name: settings, configMap: {name: settings}}]
"""
DEPLOYMENT = f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
{TEMPLATE}
"""


def test_a_template_stays_without_service_account_and_derived_requests() -> None:
    spec = given_back(DEPLOYMENT)["spec"]["template"]["spec"]

    assert "serviceAccountName" not in spec
    assert "enableServiceLinks" not in spec
    assert spec["containers"][0]["resources"] == {"limits": {"cpu": "1", "memory": "500M"}}


def test_a_pod_gets_them_when_it_is_admitted() -> None:
    pod = from_json(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "a"},
            "spec": {"containers": [{"name": "a", "resources": {"limits": {"memory": "500M"}}}]},
        },
        CALENDAR,
    )

    admitted = fill_in(pod, Store(), Settings(), Dice(1))

    assert isinstance(admitted, Pod)
    assert admitted.spec.service_account_name == "default"
    assert admitted.spec.priority == 0
    assert admitted.spec.preemption_policy == "PreemptLowerPriority"
    resources = admitted.spec.containers[0].resources
    assert resources.requests == resources.limits


def test_a_priority_class_gives_pods_its_number() -> None:
    store = Store()
    rest = {"value": 7, "preemptionPolicy": "Never"}
    high = Unsimulated(ObjectMeta(name="high"), "scheduling.k8s.io/v1", rest, "PriorityClass")
    store.put("PriorityClass", "high", high, 0, "test", Reason("test", {}))
    pod = Pod(spec=PodSpec(containers=(Container("a"),), priority_class_name="high"))

    admitted = fill_in(pod, store, Settings(), Dice(1))

    assert isinstance(admitted, Pod)
    assert (admitted.spec.priority, admitted.spec.preemption_policy) == (7, "Never")


def test_probes_volumes_and_references_are_completed() -> None:
    spec = given_back(DEPLOYMENT)["spec"]["template"]["spec"]

    container = spec["containers"][0]
    assert container["readinessProbe"]["httpGet"] == {"path": "/", "port": 80, "scheme": "HTTP"}
    assert container["env"][0]["valueFrom"]["fieldRef"]["apiVersion"] == "v1"
    assert container["imagePullPolicy"] == "Always"
    assert spec["volumes"] == [
        {"name": "nothing", "emptyDir": {}},
        {"name": "settings", "configMap": {"name": "settings", "defaultMode": 420}},
    ]


def test_a_zero_that_was_chosen_is_given_back() -> None:
    manifest = DEPLOYMENT + "  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}\n"

    spec = given_back(manifest)["spec"]

    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
    }


CASES = [
    (
        "StatefulSet",
        f"spec:\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n{TEMPLATE}",
        "apps/v1",
        {
            "replicas": 1,
            "revisionHistoryLimit": 10,
            "podManagementPolicy": "OrderedReady",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "persistentVolumeClaimRetentionPolicy": {
                "whenDeleted": "Retain",
                "whenScaled": "Retain",
            },
        },
    ),
    (
        "DaemonSet",
        f"spec:\n  selector: {{matchLabels: {{app: web}}}}\n  template:\n{TEMPLATE}",
        "apps/v1",
        {
            "revisionHistoryLimit": 10,
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
            },
        },
    ),
    (
        "Job",
        f"spec:\n  template:\n{TEMPLATE}",
        "batch/v1",
        {
            "backoffLimit": 6,
            "completions": 1,
            "parallelism": 1,
            "suspend": False,
            "completionMode": "NonIndexed",
            "podReplacementPolicy": "TerminatingOrFailed",
        },
    ),
    (
        "CronJob",
        'spec: {schedule: "* * * * *"}',
        "batch/v1",
        {
            "concurrencyPolicy": "Allow",
            "suspend": False,
            "successfulJobsHistoryLimit": 3,
            "failedJobsHistoryLimit": 1,
        },
    ),
    (
        "HorizontalPodAutoscaler",
        "spec: {maxReplicas: 3, behavior: {scaleDown: {selectPolicy: Min}}}",
        "autoscaling/v2",
        {
            "minReplicas": 1,
            "metrics": [
                {
                    "type": "Resource",
                    "resource": {
                        "name": "cpu",
                        "target": {"type": "Utilization", "averageUtilization": 80},
                    },
                }
            ],
        },
    ),
    (
        "Service",
        "spec: {ports: [{port: 80}]}",
        "v1",
        {
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
        },
    ),
    (
        "NetworkPolicy",
        "spec: {egress: [{}]}",
        "networking.k8s.io/v1",
        {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    ),
    ("PersistentVolumeClaim", "spec: {}", "v1", {"volumeMode": "Filesystem"}),
]


@pytest.mark.parametrize(("kind", "spec", "version", "expected"), CASES, ids=[c[0] for c in CASES])
def test_each_kind_gets_its_own_defaults(
    kind: str, spec: str, version: str, expected: dict
) -> None:
    found = given_back(f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: web}}\n{spec}\n")

    assert {name: found["spec"][name] for name in expected} == expected


def test_an_older_autoscaler_is_stored_in_the_newer_form() -> None:
    found = given_back(
        "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n"
        "spec: {maxReplicas: 3, targetCPUUtilizationPercentage: 50}\n"
    )

    assert found["apiVersion"] == "autoscaling/v2"
    assert found["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"] == 50


def test_a_namespace_is_labelled_with_its_name() -> None:
    found = given_back("apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n")

    assert found["metadata"]["labels"] == {"kubernetes.io/metadata.name": "web"}


@pytest.mark.parametrize(("kind", "counted"), [("Service", False), ("Deployment", True)])
def test_only_some_kinds_count_the_changes_of_their_spec(kind: str, counted: bool) -> None:
    version = "apps/v1" if kind == "Deployment" else "v1"

    found = given_back(
        f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a, generation: 3}}\n"
    )

    assert ("generation" in found["metadata"]) is counted
