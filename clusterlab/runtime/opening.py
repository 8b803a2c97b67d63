"""Opening a lab: its row, its links, and a host that is woken for it."""

import time

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
    lab = Lab.objects.create(
        id=id or new_lab_id(),
        seed=seed,
        scenario=scenario,
        content=catalogue.content_of(scenario),
        born_at=int(time.time()),
        engine=ENGINE,
        state=STATE,
    )
    Link.objects.bulk_create(
        [Link(lab=lab, role=Link.OPERATOR), Link(lab=lab, role=Link.VIEWER)]
    )
    owner = Link.objects.create(lab=lab, role=Link.OWNER)
    mailbox.watch(lab.id, 30)
    mailbox.ring("")
    return owner


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
