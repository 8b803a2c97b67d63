"""The smallest world a consensus can live in: a timeline, cables, and notes of what it tells."""

from collections.abc import Callable
from typing import Any

from simulation.kernel.dice import Dice
from simulation.kernel.timeline import Phase, Timeline
from simulation.kube.consensus import Consensus
from simulation.raft.roles import Role

Applied = tuple[str, int, int, Any, int]


class SmallWorld:
    """Members cp-1 to cp-n, all linked, with latencies of 1 and 2 ms."""

    def __init__(
        self,
        size: int = 3,
        seed: int = 1,
        leader: str = "cp-1",
        ticked: bool = False,
        kept: int = 100,
        tick: int = 100,
    ) -> None:
        self.now = 0
        self.events = 0
        self.dice = Dice(seed)
        self.timeline = Timeline()
        self.cuts: list[tuple[str, str]] = []
        self.slow: dict[tuple[str, str], int] = {}
        self.losses: dict[tuple[str, str], int] = {}
        self.holds: list[tuple[str, str]] = []
        self.applied: list[Applied] = []
        self.restored: list[tuple[str, int, int, int]] = []
        self.changes: list[tuple[str, str, int, int]] = []
        self.names = [f"cp-{number}" for number in range(1, size + 1)]
        self.consensus = Consensus(
            self.timeline,
            self.dice,
            self,
            self.on_apply,
            self.on_restore,
            self.on_change,
            ticked=ticked,
            entries_kept=kept,
            tick=tick,
        )
        self.consensus.start(self.names, 0, leader)

    def reachable(self, a: str, b: str) -> bool:
        return (a, b) not in self.cuts

    def latency(self, a: str, b: str) -> int:
        return self.slow.get((a, b), 1 + (len(a) + ord(a[-1]) * ord(b[-1])) % 2)

    def both_ways(self, a: str, b: str) -> bool:
        ways = ((a, b), (b, a))
        return not any(way in self.cuts or way in self.holds for way in ways)

    def held(self, a: str, b: str) -> bool:
        return (a, b) in self.holds

    def is_steady(self, a: str, b: str) -> bool:
        return (a, b) not in self.holds and (a, b) not in self.losses

    def resent(self, a: str, b: str, *key: str | int) -> int | None:
        loss = self.losses.get((a, b), 0)
        tries = [self.dice.chance(loss, 100, "lost", a, b, *key, attempt) for attempt in range(3)]
        return None if all(tries) else 200 * tries.index(False)

    def on_apply(self, member: str, index: int, term: int, data: Any, now: int) -> None:
        self.applied.append((member, index, term, data, now))

    def on_restore(self, member: str, index: int, term: int, now: int) -> None:
        self.restored.append((member, index, term, now))

    def on_change(self, member: str, role: Role, term: int, now: int) -> None:
        self.changes.append((member, role.value, term, now))

    def advance(self, until: int, look: Callable[[], None] | None = None) -> None:
        while (due := self.timeline.next_due()) is not None and due <= until:
            event = self.timeline.pop()
            self.now = event.due
            self.events += 1
            if event.purpose == "world/isolate":
                self.isolate(event.subject, before_ticks=True)
            else:
                self.consensus.handle(event)
            if look is not None:
                look()
        self.now = until

    def pass_time(self, duration: int, look: Callable[[], None] | None = None) -> None:
        self.advance(self.now + duration, look)

    def cut(self, a: str, b: str) -> None:
        """Cut the way from a to b; the way back stays."""
        self.cuts.append((a, b))
        self.consensus.links_changed(self.now)

    def isolate(self, name: str, before_ticks: bool = False) -> None:
        for other in self.names:
            if other != name:
                self.cuts += [(name, other), (other, name)]
        self.consensus.links_changed(self.now, before_ticks)

    def isolate_later(self, name: str, wait: int) -> None:
        """Isolate a member by an event of its own, before whatever else that instant brings."""
        assert wait > 0, "what is due at this instant has happened"
        self.timeline.at(self.now + wait, "world/isolate", name, (), Phase.REALITY)

    def lose(self, a: str, b: str, percent: int) -> None:
        """Let so many of a hundred messages from a to b get lost."""
        self.losses[a, b] = percent
        self.consensus.links_changed(self.now)

    def hold(self, a: str, b: str) -> None:
        """Let messages from a to b wait until everything is healed."""
        self.holds.append((a, b))
        self.consensus.links_changed(self.now)

    def heal(self) -> None:
        self.cuts, self.holds, self.losses = [], [], {}
        self.consensus.links_changed(self.now)

    def propose(self, member: str, data: Any) -> int:
        return self.consensus.propose(member, data, self.now)

    def is_on(self, name: str) -> bool:
        return self.consensus.state.seats[name].running

    def switch(self, name: str) -> None:
        """Switch a member off, or on again."""
        if self.is_on(name):
            self.consensus.power_off(name, self.now)
        else:
            self.consensus.power_on(name, self.now)
