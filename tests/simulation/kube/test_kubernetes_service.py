"""The Service by which pods find the API, which no user can do away with."""

from simulation.kernel.units import MINUTE, SECOND
from simulation.kube.objects.service import EndpointSlice, Service
from simulation.lab import commands
from simulation.lab.lab import Lab
from tests.simulation.kubectl.terminals import a_lab, typed

KEY = "default/kubernetes"


def addresses(lab: Lab) -> list[str]:
    found = lab.world.store.get(EndpointSlice, KEY)
    return [] if found is None else [each.addresses[0] for each in found.endpoints]


def test_what_is_deleted_of_it_is_back_within_ten_seconds() -> None:
    lab = a_lab()
    before = lab.world.store.get(Service, KEY)
    led_to = addresses(lab)

    typed(lab, "kubectl delete service kubernetes")
    typed(lab, "kubectl delete endpointslice kubernetes")
    gone = lab.world.store.get(Service, KEY), addresses(lab)
    lab.advance(lab.now + 11 * SECOND)

    after = lab.world.store.get(Service, KEY)
    assert gone == (None, [])
    assert before is not None and after is not None
    assert (after.spec, after.metadata.labels) == (before.spec, before.metadata.labels)
    assert addresses(lab) == led_to


def test_without_a_quorum_it_comes_back_when_there_is_one_again() -> None:
    lab = a_lab()
    typed(lab, "kubectl delete service kubernetes")
    for node in ("cp-1", "cp-2"):
        lab.submit(commands.parse({"do": "power-off", "node": node}), node, "test")
    lab.advance(lab.now + MINUTE)
    missed = lab.world.store.get(Service, KEY)

    for node in ("cp-1", "cp-2"):
        lab.submit(commands.parse({"do": "power-on", "node": node}), f"{node}-on", "test")
    lab.advance(lab.now + 2 * MINUTE)

    assert missed is None
    assert lab.world.store.get(Service, KEY) is not None


def test_it_leads_to_a_control_plane_node_that_was_added() -> None:
    lab = a_lab()

    lab.submit(commands.parse({"do": "add-control-plane"}), "a", "test")
    lab.advance(lab.now + 2 * MINUTE)

    assert addresses(lab) == ["10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14"]
