"""What must hold whatever happens (Raft, figure 3), checked after every step.

1. Election safety: at most one leader a term.
2. Log matching: entries equal in index and term are equal, and so is everything before them.
3. Leader completeness: what was ever committed is in the log of every later leader.
4. State machine safety: nobody applies something else at an index.
5. A vote, once cast, stays for its term; terms and commit indexes never fall.

Not checked here: that anything happens at all. That is the business of the tests of calm.
"""

from collections.abc import Mapping

from simulation.raft.member import Member
from simulation.raft.messages import Entry
from simulation.raft.roles import Role


class Judge:
    """Remembers what was seen, and objects."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self.members = members
        self.leaders: dict[int, str] = {}
        self.chosen: dict[int, Entry] = {}
        self.before: dict[str, tuple[int, str, int]] = {}
        self.seen: dict[str, int] = {}

    def note(self, what: str) -> None:
        self.seen[what] = self.seen.get(what, 0) + 1

    def look(self, name: str) -> None:
        """Judge a member after it has done something."""
        member = self.members[name]
        self._memory_is_kept(name, member)
        self._what_is_committed_stays(name, member)
        if member.role is Role.LEADER:
            first = self.leaders.setdefault(member.term, name)
            assert first == name, f"{first} and {name} both lead term {member.term}"
            self._a_leader_has_all(member)

    def _memory_is_kept(self, name: str, member: Member) -> None:
        term, vote, commit = self.before.get(name, (0, "", 0))
        assert member.term >= term, f"{name} went back from term {term} to {member.term}"
        assert member.log.committed >= commit, f"{name} took back the commit of {commit}"
        if member.term == term and vote:
            assert member.vote == vote, f"{name} voted for {vote}, then for {member.vote}"
        self.before[name] = (member.term, member.vote, member.log.committed)

    def _what_is_committed_stays(self, name: str, member: Member) -> None:
        log = member.log
        for entry in log.entries:
            if entry.index > log.committed:
                break
            first = self.chosen.setdefault(entry.index, entry)
            assert first == entry, f"{name} committed {entry}, somebody else {first}"

    def _a_leader_has_all(self, leader: Member) -> None:
        log = leader.log
        for index, entry in self.chosen.items():
            # What an earlier term committed; a later one may have gone on without this leader.
            if index > log.snapshot_index and entry.term < leader.term:
                newer = any(term > leader.term for term in self.leaders)
                assert newer or log.holds(index, entry.term), f"{leader.id} leads without {entry}"

    def logs_match(self) -> None:
        """Judge every pair of logs."""
        names = sorted(self.members)
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                self._pair_matches(self.members[one], self.members[other])

    def _pair_matches(self, one: Member, other: Member) -> None:
        first = max(one.log.first_index, other.log.first_index)
        last = min(one.log.last_index, other.log.last_index)
        is_met = False
        for index in range(last, first - 1, -1):
            a, b = one.log.since(index, 1)[0], other.log.since(index, 1)[0]
            is_met = is_met or a.term == b.term
            assert not is_met or a == b, f"{one.id} holds {a}, {other.id} holds {b}"
