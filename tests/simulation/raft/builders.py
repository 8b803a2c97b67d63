"""Builders of members and messages for the tests of the consensus."""

from collections.abc import Iterable
from typing import Any

from simulation.kernel.dice import Dice
from simulation.raft.log import Log
from simulation.raft.member import Member
from simulation.raft.messages import NOBODY, Entry, Kind, Membership, Message
from simulation.raft.roles import Role, Rules

PLAIN = Rules(pre_vote=False, check_quorum=False)


def a_member(
    id: str = "a",
    members: str = "abc",
    term: int = 0,
    log_terms: Iterable[int] = (),
    commit: int = 0,
    rules: Rules = PLAIN,
    learners: str = "",
) -> Member:
    """A follower with a log of these terms that knows no leader."""
    membership = Membership(tuple(members), (), tuple(learners))
    member = Member(id, membership, Dice(1), rules)
    entries = [Entry(index, of) for index, of in enumerate(log_terms, 1)]
    member.log = Log(entries, committed=commit, applied=commit)
    member.become_follower(term, NOBODY)
    return member


class Net:
    """Members that hear each other at once, unless a wire is cut."""

    def __init__(self, *members: Member) -> None:
        self.members = {member.id: member for member in members}
        self.cuts: list[tuple[str, str]] = []
        self.applied: dict[str, list[Entry]] = {member.id: [] for member in members}
        self.said: list[Message] = []

    def isolate(self, name: str) -> None:
        for other in self.members:
            self.cuts += [(name, other), (other, name)]

    def heal(self) -> None:
        self.cuts = []

    def settle(self) -> "Net":
        """Deliver until everybody is silent."""
        queue = self._collect()
        while queue:
            message = queue.pop(0)
            self.said.append(message)
            if message.to in self.members and (message.sender, message.to) not in self.cuts:
                self.members[message.to].step(message)
            else:
                self.members[message.sender].report_lost(message)
            queue += self._collect()
        return self

    def _collect(self) -> list[Message]:
        messages: list[Message] = []
        for name, member in self.members.items():
            ready = member.ready()
            messages += ready.messages
            self.applied[name] += ready.committed
        return messages

    def tick(self, *names: str, times: int = 1) -> None:
        for _ in range(times):
            for name in names or self.members:
                self.members[name].tick()
            self.settle()

    def elect(self, name: str) -> Member:
        self.members[name].campaign()
        self.settle()
        assert self.members[name].role is Role.LEADER, f"{name} is {self.members[name].role}"
        return self.members[name]

    def propose(self, name: str, data: Any) -> None:
        self.members[name].propose(data)
        self.settle()


def a_net(members: str = "abc", rules: Rules = PLAIN) -> Net:
    return Net(*(a_member(name, members, rules=rules) for name in members))


def terms(member: Member) -> list[int]:
    return [entry.term for entry in member.log.entries]


def said(member: Member, kind: Kind) -> list[Message]:
    """What a member is about to send, of one kind."""
    return [message for message in member.outbox if message.kind is kind]
