"""The arithmetic of a cycle, with the figures of the real scheduler."""

import pytest

from simulation.kernel.dice import Dice
from simulation.kernel.units import GIB, MIB
from simulation.kube.objects.node import Taint
from simulation.kube.scheduler.cycle import Scheduled, Unschedulable, schedule
from simulation.kube.scheduler.filtering import nodes_wanted
from simulation.kube.scheduler.infos import HOSTNAME, Budget, Cluster, NodeInfo, PodInfo
from simulation.kube.scheduler.plugins.image_locality import ImageLocality
from simulation.kube.scheduler.plugins.node_resources import balanced, least_allocated
from simulation.kube.scheduler.plugins.pod_topology_spread import PodTopologySpread
from simulation.kube.scheduler.terms import AffinityTerm, selector_of

ZONE = "topology.kubernetes.io/zone"


def a_node(name: str, zone: str = "a", **fields: object) -> NodeInfo:
    labels = {"kubernetes.io/hostname": name, ZONE: zone}
    allocatable = {"cpu": 4000, "memory": 8 * GIB, "pods": 110}
    return NodeInfo(name=name, labels=labels, **{"allocatable": allocatable, **fields})


def an_info(name: str = "web", cpu: int = 500, memory: int = GIB, **fields: object) -> PodInfo:
    requests = {"cpu": cpu, "memory": memory}
    return PodInfo(
        name, "default", name, requests=requests, scored_cpu=cpu, scored_memory=memory, **fields
    )


@pytest.mark.parametrize(
    ("nodes", "wanted"),
    [(99, 99), (200, 100), (500, 230), (1000, 420), (2000, 680), (5000, 500)],
)
def test_large_clusters_are_searched_in_part(nodes: int, wanted: int):
    assert nodes_wanted(nodes) == wanted


@pytest.mark.parametrize(("cpu", "memory", "least"), [(1000, 2, 62), (3000, 1, 43)])
def test_scores_of_a_node_in_use(cpu: int, memory: int, least: int):
    node = a_node("n")
    node.add(an_info("other", cpu, memory * GIB))

    assert least_allocated(an_info(), node) == least
    assert balanced(an_info(), node) == 75


def test_like_pods_are_spread_over_the_zones():
    like = selector_of({"app": "web"})
    nodes = [a_node(f"n{count}", f"zone-{count}") for count in range(3)]
    for count, node in enumerate(nodes):
        for number in range(count):
            node.add(an_info(f"web-{count}-{number}", labels={"app": "web"}))
    pod = an_info(labels={"app": "web"}, default_selector=like)

    scores = PodTopologySpread().scores(pod, nodes, Cluster(tuple(nodes)))

    assert scores is not None
    assert scores[0] > scores[1] > scores[2]


@pytest.mark.parametrize(("holders", "points"), [(1, 7), (5, 48)])
def test_an_image_counts_more_the_more_nodes_have_it(holders: int, points: int):
    nodes = [
        a_node(f"n{number}", images={"web:1": 500 * MIB} if number < holders else {})
        for number in range(5)
    ]

    scores = ImageLocality().scores(an_info(images=("web:1",)), nodes, Cluster(tuple(nodes)))

    assert scores is not None
    assert scores[0] == points


def test_the_message_counts_every_reason_and_says_why_preemption_would_not_help():
    taint = Taint(key="node-role.kubernetes.io/control-plane", effect="NoSchedule")
    full = [a_node("a"), a_node("b")]
    for node in full:
        node.add(an_info(f"big-{node.name}", cpu=3900))

    outcome = schedule(an_info(), Cluster((a_node("cp", taints=(taint,)), *full)), Dice(1))

    assert isinstance(outcome, Unschedulable)
    assert outcome.message == (
        "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. "
        "no new claims to deallocate, preemption: 0/3 nodes are available: "
        "1 Preemption is not helpful for scheduling, "
        "2 No preemption victims found for incoming pod."
    )
    assert outcome.plugins == ("NodeResourcesFit", "TaintToleration")


def test_who_waits_for_a_victim_to_end_makes_no_more_room():
    node = a_node("n")
    node.add(an_info("leaving", cpu=2000, terminating=True))
    node.add(an_info("staying", cpu=2000))
    vip = an_info("vip", cpu=2000, priority=9, nominated="n")

    outcome = schedule(vip, Cluster((node,)), Dice(1))

    assert isinstance(outcome, Unschedulable)
    assert (outcome.nomination, outcome.waits_for_room) == (None, True)
    assert outcome.message.endswith(
        "preemption: not eligible due to a terminating pod on the nominated node."
    )


def test_a_nominated_node_that_can_never_fit_is_given_up():
    node, other = a_node("n", taints=(Taint(key="gone", effect="NoSchedule"),)), a_node("other")
    node.add(an_info("leaving", cpu=2000, terminating=True))
    other.add(an_info("low", cpu=4000))
    vip = an_info("vip", cpu=2000, priority=9, nominated="n")

    outcome = schedule(vip, Cluster((node, other)), Dice(1))

    assert isinstance(outcome, Unschedulable) and outcome.nomination is not None
    assert outcome.nomination.node == "other"


def test_room_for_a_nominated_pod_counts_as_taken():
    nodes = (a_node("n"), a_node("other"))
    nodes[1].add(an_info("big", cpu=3000))
    coming = an_info("vip", cpu=3000, priority=9, nominated="n")

    placed = schedule(an_info(cpu=1000), Cluster(nodes), Dice(1), nominated=(coming,))
    refused = schedule(an_info(cpu=1500), Cluster(nodes), Dice(1), nominated=(coming,))

    assert isinstance(placed, Scheduled)
    assert isinstance(refused, Unschedulable)


def test_a_pod_that_wants_a_nominated_one_beside_it_has_to_wait_for_it():
    term = AffinityTerm(HOSTNAME, selector_of({"app": "vip"}), ("default",))
    coming = an_info("vip", cpu=1000, labels={"app": "vip"}, priority=9, nominated="n")

    outcome = schedule(
        an_info(required_affinity=(term,)), Cluster((a_node("n"),)), Dice(1), nominated=(coming,)
    )

    assert isinstance(outcome, Unschedulable)


def test_a_tie_is_a_roll_and_the_only_fitting_node_is_not_even_scored():
    nodes = tuple(a_node(f"n{number}") for number in range(4))

    places = [schedule(an_info(), Cluster(nodes), Dice(seed)) for seed in range(20)]
    alone = schedule(an_info(), Cluster(nodes[:1]), Dice(1))

    assert len({place.node for place in places if isinstance(place, Scheduled)}) > 1
    assert alone == Scheduled("n0", {}, 1)


@pytest.mark.parametrize(
    ("allowed", "granted", "chosen"),
    [(0, (), "b"), (1, (), "a"), (0, ("guarded",), "a")],
)
def test_room_is_made_where_no_budget_is_violated(
    allowed: int, granted: tuple[str, ...], chosen: str
):
    # By priority alone the guarded pod would go.
    first, second = a_node("a"), a_node("b")
    first.add(an_info("guarded", cpu=4000, priority=1, labels={"app": "db"}))
    second.add(an_info("plain", cpu=4000, priority=5))
    budget = Budget("default", selector_of({"app": "db"}), allowed, granted)
    vip = an_info("vip", cpu=2000, priority=9)

    outcome = schedule(vip, Cluster((first, second), {}, (budget,)), Dice(1))

    assert isinstance(outcome, Unschedulable) and outcome.nomination is not None
    assert outcome.nomination.node == chosen


def test_who_is_guarded_by_a_budget_is_spared_first_and_goes_if_nothing_else_helps():
    node = a_node("n")
    node.add(an_info("guarded", cpu=2000, priority=1, labels={"app": "db"}))
    node.add(an_info("plain", cpu=2000, priority=5))
    cluster = Cluster((node,), {}, (Budget("default", selector_of({"app": "db"}), 0),))

    small = schedule(an_info("vip", cpu=2000, priority=9), cluster, Dice(1))
    large = schedule(an_info("vip", cpu=4000, priority=9), cluster, Dice(1))

    assert isinstance(small, Unschedulable) and small.nomination is not None
    assert isinstance(large, Unschedulable) and large.nomination is not None
    assert small.nomination.victims == ("default/plain",)
    assert large.nomination.victims == ("default/guarded", "default/plain")


def test_a_budget_that_selects_everybody_keeps_nobody_from_preemption():
    nobody = Budget("default", selector_of({}), 0)

    assert not nobody.governs(an_info("web", labels={"app": "web"}))
