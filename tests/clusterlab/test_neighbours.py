"""One lab's trouble is its own: its neighbours are served, taken and let go whatever happens to it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from clusterlab.runtime import archive, host, keys, models, ownership
from clusterlab.runtime.host import Host
from clusterlab.runtime.models import Lab
from clusterlab.runtime.opening import open_lab

pytestmark = pytest.mark.django_db(transaction=True)


def hosting(count: int) -> tuple[Host, list[str]]:
    """A host with so many labs."""
    taken = Host("a")
    for _ in range(count):
        taken._take(open_lab().lab_id)
    return taken, list(taken.labs)


def make_idle(taken: Host, *labs: str) -> None:
    """Nobody has looked at some labs for a while."""
    for lab in labs:
        keys.connection().delete(keys.watched(lab))
        taken.labs[lab].idle_at = 0.0


def cannot_freeze() -> bytes:
    """Stand in for a lab that cannot be written down."""
    raise ValueError("no picture of this")


def take_away(lab: str) -> None:
    """Let another host move the epoch, while the lease still names the first."""
    Lab.objects.filter(id=lab).update(epoch=models.Lab.objects.get(id=lab).epoch + 1)


def break_freezing(taken: Host, lab: str) -> None:
    """Let a lab be one that cannot be written down."""
    taken.labs[lab].universe.freeze = cannot_freeze  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("harm", "trouble"),
    [
        (lambda taken, lab: take_away(lab), ""),
        (break_freezing, "ValueError: no picture of this"),
    ],
    ids=["another host has it", "it cannot be written down"],
)
def test_an_idle_lab_that_cannot_be_let_go_stops_no_other(
    harm: Callable[[Host, str], None], trouble: str
) -> None:
    taken, (bad, good, idle) = hosting(3)
    make_idle(taken, bad, idle)
    harm(taken, bad)

    taken._turn()

    assert list(taken.labs) == [good]
    assert taken.labs[good].due > taken.next_look - host.LOOK_PERIOD, "it was served"
    assert Lab.objects.get(id=bad).trouble == trouble
    assert Lab.objects.get(id=idle).host == "", "it was let go"


def test_an_idle_lab_that_the_database_does_not_take_is_let_go_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken, (idle, good) = hosting(2)
    make_idle(taken, idle)
    keep = archive.keep

    def away(*args: Any) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(archive, "keep", away)
    taken._turn()
    meanwhile = sorted(taken.labs)
    monkeypatch.setattr(archive, "keep", keep)
    make_idle(taken, idle)
    taken.next_look = 0.0
    taken._turn()

    assert meanwhile == sorted([idle, good])
    assert list(taken.labs) == [good]
    assert Lab.objects.get(id=idle).trouble == ""


def test_after_a_look_that_fails_labs_are_served_before_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken, (lab,) = hosting(1)
    served: list[Any] = []

    def away() -> list[str]:
        raise OperationalError("away")

    monkeypatch.setattr(ownership, "orphans", away)
    monkeypatch.setattr(taken, "_serve", served.append)
    monkeypatch.setattr(taken, "_sleep", lambda: None)
    with pytest.raises(OperationalError):
        taken._turn()
    taken._turn()

    assert served == [[taken.labs[lab]]]


def test_a_host_that_ends_lets_the_others_go_when_one_cannot_be_written_down() -> None:
    taken, (bad, good) = hosting(2)
    break_freezing(taken, bad)

    taken._drain()

    assert Lab.objects.get(id=good).host == ""
    assert Lab.objects.get(id=bad).trouble.startswith("ValueError")
    assert not taken.labs


def test_a_lab_that_cannot_be_read_keeps_no_other_from_being_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    labs = [open_lab().lab_id for _ in range(2)]
    revive = archive.revive
    bad = sorted(labs)[0]

    def reading(row: Lab, *args: Any) -> Any:
        if row.id == bad:
            raise OperationalError("a page of the database is damaged")
        return revive(row, *args)

    monkeypatch.setattr(archive, "revive", reading)
    taken = Host("a")
    with pytest.raises(OperationalError):
        taken._look()

    assert [lab for lab in taken.labs if lab in labs] == [sorted(labs)[1]]


def test_labs_that_break_while_the_database_is_away_are_all_put_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken, broken = hosting(2)
    for lab in broken:
        monkeypatch.setattr(taken.labs[lab], "advance", cannot_freeze)
    filtered = host.LabRow.objects.filter

    def away(**wanted: Any) -> Any:
        monkeypatch.setattr(host.LabRow.objects, "filter", filtered)
        raise OperationalError("away")

    monkeypatch.setattr(host.LabRow.objects, "filter", away)
    taken._serve(list(taken.labs.values()))

    assert not taken.labs
    assert sorted(bool(Lab.objects.get(id=lab).trouble) for lab in broken) == [False, True]
