"""One host a lab, whatever stands still and whatever Redis forgets: two hosts interleaved by hand."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import QuerySet

from clusterlab.runtime import archive, keys, limits, models, opening, ownership, telling
from clusterlab.runtime.host import Host
from clusterlab.runtime.models import Lab
from clusterlab.runtime.opening import open_lab
from simulation.lab.genesis import ENGINE

pytestmark = pytest.mark.django_db(transaction=True)


def lose_lease(lab: str) -> None:
    """Let a lease run out, or be lost with everything in Redis."""
    keys.connection().delete(keys.lease(lab))


def holder(lab: str) -> bytes | None:
    """Return who has the lease."""
    return keys.connection().get(keys.lease(lab))


def interrupt_update(
    monkeypatch: pytest.MonkeyPatch, what: Callable[[], Any], before: bool
) -> list[Any]:
    """Let something happen just before or just after the next update; return what came of it."""
    real, happened = QuerySet.update, []

    def update(rows: Any, **values: Any) -> int:
        monkeypatch.setattr(QuerySet, "update", real)
        if before:
            happened.append(what())
        count = real(rows, **values)
        if not before:
            happened.append(what())
        return count

    monkeypatch.setattr(QuerySet, "update", update)
    return happened


@pytest.mark.parametrize("before", [True, False], ids=["before the epoch moves", "after"])
def test_a_host_that_stands_still_while_it_claims_does_not_share_an_epoch(
    monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    lab = open_lab().lab_id

    def second_claims() -> models.Lab | None:
        lose_lease(lab)
        return ownership.claim(lab, "second")

    claimed = interrupt_update(monkeypatch, second_claims, before)
    first = ownership.claim(lab, "first")

    (second,) = claimed
    assert first is None
    assert second is not None
    row = Lab.objects.get(id=lab)
    assert (row.host, row.epoch) == ("second", second.epoch)
    assert holder(lab) == b"second"


def test_a_claim_knows_what_the_host_before_wrote_until_the_epoch_moved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = open_lab().lab_id
    ownership.claim(lab, "first")
    lose_lease(lab)
    late = archive.Row(lab, 1, 1000, "late", "owner", {"do": "power-off", "node": "worker-3"})
    interrupt_update(monkeypatch, lambda: archive.append([late]), before=True)

    second = ownership.claim(lab, "second")

    assert second is not None
    assert (second.epoch, second.head) == (2, 1)


def test_a_claim_that_the_database_does_not_answer_leaves_no_lease_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = open_lab().lab_id

    def away() -> None:
        raise OperationalError("away")

    interrupt_update(monkeypatch, away, before=True)
    with pytest.raises(OperationalError):
        ownership.claim(lab, "first")

    assert holder(lab) is None


def test_a_lab_of_a_newer_engine_is_left_to_newer_hosts() -> None:
    lab = open_lab().lab_id
    Lab.objects.filter(id=lab).update(engine=ENGINE + 1)
    old = Host("old")

    old._take(lab)

    row = Lab.objects.get(id=lab)
    assert not old.labs
    assert (row.epoch, row.host, row.trouble) == (0, "", "")
    assert holder(lab) is None


def test_a_host_drops_a_lab_that_another_host_leases() -> None:
    lab = open_lab().lab_id
    first, second = Host("first"), Host("second")
    first._take(lab)
    lose_lease(lab)
    second._take(lab)

    first._look()

    assert lab not in first.labs
    assert holder(lab) == b"second"


def test_a_lease_that_redis_lost_is_taken_back() -> None:
    lab = open_lab().lab_id
    only = Host("only")
    only._take(lab)
    lose_lease(lab)

    only._look()

    assert only.labs[lab].epoch == 1
    assert holder(lab) == b"only"


def test_a_lost_lease_is_not_taken_back_after_another_host_had_the_lab() -> None:
    lab = open_lab().lab_id
    first, second = Host("first"), Host("second")
    first._take(lab)
    lose_lease(lab)
    second._take(lab)
    second._let_go(second.labs[lab])
    keys.connection().zrem(keys.WANTED, lab)

    first._look()

    assert lab not in first.labs
    assert holder(lab) is None


def test_a_lost_lease_is_not_kept_while_the_database_cannot_say_whose_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = open_lab().lab_id
    only = Host("only")
    only._take(lab)
    lose_lease(lab)

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patch:
        patch.setattr(models.Lab.objects, "filter", away)
        with pytest.raises(OperationalError):
            only._look()
    meanwhile = holder(lab)
    only._look()

    assert meanwhile is None
    assert lab in only.labs
    assert holder(lab) == b"only"


def test_a_lease_is_renewed_and_released_by_its_holder_only() -> None:
    lab = open_lab().lab_id
    client = keys.connection()
    client.set(keys.lease(lab), "first", px=30_000)

    ownership.renew([lab], "second")
    after_other = client.pttl(keys.lease(lab))
    ownership.release(lab, "second")
    survived = holder(lab)
    ownership.renew([lab], "first")
    after_own = client.pttl(keys.lease(lab))
    ownership.release(lab, "first")

    assert 0 < after_other <= 30_000
    assert survived == b"first"
    assert 30_000 < after_own <= limits.LEASE_MS
    assert holder(lab) is None


def test_letting_go_leaves_what_a_newer_host_has() -> None:
    lab = open_lab().lab_id
    ownership.claim(lab, "first")
    lose_lease(lab)
    ownership.claim(lab, "second")

    ownership.let_go(lab, "first", epoch=1)

    assert Lab.objects.get(id=lab).host == "second"
    assert holder(lab) == b"second"


def stands_still(host: Host, monkeypatch: pytest.MonkeyPatch, lab: str) -> None:
    """Let a host stand still, for good, while one of its labs has its turn."""

    def stand(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(host.labs[lab], "advance", stand)
    with pytest.raises(KeyboardInterrupt):
        host._serve(list(host.labs.values()))
    deadline = time.monotonic() + 5
    while keys.connection().get(keys.serving(host.name)) != lab.encode():
        assert time.monotonic() < deadline, "it was not said which lab it is"
        time.sleep(0.01)
    for each in host.labs:
        lose_lease(each)


def test_a_host_that_stands_still_is_a_fall_of_the_lab_it_served_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before, guilty, after = (open_lab().lab_id for _ in range(3))
    for number in range(2):
        host = Host(f"host-{number}")
        for lab in (before, guilty, after):
            host._take(lab)
        stands_still(host, monkeypatch, guilty)

    third = Host("third")
    for lab in (before, guilty, after):
        third._take(lab)

    troubles = [Lab.objects.get(id=lab).trouble for lab in (before, guilty, after)]
    assert troubles == ["", "quarantined", ""]
    assert sorted(third.labs) == sorted([before, after])
    assert [Lab.objects.get(id=lab).falls for lab in (before, after)] == [[], []]


def test_a_host_that_stands_still_between_turns_is_nobodys_fall(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = open_lab().lab_id
    first = Host("first")
    first._take(lab)
    monkeypatch.setattr(first, "_sleep", lambda: None)
    first._turn()
    deadline = time.monotonic() + 5
    while keys.connection().get(keys.serving("first")) != b"":
        assert time.monotonic() < deadline, "it never was done"
        time.sleep(0.01)
    lose_lease(lab)

    second = ownership.claim(lab, "second")

    assert second is not None and second.falls == []


def test_a_host_that_wakes_up_puts_no_blame_on_what_it_does_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab = open_lab().lab_id
    host = Host("first")
    host._take(lab)
    said: list[str] = []
    monkeypatch.setattr(host.announcer, "say", said.append)

    host.renewed_at -= 10 * limits.LEASE_MS / 1000
    host._begin_work(lab)
    host._begin_work(lab)
    host._look()
    host._begin_work(lab)

    assert said == ["", "", lab]


def test_viewers_of_a_quarantined_lab_are_told_and_its_owner_lets_it_go_on() -> None:
    lab = open_lab().lab_id
    ears = keys.connection().pubsub(ignore_subscribe_messages=True)
    ears.subscribe(keys.group_channel(lab))
    ears.get_message(timeout=1)
    for name in ("first", "second", "third"):
        ownership.claim(lab, name)
        keys.connection().set(keys.serving(name), lab)
        lose_lease(lab)
    stopped = telling._layer().deserialize(ears.get_message(timeout=1)["data"])

    opening.restart(lab)
    goes_on = telling._layer().deserialize(ears.get_message(timeout=1)["data"])
    host = Host("fourth")
    host._look()

    assert '"lab-stopped"' in stopped["text"]
    assert goes_on["text"] == '{"t":"trouble","reason":null}'
    assert lab in host.labs
    row = Lab.objects.get(id=lab)
    assert (row.trouble, len(row.falls)) == ("", 1)


def test_a_fenced_host_that_was_slow_does_not_replace_the_cached_checkpoint() -> None:
    lab = open_lab().lab_id

    for epoch in (2, 1):
        # The slow one looked at the database before the epoch moved, and at Redis after it.
        Lab.objects.filter(id=lab).update(epoch=epoch)
        archive.keep(lab, epoch, 0, 1_000, f"of epoch {epoch}".encode())

    assert keys.connection().hget(keys.checkpoint(lab), "epoch") == b"2"
    assert b"of epoch 2" in (keys.connection().hget(keys.checkpoint(lab), "content") or b"")
