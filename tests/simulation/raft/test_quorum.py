"""Majorities: the table of etcd's FAQ, and the quick way against a dumb alternative."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.raft import quorum
from simulation.raft.messages import Membership
from simulation.raft.quorum import INFINITY, Outcome

NAMES = "abcdefg"


@pytest.mark.parametrize(
    ("members", "needed", "survives"),
    [(1, 1, 0), (2, 2, 0), (3, 2, 1), (4, 3, 1), (5, 3, 2), (6, 4, 2), (7, 4, 3)],
)
def test_an_even_number_survives_no_more_than_the_odd_one_below(members, needed, survives):
    assert quorum.needed(members) == needed

    assert members - needed == survives


def dumb_committed(voters: tuple[str, ...], acknowledged: dict[str, int]) -> int:
    """Try every index from the top, and count."""
    if not voters:
        return INFINITY
    for index in range(max(acknowledged.values(), default=0), 0, -1):
        if sum(acknowledged.get(voter, 0) >= index for voter in voters) * 2 > len(voters):
            return index
    return 0


def dumb_outcome(voters: tuple[str, ...], votes: dict[str, bool]) -> Outcome:
    """Try every way the missing votes could fall."""
    missing = [voter for voter in voters if voter not in votes]
    ends = []
    for rest in product((True, False), repeat=len(missing)):
        cast = {**votes, **dict(zip(missing, rest, strict=True))}
        ends.append(not voters or sum(cast[voter] for voter in voters) * 2 > len(voters))
    if all(ends):
        return Outcome.WON
    # Won already needs no more votes; possible is still pending.
    return Outcome.PENDING if any(ends) else Outcome.LOST


HALVES = st.lists(st.sampled_from(NAMES), unique=True, max_size=7).map(tuple)
ACKNOWLEDGED = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 9))
VOTES = st.dictionaries(st.sampled_from(NAMES), st.booleans())


@given(HALVES, HALVES, ACKNOWLEDGED)
def test_what_is_committed_agrees_with_counting(voters, outgoing, acknowledged):
    membership = Membership(voters, outgoing)

    assert quorum.committed(membership, acknowledged) == min(
        dumb_committed(voters, acknowledged), dumb_committed(outgoing, acknowledged)
    )


@given(HALVES, VOTES)
def test_who_won_agrees_with_trying_every_missing_vote(voters, votes):
    assert quorum.outcome_by(voters, votes) is dumb_outcome(voters, votes)


@given(HALVES, HALVES, VOTES)
def test_a_joint_vote_needs_both_halves(voters, outgoing, votes):
    halves = [dumb_outcome(voters, votes), dumb_outcome(outgoing, votes)]

    joint = quorum.outcome(Membership(voters, outgoing), votes)

    assert (joint is Outcome.WON) == (halves == [Outcome.WON, Outcome.WON])
    assert (joint is Outcome.LOST) == (Outcome.LOST in halves)
