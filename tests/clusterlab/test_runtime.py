"""Journals, leases and pace, with a real database and a real Redis."""

import pytest

from clusterlab.runtime import archive, keys, ownership
from clusterlab.runtime.host import Host
from clusterlab.runtime.mailbox import Letter, post
from clusterlab.runtime.models import JournalEntry, Lab
from clusterlab.runtime.opening import open_lab
from simulation.kernel.units import SECOND

pytestmark = pytest.mark.django_db(transaction=True)
POWER_OFF = {"do": "power-off", "node": "worker-3"}


def a_row(lab: Lab, id: str, epoch: int | None = None) -> archive.Row:
    """A command on its way into a journal."""
    return archive.Row(lab.id, lab.epoch if epoch is None else epoch, 1000, id, "owner", POWER_OFF)


def test_a_journal_takes_each_command_once() -> None:
    lab = open_lab().lab

    first = archive.append([a_row(lab, "a"), a_row(lab, "b")])
    again = archive.append([a_row(lab, "b"), a_row(lab, "c")])

    assert first == {f"{lab.id} a": 1, f"{lab.id} b": 2}
    assert again == {f"{lab.id} b": -2, f"{lab.id} c": 3}
    assert [row.command_id for row in JournalEntry.objects.filter(lab=lab)] == ["a", "b", "c"]


def test_a_host_of_an_earlier_epoch_is_fenced() -> None:
    lab = open_lab().lab
    claimed = ownership.claim(lab.id, "first")
    assert claimed is not None
    keys.connection().delete(keys.lease(lab.id))
    newer = ownership.claim(lab.id, "second")
    assert newer is not None

    late = archive.append([a_row(claimed, "late")])
    good = archive.append([a_row(newer, "good")])

    assert late == {}
    assert good == {f"{lab.id} good": 1}


def test_a_lab_has_one_host_at_a_time() -> None:
    lab = open_lab().lab

    assert ownership.claim(lab.id, "first") is not None
    assert ownership.claim(lab.id, "second") is None


def test_a_lab_that_took_two_hosts_down_within_a_minute_is_quarantined() -> None:
    lab = open_lab().lab

    for host in ("first", "second", "third"):
        ownership.claim(lab.id, host)
        keys.connection().set(keys.serving(host), lab.id)
        keys.connection().delete(keys.lease(lab.id))

    lab.refresh_from_db()
    assert lab.trouble == "quarantined"
    assert ownership.claim(lab.id, "fourth") is None


def test_a_lab_that_is_let_go_comes_back_as_it_was() -> None:
    lab = open_lab().lab
    host = Host("a")
    host._take(lab.id)
    hosted = host.labs[lab.id]
    post(lab.id, Letter("command", "c1", "owner", "", POWER_OFF))
    host._serve([hosted])
    hosted.universe.advance(hosted.universe.now + 100 * SECOND)
    before = hosted.universe.digest()

    host._let_go(hosted)
    other = Host("b")
    other._take(lab.id)

    lab.refresh_from_db()
    assert lab.id not in host.labs
    assert other.labs[lab.id].universe.digest() == before
    assert lab.falls == []


def test_one_labs_trouble_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = open_lab().lab, open_lab().lab
    host = Host("a")
    host._take(bad.id)
    host._take(good.id)
    broken, sound = host.labs[bad.id], host.labs[good.id]
    monkeypatch.setattr(broken.universe.world, "handlers", {})
    broken.universe.world.timeline.at(broken.universe.now, "nobody/knows")
    broken.last -= 1
    sound.last -= 1

    host._serve([broken, sound])

    bad.refresh_from_db()
    good.refresh_from_db()
    assert "KeyError" in bad.trouble
    assert good.trouble == ""
    assert list(host.labs) == [good.id]


def test_a_quiet_lab_says_what_time_it_is_once_a_second() -> None:
    lab = open_lab().lab
    host = Host("a")
    host._take(lab.id)
    hosted = host.labs[lab.id]
    hosted.frames()
    hosted.universe.advance(hosted.universe.now + 1)
    hosted.folder.delta()

    early = hosted.frames()
    hosted.told_at -= 1.0
    late = hosted.frames()
    hosted.told_at -= 1.0
    paused = hosted.frames()

    assert early == []
    assert [(frame["d"], frame["at"]) for frame in late] == [([], hosted.universe.now)]
    assert paused == []


def test_a_lab_that_nobody_looks_at_sleeps_until_somebody_does() -> None:
    lab = open_lab().lab
    host = Host("a")
    host._look()
    keys.connection().delete(keys.watched(lab.id))
    host.labs[lab.id].idle_at = 0.0

    host._look()
    host._look()
    asleep = lab.id not in host.labs
    post(lab.id, Letter("snapshot"))
    host._look()

    assert asleep
    assert lab.id in host.labs
