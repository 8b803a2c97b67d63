"""Opening a lab: its row, its links, and a host that is woken for it."""

import time

from django.db import transaction

from clusterlab.runtime import keys, limits, mailbox, telling
from clusterlab.runtime.models import Lab, Link, new_lab_id
from simulation.kernel.reasons import Refused
from simulation.lab.genesis import ENGINE, STATE
from simulation.scenarios import catalogue

SEED_OF_THE_FIRST_LAB = 7
"""The default seed: its three offices sit on three nodes and its first kill tells three fates."""


def open_lab(
    scenario: str = catalogue.DEFAULT, seed: int = SEED_OF_THE_FIRST_LAB, id: str = ""
) -> Link:
    """Make a lab, wake a host for it, and return its owner's link."""
    lab = _new_lab(scenario, catalogue.content_of(scenario), seed, id)
    Link.objects.bulk_create([Link(lab=lab, role=Link.OPERATOR), Link(lab=lab, role=Link.VIEWER)])
    owner = Link.objects.create(lab=lab, role=Link.OWNER)
    _wake(lab)
    return owner


def start_over(lab_id: str) -> None:
    """Begin a lab anew, for all who have a link to it: their links open the new one from now on.

    Who watches is told where it is. Asked twice for the same lab, it begins anew once.
    """
    with transaction.atomic():
        links = list(Link.objects.select_for_update().filter(lab_id=lab_id))
        if not links:
            return
        old = Lab.objects.get(id=lab_id)
        lab = _new_lab(old.scenario, old.content, old.seed)
        Link.objects.filter(secret__in=[link.secret for link in links]).update(lab=lab)
    keys.connection().zrem(keys.WANTED, lab_id)
    _wake(lab)
    telling.publish([telling.moved(lab_id, lab.id)])


def _new_lab(scenario: str, content: str, seed: int, id: str = "") -> Lab:
    return Lab.objects.create(
        id=id or new_lab_id(),
        seed=seed,
        scenario=scenario,
        content=content,
        born_at=int(time.time()),
        engine=ENGINE,
        state=STATE,
    )


def _wake(lab: Lab) -> None:
    mailbox.watch(lab.id, 30)
    mailbox.ring("")


HOUR_S = 3_600


def restart(lab: str) -> None:
    """Let a lab that stands still go on from its last checkpoint; raise Refused if it did so too often.

    One fall remains on its account: a lab that takes the next host down stands still again.
    """
    pipe = keys.connection().pipeline(transaction=True)
    pipe.set(keys.restarts(lab), 0, ex=HOUR_S, nx=True)
    pipe.incr(keys.restarts(lab))
    if pipe.execute()[1] > limits.RESTARTS_PER_HOUR:
        raise Refused("too-frequent")
    Lab.objects.filter(id=lab).exclude(trouble="").update(trouble="", falls=[time.time()])
    mailbox.watch(lab, 30)
    mailbox.ring("")
    telling.publish([telling.trouble(lab, "")])
