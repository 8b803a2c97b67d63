"""One member of the consensus: ticks and messages go in, messages and entries come out.

The host's duties, in this order: call step, tick, propose, campaign or transfer; take ready();
send its messages, restore its snapshot, apply its entries. The member never waits and never asks
what time it is.
"""

from collections.abc import Callable
from typing import Any

from simulation.kernel.dice import Dice
from simulation.raft import elections, replication
from simulation.raft.messages import (
    NOBODY,
    Entry,
    Kind,
    MemberId,
    Membership,
    Message,
    Ready,
)
from simulation.raft.progress import Progress
from simulation.raft.roles import Memory, Role, Rules

REFUSALS = (Kind.VOTE_REPLY, Kind.PRE_VOTE_REPLY)
FROM_LEADER = (Kind.APPEND, Kind.HEARTBEAT, Kind.SNAPSHOT)


class Member(Memory):
    """A member and its way of dealing with messages."""

    @classmethod
    def new(
        cls, id: MemberId, membership: Membership, dice: Dice, rules: Rules | None = None
    ) -> "Member":
        """Return a member with an empty log that follows nobody yet."""
        member = cls(id, membership, dice, rules or Rules())
        member.become_follower(0, NOBODY)
        return member

    # --- what a host calls

    def tick(self) -> None:
        """Let one tick of time pass."""
        if self.role is Role.LEADER:
            self._tick_as_leader()
            return
        self.election_elapsed += 1
        if self.is_promotable() and self.election_elapsed >= self.randomized_timeout:
            self.election_elapsed = 0
            elections.stand(self)

    def _tick_as_leader(self) -> None:
        self.heartbeat_elapsed += 1
        self.election_elapsed += 1
        if self.election_elapsed >= self.rules.election_ticks:
            self.election_elapsed = 0
            if self.rules.check_quorum:
                elections.check_quorum(self)
            # A transfer that takes longer than an election is given up.
            self.transferee = NOBODY
            if self.role is Role.LEADER and not self.membership.is_voter(self.id):
                self.become_follower(self.term, NOBODY)
        if self.role is Role.LEADER and self.heartbeat_elapsed >= self.rules.heartbeat_ticks:
            self.heartbeat_elapsed = 0
            replication.broadcast_heartbeat(self)
        if self.role is Role.LEADER and self.membership.outgoing:
            # The first offer may have been turned down, by a hand-over that came to nothing.
            self._leave_joint()

    def beat(self) -> None:
        """Send heartbeats now, if this member leads."""
        if self.role is Role.LEADER:
            replication.broadcast_heartbeat(self)

    def campaign(self) -> None:
        """Stand for election now, as if the timer had run out."""
        elections.stand(self)

    def transfer(self, to: MemberId) -> None:
        """Ask the leader to hand its office over."""
        if self.role is Role.LEADER:
            elections.hand_over(self, to)
        elif self.leader != NOBODY:
            self.send(Kind.TRANSFER, self.leader, target=to)

    def propose(self, data: Any) -> bool:
        """Offer a value to the log, through the leader; tell whether it was not dropped here."""
        return self._propose(Entry(0, 0, data))

    def propose_membership(self, membership: Membership) -> bool:
        """Offer a change of members: first both old and new decide jointly, then the new."""
        target = Membership(membership.voters, self.membership.voters, membership.learners)
        return self._propose(Entry(0, 0, None, target))

    def _propose(self, *entries: Entry) -> bool:
        if self.role is Role.LEADER:
            return self._append_as_leader(entries)
        if self.role is Role.FOLLOWER and self.leader != NOBODY:
            self.send(Kind.PROPOSAL, self.leader, 0, entries=entries)
            return True
        return False

    def _append_as_leader(self, entries: tuple[Entry, ...]) -> bool:
        # Who hands over takes nothing more, and who was removed leads on without a voice.
        if self.transferee != NOBODY or self.id not in self.progress:
            return False
        for entry in entries:
            if entry.change is None:
                continue
            is_leaving_joint = not entry.change.outgoing
            if self.pending_change > self.log.applied:
                return False
            if bool(self.membership.outgoing) != is_leaving_joint:
                return False
            self.pending_change = self.log.last_index + 1
        self.append_own(*entries)
        replication.maybe_commit(self)
        replication.broadcast_append(self)
        return True

    def ready(self) -> Ready:
        """Take what is to be sent, restored and applied."""
        committed = self.log.take_committed()
        for entry in committed:
            if entry.change is not None:
                self._adopt(entry.change)
        if committed and self.role is Role.LEADER and self.membership.outgoing:
            self._leave_joint()
        messages, self.outbox = tuple(self.outbox), []
        restored, self.restored = self.restored, None
        return Ready(messages, restored, committed)

    def restart(self) -> None:
        """Come back after a loss of power: term, vote and log were on disk, the rest is gone."""
        self.role = Role.FOLLOWER
        self.outbox = []
        self.restored = None
        self.become_follower(self.term, NOBODY)

    def compact(self, index: int) -> None:
        """Forget entries up to an index; who still needs them gets a snapshot."""
        self.log.compact(index)

    def report_lost(self, message: Message) -> None:
        """Learn from the transport that a message of this member's did not get through."""
        if self.role is Role.LEADER and message.term == self.term:
            replication.report_lost(self, message.to, message.kind)

    def report_delivered(self, message: Message) -> None:
        """Learn from the transport that a snapshot of this member's got through."""
        if self.role is Role.LEADER and message.term == self.term:
            replication.report_delivered(self, message.to, message.kind)

    # --- membership

    def _adopt(self, membership: Membership) -> None:
        """Change over to a committed membership.

        A leader that is no longer part of it leads on for an election timeout: the others must
        hear that the change is committed, or they would still ask for its vote.
        """
        self.membership = membership
        known = self.progress
        last = self.log.last_index
        self.progress = {
            peer: known.get(peer) or Progress(next=last + 1, recent_active=True)
            for peer in membership.everyone()
        }
        if self.role is not Role.LEADER:
            return
        if replication.maybe_commit(self):
            replication.broadcast_append(self)

    def _leave_joint(self) -> None:
        """Offer the end of a joint membership, again and again until it is under way."""
        final = Membership(self.membership.voters, (), self.membership.learners)
        self._append_as_leader((Entry(0, 0, None, final),))

    # --- messages

    def step(self, message: Message) -> None:
        """Take a message in."""
        if message.term > self.term:
            if not self._accept_newer_term(message):
                return
        elif message.term < self.term and message.kind is not Kind.PROPOSAL:
            self._answer_stale(message)
            return
        if message.kind in (Kind.VOTE, Kind.PRE_VOTE):
            elections.handle_vote_request(self, message)
        else:
            HANDLERS[self.role](self, message)

    def _accept_newer_term(self, message: Message) -> bool:
        """Move to a newer term; tell whether the message is still to be dealt with."""
        is_request = message.kind in (Kind.VOTE, Kind.PRE_VOTE)
        if is_request and not message.forced and elections.is_lease_held(self):
            return False
        # Asking whether one would get votes in a later term begins no term; nor does a yes.
        if message.kind is Kind.PRE_VOTE:
            return True
        if message.kind is Kind.PRE_VOTE_REPLY and not message.reject:
            return True
        leader = message.sender if message.kind in FROM_LEADER else NOBODY
        self.become_follower(message.term, leader)
        return True

    def _answer_stale(self, message: Message) -> None:
        """Ignore what comes from an earlier term, or tell its sender that time has moved on."""
        rules = self.rules
        if (rules.check_quorum or rules.pre_vote) and message.kind in (
            Kind.APPEND,
            Kind.HEARTBEAT,
        ):
            # With these switches a member left behind in a higher term cannot force an election
            # by its votes; this answer makes the old leader step down instead.
            self.send(Kind.APPEND_REPLY, message.sender)
        elif message.kind is Kind.PRE_VOTE:
            self.send(Kind.PRE_VOTE_REPLY, message.sender, reject=True)

    def _step_as_leader(self, message: Message) -> None:
        if message.kind is Kind.PROPOSAL:
            self._append_as_leader(message.entries)
        elif message.kind is Kind.TRANSFER:
            elections.hand_over(self, message.target)
        elif message.sender not in self.progress:
            return
        elif message.kind is Kind.APPEND_REPLY:
            replication.handle_append_reply(self, message)
        elif message.kind is Kind.HEARTBEAT_REPLY:
            replication.handle_heartbeat_reply(self, message)

    def _step_as_candidate(self, message: Message) -> None:
        awaited = Kind.PRE_VOTE_REPLY if self.role is Role.PRE_CANDIDATE else Kind.VOTE_REPLY
        if message.kind in FROM_LEADER:
            self.become_follower(message.term, message.sender)
            self._hear_leader(message)
        elif message.kind is awaited:
            if message.reject:
                elections.learn_commit(self, message)
            if self.role is not Role.FOLLOWER:
                elections.count_vote(self, message.sender, not message.reject)

    def _step_as_follower(self, message: Message) -> None:
        if message.kind in FROM_LEADER:
            self._hear_leader(message)
        elif message.kind is Kind.PROPOSAL and self.leader != NOBODY:
            self.send(Kind.PROPOSAL, self.leader, 0, entries=message.entries)
        elif message.kind is Kind.TRANSFER and self.leader != NOBODY:
            self.send(Kind.TRANSFER, self.leader, target=message.target)
        elif message.kind is Kind.TIMEOUT_NOW:
            elections.stand(self, forced=True)
        elif message.kind in REFUSALS and message.reject:
            elections.learn_commit(self, message)

    def _hear_leader(self, message: Message) -> None:
        self.election_elapsed = 0
        self.leader = message.sender
        LEADERS_WORDS[message.kind](self, message)


HANDLERS: dict[Role, Callable[[Member, Message], None]] = {
    Role.FOLLOWER: Member._step_as_follower,
    Role.PRE_CANDIDATE: Member._step_as_candidate,
    Role.CANDIDATE: Member._step_as_candidate,
    Role.LEADER: Member._step_as_leader,
}

LEADERS_WORDS: dict[Kind, Callable[[Memory, Message], None]] = {
    Kind.APPEND: replication.handle_append,
    Kind.HEARTBEAT: replication.handle_heartbeat,
    Kind.SNAPSHOT: replication.handle_snapshot,
}
