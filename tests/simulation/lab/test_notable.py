"""What a step stops at: what is new, and of what repeats the first."""

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND
from simulation.kube.happenings import Ledger
from simulation.lab.lab import Lab
from simulation.lab.notable import is_notable
from tests.simulation.lab.test_foresight import a_lab, kubectl, order


def notable(lab: Lab, seconds: int) -> list[str]:
    """Let time pass and return the reasons of what was notable on the way."""
    progress = lab.advance(lab.now + seconds * SECOND)
    return [lab.world.ledger.entries[number].reason.key for number in progress.notable]


def test_of_a_series_the_first_is_notable() -> None:
    ledger = Ledger()
    waits = Reason("pod-unschedulable", {"pod": "default/web"})
    numbers = [ledger.add(at * SECOND, waits, "Pod/default/web") for at in (1, 2, 30, 200)]

    assert [is_notable(ledger.entries[each], ledger) for each in numbers] == [
        True,
        False,
        False,
        True,
    ]


def test_a_broken_rollout_is_notable_once_and_so_are_its_end_and_its_undoing() -> None:
    lab = a_lab()
    kubectl(lab, "set image deployment/web web=shop.local/web:does-not-exist")

    assert notable(lab, 500) == ["rollout-begins", "image-pull-failed"]
    assert notable(lab, 200) == ["rollout-stuck"]
    kubectl(lab, "rollout undo deployment/web")
    assert notable(lab, 60) == ["rollout-returns", "rollout-finished"]


def test_a_rollout_that_succeeds_is_over_at_some_time() -> None:
    lab = a_lab()
    kubectl(lab, "set image deployment/web web=shop.local/web:1.5")

    found = notable(lab, 300)

    assert (found[0], found[-1]) == ("rollout-begins", "rollout-finished")
    assert found.count("rollout-finished") == 1


def test_a_container_that_keeps_ending_is_notable_once() -> None:
    lab = a_lab()
    kubectl(lab, "create deployment moody --image=busybox --replicas=3")

    found = notable(lab, 900)

    assert found.count("container-crashes") == 1


def test_users_begin_to_fail_and_recover_once_each() -> None:
    lab = a_lab()
    order(lab, do="power-off", node="worker-3")

    found = notable(lab, 500)

    assert found.count("users-fail") == found.count("users-recover") == 1
    assert found.count("pod-evicted") == 1


def test_a_burst_of_pods_that_fit_nowhere_is_one_stop() -> None:
    lab = a_lab()
    kubectl(lab, "scale deployment/web --replicas=60")

    assert notable(lab, 120).count("pod-unschedulable") == 1


def test_a_version_that_the_shop_never_had_is_no_rollout() -> None:
    lab = a_lab()
    kubectl(lab, "set image deployment/web web=shop.local/web:9.9")

    assert "image-pull-failed" in notable(lab, 60)
