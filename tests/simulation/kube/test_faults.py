"""Acts upon reality: what they change, and what makes no sense."""

import pytest

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND
from simulation.kube.limits import MACHINES_REMEMBERED_MAX
from simulation.lab import commands
from simulation.lab.lab import Applied, Lab, RefusedCommand
from simulation.projection.clocks import clocks_row
from tests.laws.test_lab_laws import opened


def do(lab: Lab, **command: object) -> Applied | RefusedCommand:
    """Submit a command."""
    return lab.submit(commands.parse(dict(command)), "id", "somebody")


@pytest.mark.parametrize("machine", ["cp-1", "worker-1"])
def test_a_machine_that_is_still_starting_can_be_switched_off_again(machine: str) -> None:
    lab = opened(1)

    do(lab, do="power-off", node=machine)
    do(lab, do="power-on", node=machine)
    outcome = do(lab, do="power-off", node=machine)
    lab.advance(lab.now + 60 * SECOND)

    assert isinstance(outcome, Applied)
    assert lab.world.machines[machine].power == "off"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"do": "power-on", "node": "worker-1"}, "machine-already-on"),
        ({"do": "power-off", "node": "worker-9"}, "machine-unknown"),
        ({"do": "heal", "a": "cp-1", "b": "cp-2"}, "cable-whole"),
        ({"do": "cut", "a": "cp-1", "b": "cp-1"}, "cable-to-itself"),
        ({"do": "kill-container", "pod": "default/nobody"}, "not-found"),
        ({"do": "remove-worker", "node": "cp-1"}, "not-a-worker"),
        ({"do": "load", "route": "shop.local/", "rps": -1}, "load-too-large"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_and_changes_nothing(
    command: dict[str, object], reason: str
) -> None:
    lab = opened(1)
    before = lab.digest()

    outcome = do(lab, **command)

    assert isinstance(outcome, RefusedCommand)
    assert outcome.reason.key == reason
    assert lab.digest() == before


def test_a_killed_node_tells_three_fates() -> None:
    lab = opened(7)

    do(lab, do="power-off", node="worker-3")
    lab.advance(lab.now + 20 * SECOND)
    cart = lab.world.traffic.state.routes["shop.local/cart"].rates
    pay = lab.world.traffic.state.routes["shop.local/pay"].rates
    believed = [p.status.phase for _, p in lab.world.store.by("pod/node", "worker-3")]
    lab.advance(lab.now + 400 * SECOND)
    later = lab.world.traffic.state.routes

    assert cart.slow > 0 and not cart.failed, "some requests meet a dead pod first and are retried"
    assert pay.failed == {"connect-timeout": 42_000}, "the only replica is gone"
    assert set(believed) == {"Running"}, "nobody has told the API anything yet"
    assert later["shop.local/pay"].rates.ok == 42_000, "its replacement runs elsewhere"
    report = lab.world.store.get("Pod", "default/report")
    assert report is not None and report.metadata.deletion_timestamp is not None
    assert len([p for p in lab.world.store.keys("Pod") if "report" in p]) == 1, "nobody replaces it"


def test_without_a_quorum_nothing_is_written_while_requests_are_answered() -> None:
    lab = opened(7)
    version = lab.world.store.version

    do(lab, do="power-off", node="cp-1")
    do(lab, do="power-off", node="cp-2")
    lab.advance(lab.now + 5 * SECOND)
    during = lab.world.store.version
    do(lab, do="power-off", node="worker-3")
    lab.advance(lab.now + 600 * SECOND)

    assert lab.world.store.version - during == 0, f"{version} before the cut"
    assert lab.world.traffic.state.routes["shop.local/"].rates.ok > 0
    node = lab.world.store.get("Node", "worker-3")
    assert node is not None
    ready = [each.status for each in node.status.conditions if each.type == "Ready"]
    assert ready == ["True"], "belief stands still"


def test_a_machine_that_was_taken_away_is_told_as_that_and_says_since_when() -> None:
    lab = opened(1)
    since = lab.now
    first = lab.world.ledger.next_id

    do(lab, do="power-off", node="worker-2")
    do(lab, do="remove-worker", node="worker-2")
    lab = Lab.thaw(lab.genesis, lab.freeze())
    outcome = do(lab, do="power-on", node="worker-2")
    lab.advance(lab.now + SECOND)

    told = [each.reason.key for each in lab.world.ledger.since(first - 1)]
    assert told[:2] == ["machine-off", "worker-removed"]
    assert told.count("worker-removed") == 1 and "node-deleted" in told
    assert clocks_row(lab.world) is None, "nobody waits for what was taken out on purpose"
    assert isinstance(outcome, RefusedCommand)
    assert outcome.reason == Reason("machine-removed", {"node": "worker-2", "since": since})


def test_whoever_took_the_last_worker_away_may_plug_one_in_again() -> None:
    lab = opened(1)
    for name in lab.world.workers():
        do(lab, do="remove-worker", node=name)

    outcome = do(lab, do="add-worker")

    assert isinstance(outcome, Applied)
    assert lab.world.workers() == ["worker-5"]


def test_only_so_many_machines_are_remembered() -> None:
    lab = opened(1)
    for _ in range(MACHINES_REMEMBERED_MAX + 1):
        do(lab, do="add-worker")
        do(lab, do="remove-worker", node=f"worker-{lab.world.state.workers_made}")

    assert len(lab.world.state.removed) == MACHINES_REMEMBERED_MAX
    assert "worker-5" not in lab.world.state.removed
