"""The Leases of the elected processes: renewed every two seconds, until their holder is gone."""

from itertools import pairwise

from simulation.kernel.units import SECOND
from simulation.lab.lab import Lab
from tests.simulation.kube.test_faults import do
from tests.simulation.kubectl.terminals import a_lab, typed

LEASE = "kubectl get lease kube-scheduler -n kube-system"


def renewed(lab: Lab) -> int:
    text = typed(lab, f"{LEASE} -o jsonpath={{.spec.renewTime}}").stdout
    return lab.world.calendar.instant_of(text)


def holder_of(lab: Lab) -> str:
    return typed(lab, f"{LEASE} -o jsonpath={{.spec.holderIdentity}}").stdout


def test_a_lease_is_renewed_every_other_second_and_shows_it():
    lab = a_lab()
    times = []

    for _ in range(6):
        times.append(renewed(lab))
        lab.advance(lab.now + SECOND)

    steps = [b - a for a, b in pairwise(times)]
    assert sorted(set(steps)) == [0, 2 * SECOND]
    assert lab.now - renewed(lab) <= 3 * SECOND


def test_the_lease_of_a_holder_that_is_off_grows_old_until_another_takes_it():
    lab = a_lab()
    holder = lab.world.offices.state.offices["kube-scheduler"].holder
    do(lab, do="power-off", node=holder)
    lab.advance(lab.now + 8 * SECOND)
    old = renewed(lab)
    assert lab.now - old >= 8 * SECOND

    lab.advance(lab.now + 25 * SECOND)

    assert holder_of(lab).partition("_")[0] != holder
    assert lab.now - renewed(lab) <= 3 * SECOND


def test_a_killed_holder_releases_nothing_and_comes_back_as_another():
    lab = a_lab()
    before = holder_of(lab)
    for node in ("cp-1", "cp-2", "cp-3"):
        do(lab, do="kill-process", node=node, process="kube-scheduler")

    lab.advance(lab.now + SECOND)
    assert holder_of(lab) == before

    lab.advance(lab.now + 60 * SECOND)
    assert holder_of(lab) not in ("", before)
    assert holder_of(lab).partition("_")[0] in ("cp-1", "cp-2", "cp-3")
