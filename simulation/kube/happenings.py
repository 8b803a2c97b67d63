"""The ledger: everything that happened, each with its causes.

Changes of belief, happenings of reality, votes and traffic share one numbering. "Why?" is a walk
up this ledger and nothing else. It is bounded: the oldest entries are forgotten first.
"""

from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record, State
from simulation.kernel.units import Instant
from simulation.kube.limits import CAUSES_MAX, LEDGER_ENTRIES_MAX


class Entry(Record):
    """Something that happened."""

    id: int
    at: Instant
    reason: Reason
    subject: str
    causes: tuple[int, ...] = ()
    by: str = ""


class Ledger(State):
    """What happened lately, by number."""

    next_id: int = 1
    entries: dict[int, Entry] = {}

    def add(
        self,
        at: Instant,
        reason: Reason,
        subject: str,
        causes: tuple[int, ...] = (),
        by: str = "",
    ) -> int:
        """Write an entry down and return its number."""
        number = self.next_id
        self.next_id += 1
        self.entries[number] = Entry(number, at, reason, subject, unique(causes)[:CAUSES_MAX], by)
        if len(self.entries) > LEDGER_ENTRIES_MAX:
            del self.entries[next(iter(self.entries))]
        return number

    def since(self, number: int) -> list[Entry]:
        """Return the entries after a number, oldest first."""
        found: list[Entry] = []
        for entry in reversed(self.entries.values()):
            if entry.id <= number:
                break
            found.append(entry)
        return found[::-1]

    def chain(self, number: int) -> list[Entry]:
        """Walk from an entry up to its first cause, along the first cause of each."""
        walk: list[Entry] = []
        entry = self.entries.get(number)
        while entry is not None and len(walk) < LEDGER_ENTRIES_MAX:
            walk.append(entry)
            earlier = [cause for cause in entry.causes if cause < entry.id]
            entry = self.entries.get(earlier[0]) if earlier else None
        return walk


def unique(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Drop zeros and repetitions and keep the order."""
    return tuple(dict.fromkeys(number for number in numbers if number))
