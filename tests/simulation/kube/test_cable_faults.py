"""What is done to cables and disks: who notices, and what makes no sense."""

import pytest

from simulation.kernel.units import SECOND
from simulation.lab.lab import Applied, Lab, RefusedCommand
from simulation.raft.roles import Role
from tests.laws.test_lab_laws import opened
from tests.simulation.kube.test_faults import do


def leader_of(lab: Lab) -> str:
    """Return who leads etcd."""
    return lab.world.consensus.leader()


def told(lab: Lab) -> list[str]:
    """Return the keys of what has happened."""
    return [each.reason.key for each in lab.world.ledger.since(0)]


@pytest.mark.parametrize(
    ("before", "command", "reason"),
    [
        ({}, {"do": "release", "a": "cp-1", "b": "cp-2"}, "cable-not-held"),
        ({}, {"do": "delay", "a": "cp-1", "b": "cp-2", "ms": 9_000}, "delay-out-of-range"),
        ({}, {"do": "loss", "a": "cp-1", "b": "cp-2", "percent": 101}, "loss-out-of-range"),
        ({}, {"do": "slow-disk", "node": "worker-1", "ms": 9}, "not-a-control-plane-node"),
        ({}, {"do": "slow-disk", "node": "cp-1", "ms": 0}, "disk-not-slow"),
        ({}, {"do": "slow-disk", "node": "cp-1", "ms": 11_000}, "fsync-out-of-range"),
        ({"do": "cut", "a": "cp-1"}, {"do": "cut", "a": "cp-1"}, "network-already-cut"),
        ({"do": "cut", "a": "cp-1"}, {"do": "hold", "a": "cp-1"}, "network-is-cut"),
        (
            {"do": "cut", "a": "cp-1", "b": "cp-2", "one_way": True},
            {"do": "cut", "a": "cp-1", "b": "cp-2", "one_way": True},
            "way-already-cut",
        ),
        (
            {"do": "delay", "a": "cp-1", "b": "cp-2", "ms": 90},
            {"do": "delay", "a": "cp-2", "b": "cp-1", "ms": 90},
            "cable-already-delayed",
        ),
        ({"do": "hold", "a": "cp-1"}, {"do": "hold", "a": "cp-1"}, "network-already-held"),
        (
            {"do": "cut", "a": "cp-3"},
            {"do": "loss", "a": "cp-3", "percent": 9},
            "network-is-cut",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(before, command, reason) -> None:
    lab = opened(1)
    if before:
        assert isinstance(do(lab, **before), Applied)
    digest = lab.digest()

    outcome = do(lab, **command)

    assert isinstance(outcome, RefusedCommand)
    assert outcome.reason.key == reason
    assert lab.digest() == digest


def test_no_vote_can_be_split_where_no_majority_hears_each_other() -> None:
    lab = opened(1)
    do(lab, do="cut", a="cp-1")
    do(lab, do="cut", a="cp-2")

    outcome = do(lab, do="provoke-split-vote")

    assert isinstance(outcome, RefusedCommand)
    assert outcome.reason.key == "split-vote-alone"


@pytest.mark.parametrize("seed", range(6))
def test_a_provoked_vote_is_split_and_a_later_term_decides(seed: int) -> None:
    lab = opened(seed)
    term = lab.world.consensus.state.seats["cp-1"].member.term

    assert isinstance(do(lab, do="provoke-split-vote"), Applied)
    lab.advance(lab.now + 20 * SECOND)

    assert "etcd-split-vote" in told(lab)
    assert lab.world.consensus.state.seats[leader_of(lab)].member.term > term + 1


@pytest.mark.parametrize("later_ms", range(8))
def test_a_vote_is_split_although_the_leader_s_last_words_are_still_on_their_way(
    later_ms: int,
) -> None:
    lab = opened(1)
    do(lab, do="scale", kind="Deployment", key="default/web", replicas=7)
    lab.advance(lab.now + later_ms)

    do(lab, do="provoke-split-vote")
    lab.advance(lab.now + 20 * SECOND)

    assert "etcd-split-vote" in told(lab)


def test_a_leader_that_hears_nobody_loses_its_office() -> None:
    lab = opened(1)
    deaf = leader_of(lab)
    for other in {"cp-1", "cp-2", "cp-3"} - {deaf}:
        do(lab, do="cut", a=other, b=deaf, one_way=True)

    lab.advance(lab.now + 6 * SECOND)

    assert leader_of(lab) != deaf
    assert lab.world.consensus.state.seats[deaf].member.role is not Role.LEADER


def test_a_leader_with_a_slow_disk_loses_its_office_to_one_with_a_quick_one() -> None:
    lab = opened(1)
    slow = leader_of(lab)
    do(lab, do="slow-disk", node=slow, ms=3_000)

    lab.advance(lab.now + 60 * SECOND)

    assert leader_of(lab) not in ("", slow)
    assert all(each == "True" for each in ready(lab))


def ready(lab: Lab) -> list[str]:
    """Return the Ready condition of all nodes."""
    return [
        each.status
        for node in lab.world.store.list("Node")
        for each in node.status.conditions
        if each.type == "Ready"
    ]


def test_what_is_held_arrives_when_it_is_released() -> None:
    lab = opened(1)
    follower = next(name for name in lab.world.control_plane() if name != leader_of(lab))
    do(lab, do="hold", a=leader_of(lab), b=follower, one_way=True)
    lab.advance(lab.now + SECOND // 2)
    waits = sum(len(each) for each in lab.world.consensus.state.held.values())

    do(lab, do="release", a=leader_of(lab), b=follower)
    lab.advance(lab.now + SECOND)

    assert waits
    assert not lab.world.consensus.state.held


def test_healing_a_machine_mends_its_network_and_its_disk() -> None:
    lab = opened(1)
    do(lab, do="loss", a="cp-1", percent=40)
    do(lab, do="slow-disk", node="cp-1", ms=200)

    assert isinstance(do(lab, do="heal", a="cp-1"), Applied)

    assert lab.world.links.faulty_pairs() == []
    assert lab.world.consensus.state.seats["cp-1"].fsync == 0


def test_a_fault_of_a_network_and_one_of_a_cable_are_mended_apart() -> None:
    lab = opened(1)
    do(lab, do="cut", a="cp-1")
    do(lab, do="cut", a="cp-1", b="cp-2")

    do(lab, do="heal", a="cp-1")

    assert not lab.world.links.reachable("cp-1", "cp-2")
    assert lab.world.links.reachable("cp-1", "cp-3")


@pytest.mark.parametrize(("ms", "fate"), [(100, "ok"), (300, "slow"), (900, "gave-up")])
def test_users_feel_a_slow_cable_to_the_door(ms, fate):
    lab = opened(1)

    assert isinstance(do(lab, do="delay", a="worker-1", b="internet", ms=ms), Applied)
    lab.advance(lab.now + SECOND)

    rates = lab.world.traffic.state.routes["shop.local/"].rates
    fates = {"ok": rates.ok, "slow": rates.slow, **rates.failed}
    # One of two doors is slow: half of the requests come through it.
    assert fates[fate] >= rates.total() // 2
