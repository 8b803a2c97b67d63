"""Raft alone in a net that keeps no promise: each seed has a mixture of faults of its own.

Faults are drawn by the swarm's rule: every seed switches each of them on or off, so that rare
pairs meet and no fault always hides another. After the storm comes calm: everybody is up, every
message arrives, and a leader with an agreed log must emerge within a bound.
"""

from collections import Counter

import msgspec

from simulation.kernel.dice import Dice
from simulation.raft import progress, replication
from simulation.raft.log import Log
from simulation.raft.member import Member
from simulation.raft.messages import Membership, Message
from simulation.raft.roles import Role, Rules
from tests.fuzz.judge import Judge
from tests.fuzz.rules import Witness

STEPS = 1_000
CALM_ROUNDS_MAX = 200
"""Rounds of a tick each: twenty election timeouts."""
IN_THE_AIR_MAX = 200

FAULTS = (
    "drop",
    "delay",
    "duplicate",
    "reorder",
    "crash",
    "partition",
    "one-way partition",
    "slow fsync",
    "membership change",
    "leadership transfer",
    "compaction",
    "early timeout",
)


class Disk(msgspec.Struct):
    """What a loss of power leaves: the term, the vote, the log and the membership in force."""

    term: int
    vote: str
    log: Log
    membership: Membership


class Storm:
    """Members, the air between them, and everything that goes wrong."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed)
        self.faults = [fault for fault in FAULTS if self.dice.chance(1, 2, "fault", fault)]
        size = self.dice.between(1, 5, "size")
        self.names = list("abcdefg"[: size + ("membership change" in self.faults) * 2])
        rules = Rules(election_ticks=5, pre_vote=True, check_quorum=True)
        if "membership change" not in self.faults:
            # Who was removed and does not know it disrupts the others for ever without them.
            pre_vote = self.dice.chance(2, 3, "pre-vote")
            rules = Rules(5, 1, pre_vote, self.dice.chance(2, 3, "check-quorum"))
        membership = Membership(tuple(self.names[:size]))
        self.members = {n: Member.new(n, membership, Dice(seed), rules) for n in self.names}
        self.judge = Judge(self.members)
        self.witness = Witness()
        self.counts: Counter[str] = Counter()
        self.air: list[Message] = []
        self.down: dict[str, int] = {}
        """Member to the step at which its power returns."""
        self.disks = {name: _saved(self.members[name]) for name in self.names}
        self.syncing: dict[str, int] = {}
        """Member to the step at which its disk will have written; until then it says nothing."""
        self.cuts: set[tuple[str, str]] = set()
        self.rounds = 0
        self.step = 0
        self.is_calm = False

    # --- the storm

    def rage(self, steps: int = STEPS) -> None:
        """Let everything happen that this seed allows."""
        for step in range(steps):
            self.step = step
            if step % 60 == 0:
                self._cut()
            self._return()
            name = self.dice.pick(self.names, "who", step)
            self._act(name, self.dice.below(1_000, "what", step))
            if step % 100 == 0:
                self.judge.logs_match(but=self.syncing)

    def _has(self, fault: str, share: int, *key: str | int) -> bool:
        """Tell whether a fault of this seed strikes now, which it does in so many of 1000."""
        strikes = fault in self.faults and self.dice.chance(share, 1_000, fault, self.step, *key)
        self.counts[fault] += strikes
        return strikes

    def _cut(self) -> None:
        self.cuts = set()
        ways = [(a, b) for a in self.names for b in self.names if a != b]
        if self._has("partition", 500):
            apart = [n for n in self.names if self.dice.chance(2, 5, "apart", self.step, n)]
            leaders = [n for n in self.names if self.members[n].role is Role.LEADER]
            if leaders and self.dice.chance(1, 2, "apart", self.step):
                apart = leaders[-1:]
            self.cuts |= {(a, b) for a, b in ways if (a in apart) != (b in apart)}
        if self._has("one-way partition", 500):
            self.cuts |= {way for way in ways if self.dice.chance(1, 4, "way", self.step, *way)}

    def _return(self) -> None:
        for name in [each for each, until in self.down.items() if until <= self.step]:
            del self.down[name]
            self.counts["restart"] += 1
        for name in [each for each, until in self.syncing.items() if until <= self.step]:
            del self.syncing[name]
            self._hand_out(name)

    def _act(self, name: str, what: int) -> None:  # noqa: PLR0912 - a table of what may happen
        member = self.members[name]
        if what < 560 and self.air:
            self._deliver()
        elif name in self.down:
            return
        elif what < 840:
            self._tick(name)
        elif what < 920:
            # A leader apart that goes on appending makes the tails that must be dropped later.
            for number in range(self.dice.between(1, 4, "proposals", self.step)):
                member.propose(f"{name} {self.step}.{number}")
        elif self._has("crash", 250):
            self.crash(name)
            return
        elif self._has("early timeout", 120):
            member.campaign()
        elif self._has("leadership transfer", 200):
            member.transfer(self.dice.pick(self.names, "heir", self.step))
        elif self._has("compaction", 400):
            if member.log.applied > member.log.snapshot_index:
                self.witness.note("7 a log")
            member.compact(member.log.applied)
        elif member.role is Role.LEADER and self._has("membership change", 700):
            self._change_members(member)
        self._collect(name)

    def _tick(self, name: str) -> None:
        member = self.members[name]
        then, heir = self.witness.before(member), member.transferee
        member.tick()
        self.witness.ticked(member, then, heir)

    def _change_members(self, leader: Member) -> None:
        now = leader.membership
        someone = self.dice.pick([*self.names, *now.learners * 8], "someone", self.step)
        voters = tuple(each for each in now.voters if each != someone)
        if someone in now.learners:
            wanted = Membership(tuple(sorted((*now.voters, someone))))
        elif someone not in now.voters:
            wanted = Membership(now.voters, (), (someone,))
        elif voters:
            wanted = Membership(voters, (), now.learners)
        else:
            return
        if not leader.propose_membership(wanted) and leader.pending_change > leader.log.applied:
            self.witness.note("6 a second")

    def crash(self, name: str) -> None:
        """Cut a member's power: what its disk had not written is gone."""
        member, disk = self.members[name], self.disks[name]
        # The host applied entries that are on disk; after a restart it has them still.
        applied = member.log.applied
        member.term, member.vote = disk.term, disk.vote
        member.log = _copied(disk.log)
        member.membership = disk.membership
        member.log.applied = min(applied, member.log.committed)
        member.restart()
        self.syncing.pop(name, None)
        self.down[name] = self.step + self.dice.between(1, 80, "down", self.step)
        self.judge.lost_power(name)
        if member.vote:
            self.counts["crash after a vote"] += 1
        self._collect(name)

    # --- messages

    def _deliver(self) -> None:
        reach = 12 if "reorder" in self.faults else 1
        place = self.dice.below(min(len(self.air), reach), "which", self.step)
        self.counts["reorder"] += place > 0
        message = self.air.pop(place)
        wire = (message.sender, message.to)
        if self._has("delay", 150):
            self.air.append(message)
            return
        if wire in self.cuts or message.to in self.down or self._has("drop", 150):
            self._lose(message)
            return
        if self._has("duplicate", 60):
            self.air.append(message)
        self._hand_in(message)

    def _lose(self, message: Message) -> None:
        if message.sender not in self.down:
            self.members[message.sender].report_lost(message)
            self._collect(message.sender)

    def _hand_in(self, message: Message) -> None:
        if message.sender not in self.down:
            self.members[message.sender].report_delivered(message)
        member = self.members[message.to]
        then = self.witness.before(member)
        member.step(message)
        self.judge.stepped(member, message, then[1:])
        self.witness.stepped(member, message, then)
        if message.to in self.restarted_with_a_vote(message, then):
            self.witness.note("5.2 a vote survives")
        self._collect(message.to)

    def restarted_with_a_vote(
        self, message: Message, then: tuple[Role, int, int, int, int, str]
    ) -> tuple[str, ...]:
        """Return the receiver if it refuses a vote that it gave away before it lost its power."""
        is_kept = self.disks[message.to].vote == then[5] and self.counts["crash after a vote"]
        is_second = message.kind == "vote" and message.term == then[1] and then[5]
        return (message.to,) if is_kept and is_second and then[5] != message.sender else ()

    def _collect(self, name: str) -> None:
        """Write to disk what a member has ready, at once or after a while, then hand it out."""
        if name in self.syncing:
            # What is neither on disk nor told to anybody has not happened yet.
            return
        if not self.is_calm and self._has("slow fsync", 60, name):
            self.syncing[name] = self.step + self.dice.between(5, 60, "fsync", self.step)
            return
        self._hand_out(name)

    def _hand_out(self, name: str) -> None:
        member = self.members[name]
        self.judge.look(name)
        while True:
            learners = member.membership.learners
            ready = member.ready()
            self.disks[name] = _saved(member)
            if ready.restored is not None:
                self.judge.restores(name, ready.restored.index)
            self.judge.applies(name, ready.committed)
            for entry in ready.committed:
                self.witness.applied(member, entry, learners)
            for message in ready.messages:
                self.judge.says(message)
                self.witness.said(member, message)
            self.air += ready.messages
            self.judge.look(name)
            if not (ready.messages or ready.committed):
                break
        while len(self.air) > IN_THE_AIR_MAX:
            message = self.air.pop(0)
            if message.sender not in self.down:
                self.members[message.sender].report_lost(message)

    # --- the calm

    def calm(self) -> None:
        """End all faults, and let time pass for all alike until everybody agrees."""
        self.is_calm, self.cuts, self.down = True, set(), {}
        for name in list(self.syncing):
            del self.syncing[name]
            self._hand_out(name)
        while not (self.is_agreed() and not self.air) and self.rounds < CALM_ROUNDS_MAX:
            self.rounds += 1
            for name in self.names:
                self._tick(name)
                self._collect(name)
            while self.air:
                self._hand_in(self.air.pop(0))
        assert self.is_agreed(), f"no agreement after {self.rounds} rounds: {self.state()}"
        self.judge.logs_match()

    def is_agreed(self) -> bool:
        """Tell whether the newest leader's log is committed by all of its voters."""
        leaders = [m for m in self.members.values() if m.role is Role.LEADER]
        newest = max(leaders, key=lambda member: member.term, default=None)
        return (
            newest is not None
            and newest.id in newest.membership.voters
            and not newest.membership.outgoing
            and all(
                self.members[peer].log.committed == newest.log.last_index
                for peer in newest.membership.everyone()
            )
        )

    def state(self) -> dict[str, tuple[object, ...]]:
        """Return what a report shows of each member."""
        return {
            m.id: (m.role.value, m.term, m.vote, m.log.committed, m.log.last_index, m.membership)
            for m in self.members.values()
        }


def _copied(log: Log) -> Log:
    return Log(list(log.entries), log.snapshot_index, log.snapshot_term, log.committed, log.applied)


def _saved(member: Member) -> Disk:
    return Disk(member.term, member.vote, _copied(member.log), member.membership)


def ride(seed: int, steps: int = STEPS) -> Storm:
    """Sit a storm out, judging after every step, and the calm after it.

    Every second seed has short appends and a narrow window, so that their bounds are met.
    """
    wide = replication.ENTRIES_PER_APPEND_MAX, progress.INFLIGHT_APPENDS_MAX
    try:
        if seed % 2:
            replication.ENTRIES_PER_APPEND_MAX, progress.INFLIGHT_APPENDS_MAX = 1, 2
        storm = Storm(seed)
        storm.rage(steps)
        storm.calm()
    finally:
        replication.ENTRIES_PER_APPEND_MAX, progress.INFLIGHT_APPENDS_MAX = wide
    return storm
