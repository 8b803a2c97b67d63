"""What is removed because nobody else would, and when."""

from typing import Any

import msgspec
import pytest

from simulation.kernel.units import SECOND
from simulation.kube.controllers.pod_gc import OUT_OF_SERVICE, PodGarbageCollector
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import PodStatus
from simulation.kube.settings import Settings
from simulation.lab.notable import level_of
from tests.simulation.kube.controllers.builders import a_node, a_pod, summary, visit

BEGAN = {"began": (0,)}
DEAD = Taint(OUT_OF_SERVICE, "NoExecute")


def test_orphans_are_left_alone_for_forty_seconds_and_then_called_failed_and_removed() -> None:
    pod = a_pod(on="worker-9")

    first = visit(PodGarbageCollector(), "orphans", pod, now=20 * SECOND, notes=BEGAN)
    later = visit(
        PodGarbageCollector(), "orphans", pod, now=60 * SECOND, notes={**BEGAN, **first.notes}
    )

    assert (summary(first), first.again_in) == ([[], []], 20 * SECOND)
    assert summary(later) == [["patch Pod/web-a"], ["delete Pod/web-a"]]
    status = later.batches[0][0].object.status
    target = next(each for each in status.conditions if each.type == "DisruptionTarget")
    assert (status.phase, target.reason) == ("Failed", "DeletionByPodGC")


def test_the_story_tells_a_removal_once() -> None:
    notes = {**BEGAN, "node:worker-9": (0,)}

    outcome = visit(
        PodGarbageCollector(), "orphans", a_pod(on="worker-9"), now=60 * SECOND, notes=notes
    )

    told = [level_of(write.because.key) for batch in outcome.batches for write in batch]
    assert len([level for level in told if level]) == 1


def test_a_node_that_comes_back_within_the_quarantine_keeps_its_pods() -> None:
    notes = {**BEGAN, "node:worker-9": (20 * SECOND,)}

    outcome = visit(
        PodGarbageCollector(),
        "orphans",
        a_pod(on="worker-9"),
        a_node("worker-9"),
        now=60 * SECOND,
        notes=notes,
    )

    assert summary(outcome) == [[], []]
    assert outcome.notes["node:worker-9"] is None


def test_it_looks_only_every_twenty_seconds() -> None:
    outcome = visit(
        PodGarbageCollector(), "unscheduled", a_pod(deleting=True), now=25 * SECOND, notes=BEGAN
    )

    assert (outcome.batches, outcome.again_in) == ((), 15 * SECOND)


def ended(name: str, created: int, reason: str = "") -> Any:
    pod = a_pod(name, on="w", phase="Failed")
    meta = msgspec.structs.replace(pod.metadata, creation_timestamp=created)
    return msgspec.structs.replace(pod, metadata=meta, status=PodStatus("Failed", reason=reason))


def test_of_too_many_ended_pods_the_evicted_go_first_and_then_the_oldest() -> None:
    pods = [ended("a", 3), ended("b", 1), ended("c", 9, "Evicted"), ended("d", 5)]
    rules = Settings(terminated_pods_max=2)

    outcome = visit(
        PodGarbageCollector(), "terminated", *pods, now=20 * SECOND, notes=BEGAN, settings=rules
    )

    assert summary(outcome)[1] == ["delete Pod/c", "delete Pod/b"]


@pytest.mark.parametrize(
    ("ready", "deleting", "removed"),
    [("Unknown", True, True), ("True", True, False), ("Unknown", False, False)],
)
def test_a_node_out_of_service_gives_its_terminating_pods_free(
    ready: str, deleting: bool, removed: bool
) -> None:
    node = a_node("worker-1", ready, taints=(DEAD,))
    pod = a_pod(on="worker-1", deleting=deleting)

    outcome = visit(
        PodGarbageCollector(), "out-of-service", node, pod, now=20 * SECOND, notes=BEGAN
    )

    assert ("delete Pod/web-a" in summary(outcome)[1]) == removed


def test_a_terminating_pod_that_never_had_a_node_is_removed() -> None:
    meta = ObjectMeta(name="web-b", namespace="default", uid="web-b", deletion_timestamp=1)
    stuck = msgspec.structs.replace(a_pod("web-b", phase="Pending"), metadata=meta)

    outcome = visit(PodGarbageCollector(), "unscheduled", stuck, a_pod("web-a"), now=0, notes=BEGAN)

    assert summary(outcome)[1] == ["delete Pod/web-b"]
