"""What ClusterLab says itself: that nothing comes of a kind which it stores and does not simulate."""

import pytest

from simulation.kernel.units import SECOND
from tests.simulation.kubectl.terminals import a_lab, typed

JOB = "Note: job.batch/j1 is stored and given back, but ClusterLab does not simulate a Job yet\n"
JOBS = "Note: jobs.batch are stored and given back, but ClusterLab does not simulate a Job yet\n"
CLAIMING = """
apiVersion: v1
kind: Pod
metadata: {name: claiming}
spec:
  containers: [{name: c, image: nginx}]
  volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]
"""
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""


def with_a_job():
    """Return a lab that holds a Job."""
    lab = a_lab()
    assert typed(lab, "kubectl create job j1 --image=busybox").stderr == JOB
    return lab


@pytest.mark.parametrize(
    "line",
    [
        "kubectl get job",
        "kubectl get job j1 -o wide",
        "kubectl get jobs,pods -A",
        "kubectl describe job j1",
    ],
)
def test_whoever_looks_at_a_job_is_told_that_it_will_never_run(line):
    assert typed(with_a_job(), line).stderr == JOB


@pytest.mark.parametrize("form", ["yaml", "json", "name", "jsonpath={.metadata.name}"])
def test_what_is_read_by_programs_carries_no_note(form):
    assert typed(with_a_job(), f"kubectl get job j1 -o {form}").stderr == ""


def test_whoever_waits_for_a_job_is_told_before_the_time_is_over():
    came = typed(with_a_job(), "kubectl wait job/j1 --for=condition=complete --timeout=2s")

    assert came.stderr == f"{JOB}error: timed out waiting for the condition on jobs/j1\n"


def test_several_of_a_kind_are_told_of_once():
    lab = with_a_job()
    typed(lab, "kubectl create job j2 --image=busybox")

    assert typed(lab, "kubectl get jobs").stderr == JOBS


def test_a_pod_that_claims_a_volume_is_told_to_have_none():
    lab = a_lab()
    note = (
        "Note: pod/claiming has no volume behind its PersistentVolumeClaim: ClusterLab does not "
        "simulate volumes yet\n"
    )

    made = typed(lab, "kubectl apply -f p.yaml", {"p.yaml": CLAIMING})

    assert made.stderr == note
    lab.advance(lab.now + SECOND)
    assert typed(lab, "kubectl get pod claiming").stderr == ""

    typed(lab, "kubectl apply -f c.yaml", {"c.yaml": CLAIM})
    lab.advance(lab.now + 15 * SECOND)
    assert typed(lab, "kubectl get pod claiming").stderr == note
    assert typed(lab, "kubectl get pod report").stderr == ""
