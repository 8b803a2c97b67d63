"""What single plugins of the scheduler say where their rules have edges."""

import pytest

from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Toleration
from simulation.kube.scheduler.infos import Cluster, NodeInfo, PodInfo, Rejected
from simulation.kube.scheduler.plugins.inter_pod_affinity import InterPodAffinity
from simulation.kube.scheduler.plugins.node_resources import insufficient, least_allocated
from simulation.kube.scheduler.plugins.pod_topology_spread import PodTopologySpread
from simulation.kube.scheduler.plugins.taint_toleration import tolerates
from simulation.kube.scheduler.terms import (
    AffinityTerm,
    Requirement,
    Selector,
    SpreadConstraint,
    selector_of,
)

LEVEL = "example.com/level"
TOO_BIG = "9" * 20


@pytest.mark.parametrize(
    ("operator", "bound", "value", "covers"),
    [
        ("Gt", "750", "950", True),
        ("Lt", "750", "950", False),
        ("Gt", "-5", "0", True),
        ("Gt", "0750", "950", False),
        ("Gt", "+750", "950", False),
        ("Lt", "750", "low", False),
        ("Gt", "750", TOO_BIG, False),
        ("Near", "750", "700", False),
    ],
)
def test_a_toleration_compares_plain_integers_only(
    operator: str, bound: str, value: str, covers: bool
) -> None:
    toleration = Toleration(LEVEL, operator, bound, "NoSchedule")

    assert tolerates(toleration, Taint(LEVEL, "NoSchedule", value), comparisons=True) is covers


def test_a_label_beyond_int64_is_no_number() -> None:
    assert not Requirement("cores", "Gt", ("3",)).matches({"cores": TOO_BIG})
    assert not Requirement("cores", "Gt", (TOO_BIG,)).is_valid()


def test_extended_resources_that_others_look_after_are_not_missed() -> None:
    pod = PodInfo("p", "default", requests={"a.example/x": 1, "b.example/y": 1, "cpu": 1})
    node = NodeInfo(name="n", allocatable={"cpu": 4, "pods": 10})

    short = insufficient(pod, node, ignored=("a.example/x", "b.example", "cpu"))

    assert short == []


def test_ephemeral_storage_is_scored_even_for_a_pod_that_asks_for_none() -> None:
    node = NodeInfo(name="n", allocatable={"ephemeral-storage": 100})
    node.add(PodInfo("other", "default", requests={"ephemeral-storage": 40}))

    assert least_allocated(PodInfo("p", "default"), node, (("ephemeral-storage", 1),)) == 60


def test_preferences_of_neighbours_count_for_a_pod_with_preferences_of_its_own() -> None:
    beside = AffinityTerm("zone", selector_of({"app": "web"}), ("default",))
    nodes = [NodeInfo(name=zone, labels={"zone": zone}) for zone in ("a", "b")]
    fan = PodInfo("fan", "default", preferred_affinity=((5, beside),))
    nodes[1].add(fan)
    cluster = Cluster(tuple(nodes))
    pod = PodInfo("p", "default", labels={"app": "web"}, preferred_affinity=((1, beside),))
    plugin = InterPodAffinity(ignore_preferences_of_others=True)

    assert plugin.scores(pod, nodes, cluster) == [0, 100]
    assert plugin.scores(PodInfo("q", "default", labels={"app": "web"}), nodes, cluster) is None


def test_an_invalid_selector_of_a_preference_rejects_the_pod_too() -> None:
    broken = Selector((Requirement("app", "In", ("no value!",)),))
    pod = PodInfo("p", "default", preferred_affinity=((1, AffinityTerm("zone", broken)),))

    assert isinstance(InterPodAffinity().prepare(pod, Cluster(())), Rejected)


def test_a_spread_constraint_with_an_empty_selector_counts_nobody() -> None:
    crowded, empty = (NodeInfo(name=each, labels={"zone": each}) for each in ("a", "b"))
    for number in range(3):
        crowded.add(PodInfo(f"web-{number}", "default"))
    everybody = SpreadConstraint("zone", 1, Selector(), hard=True)
    pod = PodInfo("web", "default", spread=(everybody,))
    plugin = PodTopologySpread()

    domains = plugin.prepare(pod, Cluster((crowded, empty)))

    assert plugin.filter(pod, crowded, domains).ok
