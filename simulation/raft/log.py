"""The log of one member: a snapshot, the entries after it, and how far they are committed.

What always holds: applied <= committed <= last index; entries follow each other without a gap;
what is committed is never overwritten.
"""

from collections.abc import Sequence

import msgspec

from simulation.kernel.records import State
from simulation.raft.messages import Entry


class Log(State):
    """Entries in order; index 0 with term 0 is before the first."""

    entries: list[Entry] = msgspec.field(default_factory=list)
    snapshot_index: int = 0
    snapshot_term: int = 0
    committed: int = 0
    applied: int = 0

    @property
    def first_index(self) -> int:
        """The index of the oldest entry that is kept, or would be."""
        return self.snapshot_index + 1

    @property
    def last_index(self) -> int:
        """The index of the newest entry."""
        return self.snapshot_index + len(self.entries)

    @property
    def last_term(self) -> int:
        """The term of the newest entry."""
        return self.entries[-1].term if self.entries else self.snapshot_term

    def term_at(self, index: int) -> int | None:
        """Return the term of an entry; None if it is compacted away or not there yet."""
        if index == self.snapshot_index:
            return self.snapshot_term
        if self.first_index <= index <= self.last_index:
            return self.entries[index - self.first_index].term
        return None

    def since(self, index: int, limit: int) -> tuple[Entry, ...]:
        """Return up to limit entries from an index on; the index must not be compacted."""
        assert index >= self.first_index, f"entry {index} is compacted, {self.first_index} is kept"
        start = index - self.first_index
        return tuple(self.entries[start : start + limit])

    def holds(self, index: int, term: int) -> bool:
        """Tell whether the entry at an index has this term."""
        return self.term_at(index) == term

    def is_outdone_by(self, index: int, term: int) -> bool:
        """Tell whether a log that ends there is at least as fresh as this one (Raft §5.4.1)."""
        return (term, index) >= (self.last_term, self.last_index)

    def find_conflict(self, entries: Sequence[Entry]) -> int:
        """Return the index of the first entry that is new or differs; 0 if all are here."""
        for entry in entries:
            if not self.holds(entry.index, entry.term):
                return entry.index
        return 0

    def find_conflict_by_term(self, index: int, term: int) -> tuple[int, int]:
        """Return the last place up to index whose term is at most the given one.

        What is not known (compacted, or beyond the end) ends the search with term 0: it might
        match. This lets a leader skip a whole term with each refusal instead of one entry.
        """
        while index > 0:
            ours = self.term_at(index)
            if ours is None:
                return index, 0
            if ours <= term:
                return index, ours
            index -= 1
        return 0, 0

    def append(self, entries: Sequence[Entry]) -> int:
        """Put entries at their place, dropping whatever conflicts; return the last index."""
        if entries:
            after = entries[0].index - 1
            assert after >= self.committed, (
                f"entry {after + 1} would overwrite a committed entry, {self.committed} are"
            )
            assert after <= self.last_index, f"a gap between {self.last_index} and {after + 1}"
            del self.entries[after - self.snapshot_index :]
            self.entries.extend(entries)
        return self.last_index

    def maybe_append(
        self, previous: int, previous_term: int, commit: int, entries: Sequence[Entry]
    ) -> int | None:
        """Append what a leader sent if it joins on; return the last new index, None if not."""
        if not self.holds(previous, previous_term):
            return None
        last_new = previous + len(entries)
        conflict = self.find_conflict(entries)
        if conflict:
            assert conflict > self.committed, (
                f"entry {conflict} would overwrite a committed entry, {self.committed} are"
            )
            self.append(entries[conflict - previous - 1 :])
        self.commit_to(min(commit, last_new))
        return last_new

    def commit_to(self, index: int) -> None:
        """Raise the commit index; it never falls."""
        if index > self.committed:
            assert index <= self.last_index, f"commit {index} of {self.last_index} entries"
            self.committed = index

    def maybe_commit(self, index: int, term: int) -> bool:
        """Commit up to index if that entry is of the given term (Raft §5.4.2)."""
        if index > self.committed and self.holds(index, term):
            self.commit_to(index)
            return True
        return False

    def take_committed(self) -> tuple[Entry, ...]:
        """Return the entries committed since the last call, and count them as applied."""
        if self.applied == self.committed:
            return ()
        entries = self.since(self.applied + 1, self.committed - self.applied)
        self.applied = self.committed
        return entries

    def compact(self, index: int) -> None:
        """Forget entries up to an index that has been applied."""
        assert index <= self.applied, f"compacting {index} when {self.applied} are applied"
        if index <= self.snapshot_index:
            return
        term = self.term_at(index)
        assert term is not None, f"no entry {index} to compact to"
        del self.entries[: index - self.snapshot_index]
        self.snapshot_index, self.snapshot_term = index, term

    def restore(self, index: int, term: int) -> None:
        """Start again from a snapshot."""
        self.entries = []
        self.snapshot_index, self.snapshot_term = index, term
        self.committed = self.applied = index
