"""What must hold whatever happens (Raft, figure 3), judged after every single step.

1. Election safety: at most one leader a term.
2. Leader append-only: a leader neither overwrites nor drops entries of its own log.
3. Log matching: entries equal in index and term are equal, and so is everything before them.
4. Leader completeness: what was ever committed is in the log of every later leader.
5. State machine safety: everybody applies the same at an index, without a gap.
6. A vote stays for its term, through losses of power too; terms and commit indexes never fall.
7. Nothing is committed that no majority holds.

Everything is judged from the outside: from logs, from what is said and from what is applied. A
judge never asks the code it judges how many are a majority.
"""

from collections.abc import Collection, Mapping

from simulation.raft.member import Member
from simulation.raft.messages import Entry, Kind, Membership, Message
from simulation.raft.roles import Role

Place = tuple[int, int]
"""Index and term of an entry."""


class Judge:
    """Remembers what was seen, and objects."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self.members = members
        self.leaders: dict[int, str] = {}
        self.chosen: dict[int, Entry] = {}
        self.written: dict[Place, tuple[Entry, int]] = {}
        self.kept: dict[str, list[Entry]] = {}
        self.applied: dict[str, int] = {}
        self.votes: dict[tuple[str, int], str] = {}
        self.before: dict[str, tuple[int, str, int, Membership, Role]] = {}

    # --- what a member is

    def look(self, name: str) -> None:
        """Judge a member after it has done something."""
        member = self.members[name]
        before = self.before.get(name)
        if before is not None:
            self._memory_is_kept(member, *before)
        self._log_matches(member, before)
        committed = 0 if before is None else before[2]
        if member.role is Role.LEADER:
            self._leads_alone(member)
        if member.log.committed > committed:
            self._commit_is_common(member, committed, None if before is None else before[3])
        if member.role is Role.LEADER:
            self._a_leader_has_all(member)
        log = member.log
        self.before[name] = (
            member.term, member.vote, log.committed, member.membership, member.role
        )  # fmt: skip

    def stepped(
        self, member: Member, message: Message, then: tuple[int, int, int, int, str]
    ) -> None:
        """Judge what came from an earlier term: it has changed nothing (Raft §5.1)."""
        if message.term < then[0] and message.kind is not Kind.PROPOSAL:
            log = member.log
            now = (member.term, log.committed, log.last_index, log.last_term, member.vote)
            assert now == then, f"{member.id} in term {then[0]} followed {message}"

    def lost_power(self, name: str) -> None:
        """A member came back with what its disk held: what it never told anybody may be gone."""
        member = self.members[name]
        self.kept[name] = list(member.log.entries)
        self.before.pop(name, None)

    def _memory_is_kept(
        self, member: Member, term: int, vote: str, commit: int, membership: Membership, role: Role
    ) -> None:
        del membership, role
        log = member.log
        assert member.term >= term, f"{member.id} went back from term {term} to {member.term}"
        assert log.committed >= commit, f"{member.id} took back the commit of {commit}"
        if member.term == term and vote:
            assert member.vote == vote, f"{member.id} voted for {vote}, then for {member.vote}"
        assert log.applied <= log.committed <= log.last_index, (
            f"{member.id}: {log.applied} applied, {log.committed} committed, {log.last_index} held"
        )

    def _log_matches(
        self, member: Member, before: tuple[int, str, int, Membership, Role] | None
    ) -> None:
        """Judge what is new in a log; what is below the first entry in common is unchanged."""
        entries, old = member.log.entries, self.kept.get(member.id, [])
        shift = old[0].index - entries[0].index if old and entries else 0
        new = len(entries)
        while new and not (
            0 <= new - 1 - shift < len(old) and old[new - 1 - shift] is entries[new - 1]
        ):
            new -= 1
        if new == len(entries) and len(old) + shift <= new:
            return
        if before is not None and before[4] is Role.LEADER and before[0] == member.term:
            self._appends_only(member, old)
        for place in range(new, len(entries)):
            entry = entries[place]
            earlier = entries[place - 1].term if place else member.log.snapshot_term
            first, first_earlier = self.written.setdefault(
                (entry.index, entry.term), (entry, earlier)
            )
            assert first == entry, f"{member.id} holds {entry}, somebody else held {first}"
            assert first_earlier == earlier, f"{member.id}: before {entry} came term {earlier}"
            if entry.index in self.chosen and entry.index <= member.log.committed:
                self._is_chosen(member, entry)
        self.kept[member.id] = list(entries)

    def _appends_only(self, leader: Member, old: list[Entry]) -> None:
        for entry in old:
            if entry.index > leader.log.snapshot_index:
                assert leader.log.holds(entry.index, entry.term), (
                    f"{leader.id} leads term {leader.term} and dropped {entry} of its own log"
                )

    def _is_chosen(self, member: Member, entry: Entry) -> None:
        first = self.chosen.setdefault(entry.index, entry)
        assert first == entry, f"{member.id} committed {entry}, somebody else {first}"

    def _commit_is_common(self, member: Member, known: int, membership: Membership | None) -> None:
        log = member.log
        for index in range(max(known, log.snapshot_index) + 1, log.committed + 1):
            self._is_chosen(member, log.since(index, 1)[0])
        if member.role is not Role.LEADER or membership is None:
            return
        holders = [
            name
            for name, each in self.members.items()
            if each.log.last_index >= log.committed
            and each.log.term_at(log.committed) in (None, log.term_at(log.committed))
        ]
        assert any(
            _is_majority(each.voters, holders) and _is_majority(each.outgoing, holders)
            for each in (membership, member.membership)
        ), f"{member.id} committed {log.committed}, which only {holders} hold"

    def _leads_alone(self, leader: Member) -> None:
        first = self.leaders.setdefault(leader.term, leader.id)
        assert first == leader.id, f"{first} and {leader.id} both lead term {leader.term}"

    def _a_leader_has_all(self, leader: Member) -> None:
        log = leader.log
        before = self.before.get(leader.id)
        if before is not None and (before[0], before[4]) == (leader.term, Role.LEADER):
            return
        if leader.term < max(self.leaders):
            return
        for index, entry in self.chosen.items():
            if index > log.snapshot_index and entry.term < leader.term:
                assert log.holds(index, entry.term), f"{leader.id} leads without {entry}"

    # --- what a member says and does

    def says(self, message: Message) -> None:
        """Judge what goes out: a vote, once given, is given for the whole term."""
        if message.kind is Kind.VOTE_REPLY and not message.reject:
            given = self.votes.setdefault((message.sender, message.term), message.to)
            assert given == message.to, (
                f"{message.sender} gave its vote of term {message.term} to {given}"
                f" and to {message.to}"
            )
        if message.kind is Kind.VOTE:
            given = self.votes.setdefault((message.sender, message.term), message.sender)
            assert given == message.sender, (
                f"{message.sender} stands in term {message.term} and has voted for {given}"
            )

    def applies(self, name: str, entries: Collection[Entry]) -> None:
        """Judge what a state machine is given."""
        for entry in entries:
            expected = self.applied.get(name, 0) + 1
            assert entry.index == expected, f"{name} applied {entry.index}, not {expected}"
            self.applied[name] = entry.index
            self._is_chosen(self.members[name], entry)

    def restores(self, name: str, index: int) -> None:
        """A state machine jumped to a snapshot."""
        assert index > self.applied.get(name, 0), f"{name} went back to {index}"
        self.applied[name] = index

    # --- now and then, everything

    def logs_match(self, but: Collection[str] = ()) -> None:
        """Judge all logs from end to end, whatever was noticed of them before."""
        for name in sorted(set(self.members) - set(but)):
            log = self.members[name].log
            for entry in log.entries:
                known = self.written.get((entry.index, entry.term))
                assert known is None or known[0] == entry, f"{name}: {entry} was {known}"
                if entry.index <= log.committed:
                    self._is_chosen(self.members[name], entry)


def _is_majority(voters: Collection[str], holders: Collection[str]) -> bool:
    return not voters or 2 * sum(voter in holders for voter in voters) > len(voters)
