"""One host a lab, whatever stands still and whatever Redis forgets: two hosts interleaved by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import QuerySet

from clusterlab.runtime import archive, keys, limits, models, ownership
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
