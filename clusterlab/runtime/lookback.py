"""Looking back: a lab as it stood at an earlier instant, worked out beside the living one.

Genesis and journal say everything, so any worker can find out. The living lab is not asked and not
disturbed; it only says that the instant has passed, so that nobody looks ahead.

However old a lab and however many look, the work is bounded: a viewer has one wish, the latest;
those who wish for the same instant are answered together; one task at a time works for a lab, for
a second, then others have their turn, and it goes on where it stopped. So whoever gave up waiting
and asks again is further than before. Checkpoints on the way to an instant are kept for a while:
who drags along the timeline asks for neighbours.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Iterator
from math import inf
from threading import Lock
from typing import Any

import msgspec
from celery import shared_task
from django.db import close_old_connections

from clusterlab.runtime import archive, keys, limits, models, telling
from simulation.kernel.reasons import Refused
from simulation.kernel.units import MINUTE, Instant
from simulation.lab.genesis import STATE
from simulation.lab.lab import Lab
from simulation.projection.frame import FrameFolder

QUEUE = "replay"
"""Workers of their own; the broker keeps what waits for them in a list of this name."""
STEP = 5 * MINUTE
"""Lab time between two kept checkpoints: replaying that much takes some 20 ms."""
CHUNK_EVENTS = 1_000
"""Work between two looks at the clock."""

Trail = OrderedDict[Instant, tuple[int, bytes]]
"""Instant to (latest journal row in it, checkpoint)."""

_trails: OrderedDict[str, Trail] = OrderedDict()
_lock = Lock()


class Wish(msgspec.Struct):
    """What a viewer wants to see, under which id, and until when (Unix time) the viewer waits."""

    at: Instant
    id: str
    until: float


# --- wishes

_WISH = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and
   redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
if redis.call('SET', KEYS[2], ARGV[5], 'NX', 'EX', ARGV[6]) then return 'first' end
return 'joined'
"""
_GRANT = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
"""
_GO_ON = """
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
if redis.call('HLEN', KEYS[1]) == 0 then redis.call('DEL', KEYS[2]) return 0 end
return redis.call('EXPIRE', KEYS[2], ARGV[2])
"""
"""Whether a task has more to do is decided together with taking its name off: a wish comes before
that and is seen, or after that and starts a task of its own."""


def ask(lab: str, at: Instant, id: str, socket: str) -> None:
    """Have a moment worked out; the answer comes by itself. It replaces the socket's last wish."""
    client, token = keys.connection(), secrets.token_hex(8)
    wish = msgspec.msgpack.encode(Wish(at, id, time.time() + limits.LOOK_EXPIRES_S))
    answer = client.eval(
        _WISH, 2, keys.looking(lab), keys.looker(lab), socket, wish, str(limits.LOOKERS_MAX),
        str(limits.LOOK_EXPIRES_S), token, str(limits.LOOK_FORGOTTEN_S),
    )  # fmt: skip
    if answer == b"full":
        raise Refused("too-frequent")
    if answer != b"first":
        return
    try:
        if client.llen(QUEUE) >= limits.LOOKS_WAITING_MAX:
            raise Refused("too-frequent")
        _enqueue(lab, token)
    except Exception:
        client.delete(keys.looker(lab))
        raise


def _enqueue(lab: str, token: str) -> None:
    look_back.apply_async((lab, token), queue=QUEUE, retry=False)


def _wishes(lab: str) -> Iterator[tuple[str, bytes, Wish]]:
    """Yield socket, raw wish and wish of those who still wait, who asked first at the front."""
    client = keys.connection()
    found = [
        (socket.decode(), raw, msgspec.msgpack.decode(raw, type=Wish))
        for socket, raw in client.hgetall(keys.looking(lab)).items()
    ]
    for socket, raw, wish in sorted(found, key=lambda each: each[2].until):
        if wish.until < time.time():
            client.eval(_GRANT, 1, keys.looking(lab), socket, raw)
        else:
            yield socket, raw, wish


@shared_task(name="runtime.look_back", ignore_result=True)
def look_back(lab: str, token: str) -> None:
    """Work on a lab's past for a while, and come again if there is more to do."""
    close_old_connections()
    client = keys.connection()
    if client.get(keys.looker(lab)) != token.encode():
        # It was given up, and another task does this now.
        return
    try:
        _work(lab, time.monotonic() + limits.LOOK_BUDGET_S)
        names = keys.looking(lab), keys.looker(lab)
        if client.eval(_GO_ON, 2, *names, token, str(limits.LOOK_FORGOTTEN_S)):
            _enqueue(lab, token)
    except Exception:
        client.delete(keys.looking(lab), keys.looker(lab))
        raise


def _work(lab: str, deadline: float) -> None:
    """Grant wishes until the time is up; who has to wait longer is told so."""
    while True:
        wish = next((wish for _, _, wish in _wishes(lab)), None)
        if wish is None:
            return
        told = moment(lab, wish.at, deadline)
        # Looked up again: others joined meanwhile, and some wish for something else by now.
        same = [each for each in _wishes(lab) if each[2].at == wish.at]
        if told is None:
            telling.publish([
                telling.sealed(lab, {"t": "looking", "id": each.id, "socket": socket})
                for socket, _, each in same
            ])  # fmt: skip
            return
        client = keys.connection()
        telling.publish([
            telling.sealed(lab, {**told, "id": each.id, "socket": socket})
            for socket, raw, each in same
            if client.eval(_GRANT, 1, keys.looking(lab), socket, raw)
        ])  # fmt: skip
        if time.monotonic() > deadline:
            return


# --- the past


def moment(lab: str, at: Instant, deadline: float = inf) -> dict[str, Any] | None:
    """Return the frame of a lab at an instant that it has passed; None if there is not enough time.

    Then what was done is kept, and the next call goes on from there.
    """
    row = models.Lab.objects.get(id=lab)
    universe, seq = _nearest(row, at)
    rows = models.JournalEntry.objects.filter(lab_id=lab, seq__gt=seq, at__lte=at).order_by("seq")
    for entry in rows.iterator(chunk_size=200):
        if not _advance(lab, universe, max(universe.now, entry.at), seq, at, deadline):
            return None
        archive.resubmit(universe, entry)
        seq = entry.seq
        if time.monotonic() > deadline:
            _stop(lab, universe, seq)
            return None
    if not _advance(lab, universe, at, seq, at, deadline):
        return None
    return {"t": "moment", "at": universe.now, "state": FrameFolder(universe).snapshot()}


def _nearest(row: models.Lab, at: Instant) -> tuple[Lab, int]:
    """Return the lab at the latest checkpoint before an instant, and its journal row."""
    genesis = archive.genesis_of(row)
    with _lock:
        trail = _trails.get(row.id, {})
        kept = [(when, seq, content) for when, (seq, content) in trail.items() if when <= at]
    stored = models.Checkpoint.objects.filter(lab_id=row.id, state=STATE, at__lte=at).first()
    if stored is not None:
        kept.append((stored.at, stored.seq, bytes(stored.content)))
    raw = keys.connection().get(keys.looked(row.id))
    if raw is not None:
        stopped = msgspec.msgpack.decode(raw, type=archive.Cached)
        if stopped.state == STATE and stopped.at <= at:
            kept.append((stopped.at, stopped.seq, stopped.content))
    if not kept:
        return Lab.create(genesis), 0
    _, seq, content = max(kept, key=lambda each: each[:2])
    return Lab.thaw(genesis, content), seq


def _advance(
    lab: str, universe: Lab, until: Instant, seq: int, goal: Instant, deadline: float
) -> bool:
    """Let time pass and leave checkpoints behind near the goal; False if there is no time left."""
    near = goal - limits.TRAIL_STEPS_KEPT * STEP
    while universe.now < until:
        step = min((universe.now // STEP + 1) * STEP, until)
        while not universe.advance(step, CHUNK_EVENTS).done:
            if time.monotonic() > deadline:
                _stop(lab, universe, seq)
                return False
        if universe.now % STEP == 0 and universe.now >= near:
            _keep(lab, universe.now, seq, universe.freeze())
    universe.advance(until)
    return True


def _stop(lab: str, universe: Lab, seq: int) -> None:
    """Keep what was done so far, for this worker and for the others."""
    content = universe.freeze()
    _keep(lab, universe.now, seq, content)
    cached = msgspec.msgpack.encode(archive.Cached(seq, universe.now, content, STATE))
    keys.connection().set(keys.looked(lab), cached, ex=limits.FORGET_S)


def _keep(lab: str, at: Instant, seq: int, content: bytes) -> None:
    with _lock:
        trail = _trails.setdefault(lab, OrderedDict())
        _trails.move_to_end(lab)
        trail[at] = (seq, content)
        while len(trail) > limits.TRAIL_STEPS_KEPT:
            trail.popitem(last=False)
        while len(_trails) > limits.TRAILS_KEPT:
            _trails.popitem(last=False)
