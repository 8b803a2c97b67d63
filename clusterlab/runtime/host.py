"""The host: many labs in one thread, each served when it is due.

One turn serves all labs that are due with one database transaction and one pipelined round trip:
letters in, journal, acknowledgement, time, frames out. Between turns it sleeps on its doorbell. A
command is in the journal before anybody is told that it was taken, and from the journal it goes
into the lab before anything else can fail. Redis and the database may go away at any time: what
was not journaled waits, what was journaled but not applied makes the lab rise from its journal
again, and neither is the lab's fault. What goes wrong with one lab, whatever it is, keeps no other
from being served.
"""

import gc
import logging
import os
import socket
import time
from collections.abc import Callable
from typing import Any

import msgspec
import redis
from django.db import DatabaseError, close_old_connections

from clusterlab.runtime import archive, keys, limits, ownership, telling
from clusterlab.runtime.hosted import REACHED_EVERY, Hosted
from clusterlab.runtime.mailbox import decode
from clusterlab.runtime.models import Lab as LabRow
from clusterlab.runtime.pacer import Pace
from clusterlab.runtime.pulse import Pulse
from simulation.kernel.reasons import Reason

log = logging.getLogger(__name__)

LOOK_PERIOD = 0.5
"""How often a host looks for labs that nobody hosts, and renews its leases."""
REDIS_RETRY = 0.2
STORE_RETRY = 1.0
"""Seconds until what could not be stored is stored again."""
OUTAGE = (redis.RedisError, DatabaseError, OSError)
"""What the world around a lab may do; no lab is stopped for it."""
Told = tuple[str, dict[str, Any]]
"""What a lab has to say, and which lab it is."""


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
        self.announcer = ownership.Announcer(name)
        self.renewed_at = time.monotonic()
        self.is_late = False
        """Leases ran out during this turn: labs may be another's, and no blame is to be put on one."""
        self.working_on = ""
        self.pulse = Pulse(self._beat)

    def run(self) -> None:
        """Serve until told to stop; outages of Redis and of the database are waited out."""
        gc.collect()
        gc.disable()
        self.pulse.start()
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
                except Exception:
                    # Ending here would count as a fall of every lab that is hosted.
                    log.exception("a turn failed")
                    time.sleep(REDIS_RETRY)
        finally:
            self._drain()
            self.pulse.stop()
            self.announcer.close()
            gc.enable()

    def _turn(self) -> None:
        clock = time.monotonic()
        if clock >= self.next_look:
            # Set first: after a look that failed, labs are served before the next one.
            self.next_look = clock + LOOK_PERIOD
            if not self._look():
                self.next_look = clock
        due = [lab for lab in self.labs.values() if lab.due <= clock]
        if due:
            self._serve(due)
        self._end_work()
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

    def _look(self) -> bool:
        """Renew leases and take labs; tell whether none is left for the next look."""
        close_old_connections()
        self._renew()
        self._check_leases()
        self.is_late = False
        begun = time.monotonic()
        problem: Exception | None = None
        for number, lab in enumerate(ownership.orphans()):
            if number and time.monotonic() - begun > limits.TAKE_S:
                return False
            try:
                self._take(lab)
                self._keep_if_due(lab)
            except OUTAGE as outage:
                # It may be this lab's alone: the next one is tried.
                problem = outage
        if problem is not None:
            raise problem
        return True

    def _renew(self) -> None:
        clock = time.monotonic()
        ownership.renew(sorted(self.labs), self.name)
        self.renewed_at = clock

    def _beat(self) -> None:
        """Keep the leases of what is hosted, and of what is just being taken.

        A pulse that was interrupted is not taken up again: first it has to be looked which labs are
        still its own.
        """
        clock = time.monotonic()
        if (clock - self.renewed_at) * 1000 > limits.LEASE_MS:
            return
        names = {*list(self.labs), self.working_on} - {""}
        ownership.renew(sorted(names), self.name)
        self.renewed_at = clock

    def _end_work(self) -> None:
        self.announcer.say("")
        self.working_on = ""
        self.pulse.rest()

    def _begin_work(self, lab: str, is_rising: bool = False) -> None:
        """Say whose turn it is; the pulse keeps the leases of all while it lasts.

        A host that stood still for longer than its leases hold says nothing until it has looked which
        labs are still its own: what it works on now is not what it stood still with.
        """
        waited = time.monotonic() - self.renewed_at
        self.is_late = self.is_late or waited * 1000 > limits.LEASE_MS
        self.announcer.say("" if self.is_late else lab)
        self.working_on = lab
        self.pulse.begin_work(limits.RISING_CPU_S if is_rising else limits.TURN_CPU_S)

    def _check_leases(self) -> None:
        """Drop labs that somebody else took or had; take back leases that Redis lost."""
        names = sorted(self.labs)
        pipe = keys.connection().pipeline(transaction=False)
        for lab in names:
            pipe.get(keys.lease(lab))
            pipe.exists(keys.watched(lab))
        answers = pipe.execute()
        holders = dict(zip(names, answers[::2], strict=True))
        watched = dict(zip(names, answers[1::2], strict=True))
        lost = {lab: self.labs[lab].epoch for lab in names if holders[lab] is None}
        mine = ownership.take_back(lost, self.name) if lost else set()
        mine |= {lab for lab in names if holders[lab] == self.name.encode()}
        clock = time.monotonic()
        for lab in names:
            hosted = self.labs[lab]
            if lab not in mine:
                del self.labs[lab]
            elif watched[lab]:
                hosted.see_viewers(clock)
            elif hosted.is_idle(clock):
                self._by_itself(hosted, self._retire)

    def _take(self, lab: str) -> None:
        row = ownership.claim(lab, self.name)
        if row is None:
            return
        self._begin_work(lab, is_rising=True)
        try:
            revived = archive.revive(row)
            pace = msgspec.convert(row.pace, Pace, strict=False) if row.pace else Pace()
            hosted = Hosted(row, revived, pace)
            sealed = telling.sealed(lab, hosted.snapshot())
        except OUTAGE:
            ownership.let_go(lab, self.name, row.epoch)
            raise
        except Exception as problem:
            self._trouble(lab, row.epoch, problem)
            return
        self.labs[lab] = hosted
        telling.publish([sealed])
        hosted.snapshot_asked = False

    def _keep_if_due(self, lab: str) -> None:
        """Store a lab that was just born: whoever took it from here would have to bear it again.

        That takes ten times as long as storing it does.
        """
        hosted = self.labs.get(lab)
        if hosted is not None and hosted.is_checkpoint_due():
            self._by_itself(hosted, self._store_one)

    def _let_go(self, hosted: Hosted) -> None:
        if not hosted.is_stale:
            self._checkpoint(hosted)
        self._remember_pace(hosted)
        # Last: a lab that could not be given up is still hosted, and is given up later.
        ownership.let_go(hosted.id, self.name, hosted.epoch)
        self.labs.pop(hosted.id, None)

    def _retire(self, hosted: Hosted) -> None:
        """Let a lab go that nobody looks at."""
        self._let_go(hosted)
        # Or the next look would find it wanted; a visitor's letter or look wants it again.
        keys.connection().zrem(keys.WANTED, hosted.id)

    def _drain(self) -> None:
        for hosted in list(self.labs.values()):
            self._by_itself(hosted, self._let_go)

    def _by_itself(self, hosted: Hosted, act: Callable[[Hosted], None]) -> None:
        """Do something with one lab. Whatever comes of it, the others are served.

        A lab that is another's is dropped; an outage is waited out, and the act will be tried again;
        anything else stops the lab.
        """
        self._begin_work(hosted.id)
        try:
            act(hosted)
        except archive.Fenced:
            self.labs.pop(hosted.id, None)
        except OUTAGE as problem:
            _log_outage(hosted.id, problem)
            hosted.wait_with_storing(STORE_RETRY)
        except Exception as problem:
            self._trouble(hosted.id, hosted.epoch, problem)

    def _trouble(self, lab: str, epoch: int, problem: Exception) -> None:
        """One lab's trouble is its own: stop it, keep its journal, tell its viewers.

        If that cannot be written down, nobody hosts the lab any more all the same; whoever takes it
        next rises it from its journal, and meets the trouble again or does not.
        """
        log.exception("lab %s stopped", lab, exc_info=problem)
        self.labs.pop(lab, None)
        text = f"{type(problem).__name__}: {problem}".replace("\0", "")
        try:
            LabRow.objects.filter(id=lab, epoch=epoch).update(trouble=text[:500], host="")
            ownership.release(lab, self.name)
            keys.connection().zrem(keys.WANTED, lab)
            telling.publish([telling.trouble(lab, "lab-stopped")])
        except OUTAGE as outage:
            _log_outage(lab, outage)

    # --- a turn

    def _serve(self, due: list[Hosted]) -> None:
        """Serve labs that are due.

        1. Labs that missed a row of their journal rise again. 2. Letters come in. 3. Commands are
        journaled. 4. Each lab takes its commands and its time; nothing in between may fail for
        reasons outside the lab. 5. Viewers are told. 6. What can wait is stored.
        """
        due = [hosted for hosted in due if not hosted.is_stale or self._rise(hosted)]
        self._collect(due)
        rows = [row for hosted in due for row in hosted.commands()]
        numbers = archive.append(rows) if rows else {}
        out: list[telling.Sealed] = []
        reached: dict[str, int] = {}
        troubles: list[tuple[Hosted, Exception]] = []
        for hosted in due:
            self._begin_work(hosted.id)
            try:
                told = self._serve_one(hosted, rows, numbers)
                out += (telling.sealed(*each) for each in told)
                if told:
                    reached[hosted.id] = hosted.universe.now
            except Exception as problem:
                # Out at once: it may have taken half of its commands.
                self.labs.pop(hosted.id, None)
                troubles.append((hosted, problem))
        try:
            telling.publish(out, reached)
        finally:
            for hosted, problem in troubles:
                self._trouble(hosted.id, hosted.epoch, problem)
        self._store(due)

    def _collect(self, due: list[Hosted]) -> None:
        """Take letters out of the inboxes; a lab keeps them until its commands are journaled."""
        pipe = keys.connection().pipeline(transaction=False)
        for hosted in due:
            room = max(0, limits.LETTERS_PER_TURN_MAX - len(hosted.letters))
            pipe.lpop(keys.inbox(hosted.id), room)
        for hosted, raw in zip(due, pipe.execute(), strict=True):
            for each in raw or ():
                try:
                    hosted.letters.append(decode(each))
                except msgspec.MsgspecError as problem:
                    log.warning("a letter to %s cannot be read: %s", hosted.id, problem)

    def _rise(self, hosted: Hosted) -> bool:
        """Let a lab rise from its journal, under the same lease and epoch."""
        row = LabRow.objects.filter(id=hosted.id, epoch=hosted.epoch).first()
        if row is None:
            self.labs.pop(hosted.id, None)
            return False
        self._begin_work(hosted.id, is_rising=True)
        try:
            revived = archive.revive(row, hosted.universe.now)
        except OUTAGE:
            raise
        except Exception as problem:
            self._trouble(hosted.id, hosted.epoch, problem)
            return False
        hosted.become(revived, row.head)
        return True

    def _serve_one(
        self, hosted: Hosted, rows: list[archive.Row], numbers: dict[str, int]
    ) -> list[Told]:
        lab = hosted.id
        letters, hosted.letters = hosted.letters, []
        out: list[Told] = [(lab, refused) for refused in hosted.refusals]
        for row in rows:
            if row.lab != lab:
                continue
            number = numbers.get(f"{lab} {row.id}")
            if number is None:
                # Fenced: another host has this lab, and it will be asked again there.
                self.labs.pop(lab, None)
                return out
            told = self._take_effect(hosted, row, number)
            if hosted.is_stale:
                # The journal is ahead of this lab. It rises first; then these are known there.
                hosted.letters = letters
                return out
            askers = {
                each.socket for each in letters if each.kind == "command" and each.id == row.id
            }
            for asker in sorted(askers):
                if number > 0:
                    out.append((lab, {"t": "journaled", "id": row.id, "socket": asker}))
                out.append((lab, {**told, "socket": asker}))
        out += [(lab, told) for told in hosted.deal_with(letters)]
        hosted.advance()
        out += [(lab, frame) for frame in hosted.frames()]
        if hosted.snapshot_asked:
            hosted.snapshot_asked = False
            out.append((lab, hosted.snapshot()))
        clock = time.monotonic()
        hosted.due = clock + hosted.period(clock)
        return out

    def _take_effect(self, hosted: Hosted, row: archive.Row, number: int) -> dict[str, Any]:
        """Apply a row that has a number; negative ones were journaled before, 0 is unwritable."""
        if number == 0:
            reason = Reason("message-malformed")
            return {"t": "refused", "id": row.id, "reason": {"key": reason.key, "params": {}}}
        if number < 0 and -number <= hosted.seq:
            return hosted.told_again(row.id)
        if number != hosted.seq + 1:
            hosted.is_stale = True
            return {}
        hosted.seq = number
        return hosted.apply(row)

    # --- what can wait

    def _store(self, due: list[Hosted]) -> None:
        """Keep pace, time reached and checkpoints, of those first that have waited longest.

        What fails is tried again later; what does not fit into this turn has the next.
        """
        begun = clock = time.monotonic()
        for hosted in sorted(due, key=lambda hosted: hosted.reached_at):
            if hosted.id in self.labs and not hosted.is_stale and hosted.has_to_store(clock):
                self._by_itself(hosted, self._store_one)
                clock = time.monotonic()
                if clock - begun > limits.STORE_S:
                    return

    def _store_one(self, hosted: Hosted) -> None:
        if hosted.pace_changed:
            self._remember_pace(hosted)
        clock = time.monotonic()
        if hosted.is_checkpoint_due():
            self._checkpoint(hosted)
            hosted.reached_at = clock + REACHED_EVERY
        elif clock >= hosted.reached_at:
            archive.reach(hosted.id, hosted.epoch, hosted.universe.now)
            hosted.reached_at = clock + REACHED_EVERY

    def _checkpoint(self, hosted: Hosted) -> None:
        universe = hosted.universe
        if universe.now == hosted.checkpointed_at:
            return
        begun = time.thread_time()
        archive.keep(hosted.id, hosted.epoch, hosted.seq, universe.now, universe.freeze())
        hosted.checkpointed(time.thread_time() - begun)

    def _remember_pace(self, hosted: Hosted) -> None:
        kept = {
            "mode": hosted.pace.mode,
            "speed": hosted.pace.speed,
            "paused": hosted.pace.paused,
        }
        LabRow.objects.filter(id=hosted.id, epoch=hosted.epoch).update(pace=kept)
        hosted.pace_changed = False


def _log_outage(lab: str, problem: Exception) -> None:
    log.warning("%s waits: %s", lab, problem)
    if isinstance(problem, DatabaseError):
        archive.forget_connection()
