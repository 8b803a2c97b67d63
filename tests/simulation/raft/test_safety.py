"""A swarm of seeds under everything that can go wrong: safety always.

Quality checks: see judge.py. Chaos: messages lost, doubled, late and out of order; ticks that
run apart; loss of power; proposals anywhere; hand-overs; compaction; changes of members.
"""

import pytest

from simulation.kernel.dice import Dice
from simulation.raft.member import Member
from simulation.raft.messages import Membership, Message
from simulation.raft.roles import Role, Rules
from tests.simulation.raft.judge import Judge

STEPS = 1_500
SEEDS = [*range(40), 509]
"""509: a removed leader alone knew that its removal was committed, and nobody could lead."""


class Storm:
    """Members in a net that keeps no promise."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        size = self.dice.between(1, 5, "size")
        names = "abcde"[:size]
        rules = Rules(
            election_ticks=5,
            pre_vote=self.dice.chance(2, 3, "pre-vote"),
            check_quorum=self.dice.chance(2, 3, "check-quorum"),
        )
        membership = Membership(tuple(names))
        self.members = {name: Member.new(name, membership, Dice(seed), rules) for name in names}
        self.names = list(names)
        self.air: list[Message] = []
        self.judge = Judge(self.members)
        self.loss = self.dice.pick([0, 5, 20], "loss")
        self.isolated: list[str] = []
        # Who was removed and does not know it disrupts the others for ever without pre-votes.
        self.is_changing = rules.pre_vote and size > 2

    def rage(self, steps: int) -> None:
        for step in range(steps):
            if step % 60 == 0:
                cut = self.dice.chance(1, 2, "cut", step)
                self.isolated = [
                    name
                    for name in self.names
                    if cut and self.dice.chance(2, 5, "apart", step, name)
                ]
            name = self.dice.pick(self.names, "who", step)
            self.act(step, name, self.dice.below(1_000, "what", step))
            if step % 50 == 0:
                self.judge.logs_match()

    def act(self, step: int, name: str, what: int) -> None:
        member = self.members[name]
        if what < 640 and self.air:
            self.deliver(step)
            return
        if what < 880:
            member.tick()
        elif what < 960:
            member.propose(f"{name} {step}")
        elif what < 970:
            member.restart()
            self.judge.note("restart")
        elif what < 975:
            member.campaign()
        elif what < 982:
            member.transfer(self.dice.pick(self.names, "heir", step))
        elif what < 990:
            member.compact(member.log.applied)
        elif what < 998 and member.role is Role.LEADER and self.is_changing:
            leaver = self.dice.pick(self.names, "leaver", step)
            kept = tuple(peer for peer in self.names if peer != leaver)
            voters = kept if self.dice.chance(1, 2, "leave", step) else tuple(self.names)
            if member.propose_membership(Membership(voters)):
                self.judge.note("change of members")
        self.collect(name)

    def deliver(self, step: int) -> None:
        place = self.dice.below(min(len(self.air), 12), "which", step)
        message = self.air.pop(place)
        is_cut = (message.sender in self.isolated) != (message.to in self.isolated)
        if is_cut or self.dice.chance(self.loss, 100, "lost", step):
            self.members[message.sender].report_lost(message)
            self.collect(message.sender)
            return
        if self.dice.chance(3, 100, "doubled", step):
            self.air.append(message)
        self.judge.note(message.kind.value)
        self.hand_in(message)

    def hand_in(self, message: Message) -> None:
        self.members[message.sender].report_delivered(message)
        self.members[message.to].step(message)
        self.collect(message.to)

    def collect(self, name: str) -> None:
        member = self.members[name]
        while True:
            ready = member.ready()
            self.air += ready.messages
            self.judge.look(name)
            if not (ready.messages or ready.committed):
                break
        for message in self.air[:-200]:
            self.members[message.sender].report_lost(message)
        del self.air[:-200]

    def calm(self) -> None:
        """Let everything arrive in order, with time passing for all alike."""
        for _ in range(400):
            for name in self.names:
                self.members[name].tick()
                self.collect(name)
            while self.air:
                self.hand_in(self.air.pop(0))


def is_agreed(storm: Storm) -> bool:
    leaders = [m for m in storm.members.values() if m.role is Role.LEADER]
    newest = max(leaders, key=lambda member: member.term, default=None)
    return newest is not None and all(
        storm.members[peer].log.committed == newest.log.last_index
        for peer in newest.membership.voters
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_storm_breaks_no_promise_and_calm_brings_agreement(seed):
    storm = Storm(seed)

    storm.rage(STEPS)
    storm.calm()

    storm.judge.logs_match()
    assert is_agreed(storm), {m.id: (m.role, m.term, m.membership) for m in storm.members.values()}
