"""Control plane nodes join and leave while the lab runs."""

import pytest

from simulation.kernel.units import SECOND
from simulation.kube.objects.pod import Pod
from simulation.lab import commands
from simulation.lab.lab import Applied, Lab, RefusedCommand
from simulation.projection.frame import FrameFolder
from tests.laws.test_lab_laws import opened


def do(lab: Lab, wait: int = 90, **command: object) -> str:
    """Submit a command, let time pass, and return the reason of a refusal."""
    outcome = lab.submit(commands.parse(dict(command)), "id", "somebody")
    lab.advance(lab.now + wait * SECOND)
    return outcome.reason.key if isinstance(outcome, RefusedCommand) else ""


def voters(lab: Lab) -> tuple[str, ...]:
    now = lab.world.consensus.membership()
    assert not now.learners and not now.outgoing
    return now.voters


def static_pods(lab: Lab, node: str) -> list[str]:
    pods = [pod for pod in lab.world.store.list("Pod") if isinstance(pod, Pod)]
    ours = [pod for pod in pods if pod.spec.node_name == node and pod.status.phase == "Running"]
    return sorted(pod.metadata.labels.get("component", "") for pod in ours if pod.metadata.labels)


def test_a_fourth_member_learns_first_and_votes_when_it_has_caught_up():
    lab = opened(1)

    refused = do(lab, do="add-control-plane")

    told = [entry.reason.key for entry in lab.world.ledger.since(0)]
    assert refused == ""
    assert voters(lab) == ("cp-1", "cp-2", "cp-3", "cp-4")
    assert told.index("member-learns") < told.index("member-promoted")
    assert {"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"} <= {
        *static_pods(lab, "cp-4")
    }
    assert lab.world.can_write_from("cp-4")
    assert lab.world.consensus.is_silent()


def test_a_learner_has_no_vote_and_counts_for_no_quorum():
    lab = opened(1)
    do(lab, wait=21, do="add-control-plane")
    assert lab.world.consensus.membership().learners == ("cp-4",)

    do(lab, wait=1, do="power-off", node="cp-4")

    assert lab.world.has_quorum()
    assert len(lab.world.consensus.membership().voters) == 3


def test_a_joining_node_that_loses_power_goes_on_when_it_is_back():
    lab = opened(1)
    do(lab, wait=21, do="add-control-plane")

    do(lab, wait=30, do="power-off", node="cp-4")
    do(lab, wait=120, do="power-on", node="cp-4")

    assert voters(lab) == ("cp-1", "cp-2", "cp-3", "cp-4")
    assert lab.world.can_write_from("cp-4")


def test_the_control_plane_grows_to_seven_and_an_eighth_is_refused():
    lab = opened(2)

    refusals = [do(lab, do="add-control-plane") for _ in range(5)]

    assert refusals == ["", "", "", "", "too-many-members"]
    assert len(voters(lab)) == 7
    rows = FrameFolder(lab).snapshot()
    assert {name for name, row in rows["machine"].items() if row["role"] == "control-plane"} == {
        *rows["member"]
    }
    assert rows["node"]["cp-7"]["ready"] == "True"


def test_the_control_plane_shrinks_to_one_and_the_last_stays():
    lab = opened(3)

    leader = lab.world.consensus.leader()
    refusals = [do(lab, do="remove-control-plane", node=leader)]
    refusals += [do(lab, do="remove-control-plane", node=lab.world.control_plane()[0])]
    refusals += [do(lab, do="remove-control-plane", node=lab.world.control_plane()[0])]

    assert refusals == ["", "", "last-control-plane-node"]
    assert len(voters(lab)) == 1
    assert leader not in lab.world.machines
    assert lab.world.store.get("Node", leader) is None
    assert static_pods(lab, leader) == []
    assert lab.world.has_quorum()


def test_a_dead_member_can_be_removed_and_replaced_under_a_new_name():
    lab = opened(4)
    do(lab, do="power-off", node="cp-2")

    too_early = do(lab, do="add-control-plane")
    removed = do(lab, do="remove-control-plane", node="cp-2")
    added = do(lab, do="add-control-plane")

    assert (too_early, removed, added) == ("members-unhealthy", "", "")
    assert voters(lab) == ("cp-1", "cp-3", "cp-4")


def test_four_members_bear_no_more_failures_than_three():
    lab = opened(5)
    do(lab, do="add-control-plane")

    do(lab, do="power-off", node="cp-1")
    with_three = lab.world.has_quorum()
    do(lab, do="power-off", node="cp-2")

    assert (with_three, lab.world.has_quorum()) == (True, False)


@pytest.mark.parametrize(
    ("before", "command", "reason"),
    [
        ([], {"do": "remove-control-plane", "node": "worker-1"}, "not-a-control-plane-node"),
        ([], {"do": "remove-control-plane", "node": "cp-9"}, "machine-unknown"),
        (["cp-1"], {"do": "remove-control-plane", "node": "cp-2"}, "members-would-lose-quorum"),
        (["cp-1", "cp-2"], {"do": "add-control-plane"}, "members-without-quorum"),
        (
            ["cp-1", "cp-2"],
            {"do": "remove-control-plane", "node": "cp-1"},
            "members-without-quorum",
        ),
    ],
)
def test_a_change_of_members_that_makes_no_sense_is_refused_and_changes_nothing(
    before: list[str], command: dict[str, object], reason: str
):
    lab = opened(1)
    for node in before:
        do(lab, do="power-off", node=node)
    digest = lab.digest()

    outcome = lab.submit(commands.parse(command), "id", "somebody")

    assert isinstance(outcome, RefusedCommand)
    assert outcome.reason.key == reason
    assert lab.digest() == digest


@pytest.mark.parametrize("pause", [5, 19, 21, 31, 60])
def test_a_lab_frozen_while_a_member_joins_goes_on_as_if_it_had_not_been(pause: int):
    straight = opened(1)
    assert isinstance(straight.submit(commands.parse({"do": "add-control-plane"}), "", ""), Applied)
    straight.advance(straight.now + pause * SECOND)

    thawed = Lab.thaw(straight.genesis, straight.freeze())
    for lab in (straight, thawed):
        lab.advance(lab.now + 60 * SECOND)
        do(lab, do="remove-control-plane", node="cp-1")

    assert straight.digest() == thawed.digest()
    assert voters(straight) == ("cp-2", "cp-3", "cp-4")
