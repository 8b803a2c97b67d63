"""`kubectl explain`: each field that people look up has a sentence."""

import pytest

from simulation.kube.manifests.known_fields import structures
from simulation.kubectl import descriptions
from tests.simulation.kubectl.terminals import a_lab, typed


@pytest.mark.parametrize(
    "path",
    [
        "pod", "pod.metadata", "pod.spec.containers", "pod.spec.containers.livenessProbe",
        "pod.spec.containers.resources", "pod.spec.containers.ports", "pod.spec.tolerations",
        "deployment.spec", "deployment.spec.strategy", "deployment.spec.strategy.rollingUpdate",
        "service.spec.ports", "ingress.spec", "ingress.spec.rules", "secret", "configmap",
    ],
)  # fmt: skip
def test_what_people_look_up_is_described(path):
    told = typed(a_lab(), f"kubectl explain {path}").stdout

    lacking = [line for line in told.splitlines() if "<no description>" in line]
    assert len(lacking) <= 3, told


def test_what_may_stand_in_a_field_is_listed():
    lab = a_lab()

    assert "FIELD: restartPolicy <string>\nENUM:\n    Always\n    Never\n    OnFailure\n" in (
        typed(lab, "kubectl explain pod.spec.restartPolicy").stdout
    )
    assert "  type\t<string>\n  enum: ClusterIP, ExternalName, LoadBalancer, NodePort\n" in (
        typed(lab, "kubectl explain svc.spec").stdout
    )
    assert (
        "  containers\t<[]Container> -required-\n" in typed(lab, "kubectl explain pod.spec").stdout
    )


def test_every_description_is_of_a_field_that_there_is():
    table = structures()
    unknown = [
        (owner, field)
        for owner, field in descriptions._table()
        if owner != "*" and field not in table.get(owner, {})
    ]

    assert unknown == []
