"""Forgetting: labs that nobody has visited for a long time are deleted, a few at a time."""

import logging
from datetime import date, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from clusterlab.runtime import limits
from clusterlab.runtime.models import Lab

log = logging.getLogger(__name__)


def visited(lab: str) -> None:
    """Note that somebody came today."""
    today = timezone.localdate()
    Lab.objects.filter(id=lab, visited_on__lt=today).update(visited_on=today)


def forget(today: date) -> int:
    """Delete what is too old on a day; return how many labs that were."""
    if not settings.LABS_KEPT_DAYS:
        return 0
    oldest = today - timedelta(days=settings.LABS_KEPT_DAYS)
    old = Lab.objects.filter(visited_on__lt=oldest).values_list("id", flat=True)
    some = list(old[: limits.FORGOTTEN_AT_ONCE_MAX])
    for lab in some:
        # Who came in the meantime keeps it.
        Lab.objects.filter(id=lab, visited_on__lt=oldest).delete()
    return len(some)


@shared_task(name="runtime.forget_labs", ignore_result=True)
def forget_labs() -> None:
    """Forget until nothing is left to forget."""
    while count := forget(timezone.localdate()):
        log.warning(
            "%s labs were forgotten: nobody came for %s days", count, settings.LABS_KEPT_DAYS
        )
