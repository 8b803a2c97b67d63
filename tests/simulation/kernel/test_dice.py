"""Rolls depend on their name and key alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.kernel.dice import Dice

KEYS = st.lists(st.one_of(st.text(max_size=5), st.integers()), max_size=3)


def test_a_roll_is_the_same_everywhere_and_for_ever():
    # Labs that people have shared would change if this number did.
    assert Dice(7).roll("image pull", "web-a", 1) == 5402012905866930656


@given(st.integers(0, 2**63), KEYS)
def test_other_rolls_shift_nothing(seed, key):
    dice = Dice(seed)
    before = dice.roll("x", *key)
    dice.roll("y", *key)

    assert dice.roll("x", *key) == before


def test_seed_purpose_and_key_all_count():
    rolls = [
        Dice(1).roll("x", "a"),
        Dice(2).roll("x", "a"),
        Dice(1).roll("y", "a"),
        Dice(1).roll("x", "b"),
        Dice(1).roll("x", "a", "b"),
        Dice(1).roll("x", "ab"),
        Dice(1).roll("xa"),
    ]

    assert len(set(rolls)) == len(rolls)


@given(st.integers(1, 100), st.integers(0, 100), KEYS)
def test_rolls_stay_within_their_bounds(count, low, key):
    dice = Dice(3)

    assert 0 <= dice.below(count, "x", *key) < count
    assert low <= dice.between(low, low + count, "x", *key) <= low + count
    assert dice.pick(range(count), "x", *key) in range(count)
    assert not dice.chance(0, count, "x", *key)
    assert dice.chance(count, count, "x", *key)


def test_a_chance_comes_as_often_as_it_says():
    hits = sum(Dice(5).chance(30, 100, "x", number) for number in range(10_000))

    assert 2_800 < hits < 3_200


def test_nothing_can_be_picked_from_nothing():
    with pytest.raises(AssertionError, match="a roll among 0 for x"):
        Dice(1).pick([], "x")
