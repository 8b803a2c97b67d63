"""The judges find every planted bug."""

from collections.abc import Callable

import pytest

from tests.fuzz import labs, swarm
from tests.fuzz.planted import BUGS, DIRECTED_BUGS, LAB_BUGS, SILENT_BUGS, plant
from tests.laws.test_raft_laws import assert_agree
from tests.simulation.kube.worlds import SmallWorld
from tests.simulation.raft import test_paper

SEEDS_OF_RAFT = 200
SEEDS_OF_LABS = 40


def objects(judge: Callable[[int], object], seeds: int) -> bool:
    """Tell whether any seed makes the judge, or an assertion of the code itself, object."""
    for seed in range(seeds):
        try:
            judge(seed)
        except (AssertionError, LookupError, RecursionError):
            return True
    return False


@pytest.mark.parametrize("bug", BUGS)
def test_the_swarm_finds_a_member_that(bug: str):
    with plant(BUGS[bug]):
        assert objects(swarm.ride, SEEDS_OF_RAFT)


@pytest.mark.parametrize(
    ("bug", "directed"),
    [
        (
            "commits entries that the leader did not vouch for",
            test_paper.test_a_commit_index_reaches_no_further_than_what_the_leader_vouched_for,
        ),
        (
            "acknowledges entries that were not compared",
            test_paper.test_an_acknowledgement_covers_only_what_was_compared,
        ),
    ],
)
def test_a_directed_test_finds_a_member_that(bug: str, directed: Callable[[], None]):
    with plant(DIRECTED_BUGS[bug]), pytest.raises(AssertionError):
        directed()


@pytest.mark.parametrize("bug", SILENT_BUGS)
def test_a_ticked_twin_finds_a_silence_that(bug: str):
    def compare(seed: int) -> None:
        fast, slow = SmallWorld(seed=seed), SmallWorld(seed=seed, ticked=True)
        for world in (fast, slow):
            world.pass_time(20_000 + 37 * seed)
            world.switch("cp-1")
            world.pass_time(700 + 90 * seed)
            world.switch("cp-1")
            world.pass_time(2_000)
            world.isolate("cp-2")
            world.pass_time(400 + 90 * seed)
            world.heal()
            world.pass_time(1_000)
        assert_agree(fast, slow)

    compare(0)
    with plant(SILENT_BUGS[bug]):
        assert objects(compare, 20)


@pytest.mark.parametrize("bug", LAB_BUGS)
def test_the_labs_judge_finds_a_world_that(bug: str):
    with plant(LAB_BUGS[bug]):
        assert objects(labs.live, SEEDS_OF_LABS)
