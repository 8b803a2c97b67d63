"""Each bound of the runtime set low and exceeded; none is there for show."""

import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import pytest
from django.core.management.base import CommandError

from clusterlab.labs import limits as web_limits
from clusterlab.labs import protocol
from clusterlab.runtime import (
    archive,
    keys,
    limits,
    lookback,
    mailbox,
    opening,
    ownership,
    pacer,
    retention,
    supervisor,
    telling,
)
from clusterlab.runtime.host import Host
from clusterlab.runtime.hosted import Hosted
from clusterlab.runtime.mailbox import Letter
from clusterlab.runtime.management.commands import up
from clusterlab.runtime.management.commands.up import Command
from clusterlab.runtime.models import Checkpoint, Lab
from clusterlab.runtime.opening import open_lab
from simulation.kernel.reasons import Reason, Refused
from simulation.kernel.units import MINUTE, SECOND
from simulation.lab import commands
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


def bytes_that_wait() -> int:
    """Post letters of 1,000 bytes, and count those that found room."""
    lab, count = open_lab().lab_id, 0
    for number in range(20):
        try:
            mailbox.post(lab, Letter("query", str(number), body={"ask": "x" * 900}))
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
        keys.connection().set(keys.serving(f"host-{count}"), lab)
        count += 1
    return count


def times_to_go_on() -> int:
    """Tell a lab to go on until it may not any more, and count the times."""
    lab, count = open_lab().lab_id, 0
    while count < 9:
        try:
            opening.restart(lab)
        except Refused:
            break
        count += 1
    return count


def seconds_of_blame() -> int:
    """Return how long it is known what a host worked on."""
    announcer = ownership.Announcer("a")
    announcer.say("lab")
    key = keys.serving("a")
    deadline = time.monotonic() + 5
    while keys.connection().get(key) != b"lab" and time.monotonic() < deadline:
        time.sleep(0.01)
    return int(keys.connection().ttl(key) + 0.5)


def deaths_remembered() -> int:
    """Return how many deaths count, one of which was 40 seconds ago."""
    lab = Lab(id="lab", host="dead", falls=[time.time() - 40])
    keys.connection().set(keys.serving("dead"), "lab")
    return len(ownership._falls_with(lab, "a"))


def idle_s() -> float:
    """Return how long after its taking a lab is idle."""
    _, hosted = hosting()
    assert not hosted.is_idle(hosted.idle_at)
    assert hosted.is_idle(hosted.idle_at + 0.001)
    return hosted.idle_at - hosted.last


def scale(hosted: Hosted) -> None:
    """Have something done in a lab: in a calm one nothing happens for hours."""
    argv = ["kubectl", "scale", "deployment/web", "--replicas=5"]
    command = commands.parse({"do": "kubectl", "argv": argv, "files": {}})
    hosted.universe.submit(command, "scale", "somebody")


def events_of_a_turn() -> int:
    """Let a lab be far behind for one turn, and count what it dealt with."""
    _, hosted = hosting()
    scale(hosted)
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


def events_of_a_slow_turn() -> int:
    """Let a lab have no time at all for its turn, and count what it dealt with."""
    events_each, limits.SLICE_STEP_EVENTS = limits.SLICE_STEP_EVENTS, 3
    try:
        return events_of_a_turn()
    finally:
        limits.SLICE_STEP_EVENTS = events_each


def events_between_looks() -> int:
    """Return how many events of a turn are dealt with before its clock is looked at."""
    ms, limits.SLICE_MS = limits.SLICE_MS, 0
    try:
        return events_of_a_turn()
    finally:
        limits.SLICE_MS = ms


def questions_of_a_turn() -> int:
    """Let a lab have no time at all for its questions; count those of one turn, and see to the rest."""
    host, hosted = hosting()
    for number in range(5):
        mailbox.post(hosted.id, Letter("query", str(number), body={"ask": "nothing"}))
    answered: list[str] = []

    def answer(letter: Letter) -> dict[str, Any]:
        answered.append(letter.id)
        return {"t": "answer", "id": letter.id}

    hosted.answer = answer  # type: ignore[method-assign]
    host._serve([hosted])
    count = len(answered)
    assert hosted.period(time.monotonic()) == 0.0, "it goes on at once"
    for _ in range(4):
        host._serve([hosted])
    assert answered == ["0", "1", "2", "3", "4"], "each has its turn"
    assert not hosted.letters
    return count


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


def replayed_ms_without_a_checkpoint() -> int:
    """Let the work of a lab grow, and return at which of it a checkpoint is due."""
    _, hosted = hosting()
    for work_ms in range(1, 100):
        hosted.replay_s = work_ms / 1000
        if hosted.is_checkpoint_due():
            return work_ms - 1
    raise AssertionError("it never is due")


def stored_in_a_turn() -> int:
    """Let checkpoints of three labs be due, and count those that one turn stores."""
    host = Host("a")
    for _ in range(3):
        host._take(open_lab().lab_id)
    due = list(host.labs.values())
    for count in (1, 2, 3):
        host._store(due)
        stored = sum(hosted.checkpointed_at >= 0 for hosted in due)
        if count == 1:
            first = stored
    assert stored == 3, "the others have the turns behind it"
    return first


def paces_known_again() -> int:
    """Wish for three speeds, and count the wishes that are known when they are sent again."""
    _, hosted = hosting()
    letters = [Letter("pace", str(speed), body={"speed": speed}) for speed in (2, 4, 8)]
    for letter in letters:
        hosted.change_pace(letter)
    return sum(letter.id in hosted.paces for letter in letters)


def hosts_of_a_machine() -> int:
    """Ask for more and more hosts, and return the most that are started."""
    for number in range(1, 100):
        with mock.patch.dict(os.environ, {"HOST_WORKERS": str(number)}):
            try:
                assert up._host_workers() == number
            except CommandError:
                return number - 1
    raise AssertionError("there is no end")


def characters_of_text() -> int:
    """Return the longest picture that is sent as text."""
    for size in range(1, 200):
        _, raw = telling.sealed("lab", {"t": "snapshot", "state": "x" * size})
        if "bytes" in telling._layer().deserialize(raw):
            return len(telling._JSON.encode({"t": "snapshot", "state": "x" * (size - 1)}))
    raise AssertionError("nothing is ever compressed")


def bytes_of_an_answer() -> int:
    """Return the longest answer that is told and not refused, in bytes of Hangul."""
    for size in range(1, 400):
        content = {"t": "answer", "id": "q", "socket": "s", "body": "한" * size}
        _, raw = telling.sealed("lab", content)
        message = telling._layer().deserialize(raw)
        if message["t"] == "refused":
            assert '"frame-too-large"' in message["text"]
            assert message["socket"] == "s"
            return len(telling._JSON.encode({**content, "body": "한" * (size - 1)}))
    raise AssertionError("no answer is too large")


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
    "INBOX_BYTES_MAX": (5_500, bytes_that_wait, 5),
    "LETTERS_PER_TURN_MAX": (2, letters_of_a_turn, 2),
    "TAKE_S": (0.05, labs_of_a_look, 1),
    "LEASE_MS": (9 * MINUTE, lease_ms, 9 * MINUTE),
    "CONNECT_S": (1, seconds_to_connect, 1),
    "FALLS_MAX": (1, deaths_until_quarantine, 1),
    "SERVING_S": (3_000, seconds_of_blame, 3_000),
    "RESTARTS_PER_HOUR": (2, times_to_go_on, 2),
    "FALLS_WITHIN_S": (30, deaths_remembered, 1),
    "IDLE_S": (5.0, idle_s, 5.0),
    "SLICE_EVENTS_MAX": (7, events_of_a_turn, 7),
    "SLICE_MS": (0, events_of_a_slow_turn, 3),
    "SLICE_STEP_EVENTS": (4, events_between_looks, 4),
    "QUERY_MS_PER_TURN": (0, questions_of_a_turn, 1),
    "LONGEST_STEP_S": (0.5, ms_of_a_step, 500),
    "SPEED_AUTO_MAX": (5.0, speed_of_auto, 5.0),
    "TRAILS_KEPT": (2, trails, 2),
    "TRAIL_STEPS_KEPT": (2, steps_of_a_trail, 2),
    "PACES_KNOWN": (2, paces_known_again, 2),
    "HOSTS_MAX": (3, hosts_of_a_machine, 3),
    "REPLAY_S": (0.003, replayed_ms_without_a_checkpoint, 3),
    "STORE_S": (0.0, stored_in_a_turn, 1),
    "CHECKPOINTS_KEPT": (3, checkpoints, 3),
    "PICTURE_TEXT_BYTES_MAX": (100, characters_of_text, 100),
    "FRAME_BYTES_MAX": (400, bytes_of_an_answer, 400),
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

    revived = archive.revive(row).universe

    assert revived.digest() == hosted.universe.digest()


def test_a_delta_that_no_socket_takes_becomes_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    delta = {
        "t": "delta",
        "epoch": 3,
        "base": 6,
        "seq": 7,
        "at": 0,
        "d": [],
        "messages": ["x" * 500],
    }
    monkeypatch.setattr(limits, "FRAME_BYTES_MAX", 400)

    _, raw = telling.sealed("lab", delta)

    message = telling._layer().deserialize(raw)
    told = [message[name] for name in ("t", "epoch", "base", "seq")]
    assert told == ["gap", 3, 6, 7]


def test_how_a_turn_is_cut_by_the_clock_changes_nothing_in_a_lab(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, whole = hosting()
    _, cut = hosting()
    scale(whole)
    scale(cut)
    until = whole.universe.now + 30 * MINUTE
    whole.universe.advance(until)

    monkeypatch.setattr(limits, "SLICE_MS", 0)
    monkeypatch.setattr(limits, "SLICE_STEP_EVENTS", 7)
    slices = 1
    while not cut._slice(until, "").done:
        slices += 1

    assert slices > 10
    assert cut.universe.now == whole.universe.now == until
    assert cut.universe.digest() == whole.universe.digest()


@pytest.mark.parametrize(
    ("message", "is_taken"),
    [
        ({"ask": "line", "line": "x" * 20_000}, False),
        ({"pace": {"speed": "x" * 20_000}}, False),
        ({"do": "power-off", "node": "x" * 20_000}, False),
        ({"do": ["apply"], "node": "x" * 20_000}, False),
        ({"ask": "line", "line": "x" * 10_000}, True),
        ({"do": "kubectl", "argv": ["apply"], "files": {"a": "x" * 500_000}}, True),
        ({"do": "kubectl", "argv": ["apply"], "files": {"a": "x" * 700_000}}, False),
    ],
)
def test_only_a_command_with_manifests_may_be_large(
    message: dict[str, Any], is_taken: bool
) -> None:
    text = msgspec.json.encode(message).decode()

    if is_taken:
        assert protocol.read(text, None) == message
        return
    with pytest.raises(Refused) as refused:
        protocol.read(text, None)
    assert refused.value.reason.key == "message-too-large"
    assert refused.value.reason.params["limit_bytes"] in (
        web_limits.QUESTION_BYTES_MAX,
        web_limits.MESSAGE_BYTES_MAX,
    )


def test_a_checkpoint_waits_until_replaying_costs_more_than_it_does() -> None:
    host, hosted = hosting()
    host._checkpoint(hosted)
    assert 0 < hosted.checkpoint_s < 10
    assert hosted.replay_s == 0

    dear = 2 * limits.REPLAY_S
    hosted.checkpointed(dear)
    due = []
    for work_s in (limits.REPLAY_S, 0.9 * dear, 1.1 * dear):
        hosted.replay_s = work_s
        due.append(hosted.is_checkpoint_due())

    assert due == [False, False, True]
