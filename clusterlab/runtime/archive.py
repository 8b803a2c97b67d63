"""Journals and checkpoints: how a lab survives its host.

A row is in the journal before its command is acknowledged. A checkpoint only saves time: thawing
one and replaying the rows behind it gives the same lab, which its digest proves.
"""

import logging
import math
import time
from typing import Any, NamedTuple

import msgspec
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F

from clusterlab.runtime import keys, limits, models, sparse
from simulation.lab import commands
from simulation.lab.genesis import STATE, Genesis
from simulation.lab.lab import Lab

log = logging.getLogger(__name__)

UNWRITABLE = (DataError, IntegrityError, ValueError, TypeError, OverflowError)
"""What a database says of a row that it cannot hold."""


class Fenced(Exception):
    """Another host writes this lab's journal now."""


class Row(msgspec.Struct):
    """A command on its way into the journal."""

    lab: str
    epoch: int
    at: int
    id: str
    actor: str
    command: dict[str, Any]


class Cached(msgspec.Struct):
    """A checkpoint as Redis keeps it."""

    seq: int
    at: int
    content: bytes
    state: int


class Revived(NamedTuple):
    """A lab that rose, and how many seconds it would take to raise it again from its checkpoint."""

    universe: Lab
    replay_s: float


def genesis_of(lab: models.Lab) -> Genesis:
    """Return what a lab begins with."""
    return Genesis(lab.seed, lab.scenario, lab.content, lab.born_at, lab.engine, lab.state)


def append(rows: list[Row]) -> dict[str, int]:
    """Write rows of several labs in one transaction; return the number by lab and command id.

    A lab whose epoch has moved on gets no number for its rows: its host is fenced. A command whose
    id is in the journal already is not written again, and its number is negative. A row that the
    database cannot hold gets 0; it takes no other row down with it.
    """
    numbers: dict[str, int] = {}
    by_lab: dict[tuple[str, int], dict[str, Row]] = {}
    for row in rows:
        by_lab.setdefault((row.lab, row.epoch), {}).setdefault(row.id, row)
    with transaction.atomic():
        for (lab, epoch), mine in sorted(by_lab.items()):
            numbers.update(_append_to(lab, epoch, list(mine.values())))
    return numbers


def _append_to(lab: str, epoch: int, rows: list[Row]) -> dict[str, int]:
    try:
        with transaction.atomic():
            return _written(lab, epoch, rows)
    except UNWRITABLE as problem:
        if len(rows) == 1:
            log.warning("a row of %s cannot be written: %s", lab, problem)
            return {f"{lab} {rows[0].id}": 0}
    numbers = {}
    for row in rows:
        numbers.update(_append_to(lab, epoch, [row]))
    return numbers


def _written(lab: str, epoch: int, rows: list[Row]) -> dict[str, int]:
    # The update comes first: it locks the row, so that nobody else writes what is looked up next.
    moved = models.Lab.objects.filter(id=lab, epoch=epoch).update(head=F("head"))
    if not moved:
        return {}
    known = known_commands(lab, [row.id for row in rows])
    numbers = {f"{lab} {id}": -seq for id, seq in known.items()}
    fresh = [row for row in rows if row.id not in known]
    if not fresh:
        return numbers
    first = models.Lab.objects.values_list("head", flat=True).get(id=lab) + 1
    models.JournalEntry.objects.bulk_create(
        models.JournalEntry(
            lab_id=lab,
            seq=first + number,
            at=row.at,
            command_id=row.id,
            actor=row.actor,
            command=row.command,
        )
        for number, row in enumerate(fresh)
    )
    models.Lab.objects.filter(id=lab).update(head=first + len(fresh) - 1)
    numbers.update({f"{lab} {row.id}": first + n for n, row in enumerate(fresh)})
    return numbers


def known_commands(lab: str, ids: list[str]) -> dict[str, int]:
    """Return which of these commands are in a lab's journal already, and under which number."""
    found = models.JournalEntry.objects.filter(lab_id=lab, command_id__in=ids)
    return dict(found.values_list("command_id", "seq"))


_KEEP = """
local held = redis.call('HGET', KEYS[1], 'epoch')
if held and tonumber(held) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'content', ARGV[2])
return redis.call('EXPIRE', KEYS[1], ARGV[3])
"""


def keep(lab: str, epoch: int, seq: int, at: int, content: bytes) -> None:
    """Keep a checkpoint in the database and then in Redis; raise Fenced if the epoch moved on.

    The database comes first: a host that takes the lab over moves the epoch, and from then on
    builds upon all that was stored before.
    """
    with transaction.atomic():
        if not models.Lab.objects.filter(id=lab, epoch=epoch).update(reached=at):
            raise Fenced(lab)
        models.Checkpoint.objects.create(lab_id=lab, seq=seq, at=at, state=STATE, content=content)
        _thin(lab)
    cached = msgspec.msgpack.encode(Cached(seq, at, content, STATE))
    client = keys.connection()
    client.eval(_KEEP, 1, keys.checkpoint(lab), str(epoch), cached, str(limits.FORGET_S))


def reach(lab: str, epoch: int, at: int) -> None:
    """Remember how far a lab's time has come; raise Fenced if the epoch moved on."""
    if not models.Lab.objects.filter(id=lab, epoch=epoch).update(reached=at):
        raise Fenced(lab)


def _thin(lab: str) -> None:
    """Give up checkpoints of a lab that has more than it may, those first that are missed least."""
    kept = list(models.Checkpoint.objects.filter(lab_id=lab).values_list("at", "id"))
    gone = []
    while len(kept) > limits.CHECKPOINTS_KEPT:
        _, id = kept.pop(sparse.dispensable([at for at, _ in kept]))
        gone.append(id)
    models.Checkpoint.objects.filter(id__in=gone).delete()


def newest(lab: str) -> Cached | None:
    """Return the newest checkpoint there is."""
    cached = None
    raw = keys.connection().hget(keys.checkpoint(lab), "content")
    if raw:
        cached = msgspec.msgpack.decode(raw, type=Cached)
        if cached.state != STATE:
            cached = None
    stored = models.Checkpoint.objects.filter(lab_id=lab, state=STATE).first()
    if stored is not None and (cached is None or stored.at > cached.at):
        cached = Cached(stored.seq, stored.at, bytes(stored.content), STATE)
    return cached


def revive(lab: models.Lab, reached: int = 0) -> Revived:
    """Return a lab as it stood when it was last heard of: nobody sees its time go back."""
    told = keys.connection().get(keys.reached(lab.id))
    genesis = genesis_of(lab)
    checkpoint = newest(lab.id)
    if checkpoint is None or checkpoint.seq > lab.head:
        universe, seq, begun = Lab.create(genesis), 0, -math.inf
    else:
        universe, seq = Lab.thaw(genesis, checkpoint.content), checkpoint.seq
        begun = time.thread_time()
    replay(universe, lab.id, seq)
    universe.advance(max(universe.now, reached, lab.reached, int(told or 0)))
    return Revived(universe, time.thread_time() - begun)


def replay(universe: Lab, lab: str, after: int) -> int:
    """Submit a journal's rows behind a number; return how many there were."""
    rows = models.JournalEntry.objects.filter(lab_id=lab, seq__gt=after).order_by("seq")
    count = 0
    for row in rows.iterator(chunk_size=200):
        universe.advance(max(universe.now, row.at))
        resubmit(universe, row)
        count += 1
    return count


def resubmit(universe: Lab, row: models.JournalEntry) -> None:
    """Let a command of the journal take effect once more."""
    universe.submit(commands.parse(row.command), row.command_id, row.actor)


def forget_connection() -> None:
    """Drop a database connection that failed, so that the next use makes a new one."""
    connection.close()
