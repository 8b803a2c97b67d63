"""One lab in the hands of a host: its letters, its time, its frames."""

import logging
import time
from collections import deque
from typing import Any, NamedTuple

import redis
from kombu.exceptions import OperationalError

from clusterlab.runtime import limits, lookback, pacer
from clusterlab.runtime.archive import Revived, Row
from clusterlab.runtime.mailbox import Letter
from clusterlab.runtime.models import Lab as LabRow
from simulation.kernel.reasons import Reason, Refused
from simulation.lab import commands, queries
from simulation.lab.lab import RefusedCommand
from simulation.projection.frame import FrameFolder
from simulation.scenarios.examples import with_bundled

log = logging.getLogger(__name__)

REACHED_EVERY = 10.0
"""Seconds after which it is remembered how far a lab's time has come: a lab that rises goes on there."""
WATCHED_PERIOD = 0.1
"""Frames of a lab that somebody looks at."""
UNWATCHED_PERIOD = 1.0
TIME_TOLD_EVERY = 1.0
"""Seconds after which viewers of a lab in which nothing happens are told what time it is."""


class Progress(NamedTuple):
    """What became of a lab's share of a turn."""

    done: bool
    notable: bool


class Hosted:
    """A lab with everything its host remembers of it."""

    def __init__(self, row: LabRow, revived: Revived, pace: pacer.Pace) -> None:
        self.id, self.epoch, self.seq = row.id, row.epoch, row.head
        self.universe = universe = revived.universe
        self.pace = pace
        self.folder = FrameFolder(universe)
        self.frame = 0
        self.told_at, self.told = time.monotonic(), -1
        self.last = time.monotonic()
        self.due = self.last
        self.watched_until = self.last
        """Begins as that of a lab nobody looks at: after a takeover most are."""
        self.idle_at = self.last + limits.IDLE_S
        self.owed = 0.0
        """Milliseconds of lab time that the pace promised and the budget has not yet played."""
        self.speed = 0.0
        self.behind = False
        self.replay_s = revived.replay_s
        """Seconds of work since the last checkpoint: what it would take to do it once more."""
        self.checkpoint_s = 0.0
        """Seconds that the last checkpoint took."""
        self.checkpointed_at = -1
        self.reached_at = self.last + REACHED_EVERY
        self.store_at = self.last
        self.pace_changed = False
        self.paces: deque[str] = deque(maxlen=limits.PACES_KNOWN)
        """Wishes about the pace that were fulfilled lately."""
        self.letters: list[Letter] = []
        """Taken out of the inbox, and not yet journaled or answered."""
        self.refusals: list[dict[str, Any]] = []
        """What the letters that are no commands after all are told."""
        self.is_stale = False
        """The journal holds a row that this lab has not taken: it must rise again."""
        self.pace_row: dict[str, Any] = {}
        self.snapshot_asked = True

    # --- letters

    def become(self, revived: Revived, seq: int) -> None:
        """Go on as a lab that rose from the journal; viewers need a snapshot of it."""
        self.universe, self.replay_s = revived
        self.seq = seq
        self.folder = FrameFolder(self.universe, self.folder.history)
        # A number without a delta: whoever folds frames notices that one is missing.
        self.frame += 1
        self.snapshot_asked = True
        self.is_stale = False

    def commands(self) -> list[Row]:
        """Turn letters with commands into journal rows, each id once; keep the refusals.

        A letter that breaks the reading of it is refused: it is neither the lab's fault nor that of
        the labs beside it.
        """
        rows: dict[str, Row] = {}
        self.refusals = []
        for letter in self.letters:
            if letter.kind != "command" or letter.id in rows:
                continue
            try:
                body = commands.to_json(with_bundled(commands.parse(letter.body)))
            except Refused as refused:
                self.refusals.append(refusal(letter, refused.reason))
            except Exception:
                log.exception("lab %s cannot read a command", self.id)
                self.refusals.append(refusal(letter, Reason("message-malformed")))
            else:
                now = self.universe.now
                rows[letter.id] = Row(self.id, self.epoch, now, letter.id, letter.actor, body)
        return list(rows.values())

    def apply(self, row: Row) -> dict[str, Any]:
        """Let a journaled command take effect; return what its sender is told."""
        begun = time.thread_time()
        outcome = self.universe.submit(commands.parse(row.command), row.id, row.actor)
        self.replay_s += time.thread_time() - begun
        self.pace.seen_at = time.monotonic()
        self.pace.current = 1.0
        if isinstance(outcome, RefusedCommand):
            return _refused(row.id, outcome.reason)
        return {"t": "applied", "id": row.id, "at": outcome.at}

    def told_again(self, id: str) -> dict[str, Any]:
        """Return what a sender is told whose command the lab has taken before."""
        reason = self.universe.refusal_of(id)
        return _refused(id, reason) if reason else {"t": "applied", "id": id, "again": True}

    def answer(self, letter: Letter) -> dict[str, Any]:
        """Answer a question; questions change nothing and are not journaled."""
        try:
            if letter.body.get("ask") == "moment":
                return self._look_back(letter)
            if letter.body.get("ask") == "history":
                body = self.folder.history.as_row(self.universe.now)
            else:
                body = queries.answer(self.universe, letter.body)
        except Refused as refused:
            return refusal(letter, refused.reason)
        except Exception:
            # Questions change nothing: the lab is as well as before.
            log.exception("lab %s cannot answer", self.id)
            return refusal(letter, Reason("message-malformed"))
        return {"t": "answer", "id": letter.id, "body": body}

    def deal_with(self, letters: list[Letter]) -> list[dict[str, Any]]:
        """Do what letters that are no commands ask for; questions that take too long wait.

        One is answered in any turn, so that each gets its turn.
        """
        ends = time.monotonic() + limits.QUERY_MS_PER_TURN / 1000
        told: list[dict[str, Any]] = []
        is_spent = False
        for letter in letters:
            if letter.kind == "query" and is_spent:
                self.letters.append(letter)
            elif letter.kind == "query":
                told.append({**self.answer(letter), "socket": letter.socket})
                is_spent = time.monotonic() >= ends
            elif letter.kind == "pace":
                told.append({**self.change_pace(letter), "socket": letter.socket})
            elif letter.kind == "snapshot":
                self.snapshot_asked = True
        return told

    def _look_back(self, letter: Letter) -> dict[str, Any]:
        """Have an instant that has passed worked out elsewhere; whoever asked is told later."""
        at = letter.body.get("at")
        if type(at) is not int or not 0 <= at <= self.universe.now:
            raise Refused("moment-unknown")
        try:
            lookback.ask(self.id, at, letter.id, letter.socket)
        except (OperationalError, redis.RedisError):
            raise Refused("out-of-reach") from None
        return {"t": "looking", "id": letter.id}

    def change_pace(self, letter: Letter) -> dict[str, Any]:
        """Play the lab as a viewer wishes; a step that would lead to nothing is refused."""
        if letter.id in self.paces:
            # A page that heard no answer asks again under the same name: once is meant.
            return {"t": "applied", "id": letter.id, "again": True}
        end = self.universe.step_end() if letter.body.get("step") else 0
        if end is None:
            return refusal(letter, Reason("nothing-due"))
        wrong = pacer.asked(self.pace, letter.body)
        if wrong:
            return refusal(letter, Reason("pace-malformed", {"field": wrong}))
        if letter.body.get("step"):
            pacer.begin_step(self.pace, self.universe.now, end)
        self.paces.append(letter.id)
        self.pace_changed = True
        return {"t": "applied", "id": letter.id, "at": self.universe.now}

    # --- time

    def advance(self) -> None:
        """Let as much lab time pass as the pace says."""
        clock = time.monotonic()
        elapsed = min(clock - self.last, limits.LONGEST_STEP_S)
        self.last = clock
        universe = self.universe
        if self.pace.stepping:
            self._step()
            return
        self.speed = pacer.speed_now(self.pace, universe.now, universe.anticipate(), clock)
        self.owed += elapsed * 1000 * self.speed
        target = universe.now + int(self.owed)
        hurries = self.pace.mode == "auto" and self.speed > 1.5
        progress = self._slice(target, "notable" if hurries else "")
        if progress.notable:
            self.pace.seen_at, self.pace.current = clock, 1.0
        self.owed = 0.0 if progress.notable else self.owed - int(self.owed)
        self.behind = not progress.done and not progress.notable

    def _slice(self, until: int, stop_at: str) -> Progress:
        """Let time pass until an instant, a notable happening, or the end of this turn's share.

        The share is of events and of time. The latter is looked at every few events, and how a lab
        is cut into slices never changes what happens in it.
        """
        ends, begun = time.monotonic() + limits.SLICE_MS / 1000, time.thread_time()
        events, notable = 0, False
        while True:
            step = min(limits.SLICE_STEP_EVENTS, limits.SLICE_EVENTS_MAX - events)
            progress = self.universe.advance(until, step, stop_at)
            events += progress.events
            notable = notable or bool(progress.notable)
            is_spent = events >= limits.SLICE_EVENTS_MAX or time.monotonic() >= ends
            if progress.done or is_spent or (stop_at and notable):
                self.replay_s += time.thread_time() - begun
                return Progress(progress.done, notable)

    def _step(self) -> None:
        universe = self.universe
        progress = self._slice(self.pace.step_end, "notable")
        if progress.done or progress.notable:
            pacer.end_step(self.pace, universe.now, universe.step_end(), progress.notable)

    def period(self, clock: float) -> float:
        """Return how long the next turn can wait."""
        if self.pace.stepping or self.behind or self.letters:
            return 0.0
        return WATCHED_PERIOD if self.is_watched(clock) else UNWATCHED_PERIOD

    def is_watched(self, clock: float) -> bool:
        """Tell whether somebody looks, or did a moment ago."""
        return clock < self.watched_until

    def see_viewers(self, clock: float) -> None:
        """Somebody looks at this lab now."""
        if not self.is_watched(clock):
            self.due = clock
        self.watched_until, self.idle_at = clock + limits.IDLE_S / 2, clock + limits.IDLE_S

    def is_idle(self, clock: float) -> bool:
        """Tell whether nobody has looked for a while."""
        return clock > self.idle_at

    # --- what can wait

    def has_to_store(self, clock: float) -> bool:
        """Tell whether anything of this lab is to be stored now."""
        if clock < self.store_at:
            return False
        return self.pace_changed or self.is_checkpoint_due() or clock >= self.reached_at

    def is_checkpoint_due(self) -> bool:
        """Tell whether replaying would cost more than is worth waiting for, and than a checkpoint does."""
        return self.replay_s > max(limits.REPLAY_S, self.checkpoint_s)

    def checkpointed(self, took_s: float) -> None:
        """A checkpoint of the present was stored."""
        self.checkpointed_at, self.checkpoint_s, self.replay_s = self.universe.now, took_s, 0.0

    def wait_with_storing(self, seconds: float) -> None:
        """The world is away: try again later to store this lab, or to let it go."""
        clock = time.monotonic()
        self.store_at = clock + seconds
        self.idle_at = max(self.idle_at, clock + seconds)

    # --- frames

    def frames(self) -> list[dict[str, Any]]:
        """Return what viewers are to be told after a turn: a delta if anything changed."""
        delta, messages = self.folder.delta()
        pace = pacer.as_row(self.pace, self.speed, self.universe.anticipate(), self.behind)
        changed = pace != self.pace_row
        clock = time.monotonic()
        quiet = not (delta or messages or changed)
        if quiet and (clock - self.told_at < TIME_TOLD_EVERY or self.told == self.universe.now):
            return []
        self.told_at, self.told = clock, self.universe.now
        base, self.frame = self.frame, self.frame + 1
        frame = {
            "t": "delta",
            "epoch": self.epoch,
            "base": base,
            "seq": self.frame,
            "at": self.universe.now,
            "d": delta,
            "messages": messages,
        }
        if changed:
            frame["pace"] = self.pace_row = pace
        return [frame]

    def snapshot(self) -> dict[str, Any]:
        """Return everything, for those who have nothing to build on."""
        state = self.folder.snapshot()
        self.pace_row = pacer.as_row(self.pace, self.speed, self.universe.anticipate(), self.behind)
        return {
            "t": "snapshot",
            "epoch": self.epoch,
            "seq": self.frame,
            "at": self.universe.now,
            "state": state,
            "pace": self.pace_row,
        }


def refusal(letter: Letter, reason: Reason) -> dict[str, Any]:
    """Return the refusal of a letter."""
    return {
        "t": "refused",
        "id": letter.id,
        "socket": letter.socket,
        "reason": {"key": reason.key, "params": reason.params},
    }


def _refused(id: str, reason: Reason) -> dict[str, Any]:
    return {"t": "refused", "id": id, "reason": {"key": reason.key, "params": reason.params}}
