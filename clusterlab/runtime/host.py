"""The host: many labs in one thread, each served when it is due.

One turn serves all labs that are due with one database transaction and one pipelined round trip:
letters in, journal, acknowledgement, time, frames out. Between turns it sleeps on its doorbell. A
command is in the journal before anybody is told that it was taken.
"""

import gc
import logging
import os
import socket
import time
from typing import Any

import msgspec
import redis
from channels.layers import get_channel_layer
from django.db import DatabaseError, close_old_connections

from clusterlab.runtime import archive, keys, ownership
from clusterlab.runtime.hosted import IDLE_AFTER, Hosted
from clusterlab.runtime.mailbox import Letter, decode
from clusterlab.runtime.models import Lab as LabRow
from clusterlab.runtime.pacer import Pace
from simulation.lab.genesis import ENGINE

log = logging.getLogger(__name__)

LOOK_PERIOD = 0.5
"""How often a host looks for labs that nobody hosts, and renews its leases."""
TAKE_AT_MOST = 5
"""Labs taken in one look, so that all hosts get their share."""
DURABLE_EVERY = 10.0
"""Seconds between checkpoints in the database; those in Redis are written at every tenth."""
LETTERS_PER_TURN = 100
REDIS_RETRY = 0.2
_JSON = msgspec.json.Encoder()


def new_name() -> str:
    """Return a name no other host has."""
    return f"{socket.gethostname()}-{os.getpid()}-{time.monotonic_ns() % 1_000_000}"


class Host:
    """Labs by id, and the loop that serves them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.labs: dict[str, Hosted] = {}
        self.stopping = False
        self.next_look = 0.0
        self.layer: Any = get_channel_layer()

    def run(self) -> None:
        """Serve until told to stop; outages of Redis and of the database are waited out."""
        gc.collect()
        gc.disable()
        try:
            while not self.stopping:
                try:
                    self._turn()
                except (redis.RedisError, OSError) as problem:
                    log.warning("redis: %s", problem)
                    time.sleep(REDIS_RETRY)
                except DatabaseError as problem:
                    log.warning("database: %s", problem)
                    archive.forget_connection()
                    time.sleep(REDIS_RETRY)
        finally:
            self._drain()
            gc.enable()

    def _turn(self) -> None:
        clock = time.monotonic()
        if clock >= self.next_look:
            self._look()
            self.next_look = clock + LOOK_PERIOD
        due = [lab for lab in self.labs.values() if lab.due <= clock]
        if due:
            self._serve(due)
        self._sleep()

    def _sleep(self) -> None:
        wake = min([self.next_look, *(lab.due for lab in self.labs.values())])
        left = wake - time.monotonic()
        if left <= 0.001:
            return
        bells = [keys.bell(self.name), keys.ANYBODY]
        rung = keys.connection().blpop(bells, timeout=max(left, 0.005))
        if rung is None:
            return
        now = time.monotonic()
        if rung[0].decode() == keys.ANYBODY:
            self.next_look = now
        for lab in self._with_letters():
            self.labs[lab].due = now

    def _with_letters(self) -> list[str]:
        names = sorted(self.labs)
        pipe = keys.connection().pipeline(transaction=False)
        for lab in names:
            pipe.llen(keys.inbox(lab))
        return [lab for lab, count in zip(names, pipe.execute(), strict=True) if count]

    # --- which labs

    def _look(self) -> None:
        close_old_connections()
        ownership.renew(sorted(self.labs), self.name)
        self._check_leases()
        for lab in ownership.orphans(TAKE_AT_MOST):
            self._take(lab)

    def _check_leases(self) -> None:
        """Drop labs that somebody else took; take back leases that Redis lost."""
        names = sorted(self.labs)
        pipe = keys.connection().pipeline(transaction=False)
        for lab in names:
            pipe.get(keys.lease(lab))
            pipe.exists(keys.watched(lab))
        answers = pipe.execute()
        clock = time.monotonic()
        for number, lab in enumerate(names):
            holder, watched = answers[2 * number], answers[2 * number + 1]
            if holder is None:
                keys.connection().set(
                    keys.lease(lab), self.name, nx=True, px=keys.LEASE_MS
                )
            elif holder.decode() != self.name:
                del self.labs[lab]
                continue
            hosted = self.labs[lab]
            if watched:
                hosted.watched_until = clock + IDLE_AFTER
            elif hosted.is_idle(clock):
                self._let_go(hosted)

    def _take(self, lab: str) -> None:
        row = ownership.claim(lab, self.name)
        if row is None:
            return
        if row.engine > ENGINE:
            ownership.let_go(lab, self.name, row.epoch)
            return
        try:
            universe = archive.revive(row)
        except Exception as problem:
            self._trouble(lab, row.epoch, problem)
            return
        pace = msgspec.convert(row.pace, Pace, strict=False) if row.pace else Pace()
        hosted = Hosted(row, universe, pace)
        self.labs[lab] = hosted
        self._publish([(lab, hosted.snapshot())])
        hosted.snapshot_asked = False

    def _let_go(self, hosted: Hosted) -> None:
        self._checkpoint(hosted, durable=True)
        self._remember_pace(hosted)
        self.labs.pop(hosted.id, None)
        ownership.let_go(hosted.id, self.name, hosted.epoch)

    def _drain(self) -> None:
        for hosted in list(self.labs.values()):
            try:
                self._let_go(hosted)
            except (redis.RedisError, DatabaseError, OSError) as problem:
                log.warning("letting %s go: %s", hosted.id, problem)

    def _trouble(self, lab: str, epoch: int, problem: Exception) -> None:
        """One lab's trouble is its own: stop it, keep its journal, tell its viewers."""
        log.exception("lab %s stopped", lab, exc_info=problem)
        self.labs.pop(lab, None)
        LabRow.objects.filter(id=lab, epoch=epoch).update(
            trouble=f"{type(problem).__name__}: {problem}"[:500], host=""
        )
        ownership.release(lab, self.name)
        keys.connection().zrem(keys.WANTED, lab)
        told = {"t": "trouble", "reason": {"key": "lab-stopped", "params": {}}}
        self._publish([(lab, told)])

    # --- a turn

    def _serve(self, due: list[Hosted]) -> None:
        letters = self._letters(due)
        rows: list[archive.Row] = []
        out: list[tuple[str, dict[str, Any]]] = []
        for hosted in due:
            mine, refusals = hosted.commands_of(letters[hosted.id])
            rows += mine
            out += [(hosted.id, refused) for refused in refusals]
        numbers = archive.append(rows) if rows else {}
        askers = {
            f"{lab} {letter.id}": letter.socket for lab in letters for letter in letters[lab]
        }
        self._publish(
            [
                (row.lab, {"t": "journaled", "id": row.id, "socket": askers[f"{row.lab} {row.id}"]})
                for row in rows
                if f"{row.lab} {row.id}" in numbers
            ]
        )
        for hosted in due:
            try:
                out += self._serve_one(hosted, letters[hosted.id], rows, numbers, askers)
            except Exception as problem:
                self._trouble(hosted.id, hosted.epoch, problem)
        self._publish(out)

    def _letters(self, due: list[Hosted]) -> dict[str, list[Letter]]:
        pipe = keys.connection().pipeline(transaction=False)
        for hosted in due:
            pipe.lpop(keys.inbox(hosted.id), LETTERS_PER_TURN)
        found = {}
        for hosted, raw in zip(due, pipe.execute(), strict=True):
            found[hosted.id] = [decode(each) for each in raw or ()]
        return found

    def _serve_one(
        self,
        hosted: Hosted,
        letters: list[Letter],
        rows: list[archive.Row],
        numbers: dict[str, int],
        askers: dict[str, str],
    ) -> list[tuple[str, dict[str, Any]]]:
        lab = hosted.id
        out: list[tuple[str, dict[str, Any]]] = []
        for row in rows:
            if row.lab != lab:
                continue
            number = numbers.get(f"{lab} {row.id}")
            if number is None:
                # Fenced: another host has this lab, and it will be asked again there.
                self.labs.pop(lab, None)
                return out
            told = {"t": "applied", "id": row.id, "again": True}
            if number > 0:
                hosted.seq = number
                told = hosted.apply(row)
            out.append((lab, {**told, "socket": askers[f"{lab} {row.id}"]}))
        for letter in letters:
            if letter.kind == "query":
                out.append((lab, {**hosted.answer(letter), "socket": letter.socket}))
            elif letter.kind == "pace":
                out.append((lab, {**hosted.change_pace(letter), "socket": letter.socket}))
                self._remember_pace(hosted)
            elif letter.kind == "snapshot":
                hosted.snapshot_asked = True
        hosted.advance()
        out += [(lab, frame) for frame in hosted.frames()]
        if hosted.snapshot_asked:
            hosted.snapshot_asked = False
            out.append((lab, hosted.snapshot()))
        self._maybe_checkpoint(hosted)
        clock = time.monotonic()
        hosted.due = clock + hosted.period(clock)
        return out

    def _maybe_checkpoint(self, hosted: Hosted) -> None:
        clock = time.monotonic()
        if clock - hosted.stored_at >= DURABLE_EVERY:
            self._checkpoint(hosted, durable=True)
            hosted.stored_at = clock

    def _checkpoint(self, hosted: Hosted, durable: bool) -> None:
        universe = hosted.universe
        if universe.now == hosted.checkpointed_at:
            return
        hosted.checkpointed_at = universe.now
        archive.keep(hosted.id, hosted.seq, universe.now, universe.freeze(), durable)

    def _remember_pace(self, hosted: Hosted) -> None:
        kept = {
            "mode": hosted.pace.mode,
            "speed": hosted.pace.speed,
            "paused": hosted.pace.paused,
        }
        LabRow.objects.filter(id=hosted.id, epoch=hosted.epoch).update(pace=kept)

    def _publish(self, out: list[tuple[str, dict[str, Any]]]) -> None:
        """Send everything of a turn in one round trip, in the channel layer's own format."""
        if not out:
            return
        pipe = keys.connection().pipeline(transaction=False)
        for lab, told in out:
            message = {"type": "lab.told", "lab": lab, "text": _JSON.encode(told).decode()}
            for name in ("t", "seq", "base", "epoch", "socket"):
                if name in told:
                    message[name] = told[name]
            pipe.publish(keys.group_channel(lab), self.layer.serialize(message))
        pipe.execute()
