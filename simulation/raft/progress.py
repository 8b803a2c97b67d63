"""What a leader knows of one follower, and how much it may send it.

Three states. *Probe*: the leader does not know where the logs meet; it sends one append and waits
for the answer or the next heartbeat. *Replicate*: they met; appends are sent ahead of their
answers, up to a window. *Snapshot*: the follower needs entries that are no longer kept; nothing
is sent until it has the snapshot.

What always holds: 0 <= match < next.
"""

from enum import StrEnum

import msgspec

from simulation.kernel.records import State
from simulation.raft.limits import INFLIGHT_APPENDS_MAX


class Pace(StrEnum):
    """How a follower is being served."""

    PROBE = "probe"
    REPLICATE = "replicate"
    SNAPSHOT = "snapshot"


class Progress(State):
    """One follower in its leader's eyes."""

    match: int = 0
    """The last entry that the follower is known to hold."""
    next: int = 1
    """The first entry of the next append."""
    pace: Pace = Pace.PROBE
    pending_snapshot: int = 0
    sent_commit: int = 0
    """The highest commit index told to it, as far as it could have used it."""
    recent_active: bool = False
    """Heard of since the last check of the quorum."""
    waiting: bool = False
    """No more appends until an answer or a heartbeat's answer arrives."""
    inflight: list[int] = msgspec.field(default_factory=list)
    """The last index of each append that is not answered yet."""

    def _reset(self, pace: Pace) -> None:
        self.pace = pace
        self.waiting = False
        self.pending_snapshot = 0
        self.inflight = []

    def become_probe(self) -> None:
        """Look again for the place where the logs meet."""
        snapshot = self.pending_snapshot if self.pace is Pace.SNAPSHOT else 0
        self._reset(Pace.PROBE)
        self.next = max(self.match, snapshot) + 1
        self.sent_commit = min(self.sent_commit, self.next - 1)

    def become_replicate(self) -> None:
        """Send ahead from what the follower holds."""
        self._reset(Pace.REPLICATE)
        self.next = self.match + 1

    def become_snapshot(self, index: int) -> None:
        """Wait until the follower has the snapshot up to an index."""
        self._reset(Pace.SNAPSHOT)
        self.pending_snapshot = index
        self.next = index + 1
        self.sent_commit = index

    def is_paused(self) -> bool:
        """Tell whether nothing may be appended for now."""
        return self.pace is Pace.SNAPSHOT or self.waiting

    def is_window_full(self) -> bool:
        """Tell whether as many appends are unanswered as may be."""
        return len(self.inflight) >= INFLIGHT_APPENDS_MAX

    def sent(self, entries: int) -> None:
        """Count an append with so many entries as sent."""
        if self.pace is Pace.REPLICATE:
            if entries:
                self.next += entries
                self.inflight.append(self.next - 1)
            self.waiting = self.is_window_full()
        elif entries:
            self.waiting = True

    def can_raise_commit(self, commit: int) -> bool:
        """Tell whether telling it this commit index would tell it anything."""
        return commit > self.sent_commit and self.sent_commit < self.next - 1

    def acknowledge(self, index: int) -> bool:
        """Take note that the follower holds entries up to an index; tell whether it is news."""
        if index <= self.match:
            return False
        self.match = index
        self.next = max(self.next, index + 1)
        self.waiting = False
        return True

    def free_to(self, index: int) -> None:
        """Take appends that are answered out of the window."""
        self.inflight = [last for last in self.inflight if last > index]
        self.waiting = False

    def refuse(self, index: int, hint: int) -> bool:
        """Step back after a refused append; tell whether the refusal was not a stale one."""
        if self.pace is Pace.REPLICATE:
            if index <= self.match:
                return False
            self.next = self.match + 1
        else:
            if self.next - 1 != index:
                return False
            self.next = max(min(index, hint + 1), self.match + 1)
            self.waiting = False
        self.sent_commit = min(self.sent_commit, self.next - 1)
        return True
