"""Which pod of a ReplicaSet goes first."""

import pytest

from simulation.kernel.units import HOUR
from simulation.kube.rules.ranking import RankedPod, compare

FIVE, EIGHT = 5 * HOUR, 8 * HOUR
"""Of the same power of two, counted in nanoseconds."""


def a_pod(uid: str, ready_age: int, **fields: object) -> RankedPod:
    ages = {"ready": True, "ready_age": ready_age, "age": 10 * HOUR}
    return RankedPod(uid, "node-1", uid=uid, **{**ages, **fields})


@pytest.mark.parametrize(
    ("a", "b", "order"),
    [
        (a_pod("1", FIVE), a_pod("2", EIGHT, restarts=7), -1),
        (a_pod("2", FIVE), a_pod("1", EIGHT, restarts=0), 1),
        (a_pod("1", FIVE, restarts=7), a_pod("2", FIVE), -1),
    ],
)
def test_pods_ready_for_about_as_long_are_told_apart_by_uid_whatever_their_restarts(
    a: RankedPod, b: RankedPod, order: int
) -> None:
    assert compare(a, b) == order
    assert compare(b, a) == -order


def test_without_the_logarithm_the_pod_that_is_ready_for_less_long_goes_first() -> None:
    assert compare(a_pod("2", FIVE), a_pod("1", EIGHT), by_logarithm=False) == -1
