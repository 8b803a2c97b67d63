"""What Redis, the database or a bad letter do to a host: nothing acknowledged is lost, no lab stops."""

from typing import Any

import pytest
import redis
from django.db import OperationalError

from clusterlab.labs import protocol
from clusterlab.runtime import archive, host, hosted, keys, limits, telling
from clusterlab.runtime.host import Host
from clusterlab.runtime.hosted import Hosted
from clusterlab.runtime.mailbox import Letter, post
from clusterlab.runtime.models import Checkpoint, JournalEntry, Lab
from clusterlab.runtime.opening import open_lab
from simulation.kernel.reasons import Refused

pytestmark = pytest.mark.django_db(transaction=True)
POWER_OFF = {"do": "power-off", "node": "worker-3"}


@pytest.fixture
def hosting() -> tuple[Host, Hosted]:
    """A host with one lab, which is due."""
    lab = open_lab().lab
    taken = Host("a")
    taken._take(lab.id)
    return taken, taken.labs[lab.id]


def command(id: str, node: str = "worker-3", socket: str = "") -> Letter:
    """A letter that turns a machine off."""
    return Letter("command", id, "owner", socket, {"do": "power-off", "node": node})


def is_on(lab: Hosted, node: str = "worker-3") -> bool:
    """Tell whether a machine of a lab is powered."""
    return lab.universe.world.machines[node].power == "on"


def well(lab: Hosted) -> bool:
    """Tell whether a lab is not stopped."""
    return Lab.objects.get(id=lab.id).trouble == ""


def fails_once(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, problem: Exception, after: bool = False
) -> None:
    """Let a function fail the first time, before or after it did its work."""
    real = getattr(owner, name)

    def fail(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(owner, name, real)
        if after:
            real(*args, **kwargs)
        raise problem

    monkeypatch.setattr(owner, name, fail)


def test_a_command_takes_effect_although_redis_fails_after_it_was_journaled(
    hosting: tuple[Host, Hosted], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, lab = hosting
    post(lab.id, command("c1"))
    fails_once(monkeypatch, telling, "publish", redis.ConnectionError("gone"))

    with pytest.raises(redis.ConnectionError):
        taken._serve([lab])

    assert JournalEntry.objects.filter(lab_id=lab.id).count() == lab.seq == 1
    assert not is_on(lab)


def test_a_commit_whose_answer_is_lost_is_found_in_the_journal(
    hosting: tuple[Host, Hosted], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, lab = hosting
    post(lab.id, command("c1"))
    fails_once(monkeypatch, archive, "append", OperationalError("gone"), after=True)
    with pytest.raises(OperationalError):
        taken._serve([lab])
    assert is_on(lab)

    taken._serve([lab])
    taken._serve([lab])

    assert lab.seq == 1
    assert not lab.letters
    assert not is_on(lab)
    replayed = archive.Lab.create(archive.genesis_of(Lab.objects.get(id=lab.id)))
    archive.replay(replayed, lab.id, 0)
    replayed.advance(lab.universe.now)
    assert replayed.digest() == lab.universe.digest()


def test_letters_wait_while_the_database_is_away(
    hosting: tuple[Host, Hosted], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, lab = hosting
    post(lab.id, command("c1"))
    fails_once(monkeypatch, archive, "append", OperationalError("gone"))
    with pytest.raises(OperationalError):
        taken._serve([lab])

    taken._serve([lab])

    assert not is_on(lab)
    assert well(lab)


def test_the_same_command_twice_in_one_turn_is_written_once_and_answered_twice(
    hosting: tuple[Host, Hosted], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, lab = hosting
    told: list[Any] = []
    monkeypatch.setattr(telling, "sealed", lambda lab, content: told.append(content))
    monkeypatch.setattr(telling, "publish", lambda *_: None)
    post(lab.id, command("c1", socket="old"))
    post(lab.id, command("c1", socket="new"))

    taken._serve([lab])

    applied = [each["socket"] for each in told if each["t"] == "applied"]
    assert applied == ["new", "old"]
    assert JournalEntry.objects.filter(lab_id=lab.id).count() == 1


def test_a_refused_command_that_is_sent_again_is_refused_again_even_by_a_thawed_lab(
    hosting: tuple[Host, Hosted], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, lab = hosting
    told: list[Any] = []
    monkeypatch.setattr(telling, "sealed", lambda lab, content: told.append(content))
    monkeypatch.setattr(telling, "publish", lambda *_: None)
    senseless = {"do": "power-on", "node": "worker-1"}
    for _ in range(2):
        post(lab.id, Letter("command", "c1", "owner", "one", senseless))
        taken._serve([lab])

    thawed = archive.Lab.thaw(lab.universe.genesis, lab.universe.freeze())

    reasons = [each["reason"]["key"] for each in told if each["t"] == "refused"]
    assert reasons == ["machine-already-on"] * 2
    assert thawed.refusal_of("c1") == lab.universe.refusal_of("c1")
    assert lab.seq == 1


def test_a_row_that_cannot_be_written_takes_no_other_down_with_it() -> None:
    first, second = open_lab().lab, open_lab().lab

    def a_row(lab: Lab, id: str, command: Any = POWER_OFF) -> archive.Row:
        return archive.Row(lab.id, lab.epoch, 1000, id, "owner", command)

    numbers = archive.append(
        [a_row(first, "a"), a_row(first, "bad", {"do": object()}), a_row(second, "c")]
    )

    assert numbers == {f"{first.id} a": 1, f"{first.id} bad": 0, f"{second.id} c": 1}


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('{"do": "a", "id": "\\u0000"}', False),
        ('{"do": "a", "files": {"a\\u0000": ""}}', False),
        ('{"do": "a", "argv": ["a", ["\\u0000"]]}', False),
        ('{"do": "a", "text": "\\\\u0000"}', True),
    ],
)
def test_the_character_that_postgres_cannot_hold_is_refused(text: str, good: bool) -> None:
    if good:
        assert protocol.read(text, None)
        return
    with pytest.raises(Refused):
        protocol.read(text, None)


@pytest.mark.parametrize(
    "problem", [redis.ConnectionError("gone"), OperationalError("gone"), OSError("gone")]
)
def test_an_outage_while_storing_stops_no_lab(
    hosting: tuple[Host, Hosted], monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    taken, lab = hosting
    lab.replay_s = 1.0
    lab.last -= 1
    post(lab.id, Letter("pace", "p", "owner", "", {"speed": 4}))
    fails_once(monkeypatch, archive, "keep", problem)

    taken._serve([lab])
    lab.store_at = 0.0
    taken._serve([lab])

    assert well(lab)
    assert lab.id in taken.labs
    assert Checkpoint.objects.filter(lab_id=lab.id).count() == 1
    assert Lab.objects.get(id=lab.id).pace["speed"] == 4


def test_time_goes_on_where_it_was_without_a_checkpoint(hosting: tuple[Host, Hosted]) -> None:
    taken, lab = hosting
    lab.replay_s = 1.0
    taken._store([lab])
    lab.universe.advance(lab.universe.now + 60_000)
    lab.reached_at = 0.0

    taken._store([lab])
    keys.connection().delete(keys.lease(lab.id))
    newer = Host("b")
    newer._take(lab.id)

    assert Checkpoint.objects.filter(lab_id=lab.id).count() == 1
    assert newer.labs[lab.id].universe.now == lab.universe.now
    assert newer.labs[lab.id].universe.digest() == lab.universe.digest()


def test_nobody_sees_the_time_of_a_lab_go_back(hosting: tuple[Host, Hosted]) -> None:
    taken, lab = hosting
    lab.replay_s = 0.0
    lab.last -= 2
    taken._serve([lab])
    told = lab.universe.now
    keys.connection().delete(keys.lease(lab.id))
    newer = Host("b")
    newer._take(lab.id)

    assert Lab.objects.get(id=lab.id).reached < told
    assert newer.labs[lab.id].universe.now == told


def test_a_host_of_an_earlier_epoch_cannot_say_how_far_it_came(
    hosting: tuple[Host, Hosted],
) -> None:
    stale, lab = hosting
    keys.connection().delete(keys.lease(lab.id))
    Host("b")._take(lab.id)
    lab.replay_s, lab.reached_at = 0.0, 0.0

    stale._store([lab])

    assert lab.id not in stale.labs


def test_a_lab_that_is_stored_all_the_time_lets_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken = Host("a")
    for _ in range(2):
        taken._take(open_lab().lab_id)
    greedy, other = taken.labs.values()
    monkeypatch.setattr(limits, "STORE_S", 0.0)

    for _ in range(2):
        greedy.replay_s = 1.0
        taken._store([greedy, other])

    assert other.checkpointed_at >= 0


def test_a_wish_about_the_pace_that_is_sent_again_is_fulfilled_once(
    hosting: tuple[Host, Hosted],
) -> None:
    _, lab = hosting
    lab.change_pace(Letter("pace", "one", body={"paused": True}))
    lab.change_pace(Letter("pace", "two", body={"paused": False}))

    again = lab.change_pace(Letter("pace", "one", body={"paused": True}))

    assert again == {"t": "applied", "id": "one", "again": True}
    assert not lab.pace.paused


def test_a_letter_that_nobody_can_read_disturbs_nobody(
    hosting: tuple[Host, Hosted], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, lab = hosting
    keys.connection().rpush(keys.inbox(lab.id), b"\xff no letter")
    post(lab.id, command("good"))
    post(lab.id, Letter("command", "bad", "owner", "", {"do": "kaboom"}))
    real = hosted.commands.parse

    def parse(body: dict[str, Any]) -> Any:
        if body["do"] == "kaboom":
            raise ZeroDivisionError
        return real(body)

    monkeypatch.setattr(hosted.commands, "parse", parse)

    taken._serve([lab])

    assert not is_on(lab)
    assert well(lab)


def test_a_lab_that_cannot_be_revived_for_an_outage_is_free_for_the_next_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = open_lab().lab
    taken = Host("a")
    fails_once(monkeypatch, archive, "revive", redis.ConnectionError("gone"))

    with pytest.raises(redis.ConnectionError):
        taken._take(lab.id)
    other = Host("b")
    other._take(lab.id)

    lab.refresh_from_db()
    assert lab.trouble == ""
    assert lab.falls == []
    assert lab.id in other.labs


def test_a_turn_that_fails_unexpectedly_does_not_end_the_host(
    hosting: tuple[Host, Hosted], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, lab = hosting
    turns = []

    def turn() -> None:
        turns.append(1)
        taken.stopping = len(turns) > 1
        raise ZeroDivisionError

    monkeypatch.setattr(host, "REDIS_RETRY", 0.0)
    monkeypatch.setattr(taken, "_turn", turn)

    taken.run()

    assert len(turns) == 2
    assert Lab.objects.get(id=lab.id).host == "", "it was let go"


def test_a_host_of_an_earlier_epoch_cannot_overwrite_checkpoints(
    hosting: tuple[Host, Hosted],
) -> None:
    stale, lab = hosting
    keys.connection().delete(keys.lease(lab.id))
    newer = Host("b")
    newer._take(lab.id)
    newer._checkpoint(newer.labs[lab.id])
    kept = archive.newest(lab.id)
    lab.universe.advance(lab.universe.now + 60_000)

    with pytest.raises(archive.Fenced):
        stale._checkpoint(lab)
    lab.replay_s = 1.0
    stale._store([lab])

    assert archive.newest(lab.id) == kept
    assert Checkpoint.objects.filter(lab_id=lab.id).count() == 1
    assert lab.id not in stale.labs


def test_a_quarantined_lab_has_no_host_and_is_wanted_by_nobody() -> None:
    from clusterlab.runtime import ownership

    lab = open_lab().lab

    for name in ("first", "second", "third"):
        ownership.claim(lab.id, name)
        keys.connection().set(keys.serving(name), lab.id)
        keys.connection().delete(keys.lease(lab.id))

    lab.refresh_from_db()
    assert (lab.trouble, lab.host) == ("quarantined", "")
    assert keys.connection().zscore(keys.WANTED, lab.id) is None
