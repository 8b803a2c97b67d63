"""Any mixture of the faults of nodes: looking more often changes nothing, and calm follows."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.kernel.units import SECOND
from simulation.lab import commands
from simulation.lab.lab import Lab
from tests.laws.test_lab_laws import opened

WORKERS = [f"worker-{number}" for number in range(1, 5)]
NODES = st.sampled_from(["cp-1", "cp-2", *WORKERS])
PROCESSES = st.sampled_from(["kubelet", "container-runtime", "kube-proxy"])
ACTS = st.one_of(
    st.builds(lambda n: {"do": "power-off", "node": n}, NODES),
    st.builds(lambda n: {"do": "power-on", "node": n}, NODES),
    st.builds(lambda n: {"do": "shut-down", "node": n}, NODES),
    st.builds(lambda n: {"do": "cut", "a": n}, NODES),
    st.builds(lambda n: {"do": "heal", "a": n}, NODES),
    st.builds(lambda n, p: {"do": "kill-process", "node": n, "process": p}, NODES, PROCESSES),
    st.builds(lambda n, p: {"do": "start-process", "node": n, "process": p}, NODES, PROCESSES),
    st.builds(
        lambda n, p: {"do": "fill-disk", "node": n, "percent": p},
        NODES,
        st.sampled_from([0, 50, 95]),
    ),
    st.builds(lambda n, share: {"leak": n, "share": share}, NODES, st.integers(1, 100)),
    st.builds(lambda n: {"kill": n}, NODES),
)
JOURNALS = st.lists(st.tuples(st.integers(0, 120 * SECOND), ACTS), min_size=1, max_size=10)
SEEDS = st.integers(0, 1)


def submit(lab: Lab, act: dict[str, Any]) -> None:
    """Submit an act; some name a node and mean the first pod that runs there."""
    machine = lab.world.machines.get(act.get("leak") or act.get("kill") or "")
    if machine is not None:
        keys = sorted(each.pod_key for each in machine.processes.values())
        if not keys:
            return
        act = (
            {"do": "leak", "pod": keys[0], "memory": machine.memory * act["share"] // 100}
            if "leak" in act
            else {"do": "kill-container", "pod": keys[0]}
        )
    lab.submit(commands.parse(act), "id", "somebody")


def play(lab: Lab, journal: list) -> None:
    for wait, act in journal:
        lab.advance(lab.now + wait)
        submit(lab, act)


def look_always(lab: Lab, until: int) -> None:
    """Let time pass with the node controller going through all nodes at every single look."""
    hearts, period = lab.world.heartbeats, lab.world.settings.node_monitor_period
    while lab.now < until:
        start = hearts.state.looks_from
        due = start + ((lab.now - start) // period + 1) * period
        if due < until:
            hearts._pass_at(lab.world, due)
        lab.advance(min(due, until))


@settings(max_examples=6, deadline=None)
@given(SEEDS, JOURNALS)
def test_looking_when_nothing_has_changed_changes_nothing(seed: int, journal: list) -> None:
    lazy, eager = opened(seed), opened(seed)

    for wait, act in [*journal, (400 * SECOND, None)]:
        lazy.advance(lazy.now + wait)
        look_always(eager, eager.now + wait)
        if act is not None:
            submit(lazy, act)
            submit(eager, act)

    assert lazy.world.store.digest() == eager.world.store.digest()


@settings(max_examples=6, deadline=None)
@given(SEEDS, JOURNALS)
def test_a_lab_with_faults_of_nodes_thaws_as_it_was(seed: int, journal: list) -> None:
    straight = opened(seed)
    play(straight, journal)

    thawed = Lab.thaw(straight.genesis, straight.freeze())
    straight.advance(straight.now + 400 * SECOND)
    thawed.advance(thawed.now + 400 * SECOND)

    assert straight.digest() == thawed.digest()


@settings(max_examples=6, deadline=None)
@given(SEEDS, JOURNALS)
def test_when_the_faults_of_nodes_end_everything_is_ready_again(seed: int, journal: list) -> None:
    lab = opened(seed)
    play(lab, journal)

    for node in sorted(lab.world.machines):
        submit(lab, {"do": "heal", "a": node})
        submit(lab, {"do": "power-on", "node": node})
    lab.advance(lab.now + 60 * SECOND)
    for node in sorted(lab.world.machines):
        submit(lab, {"do": "fill-disk", "node": node, "percent": 0})
        for process in ("container-runtime", "kubelet", "kube-proxy"):
            submit(lab, {"do": "start-process", "node": node, "process": process})
    lab.advance(lab.now + 20 * 60 * SECOND)

    for node in lab.world.store.list("Node"):
        states = {each.type: each.status for each in node.status.conditions}
        assert states["Ready"] == "True", node.metadata.name
        taints = [each.key for each in node.spec.taints]
        assert not [key for key in taints if "not-ready" in key or "unreachable" in key]
    for deployment in lab.world.store.list("Deployment"):
        status = deployment.status
        assert status.available_replicas == deployment.spec.replicas, deployment.metadata.name
    for name, machine in lab.world.machines.items():
        uids = [pod.metadata.uid for _, pod in lab.world.store.by("pod/node", name)]
        assert all(each.pod_uid in uids for each in machine.processes.values()), name
