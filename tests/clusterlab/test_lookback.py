"""Looking back shows what was, without disturbing what is."""

import json
import zlib

import pytest

from clusterlab.runtime import archive, hosted, keys, lookback
from clusterlab.runtime.host import Host
from clusterlab.runtime.hosted import Hosted
from clusterlab.runtime.mailbox import Letter
from clusterlab.runtime.models import Lab as LabRow
from clusterlab.runtime.opening import open_lab
from simulation.kernel.units import MINUTE
from simulation.projection.frame import FrameFolder

pytestmark = pytest.mark.django_db(transaction=True)


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
    monkeypatch.setattr(hosted.lookback, "ask", lookback.look_back)
    ears = keys.connection().pubsub(ignore_subscribe_messages=True)
    ears.subscribe(keys.group_channel(living.id))
    ears.get_message(timeout=1)

    body = {"ask": "moment", "at": living.universe.now - MINUTE}
    told = living.answer(Letter("query", "q7", "viewer", "s", body))

    assert told == {"t": "looking", "id": "q7"}
    raw = ears.get_message(timeout=5)["data"]
    message = lookback.telling._layer().deserialize(raw)
    content = json.loads(zlib.decompress(message["bytes"]))
    assert message["socket"] == "s"
    assert (content["t"], content["id"], content["at"]) == ("moment", "q7", body["at"])
    assert content["state"]["node"]
