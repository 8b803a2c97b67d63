"""What may not be changed once it is there."""

import pytest
import yaml

from simulation.kube.manifests.updates import refused_changes
from tests.simulation.kube.manifests.reading_back import given_back

POD = """
apiVersion: v1
kind: Pod
metadata: {name: x}
spec:
  tolerations: [{key: a, operator: Exists}]
  containers: [{name: a, image: "b:1"}]
"""


def changed(before: str, after: str) -> list[str]:
    old, new = given_back(before), given_back(after)
    return [text for _, text in refused_changes(old["kind"], old, new)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n"
            "spec: {selector: {matchLabels: {a: b}}, template: {}}",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n"
            "spec: {selector: {matchLabels: {a: c}}, template: {}}",
            'spec.selector: Invalid value: {"matchLabels":{"a":"c"}}: field is immutable',
        ),
        (
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {completions: 1}",
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {completions: 2}",
            "spec.completions: Invalid value: 2: field is immutable",
        ),
        (
            "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {clusterIP: 10.96.0.7}",
            "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {clusterIP: 10.96.0.8}",
            'spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set',
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nimmutable: true\ndata: {a: b}",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nimmutable: true\ndata: {a: c}",
            "data: Forbidden: field is immutable when `immutable` is set",
        ),
        (
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: x}\nvalue: 1",
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: x}\nvalue: 2",
            "value: Forbidden: may not be changed in an update.",
        ),
        (
            POD,
            POD.replace("[{key: a, operator: Exists}]", "[]"),
            "spec.tolerations: Forbidden: existing toleration can not be modified except its "
            "tolerationSeconds",
        ),
    ],
)
def test_a_change_is_refused(before: str, after: str, expected: str) -> None:
    assert changed(before, after) == [expected]


def test_a_pod_may_get_another_image_and_nothing_else() -> None:
    image = POD.replace("b:1", "b:2")
    command = POD.replace("name: a, image", "name: a, command: [c], image")

    assert changed(POD, image) == []
    assert changed(POD, command)[0].startswith("spec: Forbidden: pod updates may not change fields")


def test_a_statefulset_s_claims_may_not_change() -> None:
    manifest = yaml.safe_dump(
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": "x"},
            "spec": {"serviceName": "a", "replicas": 1},
        }
    )

    assert changed(manifest, manifest.replace("replicas: 1", "replicas: 2")) == []
    assert changed(manifest, manifest.replace("serviceName: a", "serviceName: b"))[0].startswith(
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas'"
    )
