"""One pod a node, also when many nodes come at once or a node takes no pods."""

from typing import Any

import msgspec
import pytest

from simulation.kernel.units import MINUTE, SECOND
from simulation.kube.controllers.daemonset import HASH_LABEL, DaemonSetController
from simulation.kube.manager import Outcome
from simulation.kube.objects.meta import LabelSelector, ObjectMeta
from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.workload import (
    DaemonSet,
    DaemonSetSpec,
    DaemonSetUpdateStrategy,
    RollingUpdateDaemonSet,
)
from simulation.kube.rules.names import pod_template_hash
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

replace = msgspec.structs.replace


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


def of_the(
    template: str,
    name: str = "agent-a",
    on: str = "worker-1",
    phase: str = "Running",
    ready: bool = True,
    deleting: bool = False,
    born: int = 0,
) -> Pod:
    """A pod of the "new" or of the "old" template."""
    pod = a_pod(name, on, phase, ready, owner="agent", deleting=deleting)
    label = pod_template_hash(a_template()) if template == "new" else "old"
    labels = {**pod.metadata.labels, HASH_LABEL: label}
    return replace(pod, metadata=replace(pod.metadata, labels=labels, creation_timestamp=born))


FAILED = of_the("new", phase="Failed")


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
    spec:
      containers: [{name: agent, image: "nginx:1.27"}]
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


def updating(*pods: Pod, unavailable: int | str = 1, surge: int | str = 0, nodes: int = 3) -> list:
    """Let the controller look at an update on some nodes; return its writes to pods."""
    rolling = RollingUpdateDaemonSet(surge, unavailable)
    given = a_daemonset()
    strategy = DaemonSetUpdateStrategy("RollingUpdate", rolling)
    owner = replace(given, spec=replace(given.spec, update_strategy=strategy))
    there = [a_node(f"worker-{number}") for number in range(1, nodes + 1)]
    return writes(visit(DaemonSetController(), "default/agent", owner, *there, *pods, now=9_000))


OLD = [of_the("old", f"old-{number}", f"worker-{number}", born=number) for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("unavailable", "pods", "expected"),
    [
        (1, OLD, ["delete Pod/old-1"]),
        ("50%", OLD, ["delete Pod/old-1", "delete Pod/old-2"]),
        (0, OLD, ["delete Pod/old-1"]),
        (1, [*OLD[:2], of_the("new", "new-3", "worker-3", ready=False)], []),
        (2, [*OLD[:2], of_the("new", "new-3", "worker-3", ready=False)], ["delete Pod/old-1"]),
        (1, [*OLD[:2], of_the("old", "ill-3", "worker-3", ready=False)], ["delete Pod/ill-3"]),
        (1, [*OLD[:2], of_the("old", "going-3", "worker-3", deleting=True)], []),
        # The node that lacks a pod gets one first, and counts until it is available.
        (2, OLD[:2], ["create Pod/agent-"]),
    ],
)
def test_an_update_deletes_no_more_than_may_be_unavailable(unavailable, pods, expected) -> None:
    assert updating(*pods, unavailable=unavailable) == expected


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        (OLD, ["create Pod/agent-"]),
        ([*OLD, of_the("new", "new-1", "worker-1", ready=False, born=9)], []),
        ([*OLD, of_the("new", "new-1", "worker-1", born=9)], ["delete Pod/old-1"]),
        ([*OLD[:2], of_the("old", "ill-3", "worker-3", ready=False)], ["create Pod/agent-"] * 2),
        (
            [
                *OLD[:2],
                of_the("old", "ill-3", "worker-3", ready=False),
                of_the("new", "new-3", "worker-3", ready=False, born=9),
            ],
            ["delete Pod/ill-3"],
        ),
    ],
)
def test_a_surge_puts_a_new_pod_beside_an_old_one_that_serves(pods, expected) -> None:
    assert updating(*pods, unavailable=0, surge=1) == expected


@pytest.mark.parametrize(("effect", "left"), [("NoSchedule", []), ("NoExecute", ["delete Pod/a"])])
def test_a_pod_stays_on_a_node_that_takes_no_new_ones(effect, left) -> None:
    node = replace(a_node(), spec=replace(a_node().spec, taints=(Taint("k", effect),)))
    pod = of_the("new", "a")

    outcome = visit(DaemonSetController(), "default/agent", a_daemonset(), node, pod)

    assert writes(outcome) == left
    [status] = [each.object.status for each in outcome.batches[0] if each.verb == "patch"]
    assert (status.desired_number_scheduled, status.number_misscheduled) == (0, 1)


def test_a_pod_that_has_ended_and_is_deleted_no_longer_holds_its_node() -> None:
    assert writes(visited(of_the("new", phase="Succeeded", deleting=True))) == ["create Pod/agent-"]
    assert writes(visited(of_the("new", deleting=True))) == []


def test_a_pod_is_counted_as_available_when_it_was_ready_for_long_enough() -> None:
    given = a_daemonset()
    owner = replace(given, spec=replace(given.spec, min_ready_seconds=5))

    early = visit(DaemonSetController(), "default/agent", owner, a_node(), of_the("new"), now=2_000)

    [status] = [each.object.status for each in early.batches[0] if each.verb == "patch"]
    assert (status.number_ready, status.number_available) == (1, 0)
    assert early.again_in == 3_000


PINNED = (
    AGENT
    + """      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions:
              - {key: topology.kubernetes.io/zone, operator: In, values: [b]}
"""
)


def test_the_affinity_of_the_template_chooses_the_nodes() -> None:
    lab = a_lab()
    typed(lab, "kubectl apply -f agent.yaml", {"agent.yaml": PINNED})
    lab.advance(lab.now + 10 * SECOND)

    placed = typed(lab, "kubectl get pods -l a=b -o jsonpath='{.items[*].spec.nodeName}'").stdout

    assert sorted(placed.split()) == ["worker-2", "worker-4"]
