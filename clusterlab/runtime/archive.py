"""Journals and checkpoints: how a lab survives its host.

A row is in the journal before its command is acknowledged. A checkpoint only saves time: thawing
one and replaying the rows behind it gives the same lab, which its digest proves.
"""

from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import F

from clusterlab.runtime import keys, models
from simulation.lab import commands
from simulation.lab.genesis import STATE, Genesis
from simulation.lab.lab import Lab

CHECKPOINTS_KEPT = 4
"""A lab's latest checkpoints in the database."""


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


def genesis_of(lab: models.Lab) -> Genesis:
    """Return what a lab begins with."""
    return Genesis(lab.seed, lab.scenario, lab.content, lab.born_at, lab.engine, lab.state)


def append(rows: list[Row]) -> dict[str, int]:
    """Write rows of several labs in one transaction; return the sequence number by command id.

    A lab whose epoch has moved on gets no number for its rows: its host is fenced. A command whose
    id is in the journal already keeps its old number and is not written again.
    """
    numbers: dict[str, int] = {}
    by_lab: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        by_lab.setdefault((row.lab, row.epoch), []).append(row)
    with transaction.atomic():
        for (lab, epoch), mine in sorted(by_lab.items()):
            known = known_commands(lab, [row.id for row in mine])
            numbers.update({f"{lab} {id}": -1 for id in known})
            fresh = [row for row in mine if row.id not in known]
            if not fresh:
                continue
            moved = models.Lab.objects.filter(id=lab, epoch=epoch).update(
                head=F("head") + len(fresh)
            )
            if not moved:
                continue
            head = models.Lab.objects.values_list("head", flat=True).get(id=lab)
            first = head - len(fresh) + 1
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
            numbers.update({f"{lab} {row.id}": first + n for n, row in enumerate(fresh)})
    return numbers


def known_commands(lab: str, ids: list[str]) -> set[str]:
    """Return which of these commands are in a lab's journal already."""
    found = models.JournalEntry.objects.filter(lab_id=lab, command_id__in=ids)
    return set(found.values_list("command_id", flat=True))


def keep(lab: str, seq: int, at: int, content: bytes, durable: bool) -> None:
    """Keep a checkpoint: in Redis always, in the database now and then."""
    cached = msgspec.msgpack.encode(Cached(seq, at, content))
    keys.connection().set(keys.checkpoint(lab), cached, ex=keys.FORGET_S)
    if durable:
        models.Checkpoint.objects.create(
            lab_id=lab, seq=seq, at=at, state=STATE, content=content
        )
        old = models.Checkpoint.objects.filter(lab_id=lab).values_list("id", flat=True)
        models.Checkpoint.objects.filter(id__in=list(old[CHECKPOINTS_KEPT:])).delete()
        models.Lab.objects.filter(id=lab).update(reached=at)


def newest(lab: str) -> Cached | None:
    """Return the newest checkpoint there is."""
    cached = None
    raw = keys.connection().get(keys.checkpoint(lab))
    if raw:
        cached = msgspec.msgpack.decode(raw, type=Cached)
    stored = models.Checkpoint.objects.filter(lab_id=lab, state=STATE).first()
    if stored is not None and (cached is None or stored.at > cached.at):
        cached = Cached(stored.seq, stored.at, bytes(stored.content))
    return cached


def revive(lab: models.Lab, reached: int = 0) -> Lab:
    """Return a lab as it stood when it was last heard of."""
    genesis = genesis_of(lab)
    checkpoint = newest(lab.id)
    if checkpoint is None or checkpoint.seq > lab.head:
        universe, seq = Lab.create(genesis), 0
    else:
        universe, seq = Lab.thaw(genesis, checkpoint.content), checkpoint.seq
    replay(universe, lab.id, seq)
    universe.advance(max(universe.now, reached, lab.reached))
    return universe


def replay(universe: Lab, lab: str, after: int) -> int:
    """Submit a journal's rows behind a number; return how many there were."""
    rows = models.JournalEntry.objects.filter(lab_id=lab, seq__gt=after).order_by("seq")
    count = 0
    for row in rows.iterator(chunk_size=200):
        universe.advance(max(universe.now, row.at))
        universe.submit(commands.parse(row.command), row.command_id, row.actor)
        count += 1
    return count


def forget_connection() -> None:
    """Drop a database connection that failed, so that the next use makes a new one."""
    connection.close()
