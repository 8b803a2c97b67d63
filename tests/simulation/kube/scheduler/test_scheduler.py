"""From an unbound pod to a binding, in the smallest world."""

import msgspec

from simulation.kernel.units import GIB
from simulation.kube.objects.node import Taint
from simulation.kube.scheduler.node_table import NodeTable
from simulation.kube.view import View
from simulation.kube.writes import Write
from tests.simulation.kube.kubelet.small_world import BECAUSE, SmallWorld, a_pod


def a_world(workers: int, seed: int = 1) -> SmallWorld:
    world = SmallWorld(workers, seed)
    world.scheduler.start(world, "cp-1")
    return world


def nodes_of(world: SmallWorld, *names: str) -> list[str]:
    return [world.pod(name).spec.node_name for name in names]


def change_node(world: SmallWorld, name: str, **spec: object) -> None:
    node = world.store.get("Node", name)
    node = msgspec.structs.replace(node, spec=msgspec.structs.replace(node.spec, **spec))
    world.apply(Write("patch", node, BECAUSE, fields=("spec",)))


def test_pods_are_spread_over_the_nodes_with_most_room():
    world = a_world(4)

    world.create(*[a_pod(f"web-{n}", on="", cpu=400) for n in range(4)])
    world.advance(1)

    names = nodes_of(world, "web-0", "web-1", "web-2", "web-3")
    assert sorted(names) == ["worker-1", "worker-2", "worker-3", "worker-4"]
    assert "Successfully assigned default/web-0 to " + names[0] in world.said("Scheduled")


def test_a_pod_takes_one_cycle_and_its_condition_says_so():
    world = a_world(1)

    world.create(a_pod("web", on=""))
    world.advance(0.1)

    conditions = {each.type: each for each in world.pod("web").status.conditions}
    assert conditions["PodScheduled"].status == "True"
    assert conditions["PodScheduled"].last_transition_time == 13


def test_what_does_not_fit_waits_in_the_real_words():
    world = a_world(2)
    taint = Taint(key="dedicated", value="db", effect="NoSchedule")
    change_node(world, "worker-1", taints=(taint,))

    world.create(a_pod("big", on="", cpu=1500), a_pod("second", on="", cpu=1500))
    world.advance(1)

    assert nodes_of(world, "big", "second") == ["worker-2", ""]
    assert world.said("FailedScheduling") == [
        "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). "
        "no new claims to deallocate, preemption: 0/2 nodes are available: "
        "1 No preemption victims found for incoming pod, "
        "1 Preemption is not helpful for scheduling."
    ]
    conditions = {each.type: each for each in world.pod("second").status.conditions}
    assert conditions["PodScheduled"].reason == "Unschedulable"


def test_a_waiting_pod_is_tried_again_when_room_becomes_free_and_not_before():
    world = a_world(1)
    world.create(a_pod("first", on="", cpu=1500))
    world.advance(10)
    world.create(a_pod("second", on="", cpu=1500))
    world.advance(60)
    assert len(world.said("FailedScheduling")) == 1

    world.delete("first")
    world.advance(5)

    assert nodes_of(world, "second") == ["worker-1"]


def test_a_waiting_pod_is_tried_again_when_a_taint_it_cannot_bear_goes():
    world = a_world(1)
    change_node(world, "worker-1", unschedulable=True)
    world.create(a_pod("web", on=""))
    world.advance(30)
    assert nodes_of(world, "web") == [""]

    change_node(world, "worker-1", unschedulable=False)
    world.advance(1)

    assert nodes_of(world, "web") == ["worker-1"]


def test_after_five_minutes_a_waiting_pod_is_tried_anyway():
    world = a_world(1)
    world.create(a_pod("huge", on="", cpu=9000))

    world.advance(290)
    assert len(world.said("FailedScheduling")) == 1
    world.advance(45)

    assert len(world.said("FailedScheduling")) == 2


def test_without_nodes_the_scheduler_says_so_and_takes_the_first_that_comes():
    world = a_world(0)
    world.create(a_pod("web", on=""))
    world.advance(1)
    assert world.said("FailedScheduling") == ["no nodes available to schedule pods"]

    world.add_worker("worker-1", "10.0.0.1", "10.244.1.0/24")
    world.advance(2)

    assert nodes_of(world, "web") == ["worker-1"]


def test_a_binding_that_got_no_answer_is_tried_again_and_room_is_given_back():
    world = a_world(1)
    world.is_reachable = False
    world.create(a_pod("web", on="", cpu=1500))
    world.advance(1)
    assert nodes_of(world, "web") == [""]

    world.is_reachable = True
    world.advance(3)

    assert nodes_of(world, "web") == ["worker-1"]
    assert world.scheduler.state.assumed == {}


def test_more_than_a_hundred_bindings_wait_for_the_clients_rate():
    world = a_world(4)

    world.create(*[a_pod(f"web-{n:03}", on="") for n in range(130)])
    world.advance(1.1)
    early = sum(bool(pod.spec.node_name) for pod in world.store.list("Pod"))
    world.advance(3)

    assert 100 <= early <= 130
    assert all(pod.spec.node_name for pod in world.store.list("Pod"))


def test_a_more_important_pod_makes_room_for_itself():
    world = a_world(1)
    world.create(a_pod("low", on="", cpu=1500))
    world.advance(10)

    world.create(a_pod("high", on="", cpu=1500, priority=1000))
    world.advance(0.1)
    nominated = world.pod("high").status.nominated_node_name
    world.advance(10)

    assert nominated == "worker-1"
    assert world.pod("low") is None
    assert nodes_of(world, "high") == ["worker-1"]


def test_room_that_is_made_for_one_pod_is_not_taken_by_another():
    world = a_world(1)
    world.create(a_pod("low", on="", cpu=1500))
    world.advance(10)
    world.create(a_pod("high", on="", cpu=1500, priority=1000))
    world.advance(0.1)

    # As a ReplicaSet does when its pod is told to go: another one at once, and again and again.
    for number in range(5):
        world.create(a_pod(f"low-{number}", on="", cpu=1500))
        world.advance(2)

    assert nodes_of(world, "high") == ["worker-1"]
    assert len(world.said("Preempted")) == 1
    assert nodes_of(world, *[f"low-{number}" for number in range(5)]) == [""] * 5
    assert world.pod("high").status.nominated_node_name == ""


def test_two_important_pods_make_room_on_two_nodes():
    world = a_world(2)
    world.create(*[a_pod(f"low-{n}", on="", cpu=1500) for n in range(2)])
    world.advance(10)

    world.create(*[a_pod(f"high-{n}", on="", cpu=1500, priority=1000) for n in range(2)])
    world.advance(20)

    assert sorted(nodes_of(world, "high-0", "high-1")) == ["worker-1", "worker-2"]


def test_a_nomination_goes_to_who_matters_more():
    world = a_world(1)
    world.create(a_pod("low", on="", cpu=1500))
    world.advance(10)
    world.create(a_pod("high", on="", cpu=1500, priority=1000))
    world.advance(0.1)

    world.create(a_pod("highest", on="", cpu=1500, priority=2000))
    world.advance(20)

    assert nodes_of(world, "highest", "high") == ["worker-1", ""]
    assert world.pod("high").status.nominated_node_name == ""


def test_the_next_holder_of_the_lease_starts_from_a_list():
    world = a_world(2)
    world.scheduler.stop(world)
    world.create(a_pod("web", on=""))
    world.advance(10)
    assert nodes_of(world, "web") == [""]

    world.scheduler.start(world, "cp-2")
    world.advance(1)

    assert nodes_of(world, "web") != [""]


def test_the_table_that_follows_changes_equals_one_that_is_rebuilt():
    world = a_world(3)
    world.create(*[a_pod(f"web-{n}", on="", cpu=300, memory=GIB // 4) for n in range(9)])
    world.advance(15)
    world.delete("web-3")
    change_node(world, "worker-2", unschedulable=True)
    world.advance(10)

    followed = world.scheduler._nodes(world).as_plain()

    assert followed == NodeTable.rebuild(View(world.store), {}).as_plain()


def test_the_explanation_names_every_plugin_for_every_node():
    world = a_world(2)
    world.create(a_pod("full", on="", cpu=1900), a_pod("web", on="", cpu=500))
    world.advance(5)

    explanation = world.scheduler.explain(world, world.pod("web"))

    best, other = explanation.nodes
    assert best.node == world.pod("web").spec.node_name
    assert best.fits and not other.fits
    assert other.verdicts["NodeResourcesFit"] == ("Insufficient cpu",)
    assert set(best.scores) >= {"NodeResourcesFit", "TaintToleration"}


def test_the_same_seed_places_the_same_pods_on_the_same_nodes():
    places = []
    for seed in (7, 7, 8):
        world = a_world(4, seed)
        world.create(*[a_pod(f"web-{n}", on="") for n in range(12)])
        world.advance(3)
        places.append(nodes_of(world, *[f"web-{n}" for n in range(12)]))

    assert places[0] == places[1]
    assert places[0] != places[2]
