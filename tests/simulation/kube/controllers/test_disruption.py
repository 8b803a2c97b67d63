"""Disruption budgets: their numbers, what they let pass, and a drain that has to wait."""

from typing import Any

import msgspec
import pytest

from simulation.kernel.units import SECOND
from simulation.kube.controllers.disruption import DisruptionController
from simulation.kube.objects.meta import LabelSelector, ObjectMeta
from simulation.kube.objects.policy import (
    PodDisruptionBudget,
    PodDisruptionBudgetSpec,
    PodDisruptionBudgetStatus,
)
from simulation.kube.rules import disruption
from simulation.kube.writes import Refused
from simulation.lab import commands
from simulation.lab.lab import Applied, Lab
from tests.laws.test_lab_laws import opened
from tests.simulation.kube.controllers.builders import LABELS, a_pod, a_replicaset, a_view, visit


def a_budget(**spec: Any) -> PodDisruptionBudget:
    return PodDisruptionBudget(
        metadata=ObjectMeta(name="web", namespace="default", generation=1),
        spec=PodDisruptionBudgetSpec(LabelSelector(LABELS), **spec),
    )


def counted(budget: PodDisruptionBudget, *objects: Any) -> PodDisruptionBudget:
    outcome = visit(DisruptionController(), "default/web", budget, *objects)
    return outcome.batches[0][0].object


@pytest.mark.parametrize(
    ("spec", "replicas", "ready", "status"),
    [
        ({"min_available": "50%"}, 7, 7, (7, 4, 7, 3)),
        ({"max_unavailable": "30%"}, 7, 7, (7, 4, 7, 3)),
        ({"max_unavailable": 1}, 3, 3, (3, 2, 3, 1)),
        ({"min_available": 2}, 3, 2, (2, 2, 3, 0)),
        ({"min_available": 9}, 3, 3, (3, 9, 3, 0)),
        ({"max_unavailable": 9}, 3, 0, (0, 0, 3, 0)),
    ],
)
def test_a_budget_counts_what_can_be_spared(
    spec: dict, replicas: int, ready: int, status: tuple
) -> None:
    pods = [
        a_pod(f"web-{number}", on="w", ready=number < ready, owner="web-1")
        for number in range(replicas)
    ]

    found = counted(a_budget(**spec), a_replicaset(replicas=replicas), *pods).status

    numbers = (
        found.current_healthy,
        found.desired_healthy,
        found.expected_pods,
        found.disruptions_allowed,
    )
    assert numbers == status
    assert found.observed_generation == 1
    assert found.conditions[0].reason == ("SufficientPods" if status[3] else "InsufficientPods")


def test_a_percentage_of_pods_whose_controller_is_unknown_allows_nothing() -> None:
    found = counted(a_budget(max_unavailable="50%"), a_pod("web-a", on="w", owner="gone")).status

    assert found.disruptions_allowed == 0
    (verdict,) = found.conditions
    assert (verdict.reason, verdict.message) == (
        "SyncFailed",
        'found no controllers for pod "web-a"',
    )


def test_a_pod_whose_eviction_was_granted_is_counted_out_for_two_minutes() -> None:
    budget = a_budget(min_available=1)
    pods = [a_pod("web-a", on="w"), a_pod("web-b", on="w")]
    spent = msgspec.structs.replace(
        budget, status=PodDisruptionBudgetStatus(disrupted_pods={"web-a": 0})
    )
    wanted = disruption.expected(spent, pods, a_view())

    early = disruption.status_of(spent, pods, wanted, 119 * SECOND)
    late = disruption.status_of(spent, pods, wanted, 121 * SECOND)

    assert (early.current_healthy, early.disruptions_allowed) == (1, 0)
    assert (late.current_healthy, late.disrupted_pods) == (2, {})


def with_status(
    generation: int = 1, policy: str | None = None, **status: Any
) -> PodDisruptionBudget:
    budget = a_budget(min_available=2, unhealthy_pod_eviction_policy=policy)
    seen = PodDisruptionBudgetStatus(observed_generation=generation, **status)
    return msgspec.structs.replace(budget, status=seen)


NEEDS = "The disruption budget web needs 2 healthy pods and has 2 currently"


@pytest.mark.parametrize(
    ("budgets", "pod", "code", "words"),
    [
        ([], a_pod(on="w"), None, ""),
        ([with_status(current_healthy=2, desired_healthy=2)], a_pod(on="w"), 429, NEEDS),
        ([with_status(0)], a_pod(on="w"), 429, "is still being processed by the server."),
        ([with_status()] * 2, a_pod(on="w"), 500, "more than one PodDisruptionBudget"),
        ([with_status()], a_pod(on="w", phase="Pending"), None, ""),
        ([with_status()], a_pod(on="w", deleting=True), None, ""),
        (
            [with_status(desired_healthy=2, current_healthy=1)],
            a_pod(on="w", ready=False),
            429,
            "needs 2 healthy pods and has 1",
        ),
        ([with_status(desired_healthy=2, current_healthy=2)], a_pod(on="w", ready=False), None, ""),
        (
            [with_status(policy="AlwaysAllow", desired_healthy=2)],
            a_pod(on="w", ready=False),
            None,
            "",
        ),
    ],
)
def test_the_eviction_api_decides_by_the_budgets_status(
    budgets: list, pod: Any, code: int | None, words: str
) -> None:
    verdict = disruption.judge_eviction(budgets, pod, 0)

    assert (verdict.code if isinstance(verdict, Refused) else None) == code
    if isinstance(verdict, Refused):
        assert words in verdict.message
        assert code != 429 or verdict.message.startswith(disruption.VIOLATED)


def test_two_evictions_at_one_instant_cannot_both_take_the_last_disruption() -> None:
    budget = with_status(disruptions_allowed=1, current_healthy=3, desired_healthy=2)

    first = disruption.judge_eviction([budget], a_pod("web-a", on="w"), 5)
    assert isinstance(first, PodDisruptionBudget)
    second = disruption.judge_eviction([first], a_pod("web-b", on="w"), 5)

    assert first.status.disrupted_pods == {"web-a": 5}
    assert isinstance(second, Refused)
    assert second.message.endswith("does not allow evicting pods currently (InsufficientPods)")


def do(lab: Lab, *argv: str) -> None:
    command = {"do": "kubectl", "argv": ["kubectl", *argv], "files": {}}
    assert isinstance(lab.submit(commands.parse(command), " ".join(argv), "somebody"), Applied)


def test_a_drain_is_held_up_by_a_budget_and_tries_again_every_five_seconds() -> None:
    lab = opened(1)
    do(lab, "create", "poddisruptionbudget", "pay", "--selector=app=pay", "--min-available=1")
    lab.advance(lab.now + 5 * SECOND)
    budget = lab.world.store.get("PodDisruptionBudget", "default/pay")
    assert (budget.status.current_healthy, budget.status.disruptions_allowed) == (1, 0)

    do(lab, "drain", "worker-3", "--ignore-daemonsets", "--force", "--delete-emptydir-data")
    lab.advance(lab.now + 31 * SECOND)

    session = next(s for s in lab.sessions.state.sessions.values() if "drain" in s.argv)
    refusals = [line for line in session.lines if "will retry after 5s" in line.text]
    assert len(refusals) == 7
    assert refusals[0].text.endswith(disruption.VIOLATED)
    left = [key for key, _ in lab.world.store.by("pod/node", "worker-3")]
    assert next(key for key in left if key.startswith("default/")).startswith("default/pay")

    do(lab, "scale", "deployment/pay", "--replicas=2")
    lab.advance(lab.now + 120 * SECOND)

    left = [key for key, _ in lab.world.store.by("pod/node", "worker-3")]
    assert not [key for key in left if key.startswith("default/")]
