"""Majorities, plain and joint: what is committed, and who won.

In a joint membership both halves must agree (Raft §6); a half without voters agrees to anything,
which makes the plain case a joint one with an empty second half.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from simulation.raft.messages import MemberId, Membership

INFINITY = 1 << 62
"""What nobody has to acknowledge is committed however far it reaches."""


class Outcome(StrEnum):
    """How a vote stands."""

    PENDING = "pending"
    WON = "won"
    LOST = "lost"


def needed(voters: int) -> int:
    """Return how many of so many voters are a majority."""
    return voters // 2 + 1


def committed_by(voters: Collection[MemberId], acknowledged: Mapping[MemberId, int]) -> int:
    """Return the highest index that a majority acknowledged; who is missing has nothing."""
    if not voters:
        return INFINITY
    indexes = sorted(acknowledged.get(voter, 0) for voter in voters)
    return indexes[len(voters) - needed(len(voters))]


def committed(membership: Membership, acknowledged: Mapping[MemberId, int]) -> int:
    """Return the highest index that both halves acknowledged."""
    return min(
        committed_by(membership.voters, acknowledged),
        committed_by(membership.outgoing, acknowledged),
    )


def outcome_by(voters: Collection[MemberId], votes: Mapping[MemberId, bool]) -> Outcome:
    """Return how a vote stands among some voters."""
    if not voters:
        return Outcome.WON
    yes = sum(votes.get(voter) is True for voter in voters)
    missing = sum(voter not in votes for voter in voters)
    if yes >= needed(len(voters)):
        return Outcome.WON
    return Outcome.PENDING if yes + missing >= needed(len(voters)) else Outcome.LOST


def outcome(membership: Membership, votes: Mapping[MemberId, bool]) -> Outcome:
    """Return how a vote stands: lost if either half lost it, won if both won it."""
    halves = (outcome_by(membership.voters, votes), outcome_by(membership.outgoing, votes))
    if Outcome.LOST in halves:
        return Outcome.LOST
    return Outcome.PENDING if Outcome.PENDING in halves else Outcome.WON
