"""A host keeps its labs while it works, however slow the machine, unless what it works on has no end."""

import time
from collections.abc import Iterator

import pytest

from clusterlab.runtime import archive, keys, limits, ownership
from clusterlab.runtime.host import Host
from clusterlab.runtime.models import Checkpoint, Lab
from clusterlab.runtime.opening import open_lab

pytestmark = pytest.mark.django_db(transaction=True)

LEASE_S = 0.6


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setattr(limits, "LEASE_MS", int(LEASE_S * 1000))
    found = Host("first")
    found._renew()
    found.pulse.start()
    yield found
    found.pulse.stop()


def is_leased(lab: str) -> bool:
    return bool(keys.connection().exists(keys.lease(lab)))


def burn(seconds: float) -> None:
    """Use so much CPU."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_a_host_that_is_slow_at_one_lab_keeps_all_of_its_labs(host: Host) -> None:
    slow, other = (open_lab().lab_id for _ in range(2))
    host._take(other)
    host._take(slow)

    host._begin_work(slow)
    time.sleep(3 * LEASE_S)

    assert ownership.claim(slow, "second") is None
    assert ownership.claim(other, "second") is None


def test_a_lab_is_kept_while_it_is_born_slowly(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = open_lab().lab_id
    revive, claimed = archive.revive, []

    def slowly(row: Lab) -> object:
        time.sleep(3 * LEASE_S)
        claimed.append(ownership.claim(lab, "second"))
        return revive(row)

    monkeypatch.setattr(archive, "revive", slowly)
    host._take(lab)

    assert claimed == [None]
    assert lab in host.labs


@pytest.mark.parametrize(("bound", "is_rising"), [("TURN_CPU_S", False), ("RISING_CPU_S", True)])
def test_work_without_an_end_costs_the_leases(
    host: Host, monkeypatch: pytest.MonkeyPatch, bound: str, is_rising: bool
) -> None:
    endless, other = (open_lab().lab_id for _ in range(2))
    host._take(endless)
    host._take(other)
    monkeypatch.setattr(limits, bound, 0.3)

    host._begin_work(endless, is_rising)
    burn(0.4)
    time.sleep(2 * LEASE_S)

    assert not is_leased(endless)
    assert not is_leased(other)


def test_work_that_waits_for_ever_costs_the_leases(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = open_lab().lab_id
    host._take(lab)
    monkeypatch.setattr(limits, "WORK_S", 0.2)

    host._begin_work(lab)
    time.sleep(0.2 + 2 * LEASE_S)

    assert not is_leased(lab)


def test_a_pulse_that_was_interrupted_is_not_taken_up_before_a_look(host: Host) -> None:
    lab = open_lab().lab_id
    host._take(lab)
    host.renewed_at -= 2 * LEASE_S
    time.sleep(2 * LEASE_S)

    assert not is_leased(lab)
    host._look()
    time.sleep(2 * LEASE_S)
    assert is_leased(lab)


def test_a_host_that_rests_is_not_stuck(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = open_lab().lab_id
    host._take(lab)
    monkeypatch.setattr(limits, "TURN_CPU_S", 0.1)
    host._begin_work(lab)
    host._end_work()

    burn(0.2)
    time.sleep(2 * LEASE_S)

    assert is_leased(lab)


def test_a_lab_that_is_quarantined_is_played_by_nobody_any_more() -> None:
    lab = open_lab().lab_id
    taken = []
    for name in ("first", "second"):
        taken.append(ownership.claim(lab, name))
        keys.connection().set(keys.serving(name), lab)
        keys.connection().delete(keys.lease(lab))

    assert ownership.claim(lab, "third") is None

    slow = taken[-1]
    assert slow is not None
    assert Lab.objects.get(id=lab).trouble == "quarantined"
    assert ownership.take_back({lab: slow.epoch}, "second") == set()


def test_a_lab_that_was_just_born_need_not_be_born_again() -> None:
    lab = open_lab().lab_id

    Host("first")._look()

    born = Lab.objects.get(id=lab)
    again = archive.revive(born)
    assert Checkpoint.objects.filter(lab_id=lab).count() == 1
    assert again.replay_s < limits.REPLAY_S
