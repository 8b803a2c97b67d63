"""Opening a lab: its row, its links, and a host that is woken for it."""

import time

from clusterlab.runtime import mailbox
from clusterlab.runtime.models import Lab, Link, new_lab_id
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
