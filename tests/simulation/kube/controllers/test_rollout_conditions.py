"""What a Deployment and its ReplicaSets say about themselves: conditions and events of a whole lab."""

import pytest

from simulation.kernel.units import MINUTE, SECOND
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.workload import Deployment, ReplicaSet
from simulation.kube.rules.pods import condition
from simulation.lab.lab import Lab
from tests.simulation.kubectl.terminals import a_lab, typed


def told(lab: Lab, line: str, wait: int = 0) -> None:
    came = typed(lab, line)
    assert came.status == 0, came.text
    lab.advance(lab.now + wait)


def progressing(lab: Lab) -> tuple[str, str]:
    deployment = lab.world.store.get(Deployment, "default/web")
    assert deployment is not None
    found = condition(deployment, "Progressing")
    assert found is not None
    return found.status, found.reason


def test_the_clock_of_a_paused_rollout_stands_still() -> None:
    lab = a_lab()
    told(lab, "kubectl set image deploy/web web=nginx:doesnotexist", 30 * SECOND)
    told(lab, "kubectl rollout pause deploy web", 20 * MINUTE)
    assert progressing(lab) == ("Unknown", "DeploymentPaused")

    told(lab, "kubectl rollout resume deploy web", 9 * MINUTE)
    early = progressing(lab)
    lab.advance(lab.now + 2 * MINUTE)

    assert early == ("Unknown", "DeploymentResumed")
    assert progressing(lab) == ("False", "ProgressDeadlineExceeded")


def test_a_rollout_that_has_timed_out_stays_so_when_it_is_paused() -> None:
    lab = a_lab()
    told(lab, "kubectl set image deploy/web web=nginx:doesnotexist", 11 * MINUTE)

    told(lab, "kubectl rollout pause deploy web", SECOND)

    assert progressing(lab) == ("False", "ProgressDeadlineExceeded")


def test_a_settled_deployment_is_complete_again_after_a_pause() -> None:
    lab = a_lab()
    told(lab, "kubectl rollout pause deploy web", SECOND)

    told(lab, "kubectl rollout resume deploy web", SECOND)

    assert progressing(lab) == ("True", "NewReplicaSetAvailable")


def test_pods_that_are_refused_are_a_condition_until_they_are_not() -> None:
    lab = a_lab()
    told(lab, "kubectl scale deploy web --replicas=300", 30 * SECOND)
    deployment = lab.world.store.get(Deployment, "default/web")
    failure = condition(deployment, "ReplicaFailure")
    assert failure is not None
    assert (failure.status, failure.reason) == ("True", "FailedCreate")
    assert "exceeded quota" in failure.message

    told(lab, "kubectl scale deploy web --replicas=6", MINUTE)

    assert condition(lab.world.store.get(Deployment, "default/web"), "ReplicaFailure") is None


@pytest.mark.parametrize(
    ("replicas", "reason", "word"),
    [(8, "SuccessfulCreate", "Created pod: web-"), (4, "SuccessfulDelete", "Deleted pod: web-")],
)
def test_a_replica_set_tells_which_pods_it_made_and_unmade(replicas, reason, word) -> None:
    lab = a_lab()
    name = next(
        each.metadata.name
        for each in lab.world.store.list(ReplicaSet)
        if each.metadata.name.startswith("web-")
    )
    before = lab.now

    told(lab, f"kubectl scale deploy web --replicas={replicas}", 5 * SECOND)

    fresh = [
        each
        for each in lab.world.events.about("ReplicaSet", "default", name, lab.now)
        if each.last > before
    ]
    assert [each.reason for each in fresh] == [reason] * 2
    assert all(each.message.startswith(word) for each in fresh)
    assert {each.source for each in fresh} == {"replicaset-controller"}


def test_a_pod_that_is_told_to_go_is_due_when_its_grace_is_over() -> None:
    lab = a_lab()
    asked = lab.now

    told(lab, "kubectl delete pod report --grace-period=100 --wait=false")

    pod = lab.world.store.get(Pod, "default/report")
    assert pod is not None and pod.metadata.deletion_timestamp is not None
    assert 0 <= pod.metadata.deletion_timestamp - asked - 100 * SECOND < SECOND
    assert "lasts <invalid>" in typed(lab, "kubectl describe pod report").stdout
