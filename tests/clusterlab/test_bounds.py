"""Each bound of the runtime set low and exceeded; none is there for show."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.core.management.base import CommandError

from clusterlab.labs import protocol
from clusterlab.runtime import (
    archive,
    keys,
    limits,
    lookback,
    mailbox,
    ownership,
    pacer,
    retention,
    supervisor,
    telling,
)
from clusterlab.runtime.host import Host
from clusterlab.runtime.hosted import Hosted
from clusterlab.runtime.mailbox import Letter
from clusterlab.runtime.management.commands.up import Command
from clusterlab.runtime.models import Checkpoint, Lab
from clusterlab.runtime.opening import open_lab
from simulation.kernel.reasons import Reason, Refused
from simulation.kernel.units import MINUTE, SECOND
from simulation.lab.anticipation import Anticipation
from simulation.lab.genesis import STATE
from tests.clusterlab.running import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def hosting() -> tuple[Host, Hosted]:
    """A host with one lab."""
    host = Host("a")
    lab = open_lab().lab_id
    host._take(lab)
    return host, host.labs[lab]


def letters_of_a_turn() -> int:
    """Let five letters wait, and count those that one turn takes."""
    host, hosted = hosting()
    for number in range(5):
        mailbox.post(hosted.id, Letter("snapshot", str(number)))
    host._collect([hosted])
    return len(hosted.letters)


def letters_that_wait() -> int:
    """Post five letters, and count those that found room."""
    lab, count = open_lab().lab_id, 0
    for number in range(5):
        try:
            mailbox.post(lab, Letter("snapshot", str(number)))
        except mailbox.Overfull:
            break
        count += 1
    return count


def labs_of_a_look() -> int:
    """Let a host look at three free labs, and count those it takes."""
    keys.connection().delete(keys.WANTED)
    for _ in range(3):
        open_lab()
    host = Host("a")
    assert host._look() is False, "some are left"
    return len(host.labs)


def lease_ms() -> float:
    """Return how long a lab that was claimed is leased, to the minute, for slow machines."""
    lab = open_lab().lab_id
    ownership.claim(lab, "a")
    return round(keys.connection().pttl(keys.lease(lab)) / MINUTE) * MINUTE


def deaths_until_quarantine() -> int:
    """Let hosts die with a lab until nobody may have it, and count them."""
    lab, count = open_lab().lab_id, 0
    while count < 9 and ownership.claim(lab, f"host-{count}"):
        keys.connection().delete(keys.lease(lab))
        count += 1
    return count


def deaths_remembered() -> int:
    """Return how many deaths count, one of which was 40 seconds ago."""
    lab = Lab(host="dead", falls=[time.time() - 40])
    return len(ownership._falls_with(lab, "a"))


def idle_s() -> float:
    """Return how long after its taking a lab is idle."""
    _, hosted = hosting()
    assert not hosted.is_idle(hosted.idle_at)
    assert hosted.is_idle(hosted.idle_at + 0.001)
    return hosted.idle_at - hosted.last


def events_of_a_turn() -> int:
    """Let a lab be far behind for one turn, and count what it dealt with."""
    _, hosted = hosting()
    hosted.pace = pacer.Pace(mode="manual", speed=100.0)
    hosted.owed = 10.0 * MINUTE
    real, counted = hosted.universe.advance, []

    def advance(*args: Any) -> Any:
        progress = real(*args)
        counted.append(progress.events)
        return progress

    hosted.universe.advance = advance  # type: ignore[method-assign]
    hosted.advance()
    assert hosted.behind
    assert hosted.period(time.monotonic()) == 0.0, "it goes on at once"
    assert hosted.frames()[0]["pace"]["behind"] is True, "and viewers are told"
    return sum(counted)


def ms_of_a_step() -> int:
    """Let a host be busy for a minute, and return how far a lab at 1x then jumps."""
    _, hosted = hosting()
    hosted.pace = pacer.Pace(mode="manual", speed=1.0)
    before = hosted.universe.now
    hosted.last -= 60.0
    hosted.advance()
    return hosted.universe.now - before


def speed_of_auto() -> float:
    """Let Auto hurry towards something far away, and return the most it comes to."""
    pace = pacer.Pace(current=1000.0)
    awaited = Anticipation(due=10**9, since=0, reason=Reason("message-malformed"))
    return pacer.speed_now(pace, 0, awaited, clock=1000.0)


def trails() -> int:
    """Leave checkpoints of three labs behind, and count the labs that are remembered."""
    lookback._trails.clear()
    for lab in ("a", "b", "c"):
        lookback._keep(lab, 1, 0, b"")
    assert "c" in lookback._trails
    return len(lookback._trails)


def steps_of_a_trail() -> int:
    """Leave three checkpoints of one lab behind, and count those that are remembered."""
    lookback._trails.clear()
    for at in (1, 2, 3):
        lookback._keep("a", at, 0, b"")
    assert 3 in lookback._trails["a"]
    return len(lookback._trails["a"])


def checkpoints() -> int:
    """Checkpoint a lab five times, and count what the database keeps."""
    host, hosted = hosting()
    for _ in range(5):
        hosted.universe.advance(hosted.universe.now + 10 * SECOND)
        host._checkpoint(hosted)
    latest = Checkpoint.objects.filter(lab_id=hosted.id).first()
    assert latest is not None and latest.at == hosted.universe.now
    return Checkpoint.objects.filter(lab_id=hosted.id).count()


def characters_of_text() -> int:
    """Return the longest picture that is sent as text."""
    for size in range(1, 200):
        _, raw = telling.sealed("lab", {"t": "snapshot", "state": "x" * size})
        if "bytes" in telling._layer().deserialize(raw):
            return len(telling._JSON.encode({"t": "snapshot", "state": "x" * (size - 1)}))
    raise AssertionError("nothing is ever compressed")


def forgotten_at_once() -> int:
    """Let three labs be old, and count those that go before the next are looked for."""
    for _ in range(3):
        lab = open_lab().lab_id
        Lab.objects.filter(id=lab).update(visited_on=date(2000, 1, 1))
    return retention.forget(date(2026, 1, 1))


def seconds_to_connect() -> float:
    """Return how long a client waits for Redis to take its call."""
    client = keys.connection.__wrapped__()
    return float(client.connection_pool.connection_kwargs["socket_connect_timeout"])


def seconds_between_starts() -> float:
    """Let a process end again and again, and return how rarely it is started at last."""
    watching = supervisor.Supervisor(ROOT)
    child = watching.add("short-lived", ["true"])
    for _ in range(20):
        assert child.process is not None
        child.process.wait()
        child.due = 0.0
        child.started = time.monotonic()
        watching.watch()
    watching.stop()
    return child.backoff


def characters_of_a_socket() -> int:
    """Return how long a path may be at which the embedded server listens."""
    for size in range(1, 60):
        folder = Path("/" + "x" * size)
        try:
            Command()._start_valkey(Refuses(ROOT), folder)
        except CommandError:
            return len(str(folder / "valkey.sock")) - 1
        except Started:
            continue
    raise AssertionError("no path is too long")


class Started(Exception):
    """It would have been started."""


class Refuses(supervisor.Supervisor):
    """Starts nothing."""

    def add(self, *_: Any, **__: Any) -> Any:
        raise Started


BOUNDS: dict[str, tuple[float, Callable[[], float], float]] = {
    "INBOX_MAX": (3, letters_that_wait, 3),
    "LETTERS_PER_TURN_MAX": (2, letters_of_a_turn, 2),
    "TAKE_S": (0.05, labs_of_a_look, 1),
    "LEASE_MS": (9 * MINUTE, lease_ms, 9 * MINUTE),
    "CONNECT_S": (1, seconds_to_connect, 1),
    "FALLS_MAX": (1, deaths_until_quarantine, 1),
    "FALLS_WITHIN_S": (30, deaths_remembered, 1),
    "IDLE_S": (5.0, idle_s, 5.0),
    "SLICE_EVENTS_MAX": (7, events_of_a_turn, 7),
    "LONGEST_STEP_S": (0.5, ms_of_a_step, 500),
    "SPEED_AUTO_MAX": (5.0, speed_of_auto, 5.0),
    "TRAILS_KEPT": (2, trails, 2),
    "TRAIL_STEPS_KEPT": (2, steps_of_a_trail, 2),
    "CHECKPOINTS_KEPT": (3, checkpoints, 3),
    "PICTURE_TEXT_BYTES_MAX": (100, characters_of_text, 100),
    "FORGOTTEN_AT_ONCE_MAX": (2, forgotten_at_once, 2),
    "BACKOFF_MAX_S": (2.0, seconds_between_starts, 2.0),
    "SOCKET_PATH_MAX": (40, characters_of_a_socket, 40),
}
"""A bound, a low value for it, how to exceed it, and what comes of that."""


@pytest.mark.parametrize("name", BOUNDS)
def test_a_bound_that_is_exceeded_holds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    low, exceed, comes_to = BOUNDS[name]
    monkeypatch.setattr(limits, name, low)

    assert exceed() == comes_to


def test_every_bound_of_the_runtime_is_exceeded_by_a_test() -> None:
    here = ROOT / "tests" / "clusterlab"
    tests = "".join(path.read_text() for path in here.glob("test_*.py"))

    names = [name for name in vars(limits) if name.isupper()]
    assert [name for name in names if name not in tests] == []


@pytest.mark.parametrize("message", [{"pace": {"speed": 2}}, {"do": "power-off", "node": "n"}])
def test_who_only_looks_sets_no_pace_and_gives_no_command(message: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        protocol.letter_of({**message, "id": "a"}, "viewer", "somebody", "socket")

    assert refused.value.reason.key == "only-looking"
    assert protocol.letter_of({**message, "id": "a"}, "operator", "somebody", "socket")


def test_a_checkpoint_that_is_ahead_of_the_journal_is_not_believed() -> None:
    host, hosted = hosting()
    host._checkpoint(hosted)
    row = Lab.objects.get(id=hosted.id)
    ahead = archive.Cached(row.head + 1, hosted.universe.now + MINUTE, b"never", STATE)
    raw = msgspec.msgpack.encode(ahead)
    keys.connection().hset(keys.checkpoint(hosted.id), "content", raw)

    revived = archive.revive(row)

    assert revived.digest() == hosted.universe.digest()
