"""One pod a node, also when many nodes come at once or a node takes no pods."""

from typing import Any

from simulation.kernel.units import MINUTE, SECOND
from simulation.kube.controllers.daemonset import DaemonSetController
from simulation.kube.manager import Outcome
from simulation.kube.objects.meta import LabelSelector, ObjectMeta
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.workload import DaemonSet, DaemonSetSpec
from simulation.lab import commands
from simulation.lab.lab import Lab
from tests.simulation.kube.controllers.builders import (
    LABELS,
    a_node,
    a_pod,
    a_template,
    summary,
    visit,
)
from tests.simulation.kube.test_quota import lab
from tests.simulation.kubectl.terminals import a_lab, typed


def test_many_nodes_at_once_get_one_pod_each_and_none_is_deleted_again() -> None:
    many = lab(workers=[{"zone": "a"}] * 60, placement={})

    many.advance(many.now + 60_000)

    deletions = [
        each
        for each in many.world.ledger.entries.values()
        if each.reason.key == "daemonset-deletes"
    ]
    assert deletions == []
    pods = [
        each.spec.node_name
        for each in many.world.store.list("Pod")
        if each.metadata.name.startswith("kindnet-")
    ]
    assert sorted(pods) == sorted(many.world.machines)


def a_daemonset() -> DaemonSet:
    return DaemonSet(
        metadata=ObjectMeta(name="agent", namespace="default", uid="agent"),
        spec=DaemonSetSpec(selector=LabelSelector(LABELS), template=a_template()),
    )


def visited(
    *pods: Pod, now: int = 1_000, notes: dict[str, tuple[int, ...]] | None = None
) -> Outcome:
    """Let the controller look at one node with these pods."""
    controller = DaemonSetController()
    return visit(controller, "default/agent", a_daemonset(), a_node(), *pods, now=now, notes=notes)


def writes(outcome: Outcome) -> list[str]:
    return [each for batch in summary(outcome) for each in batch if "DaemonSet" not in each]


FAILED = a_pod("agent-a", on="worker-1", phase="Failed", owner="agent")


def test_a_failed_pod_is_deleted_and_not_replaced_before_it_is_gone() -> None:
    found = writes(visited(FAILED))
    gone = writes(visited())

    assert (found, gone) == (["delete Pod/agent-a"], ["create Pod/agent-"])


def test_each_failure_on_a_node_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    waits: list[int] = []
    notes: dict[str, Any] = {}
    now = 1_000
    for _ in range(13):
        deletes = visited(FAILED, now=now, notes=notes)
        notes |= deletes.notes
        too_early = visited(FAILED, now=now + 10, notes=notes)
        assert writes(deletes) == ["delete Pod/agent-a"]
        assert writes(too_early) == []
        waits.append((too_early.again_in or 0) // SECOND)
        now += waits[-1] * SECOND

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_a_failure_is_forgotten_after_half_an_hour() -> None:
    failures = visited(FAILED).notes

    later = visited(now=2_000 + 30 * MINUTE, notes=dict(failures))

    assert list(later.notes.values()) == [None]


AGENT = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: agent, image: "nginx:1.27"}]}
"""


def a_lab_short_of_disk() -> Lab:
    lab = a_lab()
    lab.submit(commands.parse({"do": "fill-disk", "node": "worker-2", "percent": 95}), "1", "x")
    lab.advance(lab.now + 15 * SECOND)
    return lab


def test_a_node_that_rejects_a_daemons_pods_is_not_stormed_with_them() -> None:
    lab = a_lab_short_of_disk()

    typed(lab, "kubectl apply -f agent.yaml", {"agent.yaml": AGENT})
    lab.advance(lab.now + 60 * SECOND)

    rows = lab.world.events.about("DaemonSet", "default", "agent", lab.now)
    said = [row.message for row in rows if row.reason == "FailedDaemonPod"]
    assert len(said) == 6, "after 0, 1, 3, 7, 15 and 31 seconds, and a little more each time"
    assert said[0].startswith("Found failed daemon pod default/agent-")
    assert said[0].endswith(" on node worker-2, will try to kill it")


def test_a_pod_that_a_node_cannot_do_without_starts_under_disk_pressure_too() -> None:
    lab = a_lab_short_of_disk()
    name = _kindnet(lab).metadata.name

    typed(lab, f"kubectl delete pod -n kube-system {name}")
    lab.advance(lab.now + 30 * SECOND)

    assert _kindnet(lab).metadata.name != name
    assert _kindnet(lab).status.phase == "Running"


def _kindnet(lab: Lab) -> Pod:
    pods = [pod for _, pod in lab.world.store.by("pod/node", "worker-2")]
    [found] = [pod for pod in pods if pod.metadata.name.startswith("kindnet-")]
    return found
