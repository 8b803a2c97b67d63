"""A slice of `make fuzz` for every run of the tests, and the seeds that once failed."""

from collections import Counter

import pytest

from tests.fuzz import labs, swarm
from tests.fuzz.rules import RULES

RAFT_SEEDS = 200
LAB_SEEDS = 10
OLD_FAILURES_OF_RAFT: tuple[int, ...] = (86, 113, 626, 7870)
"""86, 113: nobody but the removed one knew that a removal was committed, and nobody could lead.
626, 7870: a joint membership was never left, because a hand-over had been under way.
"""


def test_a_swarm_of_storms_breaks_no_promise_and_reaches_every_rule():
    rules: Counter[str] = Counter()
    faults: Counter[str] = Counter()

    for seed in range(RAFT_SEEDS):
        storm = swarm.ride(seed)
        rules += storm.witness.seen
        faults += storm.counts

    assert [rule for rule in RULES if not rules[rule]] == []
    assert [fault for fault in swarm.FAULTS if not faults[fault]] == []


@pytest.mark.parametrize("seed", OLD_FAILURES_OF_RAFT)
def test_storms_that_once_never_ended_end_in_agreement(seed: int):
    assert swarm.ride(seed).is_agreed()


@pytest.mark.parametrize("seed", range(LAB_SEEDS))
def test_a_lab_keeps_its_promises_under_faults_and_settles_when_they_end(seed: int):
    labs.live(seed)
