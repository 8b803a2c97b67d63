"""What must hold for any lab, whatever is done to it."""

import subprocess
import sys
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.kernel.units import SECOND
from simulation.lab import commands
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Lab
from simulation.projection.changes import apply, difference, merge, reverse
from simulation.projection.frame import FrameFolder
from simulation.scenarios.catalogue import content_of

MACHINES = ["cp-1", "cp-2", "cp-3", "worker-1", "worker-2", "worker-3", "worker-4"]
ACTS = st.one_of(
    st.builds(lambda node: {"do": "power-off", "node": node}, st.sampled_from(MACHINES)),
    st.builds(lambda node: {"do": "power-on", "node": node}, st.sampled_from(MACHINES)),
    st.builds(
        lambda a, b: {"do": "cut", "a": a, "b": b},
        st.sampled_from(MACHINES),
        st.sampled_from(["", *MACHINES]),
    ),
    st.builds(
        lambda a, b: {"do": "heal", "a": a, "b": b},
        st.sampled_from(MACHINES),
        st.sampled_from(["", *MACHINES]),
    ),
    st.builds(lambda rps: {"do": "load", "route": "shop.local/", "rps": rps}, st.integers(0, 900)),
)
JOURNALS = st.lists(st.tuples(st.integers(0, 40 * SECOND), ACTS), max_size=8)
SEEDS = st.integers(0, 5)


@cache
def newborn(seed: int) -> tuple[Genesis, bytes]:
    """A lab that has just opened, frozen."""
    genesis = Genesis(seed, "default", content_of("default"), 1_700_000_000)
    return genesis, Lab.create(genesis).freeze()


def opened(seed: int) -> Lab:
    """A lab that has just opened."""
    return Lab.thaw(*newborn(seed))


def play(lab: Lab, journal: list[tuple[int, dict]], slice_ms: int = 0) -> None:
    """Play a journal, in slices if they are asked for, and let a minute pass behind it."""
    for number, (wait, act) in enumerate([*journal, (60 * SECOND, None)]):
        until = lab.now + wait
        while slice_ms and lab.now + slice_ms < until:
            lab.advance(lab.now + slice_ms, budget=None)
        while not lab.advance(until, budget=50 if slice_ms else None).done:
            pass
        if act is not None:
            lab.submit(commands.parse(act), str(number), "somebody")


@settings(max_examples=12, deadline=None)
@given(SEEDS, JOURNALS, st.integers(300, 9_000))
def test_slicing_is_invisible(seed: int, journal: list, slice_ms: int) -> None:
    straight, sliced = opened(seed), opened(seed)

    play(straight, journal)
    play(sliced, journal, slice_ms)

    assert straight.digest() == sliced.digest()


@settings(max_examples=12, deadline=None)
@given(SEEDS, JOURNALS, JOURNALS)
def test_a_thawed_lab_goes_on_as_if_it_had_never_been_frozen(
    seed: int, before: list, after: list
) -> None:
    straight = opened(seed)
    play(straight, before)
    thawed = Lab.thaw(straight.genesis, straight.freeze())

    play(straight, after)
    play(thawed, after)

    assert straight.digest() == thawed.digest()


@settings(max_examples=12, deadline=None)
@given(SEEDS, JOURNALS)
def test_a_snapshot_and_the_frames_behind_it_make_the_later_snapshot(
    seed: int, journal: list
) -> None:
    lab = opened(seed)
    folder = FrameFolder(lab)
    state = first = folder.snapshot()
    deltas = []

    for number, (wait, act) in enumerate(journal):
        lab.advance(lab.now + wait)
        lab.submit(commands.parse(act), str(number), "somebody")
        deltas.append(folder.delta()[0])
        state = apply(state, deltas[-1])
    merged: list = []
    for delta in deltas:
        merged = merge(merged, delta)

    last = folder.snapshot()
    assert difference(state, last) == []
    assert difference(apply(first, merged), last) == []
    assert difference(apply(last, reverse(merged)), first) == []


@settings(max_examples=12, deadline=None)
@given(SEEDS, JOURNALS)
def test_what_is_derived_equals_what_is_rebuilt(seed: int, journal: list) -> None:
    lab = opened(seed)
    play(lab, journal)

    again = Lab.thaw(lab.genesis, lab.freeze())

    assert lab.world.store.indexes.as_plain() == again.world.store.indexes.as_plain()
    assert lab.world.store.digest() == again.world.store.digest()


@settings(max_examples=12, deadline=None)
@given(SEEDS, JOURNALS)
def test_every_request_that_was_sent_was_answered_or_failed(seed: int, journal: list) -> None:
    lab = opened(seed)
    play(lab, journal)
    lab.world.traffic.settle(lab.world)

    for route in lab.world.traffic.state.routes.values():
        assert route.sent == route.ok + route.slow + sum(route.failed.values())


@settings(max_examples=10, deadline=None)
@given(SEEDS, JOURNALS)
def test_when_the_faults_end_every_workload_gets_what_it_wants(seed: int, journal: list) -> None:
    lab = opened(seed)
    play(lab, journal)

    for a in MACHINES:
        for b in ["", *MACHINES]:
            lab.submit(commands.parse({"do": "heal", "a": a, "b": b}), "", "")
        lab.submit(commands.parse({"do": "power-on", "node": a}), "", "")
    lab.advance(lab.now + 20 * 60 * SECOND)

    assert lab.world.consensus.leader()
    for node in lab.world.store.list("Node"):
        ready = [each.status for each in node.status.conditions if each.type == "Ready"]
        assert ready == ["True"], node.metadata.name
    for deployment in lab.world.store.list("Deployment"):
        assert deployment.status.available_replicas == deployment.spec.replicas


def test_hash_seeds_do_not_matter() -> None:
    script = (
        "from tests.laws.test_lab_laws import *\n"
        "lab = opened(3)\n"
        "play(lab, [(5000, {'do': 'power-off', 'node': 'worker-3'}),"
        " (70000, {'do': 'power-off', 'node': 'cp-1'}), (400000, {'do': 'cut', 'a': 'worker-1'})])\n"
        "print(lab.digest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1
