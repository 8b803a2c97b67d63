"""Whose turn it is to be tainted NoExecute, and when it is nobody's."""

import pytest

from simulation.kernel.units import SECOND
from simulation.kube.rules import zones
from simulation.kube.rules.taints import NOT_READY, UNREACHABLE
from simulation.kube.rules.zones import NEVER, NodeMemory, Seen, ZoneState
from simulation.kube.settings import Settings

RULES = Settings()


def a_zone(zone: str, lost: int, total: int, taint: str = "") -> list[Seen]:
    return [
        Seen(
            f"{zone}-{number:03d}",
            "Unknown" if number < lost else "True",
            zone,
            taint=taint if number < lost else "",
        )
        for number in range(total)
    ]


def looked(*zones_seen: list[Seen], memory: NodeMemory | None = None, now: int = 0) -> NodeMemory:
    memory = memory or NodeMemory()
    zones.look(memory, [node for each in zones_seen for node in each], now, RULES)
    return memory


@pytest.mark.parametrize(
    ("lost", "total", "state", "interval"),
    [
        (2, 3, ZoneState.NORMAL, 10 * SECOND),
        (3, 5, ZoneState.PARTIAL, NEVER),
        (3, 6, ZoneState.NORMAL, 10 * SECOND),
        (28, 50, ZoneState.PARTIAL, NEVER),
        (29, 51, ZoneState.PARTIAL, 100 * SECOND),
        (4, 4, ZoneState.FULL, 10 * SECOND),
    ],
)
def test_the_state_of_a_zone_sets_its_rate_while_another_zone_lives(
    lost: int, total: int, state: ZoneState, interval: int
) -> None:
    memory = looked(a_zone("a", lost, total), a_zone("b", 0, 3))

    assert (memory.zones["a"].state, memory.zones["a"].interval) == (state, interval)


def test_the_nodes_of_a_zone_take_turns() -> None:
    memory = looked(a_zone("a", 2, 5))
    zone = memory.zones["a"]

    first = zones.next_turn(zone, 0)
    zones.take_turn(memory, "a", "Unknown", 100)
    second = zones.next_turn(zone, 100)

    assert (first, second) == (100, 100 + 10 * SECOND)
    assert memory.orders == {"a-000": UNREACHABLE}
    assert zone.waiting == ["a-001"]


def test_when_all_zones_are_lost_every_taint_is_taken_back_and_nobody_waits_for_a_turn() -> None:
    memory = looked(a_zone("a", 2, 2, UNREACHABLE), a_zone("b", 2, 2))

    assert zones.is_stopped(memory)
    assert memory.orders == {"a-000": "", "a-001": ""}
    assert zones.next_turn(memory.zones["b"], 0) is None


def test_when_the_first_node_returns_every_other_gets_a_fresh_start() -> None:
    memory = looked(a_zone("a", 2, 2), a_zone("b", 2, 2))

    looked(a_zone("a", 1, 2), a_zone("b", 2, 2), memory=memory, now=900 * SECOND)

    assert memory.fresh_from == 900 * SECOND
    assert not zones.is_stopped(memory)
    assert zones.next_turn(memory.zones["b"], 900 * SECOND) == 910 * SECOND, "no token was saved"


def test_a_node_that_is_not_counted_does_not_save_its_zone() -> None:
    spared = Seen("b-000", "True", "b", counts=False)

    memory = looked(a_zone("a", 2, 2), [spared])

    assert memory.zones["a"].state is ZoneState.FULL
    assert memory.orders == {}
    assert zones.next_turn(memory.zones["a"], 0) is None


def test_a_node_whose_state_changes_swaps_its_taint_without_a_turn() -> None:
    changed = Seen("a-000", "False", "a", taint=UNREACHABLE)
    returned = Seen("a-001", "True", "a", taint=NOT_READY)

    memory = looked([changed, returned], a_zone("b", 0, 1))

    assert memory.orders == {"a-000": NOT_READY, "a-001": ""}


def test_a_lower_rate_makes_who_waits_for_a_token_wait_for_the_new_one() -> None:
    memory = looked(a_zone("a", 1, 60), a_zone("b", 0, 1))
    zones.take_turn(memory, "a", "Unknown", 100)

    looked(a_zone("a", 40, 60), a_zone("b", 0, 1), memory=memory, now=5 * SECOND)

    assert memory.zones["a"].interval == 100 * SECOND
    assert zones.next_turn(memory.zones["a"], 5 * SECOND) == 105 * SECOND
