"""When users count as failing, and what is said to have caused it."""

from types import SimpleNamespace

import pytest

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND, Instant
from simulation.kube.happenings import Ledger
from simulation.kube.network import complaints
from simulation.kube.network.flows import Rates
from simulation.kube.network.traffic import Route

NOW: Instant = 60 * SECOND


def a_route(service: str = "default/web", **failed: int) -> Route:
    return Route(service=service, rates=Rates(failed=failed))


@pytest.mark.parametrize(
    ("routes", "failing"),
    [
        ({"shop.local/": a_route(refused=499)}, []),
        ({"shop.local/": a_route(refused=500)}, ["web"]),
        ({"shop.local/": a_route(refused=250, timeout=250)}, ["web"]),
        ({"shop.local/": a_route(refused=499), "shop.local/b": a_route(refused=499)}, []),
        ({"shop.local/nowhere": a_route(service="", refused=500)}, ["shop.local/nowhere"]),
    ],
    ids=["a few", "one in two seconds", "of two kinds", "each a few", "a route to no service"],
)
def test_users_fail_from_one_failure_in_two_seconds_on(
    routes: dict[str, Route], failing: list[str]
) -> None:
    assert complaints.failing(routes) == failing


@pytest.mark.parametrize(
    ("key", "age", "is_cause"),
    [
        ("endpoints-lost", SECOND, True),
        ("endpoints-lost", SECOND + 1, False),
        ("endpoints-listed", SECOND, True),
        ("pod-scheduled", 0, False),
    ],
)
def test_the_change_of_a_moment_ago_is_the_cause(key: str, age: int, is_cause: bool) -> None:
    ledger = Ledger()
    told: list[tuple[int, ...]] = []
    number = ledger.add(NOW - age, Reason(key), "Service/web")
    ledger.add(NOW, Reason("pod-scheduled"), "Pod/web")
    world = SimpleNamespace(
        now=NOW,
        ledger=ledger,
        last_fault=0,
        story=lambda key, subject, causes, **params: told.append(causes),
    )

    complaints.tell(world, [], ["web"])

    assert told == [(number,) if is_cause else ()]


def test_the_latest_fault_is_a_cause_of_its_own_kind() -> None:
    ledger = Ledger()
    told: list[tuple[str, tuple[int, ...]]] = []
    fault = ledger.add(NOW, Reason("power-off"), "Machine/worker-1")
    world = SimpleNamespace(
        now=NOW,
        ledger=ledger,
        last_fault=fault,
        story=lambda key, subject, causes, **params: told.append((key, causes)),
    )

    complaints.tell(world, ["web"], [])
    complaints.tell(world, ["web"], ["web"])

    assert told == [("users-recover", (fault,))]
