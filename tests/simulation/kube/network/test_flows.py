"""How requests fare: what goes in comes out, and every fault has its own fate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.kube.network.flows import (
    ANSWERS,
    CONNECT_TIMEOUT,
    GIVES_UP_AFTER,
    REFUSES,
    SILENT,
    SLOW_FROM,
    Rates,
    Target,
    solve,
)

RATE = 120_000


def up(late_ms: int = 0, capacity: int = 0) -> Target:
    return Target("default/up", ANSWERS, capacity, late_ms)


DEAD, CLOSED = Target("default/dead", SILENT), Target("default/closed", REFUSES)


@pytest.mark.parametrize(
    ("name", "targets", "ok", "slow", "failed"),
    [
        ("all answer", [up(), up()], RATE, 0, {}),
        ("nobody is there", [], 0, 0, {"no-endpoints": RATE}),
        (
            "one of two is dead: half waits for a connect timeout",
            [up(), DEAD],
            RATE // 2,
            RATE // 2,
            {},
        ),
        ("one of two refuses: the next is tried at once", [up(), CLOSED], RATE, 0, {}),
        ("all are dead", [DEAD, DEAD], 0, 0, {"connect-timeout": RATE}),
        ("all refuse", [CLOSED], 0, 0, {"refused": RATE}),
        (
            "three of four are dead: a quarter finds three dead ones and gives up",
            [up(), DEAD, DEAD, DEAD],
            RATE // 4,
            RATE // 2,
            {"gave-up": RATE // 4},
        ),
        ("one is too small", [up(capacity=20_000), up()], 80_000, 0, {"overloaded": 40_000}),
        ("one is late, but not by much", [up(SLOW_FROM - 1), up()], RATE, 0, {}),
        ("one is late", [up(SLOW_FROM), up()], RATE // 2, RATE // 2, {}),
        (
            "one is later than anybody waits",
            [up(GIVES_UP_AFTER), up()],
            RATE // 2,
            0,
            {"gave-up": RATE // 2},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_rate_of_requests_fares_so(name, targets, ok, slow, failed):
    rates = solve(RATE, targets)

    assert (rates.ok, rates.slow, rates.failed) == (ok, slow, failed)


def test_an_answer_over_a_slow_cable_takes_that_much_longer():
    assert solve(RATE, [up(300)]).latency_ms == solve(RATE, [up()]).latency_ms + 300


def test_dead_endpoints_cost_a_connect_timeout():
    assert solve(RATE, [DEAD]).latency_ms == CONNECT_TIMEOUT


TARGETS = st.builds(
    Target,
    st.just("default/pod"),
    st.sampled_from([ANSWERS, SILENT, REFUSES]),
    st.sampled_from([0, 1, 777, 50_000]),
    st.sampled_from([0, 999, 1_000, 2_999, 3_000, 8_000]),
)


@given(st.integers(0, 10**9), st.lists(TARGETS, max_size=9))
def test_what_goes_in_comes_out(rate: int, targets: list[Target]):
    rates = solve(rate, targets)

    assert rates.total() == rate
    assert min([rates.ok, rates.slow, *rates.failed.values()]) >= 0
    assert isinstance(rates, Rates)
