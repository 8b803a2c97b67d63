"""The three clocks belong to one fault, and say of everything when it was first so."""

import pytest

from simulation.kernel.units import SECOND
from simulation.lab import commands
from simulation.lab.lab import Lab
from simulation.projection.clocks import clocks_row
from simulation.projection.rows import node_rows
from tests.simulation.kube.test_quota import lab


def do(small: Lab, act: dict) -> None:
    """Do something to a lab."""
    small.submit(commands.parse(act), str(small.world.moves), "test")


def after(small: Lab, seconds: int) -> dict:
    """Let time pass and read the clocks."""
    small.advance(small.now + seconds * SECOND)
    row = clocks_row(small.world)
    assert row is not None
    return row


def failing(small: Lab) -> dict[str, int]:
    """Return the thousandths of requests a second that fail, by route."""
    routes = small.world.traffic.state.routes
    rates = {name: sum(route.rates.failed.values()) for name, route in routes.items()}
    return {name: rate for name, rate in rates.items() if rate}


@pytest.mark.parametrize(
    "act",
    [
        {"do": "power-off", "node": "worker-2"},
        {"do": "cut", "a": "worker-2"},
        {"do": "kill-process", "node": "worker-2", "process": "kubelet"},
    ],
)
def test_the_clocks_of_a_node_that_falls_silent(act: dict) -> None:
    small = lab()
    began = small.now
    do(small, act)

    row = after(small, 70)

    assert (row["machine"], row["fault_at"], row["believed"]) == ("worker-2", began, "Unknown")
    assert row["limit_s"] == 50
    assert 40 * SECOND <= row["not_ready_at"] - began <= 60 * SECOND


def test_a_process_whose_end_silences_nobody_starts_no_clock() -> None:
    small = lab()
    do(small, {"do": "kill-process", "node": "worker-2", "process": "kube-proxy"})

    small.advance(small.now + 70 * SECOND)

    assert clocks_row(small.world) is None


def test_each_of_the_three_notices_at_an_instant_that_stays_what_it_was() -> None:
    small = lab()
    began = small.now
    do(small, {"do": "power-off", "node": "worker-3"})

    early = after(small, 2)
    late = after(small, 600)

    assert early["users_at"] == late["users_at"] == began
    assert early["scheduled_at"] is None
    assert late["not_ready_at"] < late["endpoints_gone_at"] < late["evicted_at"]
    assert late["evicted_at"] < late["scheduled_at"] < late["over_at"]
    assert clocks_row(Lab.thaw(small.genesis, small.freeze()).world) == late


def test_the_wait_ends_at_the_look_that_the_lab_waits_for() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})

    row = after(small, 10)

    awaited = small.anticipate()
    assert awaited is not None
    assert (awaited.since, awaited.due) == (row["noticed"], row["judged_at"])
    assert row["heartbeat_at"] <= row["noticed"] <= row["heartbeat_at"] + 6 * SECOND
    assert 0 <= row["judged_at"] - row["noticed"] - 50 * SECOND <= row["looks_s"] * SECOND
    assert row["judged_at"] <= after(small, 60)["not_ready_at"] <= row["judged_at"] + SECOND


def test_without_a_quorum_nobody_counts() -> None:
    small = lab()
    for name in ("cp-1", "cp-2"):
        do(small, {"do": "power-off", "node": name})

    row = after(small, 30)

    assert (row["noticed"], row["judged_at"], row["over_at"]) == (None, None, None)


def test_a_cable_that_is_plugged_in_again_ends_the_fault() -> None:
    small = lab()
    do(small, {"do": "cut", "a": "worker-2", "b": ""})
    assert after(small, 70)["over_at"] is None
    healed = small.now
    do(small, {"do": "heal", "a": "worker-2", "b": ""})

    row = after(small, 30)

    assert (row["fault"], row["well"], row["back_at"]) == ("network-cut", True, healed)
    assert row["believed"] == "True"
    assert row["over_at"] is not None


def test_a_fault_is_not_over_while_its_pods_are_missing_and_stays_over_whatever_is_scaled() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})
    assert after(small, 100)["over_at"] is None
    over = after(small, 500)["over_at"]
    assert over is not None

    do(small, {"do": "scale", "kind": "Deployment", "key": "default/web", "replicas": 40})

    assert after(small, 10)["over_at"] == over


def test_the_clocks_of_two_faults_are_told_apart() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})
    after(small, 40)
    began = small.now
    do(small, {"do": "power-off", "node": "worker-1"})

    row = after(small, 25)

    assert row["machine"] == "worker-1"
    assert row["not_ready_at"] is None, "that is the other worker's"
    assert began + 40 * SECOND <= after(small, 60)["not_ready_at"] <= began + 60 * SECOND


def test_what_users_suffer_after_a_fault_is_over_is_not_its_doing() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})
    calm = after(small, 600)
    assert calm["over_at"] is not None
    assert calm["users"]["failed"] > 0

    do(small, {"do": "scale", "kind": "Deployment", "key": "default/pay", "replicas": 0})
    later = after(small, 120)

    assert small.world.traffic.state.routes["shop.local/pay"].rates.failed
    assert later["users"] == calm["users"]
    assert clocks_row(Lab.thaw(small.genesis, small.freeze()).world) == later


def test_a_lab_that_is_thawed_goes_on_counting_what_users_suffer() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})
    after(small, 30)
    thawed = Lab.thaw(small.genesis, small.freeze())

    straight, again = after(small, 500), after(thawed, 500)

    assert again == straight


def test_users_of_two_faults_are_counted_apart() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})
    after(small, 70)
    first = failing(small)
    assert set(first) == {"shop.local/pay"}, "a single replica, and nobody replaced it yet"

    do(small, {"do": "power-off", "node": "worker-1"})
    row = after(small, 30)

    second = {name: rate for name, rate in failing(small).items() if name not in first}
    assert second
    assert row["users"]["failing"] == sum(second.values())


def test_a_service_with_a_single_replica_fails_until_its_new_pod_is_ready() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})
    assert after(small, 30)["users"]["bare"] == {}, "it is still listed"

    missing = after(small, 60)["users"]["bare"]
    row = after(small, 500)

    assert missing == {"default/pay": [1, None]}
    assert row["scheduled_at"] < row["users"]["bare"]["default/pay"][1] <= row["over_at"]


def test_what_somebody_scales_to_zero_meanwhile_is_no_longer_the_doing_of_the_fault() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})
    after(small, 70)
    do(small, {"do": "scale", "kind": "Deployment", "key": "default/pay", "replicas": 0})

    row = after(small, 600)

    assert row["users"]["failing"] == 0
    assert row["over_at"] is not None


def test_no_eviction_is_awaited_of_a_node_without_pods_that_tolerate_its_silence() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})

    waiting = after(small, 100)
    awaited = node_rows(small.world)["worker-3"]["evicts_at"]
    gone = after(small, 300)

    assert awaited == waiting["evicts_at"]
    assert 0 <= gone["evicted_at"] - awaited < SECOND
    assert node_rows(small.world)["worker-3"]["ready"] == "Unknown"
    assert node_rows(small.world)["worker-3"]["evicts_at"] is None


def test_no_frame_says_that_an_eviction_is_near_before_a_timer_runs() -> None:
    small = lab()
    do(small, {"do": "power-off", "node": "worker-3"})
    while after(small, 1)["believed"] == "True":
        assert clocks_row(small.world)["evicts_at"] is None

    twin = Lab.create(small.genesis)
    do(twin, {"do": "power-off", "node": "worker-3"})
    twin.advance(small.now - SECOND)
    said = []
    for _ in range(1_000):
        twin.advance(twin.now + 10)
        row = clocks_row(twin.world)
        if row["evicts_at"] is not None:
            said.append(row["evicts_at"] - row["not_ready_at"])

    assert len(said) > 300, "it is said as soon as the timers run"
    assert min(said) >= 300 * SECOND
