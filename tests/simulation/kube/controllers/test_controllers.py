"""What each controller does about what it sees, one visit at a time."""

import pytest

from simulation.kernel.units import SECOND
from simulation.kube.controllers.deployment import DeploymentController
from simulation.kube.controllers.endpointslice import EndpointSliceController
from simulation.kube.controllers.node_lifecycle import NodeLifecycleController
from simulation.kube.controllers.replicaset import ReplicaSetController
from simulation.kube.controllers.taint_eviction import TaintEvictionController
from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Toleration
from simulation.kube.objects.service import EndpointSlice
from simulation.kube.rules.eviction import timer_of
from simulation.kube.rules.revisions import DESIRED, REVISION
from tests.simulation.kube.controllers.builders import (
    a_deployment,
    a_node,
    a_pod,
    a_replicaset,
    a_service,
    sizes,
    summary,
    visit,
)

UNREACHABLE = "node.kubernetes.io/unreachable"
LOST = Taint(UNREACHABLE, "NoExecute", time_added=0)


def test_missing_pods_come_in_batches_that_double() -> None:
    outcome = visit(ReplicaSetController(), "default/web-1", a_replicaset(replicas=6))

    creations = [batch for batch in summary(outcome) if batch[0].startswith("create")]
    assert [len(batch) for batch in creations] == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "pods", "deleted"),
    [
        (
            "the unscheduled pod goes first",
            [a_pod("web-a", on="w", owner="web-1"), a_pod("web-b", phase="Pending", owner="web-1")],
            "web-b",
        ),
        (
            "the pod that is not ready goes first",
            [
                a_pod("web-a", on="w", ready=False, owner="web-1"),
                a_pod("web-b", on="w", owner="web-1"),
            ],
            "web-a",
        ),
    ],
)
def test_surplus_pods_are_deleted_by_rank(name: str, pods: list, deleted: str) -> None:
    outcome = visit(ReplicaSetController(), "default/web-1", a_replicaset(replicas=1), *pods)

    assert [f"delete Pod/{deleted}"] in summary(outcome), name


def test_a_pod_that_is_being_deleted_does_not_count() -> None:
    leaving = a_pod("web-a", on="w", owner="web-1", deleting=True)

    outcome = visit(ReplicaSetController(), "default/web-1", a_replicaset(replicas=1), leaving)

    assert ["create Pod/web-1-"] in summary(outcome)


def test_a_visit_after_which_nothing_is_wrong_writes_nothing() -> None:
    pod = a_pod("web-a", on="w", owner="web-1")
    first = visit(ReplicaSetController(), "default/web-1", a_replicaset(replicas=1), pod)
    settled = first.batches[0][0].object

    again = visit(ReplicaSetController(), "default/web-1", settled, pod)

    assert again.batches == ()


def test_a_new_template_begins_with_the_surge() -> None:
    old = a_replicaset("web-1", replicas=4, have=4, owner="web")

    outcome = visit(DeploymentController(), "default/web", a_deployment(4, "web:2"), old)

    (size,) = sizes(outcome).values()
    assert size == 1


@pytest.mark.parametrize(
    ("wanted", "old", "new", "new_available", "expected"),
    [
        (4, 4, 1, 0, {"web-1": 3}),
        (4, 3, 1, 0, {"web-2": 2}),
        (4, 3, 2, 2, {"web-1": 1}),
        (4, 1, 4, 4, {"web-1": 0}),
    ],
)
def test_a_rollout_moves_in_one_direction_a_visit(
    wanted: int, old: int, new: int, new_available: int, expected: dict[str, int]
) -> None:
    sizes_of = {DESIRED: str(wanted), REVISION: "1"}
    before = a_replicaset("web-1", old, old, "web:1", "web", sizes_of)
    after = a_replicaset("web-2", new, new_available, "web:2", "web", {**sizes_of, REVISION: "2"})

    outcome = visit(
        DeploymentController(), "default/web", a_deployment(wanted, "web:2"), before, after
    )

    assert sizes(outcome) == expected


def test_recreate_waits_until_no_old_pod_is_left() -> None:
    old = a_replicaset("web-1", 0, 0, "web:1", "web")
    leaving = a_pod("web-a", on="w", owner="web-1", deleting=True)
    deployment = a_deployment(2, "web:2", strategy="Recreate")

    waiting = visit(DeploymentController(), "default/web", deployment, old, leaving)
    free = visit(DeploymentController(), "default/web", deployment, old)

    assert sizes(waiting) == {}
    assert list(sizes(free).values()) == [2]


@pytest.mark.parametrize(
    ("name", "pod", "conditions"),
    [
        ("ready", a_pod(on="w"), (True, True, False)),
        ("not ready", a_pod(on="w", ready=False), (False, False, False)),
        ("leaving", a_pod(on="w", deleting=True), (False, True, True)),
    ],
)
def test_an_endpoint_is_what_its_pod_is(name: str, pod: object, conditions: tuple) -> None:
    outcome = visit(EndpointSliceController(), "default/web", a_service(), pod)

    slice = outcome.batches[0][0].object
    assert isinstance(slice, EndpointSlice)
    (endpoint,) = slice.endpoints
    found = endpoint.conditions
    assert (found.ready, found.serving, found.terminating) == conditions, name


def test_a_pod_without_an_address_or_at_its_end_is_no_endpoint() -> None:
    outcome = visit(
        EndpointSliceController(),
        "default/web",
        a_service(),
        a_pod("web-a", ip=""),
        a_pod("web-b", on="w", phase="Succeeded"),
    )

    slice = outcome.batches[0][0].object
    assert isinstance(slice, EndpointSlice)
    assert slice.endpoints == ()
    assert slice.ports == (), "the placeholder of a Service without endpoints has no ports"


@pytest.mark.parametrize(("silent_for", "lost"), [(50 * SECOND, False), (50 * SECOND + 1, True)])
def test_a_node_is_lost_strictly_after_the_grace_period(silent_for: int, lost: bool) -> None:
    now = 100 * SECOND
    outcome = visit(
        NodeLifecycleController(),
        "worker-1",
        a_node("worker-1"),
        a_node("worker-2"),
        a_pod(on="worker-1"),
        now=now,
        heartbeats={"worker-1": now - silent_for, "worker-2": now},
    )

    writes = [write for batch in outcome.batches for write in batch]
    assert bool(writes) == lost
    if lost:
        node, pod, tainted = writes
        assert {c.status for c in node.object.status.conditions} == {"Unknown"}
        assert pod.object.status.conditions[0].status == "False"
        assert {t.effect for t in tainted.object.spec.taints} == {"NoSchedule"}


def _notes(tolerations: tuple) -> dict[str, tuple[int, int]]:
    """What the controller noted when the taint came, at second 0."""
    timer = timer_of((LOST,), tolerations, None, 0)
    return {} if timer is None else {"worker-1/web-a": (timer.set_at, timer.due)}


@pytest.mark.parametrize(
    ("name", "tolerations", "now", "evicted"),
    [
        ("tolerates nothing", (), 1, True),
        ("not yet", (Toleration(UNREACHABLE, "Exists", "", "NoExecute", 300),), 299, False),
        ("time is up", (Toleration(UNREACHABLE, "Exists", "", "NoExecute", 300),), 300, True),
        ("for ever", (Toleration(UNREACHABLE, "Exists", "", "NoExecute"),), 9_999, False),
        ("another taint", (Toleration("disk", "Exists", "", "NoExecute"),), 1, True),
    ],
)
def test_a_pod_stays_beside_a_taint_as_long_as_it_tolerates_it(
    name: str, tolerations: tuple, now: int, evicted: bool
) -> None:
    outcome = visit(
        TaintEvictionController(),
        "worker-1",
        a_node("worker-1", "Unknown", taints=(LOST,)),
        a_pod(on="worker-1", tolerations=tolerations),
        now=now * SECOND,
        notes=_notes(tolerations),
    )

    assert (["delete Pod/web-a"] in summary(outcome)) == evicted, name


def test_an_eviction_is_of_that_very_pod() -> None:
    node = a_node("w", taints=(LOST,))
    outcome = visit(TaintEvictionController(), "w", node, a_pod("web-a", on="w"), now=1)

    ((mark,), (deletion,)) = outcome.batches
    assert (mark.verb, deletion.verb) == ("patch", "delete")
    # A pod that was deleted and made again under the same name must live.
    assert mark.require_uid == deletion.require_uid == deletion.object.metadata.uid != ""
