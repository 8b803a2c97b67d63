"""Pods that claim volumes: they wait for the claim, whatever is behind it."""

from simulation.kernel.units import SECOND
from simulation.lab.lab import Lab
from tests.simulation.kubectl.terminals import a_lab, typed

CLAIMING = """\
apiVersion: v1
kind: Pod
metadata: {name: claiming}
spec:
  containers: [{name: c, image: nginx}]
  volumes: [{name: a, persistentVolumeClaim: {claimName: there}}, {name: b, persistentVolumeClaim: {claimName: nosuch}}]
"""
MISSING = (
    '0/7 nodes are available: persistentvolumeclaim "nosuch" not found. no new claims to deallocate, '
    "preemption: 0/7 nodes are available: 7 Preemption is not helpful for scheduling."
)


def apply_claim(lab: Lab, name: str, namespace: str = "default") -> None:
    claim = (
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: %s}, spec: "
        "{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
    )
    came = typed(lab, "kubectl apply -f c.yaml", {"c.yaml": claim % (name, namespace)})
    assert "created" in came.text, came.text


def phase(lab: Lab) -> str:
    return typed(lab, "kubectl get pod claiming -o jsonpath={.status.phase}").stdout


def test_a_pod_waits_for_the_claim_that_it_names():
    lab = a_lab()
    apply_claim(lab, "there")
    typed(lab, "kubectl apply -f p.yaml", {"p.yaml": CLAIMING})
    lab.advance(lab.now + 5 * SECOND)

    described = typed(lab, "kubectl describe pod claiming").stdout
    assert phase(lab) == "Pending"
    assert MISSING in described

    typed(lab, "kubectl create namespace other")
    apply_claim(lab, "nosuch", "other")
    lab.advance(lab.now + 15 * SECOND)
    assert phase(lab) == "Pending"

    apply_claim(lab, "nosuch")
    lab.advance(lab.now + 15 * SECOND)
    assert phase(lab) == "Running"


def test_the_note_names_every_pod_without_a_volume():
    lab = a_lab()
    apply_claim(lab, "there")
    apply_claim(lab, "nosuch")
    for name in ("one", "two", "three"):
        text = CLAIMING.replace("name: claiming", f"name: {name}")
        typed(lab, "kubectl apply -f p.yaml", {"p.yaml": text})
    lab.advance(lab.now + 5 * SECOND)

    assert typed(lab, "kubectl get pods").stderr == (
        "Note: pod/one, pod/three and pod/two have no volume behind their PersistentVolumeClaims: "
        "ClusterLab does not simulate volumes yet\n"
    )
