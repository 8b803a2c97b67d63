"""Laws of the consensus.

* fast = slow: a group whose heartbeats are computed and one that ticks all along agree on every
  member's whole memory, on every applied entry, and on the instants.
* safety, whatever is cut, switched off or proposed: one leader a term, equal logs up to any equal
  entry, what is committed stays, nobody applies something else at an index.
* calm: after the faults end there is a leader, everybody has everything, and silence falls.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulation.kube.consensus_state import ConsensusState
from tests.simulation.kube.worlds import SmallWorld
from tests.simulation.raft.judge import Judge

Step = tuple[str, int, int, int]

LAST_WORD = -1

VERBS = [
    "propose", "propose", "cut", "isolate", "isolate later", "heal", "switch", "slow", "hand",
    "lose", "hold", "slow disk", "together",
]  # fmt: skip

STEPS = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.integers(0, 6),
        st.integers(0, 6),
        st.one_of(st.integers(0, 12), st.integers(0, 450), st.integers(0, 5_000)),
    ),
    max_size=14,
)


def do(world: SmallWorld, number: int, step: Step, look: Callable[[], None] | None = None) -> None:  # noqa: PLR0912 - a table of what may happen
    verb, a, b, wait = step
    one = world.names[a % len(world.names)]
    other = world.names[b % len(world.names)]
    match verb:
        case "propose":
            world.propose(one, number)
        case "cut" if one != other:
            world.cut(one, other)
        case "isolate":
            world.isolate(one)
        case "isolate later":
            world.isolate_later(one, 1 + wait // 2)
        case "heal":
            world.heal()
        case "switch":
            world.switch(one)
        case "slow":
            world.slow[one, other] = 1 + wait % 130
            world.consensus.links_changed(world.now)
        case "lose" if one != other:
            world.lose(one, other, 10 + wait % 90)
        case "hold" if one != other:
            world.hold(one, other)
        case "slow disk":
            world.consensus.slow_disk(one, (b % 3) * wait, world.now)
        case "together":
            running = [name for name in world.names if world.is_on(name)]
            if len(running) > len(world.names) // 2 and len(running) > 1:
                world.consensus.run_out_together(running, world.now)
        case "hand":
            world.consensus.transfer(one, world.now)
    world.pass_time(wait, look)


def memory(world: SmallWorld) -> dict[str, bytes]:
    """Everything each member knows, after any silence has been brought up to date."""
    world.consensus.links_changed(world.now)
    seats = world.consensus.state.seats
    return {name: msgspec.msgpack.encode(seat.member) for name, seat in seats.items()}


def in_flight(world: SmallWorld) -> list[tuple[str, str, str, int, int]]:
    """What is on the wires, whatever its numbers."""
    return sorted(
        (m.sender, m.to, m.kind.value, flight.sent, flight.arrives)
        for flight in world.consensus.state.flights.values()
        for m in [flight.message]
    )


def assert_agree(fast: SmallWorld, slow: SmallWorld) -> None:
    assert fast.applied == slow.applied
    assert (fast.changes, fast.restored) == (slow.changes, slow.restored)
    assert fast.consensus.rows(fast.now) == slow.consensus.rows(slow.now)
    assert memory(fast) == memory(slow)
    assert in_flight(fast) == in_flight(slow)


LAWFUL = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """The settings of a small world; short ticks make coincidences within an instant common."""
    return {
        "size": draw(st.integers(1, 5)),
        "seed": draw(st.integers(0, 999)),
        "leader": draw(st.sampled_from(["", "cp-1"])),
        "tick": draw(st.sampled_from([5, 10, 100])),
        "kept": draw(st.sampled_from([1, 3, 100])),
    }


@LAWFUL
@given(worlds(), STEPS, st.integers(700, 800))
def test_silent_and_ticked_groups_agree(shape: dict[str, Any], steps: list[Step], rest: int):
    fast = SmallWorld(**shape)
    slow = SmallWorld(**shape, ticked=True)

    for number, step in enumerate(steps):
        do(fast, number, step)
        do(slow, number, step)
        assert fast.consensus.rows(fast.now) == slow.consensus.rows(slow.now)
    fast.pass_time(rest)
    slow.pass_time(rest)

    assert_agree(fast, slow)


@pytest.mark.parametrize(
    "ways",
    [
        [("cp-1", "cp-2")],
        [("cp-1", "cp-2"), ("cp-1", "cp-3")],
        [("cp-2", "cp-1")],
        [("cp-2", "cp-1"), ("cp-3", "cp-1")],
    ],
    ids=["one deaf", "both deaf", "one mute", "both mute"],
)
# In the last three the first follower has drawn the shortest timer there is.
@pytest.mark.parametrize("seed", [0, 1, 2, 6, 52, 70])
def test_silence_does_not_fall_over_timers_about_to_run_out(seed: int, ways: list[tuple[str, str]]):
    for healed_after in range(700, 2_100, 19):
        fast, slow = SmallWorld(seed=seed), SmallWorld(seed=seed, ticked=True)

        for world in (fast, slow):
            world.pass_time(900 + healed_after * 7 % 211)
            for a, b in ways:
                world.cut(a, b)
            world.pass_time(healed_after)
            world.heal()
            world.pass_time(healed_after % 311)

        assert_agree(fast, slow)


@LAWFUL
@given(worlds(), STEPS)
def test_safety_always_and_agreement_in_calm(shape: dict[str, Any], steps: list[Step]):
    world = SmallWorld(**shape)
    judge = Judge({name: seat.member for name, seat in world.consensus.state.seats.items()})

    def look() -> None:
        for name in world.names:
            judge.look(name)

    for number, step in enumerate(steps):
        do(world, number, step, look)
    world.pass_time(5_000)
    world.slow = {}
    world.heal()
    for name in world.names:
        world.consensus.slow_disk(name, 0, world.now)
    for name in world.names:
        if not world.is_on(name):
            world.switch(name)
    world.pass_time(10_000)
    world.propose(world.names[0], LAST_WORD)
    world.pass_time(1_000)

    judge.logs_match()
    assert world.consensus.is_silent(), world.consensus.rows(world.now)
    last_words = [name for name, _, _, data, _ in world.applied if data == LAST_WORD]
    restored = [name for name, *_ in world.restored]
    assert set(last_words + restored) >= set(world.names)


@LAWFUL
@given(worlds(), STEPS, st.integers(0, 13))
def test_a_thawed_group_goes_on_as_if_never_frozen(
    shape: dict[str, Any], steps: list[Step], pause: int
):
    straight = SmallWorld(**shape)
    thawed = SmallWorld(**shape)

    for number, step in enumerate(steps):
        do(straight, number, step)
        do(thawed, number, step)
        if number == pause:
            frozen = msgspec.msgpack.encode(thawed.consensus.state)
            state = msgspec.msgpack.decode(frozen, type=ConsensusState)
            assert state == thawed.consensus.state
            thawed.consensus.state = state

    assert straight.applied == thawed.applied
    assert straight.timeline.events() == thawed.timeline.events()
    assert straight.consensus.state == thawed.consensus.state
