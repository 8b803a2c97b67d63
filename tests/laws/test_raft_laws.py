"""Laws of the consensus.

* fast = slow: a group whose heartbeats are computed and one that ticks all along agree on every
  member's whole memory, on every applied entry, and on the instants.
* safety, whatever is cut, switched off or proposed: one leader a term, equal logs up to any equal
  entry, what is committed stays, nobody applies something else at an index.
* calm: after the faults end there is a leader, everybody has everything, and silence falls.
"""


import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulation.kube.worlds import SmallWorld

Step = tuple[str, int, int, int]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["propose", "propose", "cut", "isolate", "heal", "switch", "slow", "hand"]),
        st.integers(0, 6),
        st.integers(0, 6),
        st.one_of(st.integers(0, 12), st.integers(0, 450), st.integers(0, 5_000)),
    ),
    max_size=14,
)


def do(world: SmallWorld, number: int, step: Step) -> None:
    verb, a, b, wait = step
    one = world.names[a % len(world.names)]
    other = world.names[b % len(world.names)]
    match verb:
        case "propose":
            world.propose(one, f"value {number}")
        case "cut" if one != other:
            world.cut(one, other)
        case "isolate":
            world.isolate(one)
        case "heal":
            world.heal()
        case "switch":
            world.switch(one)
        case "slow":
            world.slow[one, other] = 1 + wait % 130
            world.consensus.links_changed(world.now)
        case "hand":
            world.consensus.transfer(one, world.now)
    world.pass_time(wait)


def memory(world: SmallWorld) -> dict[str, bytes]:
    """Everything each member knows, after any silence has been brought up to date."""
    world.consensus.links_changed(world.now)
    seats = world.consensus.state.seats
    return {name: msgspec.msgpack.encode(seat.member) for name, seat in seats.items()}


LAWFUL = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@LAWFUL
@given(st.integers(1, 5), st.integers(0, 99), st.sampled_from(["", "cp-1"]), STEPS)
def test_silent_and_ticked_groups_agree(size: int, seed: int, leader: str, steps: list[Step]):
    fast = SmallWorld(size, seed, leader)
    slow = SmallWorld(size, seed, leader, ticked=True)

    for number, step in enumerate(steps):
        do(fast, number, step)
        do(slow, number, step)
        assert fast.consensus.rows(fast.now) == slow.consensus.rows(slow.now)
    fast.pass_time(3_333)
    slow.pass_time(3_333)

    assert fast.applied == slow.applied
    assert fast.changes == slow.changes
    assert fast.consensus.rows(fast.now) == slow.consensus.rows(slow.now)
    assert memory(fast) == memory(slow)
