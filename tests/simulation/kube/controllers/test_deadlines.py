"""When controllers look again: the deadline of a rollout, the time a pod may stay beside a taint."""

import pytest

from simulation.kernel.units import SECOND
from simulation.kube.controllers.taint_eviction import TaintEvictionController
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Toleration
from simulation.kube.objects.workload import Deployment, DeploymentSpec, DeploymentStatus
from simulation.kube.rules.rollout_status import deadline_in
from simulation.kube.rules.taints import NO_EXECUTE, UNREACHABLE, minimum
from tests.simulation.kube.controllers.builders import a_node, a_pod, summary, visit

LOST = Taint(UNREACHABLE, NO_EXECUTE, time_added=0)
AT = 60 * SECOND


@pytest.mark.parametrize(
    ("reason", "wait"),
    [
        # A deadline is over when it has passed, not when it is reached.
        ("ReplicaSetUpdated", 550 * SECOND + 1),
        ("DeploymentResumed", 550 * SECOND + 1),
        ("DeploymentPaused", None),
        ("NewReplicaSetAvailable", None),
        ("ProgressDeadlineExceeded", None),
    ],
)
def test_a_rollout_is_looked_at_again_when_its_deadline_is_over(
    reason: str, wait: int | None
) -> None:
    moved = Condition("Progressing", "True", reason, last_update_time=AT - 50 * SECOND)
    deployment = Deployment(spec=DeploymentSpec(progress_deadline_seconds=600))

    assert deadline_in(deployment, DeploymentStatus(conditions=(moved,)), AT) == wait


@pytest.mark.parametrize(
    ("seconds", "stay"),
    [((), 0), ((None,), None), ((30,), 30), ((None, 30, 20), 20), ((-5, 30), 0)],
)
def test_the_shortest_toleration_counts_and_none_is_less_than_nothing(
    seconds: tuple[int | None, ...], stay: int | None
) -> None:
    every = [Toleration(operator="Exists", toleration_seconds=each) for each in seconds]

    assert minimum(every) == (stay * SECOND if stay is not None else None)


@pytest.mark.parametrize(
    ("phase", "is_evicted"), [("Running", True), ("Succeeded", False), ("Failed", False)]
)
def test_a_pod_that_has_ended_is_not_evicted(phase: str, is_evicted: bool) -> None:
    node, pod = a_node("w", taints=(LOST,)), a_pod("web-a", on="w", phase=phase)

    outcome = visit(TaintEvictionController(), "w", node, pod, now=1)

    assert any("delete Pod/web-a" in batch for batch in summary(outcome)) is is_evicted
