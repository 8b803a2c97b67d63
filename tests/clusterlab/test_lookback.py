"""Looking back shows what was, without disturbing what is."""

import json
import time
import zlib
from typing import Any

import pytest

from clusterlab.runtime import archive, keys, limits, lookback, sparse
from clusterlab.runtime.host import Host
from clusterlab.runtime.hosted import Hosted
from clusterlab.runtime.mailbox import Letter
from clusterlab.runtime.models import Lab as LabRow
from clusterlab.runtime.opening import open_lab
from simulation.kernel.reasons import Refused
from simulation.kernel.units import HOUR, MINUTE, SECOND
from simulation.projection.frame import FrameFolder

pytestmark = pytest.mark.django_db(transaction=True)


def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the tasks that are put into the queue from now on; nobody but `work` does them."""
    queue: list[tuple[str, str]] = []
    monkeypatch.setattr(limits, "LOOK_BUDGET_S", 600.0)
    monkeypatch.setattr(lookback, "_enqueue", lambda lab, token: queue.append((lab, token)))
    return queue


def work(queue: list[tuple[str, str]]) -> int:
    """Do what is in the queue, and what comes into it meanwhile; return how many tasks it was."""
    count = 0
    while queue:
        lookback.look_back(*queue.pop(0))
        count += 1
        assert count < 1000, "it never ends"
    return count


def told_by(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Return what viewers are told from now on: kind, id, socket."""
    told: list[tuple[str, str, str]] = []

    def sealed(lab: str, content: dict[str, Any]) -> tuple[str, bytes]:
        told.append((content["t"], content["id"], content["socket"]))
        return keys.group_channel(lab), b""

    monkeypatch.setattr(lookback.telling, "sealed", sealed)
    monkeypatch.setattr(lookback.telling, "publish", lambda *_: None)
    return told


@pytest.fixture
def living() -> Hosted:
    """A lab in which a machine was switched off and on, and ten minutes went by."""
    host = Host("a")
    lab = open_lab().lab
    host._take(lab.id)
    living = host.labs[lab.id]
    lookback._trails.clear()
    for number, act in enumerate(("power-off", "power-on")):
        command = {"do": act, "node": "worker-3"}
        living.letters = [Letter("command", f"c{number}", "owner", "", command)]
        row = living.commands()[0]
        archive.append([row])
        living.apply(row)
        living.universe.advance(living.universe.now + 5 * MINUTE + 123)
    return living


def pictures(lab: Hosted, instants: list[int]) -> list[dict]:
    """Play the journal anew and note the picture at each instant."""
    universe = archive.Lab.create(archive.genesis_of(LabRow.objects.get(id=lab.id)))
    entries = list(LabRow.objects.get(id=lab.id).journal.order_by("seq"))
    found = []
    for at in instants:
        while entries and entries[0].at <= at:
            entry = entries.pop(0)
            universe.advance(max(universe.now, entry.at))
            archive.resubmit(universe, entry)
        universe.advance(max(at, universe.now))
        found.append(json.loads(json.dumps(FrameFolder(universe).snapshot())))
    return found


def test_a_moment_is_what_the_lab_was_then_in_whatever_order_it_is_asked(living: Hosted) -> None:
    now = living.universe.now
    instants = [now - 9 * MINUTE, now - 4 * MINUTE, now]
    wanted = pictures(living, instants)

    asked = [lookback.moment(living.id, instants[place]) for place in (2, 0, 1)]

    got = [json.loads(json.dumps(each["state"])) for each in (asked[1], asked[2], asked[0])]
    assert got == wanted
    assert got[0] != got[1] != got[2]
    assert living.universe.now == now


def test_dragging_along_the_timeline_starts_from_checkpoints_left_on_the_way(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookback.moment(living.id, living.universe.now)
    monkeypatch.setattr(lookback.Lab, "create", lambda genesis: pytest.fail("from the beginning"))

    earlier = lookback.moment(living.id, living.universe.now - 3 * MINUTE)

    assert earlier["at"] == living.universe.now - 3 * MINUTE


def test_nobody_looks_ahead(living: Hosted) -> None:
    for at in (living.universe.now + 1, -1, "x", None, True, 1.5):
        letter = Letter("query", "q", "viewer", "s", {"ask": "moment", "at": at})

        told = living.answer(letter)

        assert told["t"] == "refused" and told["reason"]["key"] == "moment-unknown"


def test_the_answer_reaches_the_socket_that_asked(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = queued(monkeypatch)
    ears = keys.connection().pubsub(ignore_subscribe_messages=True)
    ears.subscribe(keys.group_channel(living.id))
    ears.get_message(timeout=1)

    body = {"ask": "moment", "at": living.universe.now - MINUTE}
    told = living.answer(Letter("query", "q7", "viewer", "s", body))
    work(queue)

    assert told == {"t": "looking", "id": "q7"}
    raw = ears.get_message(timeout=5)["data"]
    message = lookback.telling._layer().deserialize(raw)
    content = json.loads(zlib.decompress(message["bytes"]))
    assert message["socket"] == "s"
    assert (content["t"], content["id"], content["at"]) == ("moment", "q7", body["at"])
    assert content["state"]["node"]


@pytest.mark.parametrize("is_other_worker", [False, True])
def test_what_one_look_does_not_finish_the_next_one_goes_on_with(
    living: Hosted, monkeypatch: pytest.MonkeyPatch, is_other_worker: bool
) -> None:
    at = living.universe.now - MINUTE
    monkeypatch.setattr(lookback, "CHUNK_EVENTS", 200)
    born = []
    create = lookback.Lab.create
    monkeypatch.setattr(lookback.Lab, "create", lambda genesis: born.append(1) or create(genesis))

    looks = 0
    told = None
    while told is None and looks < 200:
        if is_other_worker:
            lookback._trails.clear()
        told = lookback.moment(living.id, at, deadline=0.0)
        looks += 1

    assert told is not None
    assert looks > 3
    assert born == [1], "only the first look began at the beginning"
    assert [json.loads(json.dumps(told["state"]))] == pictures(living, [at])


def test_a_look_that_takes_long_gives_others_a_turn_and_says_that_it_goes_on(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookback, "CHUNK_EVENTS", 200)
    queue, told = queued(monkeypatch), told_by(monkeypatch)
    monkeypatch.setattr(limits, "LOOK_BUDGET_S", 0.0)

    lookback.ask(living.id, living.universe.now, "q", "s")
    tasks = work(queue)

    assert tasks > 3
    assert told == [("looking", "q", "s")] * (tasks - 1) + [("moment", "q", "s")]
    assert not keys.connection().exists(keys.looking(living.id), keys.looker(living.id))


def test_viewers_who_wish_for_the_same_instant_are_answered_together(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, told = queued(monkeypatch), told_by(monkeypatch)
    worked_out = []
    moment = lookback.moment

    def count(*args: Any) -> Any:
        worked_out.append(args[1])
        if len(worked_out) == 1:
            # One more comes while it is being worked out.
            lookback.ask(living.id, MINUTE * 5, "q3", "three")
        return moment(*args)

    monkeypatch.setattr(lookback, "moment", count)
    lookback.ask(living.id, MINUTE * 5, "q1", "one")
    lookback.ask(living.id, MINUTE * 5, "q2", "two")
    tasks = work(queue)

    assert (tasks, worked_out) == (1, [MINUTE * 5])
    assert sorted(told) == [
        ("moment", "q1", "one"), ("moment", "q2", "two"), ("moment", "q3", "three"),
    ]  # fmt: skip


def test_a_viewer_has_one_wish_the_latest(living: Hosted, monkeypatch: pytest.MonkeyPatch) -> None:
    queue, told = queued(monkeypatch), told_by(monkeypatch)

    for number in range(20):
        lookback.ask(living.id, MINUTE * 4 + number * SECOND, f"q{number}", "s")
    tasks = work(queue)

    assert (tasks, told) == (1, [("moment", "q19", "s")])


def test_a_wish_that_nobody_waits_for_any_more_costs_nothing(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, told = queued(monkeypatch), told_by(monkeypatch)
    monkeypatch.setattr(lookback, "moment", lambda *_: pytest.fail("too late"))

    lookback.ask(living.id, MINUTE, "q", "s")
    later = time.time() + limits.LOOK_EXPIRES_S + 1
    monkeypatch.setattr(lookback.time, "time", lambda: later)
    work(queue)

    assert told == []
    assert not keys.connection().exists(keys.looking(living.id), keys.looker(living.id))


def test_a_lab_has_so_many_who_look_back_and_the_others_go_on(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(monkeypatch)
    monkeypatch.setattr(limits, "LOOKERS_MAX", 2)
    for socket in ("one", "two", "one"):
        lookback.ask(living.id, MINUTE, "q", socket)

    with pytest.raises(Refused):
        lookback.ask(living.id, MINUTE, "q", "three")


def test_so_many_labs_wait_for_a_worker_and_a_refusal_leaves_nothing_behind(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = queued(monkeypatch)
    client = keys.connection()
    monkeypatch.setattr(limits, "LOOKS_WAITING_MAX", 1)
    client.rpush(lookback.QUEUE, "a task")
    with pytest.raises(Refused):
        lookback.ask(living.id, MINUTE, "q", "s")
    client.delete(lookback.QUEUE)
    lookback.ask(living.id, MINUTE, "q", "s")

    assert len(queue) == 1


def test_a_task_whose_worker_died_is_replaced_and_does_nothing_should_it_come_back(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, told = queued(monkeypatch), told_by(monkeypatch)
    client = keys.connection()
    lookback.ask(living.id, MINUTE, "q1", "s")
    assert 0 < client.ttl(keys.looker(living.id)) <= limits.LOOK_FORGOTTEN_S
    client.delete(keys.looker(living.id))
    lookback.ask(living.id, MINUTE, "q2", "s")

    dead, alive = queue
    lookback.look_back(*dead)
    before = list(told)
    lookback.look_back(*alive)

    assert before == []
    assert told == [("moment", "q2", "s")]


def test_a_look_that_fails_stands_in_nobody_s_way(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, told = queued(monkeypatch), told_by(monkeypatch)
    lookback.ask(living.id, MINUTE * 4, "q1", "s")
    with monkeypatch.context() as patch:
        patch.setattr(lookback.Lab, "thaw", lambda *_: 1 / 0)
        patch.setattr(lookback.Lab, "create", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work(queue)
    lookback.ask(living.id, MINUTE * 4, "q2", "s")
    work(queue)

    assert told == [("moment", "q2", "s")]


def test_a_row_that_a_checkpoint_holds_is_not_applied_again(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.keep(living.id, living.epoch, 2, living.universe.now, living.universe.freeze())
    monkeypatch.setattr(archive, "resubmit", lambda universe, entry: pytest.fail(str(entry)))

    assert lookback.moment(living.id, living.universe.now)


@pytest.mark.parametrize("life", [HOUR, 100 * HOUR, 24 * 60 * HOUR])
def test_checkpoints_are_spread_over_a_whole_life_and_denser_towards_its_present(life: int) -> None:
    kept: list[int] = []
    # A host stores one every ten seconds; a long life is played fast.
    for at in range(10 * SECOND, life + 1, max(10 * SECOND, life // 4_000)):
        kept.insert(0, at)
        if len(kept) > limits.CHECKPOINTS_KEPT:
            kept.pop(sparse.dispensable(kept))

    gaps = [later - earlier for later, earlier in zip(kept, [*kept[1:], 0], strict=True)]
    assert len(kept) == limits.CHECKPOINTS_KEPT
    assert max(gaps) < life / 6
    assert max(gaps[:6]) < life / 20
    assert kept[0] > life - 2 * max(10 * SECOND, life // 4_000), "the latest is always there"


def test_a_long_journal_in_which_little_happens_has_a_budget_too(
    living: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookback, "CHUNK_EVENTS", 10**9)

    told = [lookback.moment(living.id, living.universe.now, deadline=0.0) for _ in range(3)]

    assert [each is not None for each in told] == [False, False, True], "a row a look"
