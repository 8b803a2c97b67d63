"""What the API server refuses, in its own words."""

from simulation.kernel.units import SECOND
from tests.simulation.kubectl.terminals import a_lab, typed

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {serviceAccountName: nosuch, containers: [{name: web, image: "nginx:1.27"}]}
"""
WORDS = (
    "is forbidden: error looking up service account default/nosuch: "
    'serviceaccount "nosuch" not found'
)


def test_a_pod_needs_a_service_account_that_exists() -> None:
    lab = a_lab()

    refused = typed(lab, "kubectl apply -f web.yaml", {"web.yaml": POD})
    typed(lab, "kubectl create serviceaccount nosuch")
    taken = typed(lab, "kubectl apply -f web.yaml", {"web.yaml": POD})

    assert f'pods "web" {WORDS}' in refused.stderr
    assert taken.stdout == "pod/web created\n"


def test_a_replicaset_tells_that_its_pods_are_refused() -> None:
    lab = a_lab()

    patch = '{"spec":{"template":{"spec":{"serviceAccountName":"nosuch"}}}}'
    typed(lab, f"kubectl patch deployment web -p '{patch}'")
    lab.advance(lab.now + 3 * SECOND)

    said = [
        row.message for row in lab.world.events.rows(lab.world.now) if row.reason == "FailedCreate"
    ]
    assert said[0].startswith('Error creating: pods "web-')
    assert said[0].endswith(WORDS)
