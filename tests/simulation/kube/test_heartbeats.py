"""What the cluster comes to believe about nodes that fall silent, alone and together."""

from typing import Any

import pytest

from simulation.kernel.units import SECOND
from simulation.kube.rules.zones import ZoneState
from simulation.lab import commands
from simulation.lab.lab import Applied, Lab
from tests.laws.test_lab_laws import opened

UNREACHABLE = "node.kubernetes.io/unreachable"


def do(lab: Lab, **command: Any) -> None:
    outcome = lab.submit(commands.parse(command), "id", "somebody")
    assert isinstance(outcome, Applied), outcome


def passes(lab: Lab, seconds: float) -> None:
    lab.advance(lab.now + int(seconds * SECOND))


def ready(lab: Lab, node: str) -> str:
    found = lab.world.store.get("Node", node)
    return next(each.status for each in found.status.conditions if each.type == "Ready")


def taints(lab: Lab, node: str) -> dict[str, str]:
    found = lab.world.store.get("Node", node)
    return {each.effect: each.key for each in found.spec.taints if each.key == UNREACHABLE}


def told(lab: Lab, key: str) -> list[tuple[int, str]]:
    entries = lab.world.ledger.entries.values()
    return [
        (each.at, str(each.reason.params.get("node", "")))
        for each in entries
        if each.reason.key == key
    ]


def states(lab: Lab) -> dict[str, ZoneState]:
    zones = lab.world.heartbeats.state.memory.zones
    return {name: zone.state for name, zone in zones.items()}


def test_two_nodes_of_a_zone_are_tainted_ten_seconds_apart_and_two_of_two_zones_at_once() -> None:
    lab = opened(1)

    for node in ("worker-1", "worker-2", "worker-3"):
        do(lab, do="cut", a=node)
    passes(lab, 120)

    at = {node: when for when, node in told(lab, "node-tainted-no-execute")}
    zone_a = sorted((at["worker-1"], at["worker-3"]))
    assert 10 * SECOND <= zone_a[1] - zone_a[0] < 10.2 * SECOND
    lost = {node: when for when, node in told(lab, "node-not-ready")}
    assert at["worker-2"] - lost["worker-2"] < SECOND


def test_all_workers_dead_is_not_master_disruption_mode_while_the_control_plane_is_ready() -> None:
    lab = opened(1)

    for number in range(1, 5):
        do(lab, do="power-off", node=f"worker-{number}")
    passes(lab, 120)

    assert ZoneState.FULL not in states(lab).values(), states(lab)
    assert told(lab, "node-tainted-no-execute")


def test_a_silence_shorter_than_the_grace_changes_nothing() -> None:
    lab = opened(2)

    do(lab, do="cut", a="worker-2")
    passes(lab, 35)
    do(lab, do="heal", a="worker-2")
    passes(lab, 120)

    assert told(lab, "node-not-ready") == []


def test_a_node_that_returns_before_its_pods_are_evicted_keeps_them() -> None:
    lab = opened(3)
    before = lab.world.store.indexes.keys("pod/node", "worker-3")

    do(lab, do="cut", a="worker-3")
    passes(lab, 200)
    during = taints(lab, "worker-3")
    do(lab, do="heal", a="worker-3")
    passes(lab, 400)

    assert during == {"NoSchedule": UNREACHABLE, "NoExecute": UNREACHABLE}
    assert (ready(lab, "worker-3"), taints(lab, "worker-3")) == ("True", {})
    assert lab.world.store.indexes.keys("pod/node", "worker-3") == before
    said = [
        row.message
        for row in lab.world.events.rows(lab.world.now)
        if row.reason == "TaintManagerEviction"
    ]
    assert any(each.startswith("Cancelling deletion of Pod") for each in said)


def test_a_node_that_was_cut_off_for_long_serves_on_and_then_stops_what_was_replaced() -> None:
    lab = opened(4)
    machine = lab.world.machines["worker-3"]

    do(lab, do="cut", a="worker-3")
    passes(lab, 400)
    orphans = sorted({each.pod_uid for each in machine.processes.values()})
    do(lab, do="heal", a="worker-3")
    passes(lab, 120)

    uids = [pod.metadata.uid for _, pod in lab.world.store.by("pod/node", "worker-3")]
    running = sorted({each.pod_uid for each in machine.processes.values()})
    assert any(uid not in uids for uid in orphans), "some were evicted while it was away"
    assert all(uid in uids for uid in running), "nothing runs that the API has forgotten"


def test_three_minutes_without_a_quorum_turn_no_node_not_ready() -> None:
    lab = opened(5)

    do(lab, do="power-off", node="cp-1")
    do(lab, do="power-off", node="cp-2")
    passes(lab, 180)
    do(lab, do="power-on", node="cp-1")
    passes(lab, 300)

    assert {node for _, node in told(lab, "node-not-ready")} <= {"cp-2"}


def test_a_new_controller_manager_starts_every_toleration_anew() -> None:
    lab = opened(6)
    do(lab, do="power-off", node="worker-3")
    passes(lab, 200)

    holder = lab.world.offices.state.offices["kube-controller-manager"].holder
    do(lab, do="power-off", node=holder)
    fault = lab.now
    passes(lab, 250)
    early = [at for at, _ in told(lab, "pod-evicted")]
    passes(lab, 150)

    assert early == []
    evicted = min(at for at, _ in told(lab, "pod-evicted"))
    assert 313 * SECOND <= evicted - fault <= 326 * SECOND, (evicted - fault) / SECOND


@pytest.mark.parametrize("seed", [1, 2])
def test_no_lost_node_is_believed_ready_and_no_heard_one_lost(seed: int) -> None:
    lab = opened(seed)

    do(lab, do="power-off", node="worker-1")
    do(lab, do="cut", a="worker-2")
    passes(lab, 70)

    believed = {node: ready(lab, node) for node in lab.world.workers()}
    assert believed == {
        "worker-1": "Unknown",
        "worker-2": "Unknown",
        "worker-3": "True",
        "worker-4": "True",
    }


def test_a_rebooted_node_says_so_and_its_pods_get_new_sandboxes() -> None:
    lab = opened(3)
    uids = [pod.metadata.uid for _, pod in lab.world.store.by("pod/node", "worker-3")]

    do(lab, do="power-off", node="worker-3")
    passes(lab, 10)
    do(lab, do="power-on", node="worker-3")
    passes(lab, 60)

    said = [row.reason for row in lab.world.events.about("Node", "", "worker-3", lab.now)]
    pods = [pod for _, pod in lab.world.store.by("pod/node", "worker-3")]
    assert sorted(said) == ["Rebooted", "RegisteredNode", "Starting"], (
        "away for less than the grace"
    )
    assert [pod.metadata.uid for pod in pods] == uids
    restarts = {each.restart_count for pod in pods for each in pod.status.container_statuses}
    assert restarts == {1}
    assert any(row.reason == "SandboxChanged" for row in lab.world.events.rows(lab.world.now))


def test_when_no_kubelet_is_heard_at_all_nobody_is_evicted_until_one_returns() -> None:
    lab = opened(1)
    for name in sorted(lab.world.machines):
        do(lab, do="kill-process", node=name, process="kubelet")

    passes(lab, 900)
    assert set(states(lab).values()) == {ZoneState.FULL}
    held = [taints(lab, name) for name in sorted(lab.world.machines)]
    assert all("NoExecute" not in each for each in held), "those of the first were taken back"
    assert told(lab, "pod-evicted") == []
    do(lab, do="start-process", node="worker-1", process="kubelet")
    back = lab.now
    passes(lab, 60)

    tainted = [at - back for at, _ in told(lab, "node-tainted-no-execute") if at > back]
    assert tainted and 10 * SECOND <= tainted[0] <= 21 * SECOND, tainted
    assert ZoneState.FULL in states(lab).values(), "the other zone is still lost, and is evicted"


def test_a_node_marked_out_of_service_gives_up_its_terminating_pods() -> None:
    lab = opened(2)
    do(lab, do="power-off", node="worker-3")
    passes(lab, 400)
    stuck = [
        pod.metadata.name
        for _, pod in lab.world.store.by("pod/node", "worker-3")
        if pod.metadata.deletion_timestamp is not None
    ]

    argv = "kubectl taint node worker-3 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"
    do(lab, do="kubectl", argv=argv.split(), files={})
    passes(lab, 45)

    left = [pod.metadata.name for _, pod in lab.world.store.by("pod/node", "worker-3")]
    assert stuck
    assert not set(stuck) & set(left)


def test_a_node_object_written_by_hand_is_unknown_after_the_startup_grace() -> None:
    lab = opened(1)
    text = "apiVersion: v1\nkind: Node\nmetadata: {name: ghost}\n"
    argv = ["kubectl", "apply", "-f", "node.yaml"]
    do(lab, do="kubectl", argv=argv, files={"node.yaml": text})

    passes(lab, 55)
    early = lab.world.store.get("Node", "ghost").status.conditions
    passes(lab, 20)

    assert early == ()
    conditions = lab.world.store.get("Node", "ghost").status.conditions
    assert {each.reason for each in conditions} == {"NodeStatusNeverUpdated"}


def why(lab: Lab, key: str, subject: str) -> list[tuple[str, int]]:
    """Return the chain of causes of the first happening of a kind about something."""
    ledger = lab.world.ledger
    first = next(
        each
        for each in ledger.entries.values()
        if each.reason.key == key and each.subject.startswith(subject)
    )
    return [(each.reason.key, each.at) for each in ledger.chain(first.id)]


def test_why_leads_over_the_look_and_the_last_renewal_to_what_silenced_the_node() -> None:
    lab = opened(1)
    began, renewed = lab.now, lab.world.heartbeats.last_renewal(lab.world, "worker-3")
    do(lab, do="power-off", node="worker-3")
    passes(lab, 400)

    silent = ["node-not-ready", "node-found-silent", "lease-not-renewed", "machine-off"]
    lost = why(lab, "endpoints-lost", "")
    assert [key for key, _ in lost] == ["endpoints-lost", "pod-not-ready-with-node", *silent]
    assert [key for key, _ in why(lab, "node-tainted-no-execute", "Node/worker-3")][1:] == silent
    assert [key for key, _ in why(lab, "pod-evicted", "")][2:] == silent
    entries = {each.reason.key: each for each in lab.world.ledger.entries.values()}
    look, last = entries["node-found-silent"], entries["lease-not-renewed"]
    assert last.reason.params == {"node": "worker-3", "since": renewed}
    assert last.at == began
    assert look.reason.params["period"] == 5
    assert 50 < look.reason.params["seconds"] <= 55
    assert renewed <= look.at - look.reason.params["seconds"] * SECOND <= renewed + 6 * SECOND


def test_a_silence_that_the_controller_does_not_miss_is_not_told() -> None:
    lab = opened(1)
    do(lab, do="cut", a="worker-2")
    passes(lab, 30)
    do(lab, do="heal", a="worker-2")
    passes(lab, 120)

    assert not told(lab, "lease-not-renewed")
    assert not told(lab, "node-found-silent")


def test_why_a_taint_went_leads_to_the_kubelet_that_reports_again() -> None:
    lab = opened(1)
    do(lab, do="cut", a="worker-2")
    passes(lab, 120)
    do(lab, do="heal", a="worker-2")
    passes(lab, 60)

    assert why(lab, "node-untainted", "Node/worker-2")[1][0] == "node-ready-again"
