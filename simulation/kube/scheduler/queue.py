"""The pods that wait for a node: active, backing off, or unschedulable until something changes.

As kube-scheduler's queue: the active ones are served by priority, then by age. A pod that found
no node waits in the unschedulable pool until an event that could help it, or five minutes; it then
backs off for 1, 2, 4, 8, 10 s counted from its last attempt. When nothing is active, pods that
back off are served early (since v1.33), unless it was an error that sent them there.
"""

from simulation.kernel.records import State
from simulation.kernel.units import MINUTE, SECOND, Duration, Instant

BACKOFF_FIRST: Duration = SECOND
BACKOFF_MAX: Duration = 10 * SECOND
POOL_TIME_MAX: Duration = 5 * MINUTE
FLUSH_PERIOD: Duration = 30 * SECOND


class Waiting(State):
    """A pod without a node."""

    key: str
    uid: str
    priority: int = 0
    queued: Instant = 0
    """When it was last put among the active: the age that counts."""
    attempts: int = 0
    tried: Instant = 0
    errors: int = 0
    failed_by_error: bool = False
    plugins: tuple[str, ...] = ()
    """Which plugins ruled nodes out at the last attempt."""
    causes: tuple[int, ...] = ()
    nominated: str = ""
    """The node on which room was or is being made for it."""


class SchedulingQueue(State):
    """The three places a pod can wait in, each by namespace/name."""

    active: dict[str, Waiting] = {}
    backing_off: dict[str, Waiting] = {}
    unschedulable: dict[str, Waiting] = {}

    def __len__(self) -> int:
        return len(self.active) + len(self.backing_off) + len(self.unschedulable)

    def nominated(self, priority: int, other_than: str) -> dict[str, str]:
        """Return pod to node of those that wait for room made for them and matter as much."""
        places = (self.active, self.backing_off, self.unschedulable)
        return {
            key: each.nominated
            for place in places
            for key, each in sorted(place.items())
            if each.nominated and each.priority >= priority and key != other_than
        }

    def get(self, key: str) -> Waiting | None:
        """Return a waiting pod, wherever it waits."""
        return self.active.get(key) or self.backing_off.get(key) or self.unschedulable.get(key)

    def add(self, waiting: Waiting, now: Instant) -> None:
        """Put a pod among the active."""
        self.remove(waiting.key)
        waiting.queued = now
        self.active[waiting.key] = waiting

    def remove(self, key: str) -> Waiting | None:
        """Forget a pod."""
        return (
            self.active.pop(key, None)
            or self.backing_off.pop(key, None)
            or self.unschedulable.pop(key, None)
        )

    def pop(self, now: Instant) -> Waiting | None:
        """Take the pod whose turn it is."""
        self._wake(now)
        if self.active:
            first = min(self.active.values(), key=lambda w: (-w.priority, w.queued, w.key))
            return self.active.pop(first.key)
        early = [each for each in self.backing_off.values() if not each.failed_by_error]
        if not early:
            return None
        first = min(early, key=lambda w: (backoff_ends(w), -w.priority, w.key))
        return self.backing_off.pop(first.key)

    def _wake(self, now: Instant) -> None:
        for key in sorted(self.backing_off):
            if backoff_ends(self.backing_off[key]) <= now:
                self.add(self.backing_off[key], now)

    def give_up(self, waiting: Waiting, now: Instant, plugins: tuple[str, ...]) -> None:
        """Put a pod that found no node into the unschedulable pool."""
        waiting.attempts += 1
        waiting.tried = now
        waiting.failed_by_error = False
        waiting.plugins = plugins
        self.unschedulable[waiting.key] = waiting

    def retry(self, waiting: Waiting, now: Instant) -> None:
        """Let a pod back off whose binding went wrong."""
        waiting.errors += 1
        waiting.tried = now
        waiting.failed_by_error = True
        self.backing_off[waiting.key] = waiting

    def move(self, key: str, now: Instant, causes: tuple[int, ...] = ()) -> None:
        """Something happened that may help a pod: let it try again once its back-off is over."""
        waiting = self.unschedulable.pop(key)
        waiting.causes = (waiting.causes[:1] + causes)[:4]
        if backoff_ends(waiting) <= now:
            self.add(waiting, now)
        else:
            self.backing_off[key] = waiting

    def next_due(self, now: Instant) -> Instant | None:
        """Return when the next pod can be served; None if that takes an event."""
        if self.active or any(not each.failed_by_error for each in self.backing_off.values()):
            return now
        return min((backoff_ends(each) for each in self.backing_off.values()), default=None)


def backoff_ends(waiting: Waiting) -> Instant:
    """Return when the back-off of a pod is over, in whole seconds as the queue counts."""
    count = waiting.errors if waiting.failed_by_error else waiting.attempts
    if count == 0:
        return waiting.tried
    pause = min(BACKOFF_FIRST << min(count - 1, 10), BACKOFF_MAX)
    return (waiting.tried + pause) // SECOND * SECOND


def flushed_at(waiting: Waiting, start: Instant) -> Instant:
    """Return when the safety net moves an unschedulable pod, on the 30 s grid of the scheduler."""
    due = waiting.tried + POOL_TIME_MAX - start
    return start + -(-due // FLUSH_PERIOD) * FLUSH_PERIOD
