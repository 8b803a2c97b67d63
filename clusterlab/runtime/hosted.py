"""One lab in the hands of a host: its letters, its time, its frames."""

import logging
import time
from typing import Any

import redis
from kombu.exceptions import OperationalError

from clusterlab.runtime import limits, lookback, pacer
from clusterlab.runtime.archive import Row
from clusterlab.runtime.mailbox import Letter
from clusterlab.runtime.models import Lab as LabRow
from simulation.kernel.reasons import Reason, Refused
from simulation.lab import commands, queries
from simulation.lab.lab import Lab, RefusedCommand
from simulation.projection.frame import FrameFolder
from simulation.scenarios.examples import with_bundled

log = logging.getLogger(__name__)

FIRST_CHECKPOINT = 10.0
"""Seconds after which a lab that was taken is checkpointed first."""
WATCHED_PERIOD = 0.1
"""Frames of a lab that somebody looks at."""
UNWATCHED_PERIOD = 1.0
TIME_TOLD_EVERY = 1.0
"""Seconds after which viewers of a lab in which nothing happens are told what time it is."""

class Hosted:
    """A lab with everything its host remembers of it."""

    def __init__(self, row: LabRow, universe: Lab, pace: pacer.Pace) -> None:
        self.id, self.epoch, self.seq = row.id, row.epoch, row.head
        self.universe = universe
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
        self.checkpointed_at = -1
        self.store_at = self.last + FIRST_CHECKPOINT
        self.pace_changed = False
        self.letters: list[Letter] = []
        """Taken out of the inbox, and not yet journaled or answered."""
        self.refusals: list[dict[str, Any]] = []
        """What the letters that are no commands after all are told."""
        self.is_stale = False
        """The journal holds a row that this lab has not taken: it must rise again."""
        self.pace_row: dict[str, Any] = {}
        self.snapshot_asked = True

    # --- letters

    def become(self, universe: Lab, seq: int) -> None:
        """Go on as a lab that rose from the journal; viewers need a snapshot of it."""
        self.universe, self.seq = universe, seq
        self.folder = FrameFolder(universe, self.folder.history)
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
        outcome = self.universe.submit(commands.parse(row.command), row.id, row.actor)
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
        """Play the lab as a viewer wishes."""
        wrong = pacer.asked(self.pace, letter.body)
        if wrong:
            return refusal(letter, Reason("pace-malformed", {"field": wrong}))
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
        if self.pace.mode == "auto" and self.speed > 1.5:
            progress = universe.advance(target, limits.SLICE_EVENTS_MAX, "notable")
        else:
            progress = universe.advance(target, limits.SLICE_EVENTS_MAX)
        if progress.notable:
            self.pace.seen_at, self.pace.current = clock, 1.0
        self.owed = 0.0 if progress.notable else self.owed - int(self.owed)
        self.behind = not progress.done and not progress.notable

    def _step(self) -> None:
        horizon = self.universe.now + pacer.STEP_HORIZON
        progress = self.universe.advance(horizon, limits.SLICE_EVENTS_MAX, "notable")
        if progress.done or progress.notable:
            self.pace.stepping = False

    def period(self, clock: float) -> float:
        """Return how long the next turn can wait."""
        if self.pace.stepping or self.behind:
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

    def wait_with_storing(self, seconds: float) -> None:
        """The world is away: try again later to store this lab, or to let it go."""
        clock = time.monotonic()
        self.store_at = clock + seconds
        self.idle_at = max(self.idle_at, clock + seconds)

    # --- frames

    def frames(self) -> list[dict[str, Any]]:
        """Return what viewers are to be told after a turn: a delta if anything changed."""
        delta, messages = self.folder.delta()
        pace = pacer.as_row(
            self.pace, self.speed, self.universe.anticipate(), self.behind
        )
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
        self.pace_row = pacer.as_row(
            self.pace, self.speed, self.universe.anticipate(), self.behind
        )
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
