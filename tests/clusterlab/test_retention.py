"""Labs that nobody visits are forgotten, and only those."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clusterlab.runtime import retention
from clusterlab.runtime.models import Lab, Link
from clusterlab.runtime.opening import open_lab

pytestmark = pytest.mark.django_db


def lab_of(days: int) -> str:
    """A lab that was visited so many days ago."""
    lab = open_lab().lab
    Lab.objects.filter(id=lab.id).update(visited_on=timezone.localdate() - timedelta(days=days))
    return str(lab.id)


def test_what_nobody_visited_for_sixty_days_goes_with_its_links() -> None:
    old, fresh = lab_of(61), lab_of(59)

    retention.forget_labs()

    assert not Lab.objects.filter(id=old).exists()
    assert not Link.objects.filter(lab_id=old).exists()
    assert Lab.objects.filter(id=fresh).exists()


def test_a_visit_keeps_a_lab() -> None:
    old = lab_of(61)

    retention.visited(old)
    retention.forget_labs()

    assert Lab.objects.filter(id=old).exists()


def test_a_school_may_keep_its_labs_for_ever(settings: object) -> None:
    settings.LABS_KEPT_DAYS = 0  # type: ignore[attr-defined]
    old = lab_of(4000)

    assert retention.forget(date.today()) == 0
    assert Lab.objects.filter(id=old).exists()
