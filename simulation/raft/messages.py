"""What members say to each other, and what they hold in common: entries of the log.

All of it is plain frozen data, so a message in flight can be copied into a checkpoint.
"""

from enum import StrEnum
from typing import Any

from simulation.kernel.records import Record

MemberId = str

NOBODY: MemberId = ""
"""No vote, no known leader, no transferee."""


class Kind(StrEnum):
    """The messages of the protocol."""

    PROPOSAL = "proposal"
    APPEND = "append"
    APPEND_REPLY = "append-reply"
    HEARTBEAT = "heartbeat"
    HEARTBEAT_REPLY = "heartbeat-reply"
    SNAPSHOT = "snapshot"
    PRE_VOTE = "pre-vote"
    PRE_VOTE_REPLY = "pre-vote-reply"
    VOTE = "vote"
    VOTE_REPLY = "vote-reply"
    TRANSFER = "transfer"
    TIMEOUT_NOW = "timeout-now"


class Membership(Record):
    """Who votes, who only listens, and, during a joint change, who voted before."""

    voters: tuple[MemberId, ...]
    outgoing: tuple[MemberId, ...] = ()
    learners: tuple[MemberId, ...] = ()

    def everyone(self) -> list[MemberId]:
        """Return all members, voting or not, in a fixed order."""
        return sorted({*self.voters, *self.outgoing, *self.learners})

    def is_voter(self, member: MemberId) -> bool:
        """Tell whether a member's vote counts in either half."""
        return member in self.voters or member in self.outgoing


class Entry(Record):
    """One line of the log. Empty data is the entry with which a leader opens its term."""

    index: int
    term: int
    data: Any = None
    change: Membership | None = None


class Snapshot(Record):
    """Everything up to an index, in place of entries that are no longer kept."""

    index: int
    term: int
    membership: Membership


class Message(Record):
    """A message; which fields count depends on its kind.

    index, log_term: of the entry before the first one (append), of the last entry (votes), of
    what is acknowledged or was refused (replies).
    hint, log_term: where the follower suggests to try next (refused append).
    commit, commit_term: how far the sender knows the log to be committed, and the term there
    (votes and their refusals).
    forced: a vote asked for by the old leader itself, which no lease of that leader may stop.
    target: who shall become leader (transfer).
    """

    kind: Kind
    sender: MemberId
    to: MemberId
    term: int = 0
    index: int = 0
    log_term: int = 0
    entries: tuple[Entry, ...] = ()
    commit: int = 0
    commit_term: int = 0
    reject: bool = False
    hint: int = 0
    snapshot: Snapshot | None = None
    forced: bool = False
    target: MemberId = NOBODY


class Ready(Record):
    """What a member wants its host to do: send, restore, apply, in this order."""

    messages: tuple[Message, ...] = ()
    restored: Snapshot | None = None
    committed: tuple[Entry, ...] = ()
