"""Which rules of the paper, and of etcd, a run has exercised.

A witness looks at a member before and after each step and names the rules that were at work. It
judges nothing; a rule that no seed ever reached is a hole in the fuzzing, and is reported as one.
"""

from collections import Counter

from simulation.raft import quorum
from simulation.raft.member import Member
from simulation.raft.messages import Entry, Kind, Message
from simulation.raft.progress import Pace
from simulation.raft.roles import Role

RULES = (
    "5.1 what comes from an earlier term is not followed",
    "5.1 a newer term ends a candidacy",
    "5.1 a newer term ends an office",
    "5.2 a vote is granted",
    "5.2 a second candidate of a term gets no vote",
    "5.2 an election is won",
    "5.2 an election ends without a winner",
    "5.2 a candidate yields to a leader of its term",
    "5.2 a vote survives a loss of power",
    "5.3 entries are appended",
    "5.3 an append that does not join on is refused",
    "5.3 what conflicts is dropped",
    "5.3 a refusal skips more than one entry",
    "5.3 a majority commits",
    "5.3 a follower learns the commit index",
    "5.4.1 a candidate with an older log gets no vote",
    "5.4.2 an earlier term's entry is held by a majority and not committed",
    "5.4.2 an earlier term's entry is committed by a later one",
    "6 a joint membership begins",
    "6 a joint membership ends",
    "6 a leader removes itself",
    "6 a second change waits for the first",
    "6 a learner follows",
    "6 a learner becomes a voter",
    "7 a log is compacted",
    "7 a snapshot is sent",
    "7 a snapshot replaces a log",
    "7 a snapshot that is no news changes nothing",
    "8 a leader opens its term with an empty entry",
    "3.10 an office is handed over",
    "3.10 a hand-over is given up",
    "6.2 a leader that hears no majority steps down",
    "9.6 a pre-vote is granted",
    "9.6 a pre-vote is refused",
    "etcd: who hears its leader hears no candidate",
    "etcd: a window of appends is full",
    "etcd: a window of appends is freed",
    "TiKV: a commit is learnt from a vote",
)

VOTING = (Kind.VOTE, Kind.PRE_VOTE, Kind.VOTE_REPLY, Kind.PRE_VOTE_REPLY)


class Witness:
    """Counts rules at work."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def note(self, number: str) -> None:
        """Count the one rule whose text begins so."""
        rule = _BY_START.get(number)
        if rule is None:
            (rule,) = [each for each in RULES if each.startswith(number)]
            _BY_START[number] = rule
        self.seen[rule] += 1

    def before(self, member: Member) -> tuple[Role, int, int, int, int, str]:
        """Take down what a step may change."""
        log = member.log
        return member.role, member.term, log.committed, log.last_index, log.last_term, member.vote

    def ticked(self, member: Member, then: tuple[Role, int, int, int, int, str], heir: str) -> None:
        """A member let a tick pass."""
        role, term, *_ = then
        if role is Role.LEADER and member.role is Role.FOLLOWER:
            self.note("6.2")
        if heir and not member.transferee and member.role is Role.LEADER:
            self.note("3.10 a hand")
        if role in (Role.CANDIDATE, Role.PRE_CANDIDATE) and member.role is not role:
            self.note("5.2 an election ends")
        if role is Role.CANDIDATE and member.term > term:
            self.note("5.2 an election ends")

    def stepped(  # noqa: PLR0912 - a table of what may happen
        self, member: Member, message: Message, then: tuple[Role, int, int, int, int, str]
    ) -> None:
        """A member dealt with a message."""
        role, term, committed, last, last_term, _ = then
        kind = message.kind
        if message.term < term and kind is not Kind.PROPOSAL:
            self.note("5.1 what comes")
            return
        if member.term > term:
            if role is Role.LEADER:
                self.note("5.1 a newer term ends an o")
            elif role is not Role.FOLLOWER and kind is not Kind.PRE_VOTE_REPLY:
                self.note("5.1 a newer term ends a c")
        if role is Role.CANDIDATE and member.role is Role.FOLLOWER and member.leader:
            self.note("5.2 a candidate yields")
        if member.role is Role.LEADER and role is not Role.LEADER:
            self.note("5.2 an election is won")
            self.note("8")
        match kind:
            case Kind.VOTE | Kind.PRE_VOTE:
                self._asked(member, message, then)
            case Kind.APPEND:
                self._appended(member, message, last, last_term)
            case Kind.APPEND_REPLY | Kind.HEARTBEAT_REPLY if member.role is Role.LEADER:
                self._answered(member, committed)
            case Kind.SNAPSHOT:
                is_new = member.log.snapshot_index > committed or member.restored is not None
                self.note("7 a snapshot r" if is_new else "7 a snapshot that")
            case Kind.TIMEOUT_NOW if member.role is not Role.FOLLOWER:
                self.note("3.10 an office")
        if member.log.committed > committed:
            if kind in (Kind.APPEND, Kind.HEARTBEAT):
                self.note("5.3 a follower learns")
            elif kind in VOTING and member.role is not Role.LEADER:
                self.note("TiKV")

    def _asked(
        self, member: Member, message: Message, then: tuple[Role, int, int, int, int, str]
    ) -> None:
        is_pre = message.kind is Kind.PRE_VOTE
        wanted = Kind.PRE_VOTE_REPLY if is_pre else Kind.VOTE_REPLY
        answers = [m for m in member.outbox if m.kind is wanted and m.to == message.sender]
        if not answers:
            self.note("etcd: who")
        elif is_pre:
            self.note("9.6 a pre-vote is r" if answers[-1].reject else "9.6 a pre-vote is g")
        elif not answers[-1].reject:
            self.note("5.2 a vote is g")
        elif then[1] == message.term and then[5] not in ("", message.sender):
            self.note("5.2 a second")
        if (
            answers
            and answers[-1].reject
            and not member.log.is_outdone_by(message.index, message.log_term)
        ):
            self.note("5.4.1")

    def _appended(self, member: Member, message: Message, last: int, last_term: int) -> None:
        refused = [m for m in member.outbox if m.kind is Kind.APPEND_REPLY and m.reject]
        if refused:
            self.note("5.3 an append that")
            if refused[-1].hint < message.index - 1:
                self.note("5.3 a refusal")
        elif message.entries:
            self.note("5.3 entries")
            if message.index < last and not member.log.holds(last, last_term):
                self.note("5.3 what conflicts")
            if member.id in member.membership.learners:
                self.note("6 a learner f")

    def _answered(self, leader: Member, committed: int) -> None:
        log = leader.log
        if log.committed > committed:
            self.note("5.3 a majority")
            if log.term_at(committed + 1) not in (None, leader.term):
                self.note("5.4.2 an earlier term's entry is c")
            return
        held = {peer: progress.match for peer, progress in leader.progress.items()}
        index = quorum.committed(leader.membership, held)
        if index > committed and log.term_at(index) not in (None, leader.term):
            self.note("5.4.2 an earlier term's entry is h")

    def said(self, member: Member, message: Message) -> None:
        """A message goes out."""
        if message.kind is Kind.SNAPSHOT:
            self.note("7 a snapshot is")
        progress = member.progress.get(message.to)
        if message.kind is Kind.APPEND and progress is not None:
            if progress.pace is Pace.REPLICATE and progress.is_window_full():
                self.note("etcd: a window of appends is fu")
            elif progress.pace is Pace.REPLICATE and progress.inflight:
                self.note("etcd: a window of appends is fr")

    def applied(self, member: Member, entry: Entry, learners: tuple[str, ...]) -> None:
        """An entry is applied; learners: who was one before."""
        change = entry.change
        if change is None:
            return
        self.note("6 a joint membership b" if change.outgoing else "6 a joint membership e")
        if any(each in change.voters for each in learners):
            self.note("6 a learner b")
        if member.role is Role.LEADER and not change.is_voter(member.id):
            self.note("6 a leader r")


_BY_START: dict[str, str] = {}
