"""Looking back: a lab as it stood at an earlier instant, worked out beside the living one.

Genesis and journal say everything, so any worker can find out. The living lab is not asked and not
disturbed; it only says that the instant has passed, so that nobody looks ahead. Checkpoints that
are made on the way are kept for a while: who drags along the timeline asks for neighbours.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any

from celery import shared_task
from django.db import close_old_connections

from clusterlab.runtime import archive, limits, models, telling
from simulation.kernel.units import MINUTE, Instant
from simulation.lab.genesis import STATE
from simulation.lab.lab import Lab
from simulation.projection.frame import FrameFolder

STEP = 5 * MINUTE
"""Lab time between two kept checkpoints: replaying that much takes some 20 ms."""

Trail = OrderedDict[Instant, tuple[int, bytes]]
"""Instant to (latest journal row in it, checkpoint)."""

_trails: OrderedDict[str, Trail] = OrderedDict()
_lock = Lock()


def moment(lab: str, at: Instant) -> dict[str, Any]:
    """Return the frame of a lab at an instant that it has passed."""
    row = models.Lab.objects.get(id=lab)
    universe, seq = _nearest(row, at)
    rows = models.JournalEntry.objects.filter(lab_id=lab, seq__gt=seq, at__lte=at).order_by("seq")
    for entry in rows.iterator(chunk_size=200):
        _advance(lab, universe, max(universe.now, entry.at), seq)
        archive.resubmit(universe, entry)
        seq = entry.seq
    _advance(lab, universe, at, seq)
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
    if not kept:
        return Lab.create(genesis), 0
    _, seq, content = max(kept, key=lambda each: each[:2])
    return Lab.thaw(genesis, content), seq


def _advance(lab: str, universe: Lab, until: Instant, seq: int) -> None:
    """Let time pass and leave checkpoints behind."""
    while universe.now // STEP < until // STEP:
        universe.advance((universe.now // STEP + 1) * STEP)
        _keep(lab, universe.now, seq, universe.freeze())
    universe.advance(max(universe.now, until))


def _keep(lab: str, at: Instant, seq: int, content: bytes) -> None:
    with _lock:
        trail = _trails.setdefault(lab, OrderedDict())
        _trails.move_to_end(lab)
        trail[at] = (seq, content)
        while len(trail) > limits.TRAIL_STEPS_KEPT:
            trail.popitem(last=False)
        while len(_trails) > limits.TRAILS_KEPT:
            _trails.popitem(last=False)


@shared_task(name="runtime.look_back", ignore_result=True)
def look_back(lab: str, at: Instant, id: str, socket: str) -> None:
    """Work a moment out and tell the socket that asked."""
    close_old_connections()
    told = {**moment(lab, at), "id": id, "socket": socket}
    telling.publish([telling.sealed(lab, told)])


def ask(lab: str, at: Instant, id: str, socket: str) -> None:
    """Have a moment worked out; the answer comes by itself."""
    look_back.apply_async((lab, at, id, socket), queue="replay", expires=limits.LOOK_EXPIRES_S, retry=False)
