"""Raft as a state machine: Hypothesis chooses the steps, the judge looks after each one.

Where the swarm rolls dice, this searches: a failure shrinks to the shortest list of steps that
still breaks a promise.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from simulation.kernel.dice import Dice
from simulation.raft.member import Member
from simulation.raft.messages import Membership, Message
from simulation.raft.roles import Role, Rules
from tests.fuzz.judge import Judge

WHO = st.integers(0, 4)


class RaftMachine(RuleBasedStateMachine):
    """Members, and the messages between them in any order."""

    @initialize(size=st.integers(1, 5), seed=st.integers(0, 99), pre_vote=st.booleans())
    def found(self, size: int, seed: int, pre_vote: bool) -> None:
        self.names = list("abcde"[:size])
        rules = Rules(election_ticks=3, pre_vote=pre_vote, check_quorum=True)
        membership = Membership(tuple(self.names))
        self.members = {n: Member.new(n, membership, Dice(seed), rules) for n in self.names}
        self.judge = Judge(self.members)
        self.air: list[Message] = []
        self.proposed = 0

    def _member(self, who: int) -> Member:
        return self.members[self.names[who % len(self.names)]]

    def _collect(self, member: Member) -> None:
        while True:
            self.judge.look(member.id)
            ready = member.ready()
            if ready.restored is not None:
                self.judge.restores(member.id, ready.restored.index)
            self.judge.applies(member.id, ready.committed)
            for message in ready.messages:
                self.judge.says(message)
            self.air += ready.messages
            if not (ready.messages or ready.committed):
                break
        del self.air[:-100]

    @rule(who=WHO, times=st.integers(1, 6))
    def tick(self, who: int, times: int) -> None:
        for _ in range(times):
            self._member(who).tick()
        self._collect(self._member(who))

    @precondition(lambda self: self.air)
    @rule(place=st.integers(0, 99), again=st.booleans())
    def deliver(self, place: int, again: bool) -> None:
        index = place % len(self.air)
        message = self.air[index] if again else self.air.pop(index)
        self.members[message.to].step(message)
        self._collect(self.members[message.to])

    @precondition(lambda self: self.air)
    @rule(times=st.integers(1, 30))
    def deliver_in_order(self, times: int) -> None:
        for _ in range(min(times, len(self.air))):
            self.deliver(0, again=False)

    @precondition(lambda self: self.air)
    @rule(place=st.integers(0, 99))
    def lose(self, place: int) -> None:
        message = self.air.pop(place % len(self.air))
        self.members[message.sender].report_lost(message)
        self._collect(self.members[message.sender])

    @rule(who=WHO)
    def propose(self, who: int) -> None:
        self.proposed += 1
        self._member(who).propose(self.proposed)
        self._collect(self._member(who))

    @rule(who=WHO)
    def lose_power(self, who: int) -> None:
        self._member(who).restart()
        self._collect(self._member(who))

    @rule(who=WHO)
    def time_out(self, who: int) -> None:
        self._member(who).campaign()
        self._collect(self._member(who))

    @rule(who=WHO, heir=WHO)
    def hand_over(self, who: int, heir: int) -> None:
        self._member(who).transfer(self._member(heir).id)
        self._collect(self._member(who))

    @rule(who=WHO)
    def compact(self, who: int) -> None:
        self._member(who).compact(self._member(who).log.applied)

    @rule(who=WHO, leaver=WHO)
    def change_members(self, who: int, leaver: int) -> None:
        leader = self._member(who)
        voters = tuple(name for name in self.names if name != self._member(leaver).id)
        wanted = Membership(voters if leader.membership.voters != voters else tuple(self.names))
        if leader.role is Role.LEADER and wanted.voters:
            leader.propose_membership(wanted)
        self._collect(leader)

    @invariant()
    def everything_matches(self) -> None:
        if hasattr(self, "judge"):
            self.judge.logs_match()


TestRaft = RaftMachine.TestCase
TestRaft.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
