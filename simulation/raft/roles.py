"""The roles of a member, what it remembers, and the ways from one role to another.

A crash keeps term, vote and log, as they are on disk; everything else is volatile.
"""

from enum import StrEnum
from typing import Any

import msgspec

from simulation.kernel.dice import Dice
from simulation.kernel.records import Record, State
from simulation.raft.log import Log
from simulation.raft.messages import (
    NOBODY,
    Entry,
    Kind,
    MemberId,
    Membership,
    Message,
    Snapshot,
)
from simulation.raft.progress import Progress


class Role(StrEnum):
    """What a member is to the others."""

    FOLLOWER = "follower"
    PRE_CANDIDATE = "pre-candidate"
    CANDIDATE = "candidate"
    LEADER = "leader"


FORBIDDEN = {
    (Role.FOLLOWER, Role.LEADER),
    (Role.LEADER, Role.PRE_CANDIDATE),
    (Role.LEADER, Role.CANDIDATE),
}
"""Nobody leads without having asked for votes; a leader steps down before it asks again."""


class Rules(Record):
    """The switches of the protocol, as etcd sets them."""

    election_ticks: int = 10
    heartbeat_ticks: int = 1
    pre_vote: bool = True
    check_quorum: bool = True


class Memory(State):
    """Everything that one member knows."""

    id: MemberId
    membership: Membership
    dice: Dice
    rules: Rules = Rules()
    term: int = 0
    vote: MemberId = NOBODY
    log: Log = msgspec.field(default_factory=Log)
    role: Role = Role.FOLLOWER
    leader: MemberId = NOBODY
    election_elapsed: int = 0
    heartbeat_elapsed: int = 0
    randomized_timeout: int = 0
    resets: int = 0
    """How often the timer was drawn; the key of the next draw."""
    votes: dict[MemberId, bool] = msgspec.field(default_factory=dict)
    progress: dict[MemberId, Progress] = msgspec.field(default_factory=dict)
    transferee: MemberId = NOBODY
    pending_change: int = 0
    """Index of the latest change of members; another has to wait until it is applied."""
    outbox: list[Message] = msgspec.field(default_factory=list)
    restored: Snapshot | None = None

    def __post_init__(self) -> None:
        if not self.randomized_timeout:
            self.draw_timeout()

    def draw_timeout(self) -> None:
        """Draw how many ticks of silence this member bears: E to 2E - 1."""
        election = self.rules.election_ticks
        draw = self.dice.below(election, "election timeout", self.id, self.term, self.resets)
        self.randomized_timeout = election + draw
        self.resets += 1

    def send(self, kind: Kind, to: MemberId, term: int | None = None, **fields: Any) -> None:
        """Put a message into the outbox, in this member's term unless another is named."""
        term = self.term if term is None else term
        self.outbox.append(Message(kind, self.id, to, term, **fields))

    def is_promotable(self) -> bool:
        """Tell whether this member may stand for election."""
        return self.membership.is_voter(self.id) and self.restored is None

    def _enter(self, role: Role, term: int) -> None:
        assert (self.role, role) not in FORBIDDEN, (
            f"{self.id}: invalid transition [{self.role} -> {role}]"
        )
        self.role = role
        if self.term != term:
            self.term, self.vote = term, NOBODY
        self.leader = NOBODY
        self.election_elapsed = self.heartbeat_elapsed = 0
        self.draw_timeout()
        self.transferee = NOBODY
        self.votes = {}
        self.pending_change = 0
        last = self.log.last_index
        self.progress = {peer: Progress(next=last + 1) for peer in self.membership.everyone()}
        if self.id in self.progress:
            self.progress[self.id].match = last

    def become_follower(self, term: int, leader: MemberId) -> None:
        """Follow a leader, or nobody yet."""
        self._enter(Role.FOLLOWER, term)
        self.leader = leader

    def become_pre_candidate(self) -> None:
        """Ask whether an election could be won; neither term, vote nor timer change for it."""
        assert (self.role, Role.PRE_CANDIDATE) not in FORBIDDEN, (
            f"{self.id}: invalid transition [{self.role} -> {Role.PRE_CANDIDATE}]"
        )
        self.role = Role.PRE_CANDIDATE
        self.votes = {}
        self.leader = NOBODY

    def become_candidate(self) -> None:
        """Open a new term with a vote for oneself."""
        self._enter(Role.CANDIDATE, self.term + 1)
        self.vote = self.id

    def become_leader(self) -> None:
        """Take office, with an empty entry, so that earlier terms can be committed (§8)."""
        self._enter(Role.LEADER, self.term)
        self.leader = self.id
        own = self.progress[self.id]
        own.become_replicate()
        own.recent_active = True
        # An earlier change of members may lie in the log unapplied; none may join it.
        self.pending_change = self.log.last_index
        self.append_own(Entry(0, 0))

    def append_own(self, *entries: Entry) -> None:
        """Append entries to a leader's own log, in its term."""
        start = self.log.last_index + 1
        self.log.append(
            [
                Entry(start + offset, self.term, entry.data, entry.change)
                for offset, entry in enumerate(entries)
            ]
        )
        if self.id in self.progress:
            self.progress[self.id].acknowledge(self.log.last_index)
