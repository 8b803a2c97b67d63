"""A slice of what `python -m tests.fuzz.lines SEED SECONDS` types, and the seeds that once failed."""

from collections import Counter

import pytest

from tests.fuzz.lines import Typist

SEEDS = 8
LINES = 60
OLD_FAILURES = (229, 273)
"""A list stood where the name of a container should be, and diff merged it before anybody looked."""


def test_a_lab_survives_whatever_is_typed_into_its_terminal():
    seen: Counter[str] = Counter()

    for seed in range(SEEDS):
        typist = Typist(seed)
        for _ in range(LINES):
            typist.type()
        seen += typist.seen

    # A fuzz whose lines are all refused, or all succeed, tests nothing.
    assert all(seen[sort] > 5 for sort in ("answered", "done", "failed")), seen


@pytest.mark.parametrize("seed", OLD_FAILURES)
def test_lines_that_once_met_a_bug_of_ours_are_answered(seed: int):
    typist = Typist(seed)
    for _ in range(LINES):
        typist.type()
