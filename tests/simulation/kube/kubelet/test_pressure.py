"""Memory and disk run short, and a machine is shut down in order."""

from typing import Any

import msgspec
import pytest

from simulation.kernel.units import GIB, MIB, MINUTE, SECOND
from simulation.kube.kubelet.pressure import DISK, MEMORY, rejection
from simulation.kube.kubelet.stages import KubeletState
from simulation.kube.objects.pod import Toleration
from simulation.kube.rules.node_pressure import (
    Eater,
    in_order_of_eviction,
    in_order_of_the_kernel,
    oom_score_adjustment,
)
from simulation.lab import commands
from simulation.lab.lab import Applied, Lab, RefusedCommand
from tests.laws.test_lab_laws import opened
from tests.simulation.kube.kubelet.small_world import a_pod


def do(lab: Lab, **command: Any) -> None:
    outcome = lab.submit(commands.parse(command), "id", "somebody")
    assert isinstance(outcome, Applied), outcome


def passes(lab: Lab, seconds: float) -> None:
    lab.advance(lab.now + int(seconds * SECOND))


def condition_of(lab: Lab, node: str, type: str) -> str:
    found = lab.world.store.get("Node", node)
    return next(each.status for each in found.status.conditions if each.type == type)


def pods_on(lab: Lab, node: str) -> list[Any]:
    return [pod for _, pod in lab.world.store.by("pod/node", node)]


def pod_on(lab: Lab, node: str, app: str) -> str:
    name = next(p.metadata.name for p in pods_on(lab, node) if p.metadata.name.startswith(app))
    return f"default/{name}"


def test_who_exceeds_its_request_goes_first_then_low_priority_then_the_larger_excess() -> None:
    modest = Eater("modest", 50, 100)
    greedy = Eater("greedy", 300, 100)
    greedier = Eater("greedier", 500, 100)
    important = Eater("important", 900, 100, priority=10)

    order = in_order_of_eviction([modest, important, greedy, greedier])

    assert [each.uid for each in order] == ["greedier", "greedy", "important", "modest"]


@pytest.mark.parametrize(
    ("eater", "score"),
    [
        (Eater("a", 0, 0, quality="BestEffort"), 1000),
        (Eater("a", 0, GIB, quality="Guaranteed"), -997),
        (Eater("a", 0, GIB), 750),
        (Eater("a", 0, 0), 999),
        (Eater("a", 0, 4 * GIB), 3),
        (Eater("a", 0, 0, priority=2_000_001_000), -997),
    ],
)
def test_the_kernel_is_told_whom_to_kill_first(eater: Eater, score: int) -> None:
    assert oom_score_adjustment(eater, 4 * GIB) == score


def test_the_kernel_kills_the_best_effort_container_before_a_larger_guaranteed_one() -> None:
    eaters = [
        Eater("guaranteed", 3 * GIB, 3 * GIB, quality="Guaranteed"),
        Eater("best-effort", 100 * MIB, 0, quality="BestEffort"),
    ]

    assert in_order_of_the_kernel(eaters, 4 * GIB)[0].uid == "best-effort"


def test_a_leak_below_the_threshold_is_pressure_and_costs_the_leaking_pod_its_place() -> None:
    lab = opened(1)
    key = pod_on(lab, "worker-3", "cart")
    machine = lab.world.machines["worker-3"]
    taken = sum(each.memory for each in machine.processes.values())
    free = machine.memory - 350 * MIB - taken

    do(lab, do="leak", pod=key, memory=free - 60 * MIB)
    passes(lab, 25)

    found = lab.world.store.get("Pod", key)
    assert (found.status.phase, found.status.reason) == ("Failed", "Evicted")
    assert found.status.message.startswith(
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 60Mi. "
        "Container cart was using "
    )
    assert any(each.reason == "TerminationByKubelet" for each in found.status.conditions)
    assert condition_of(lab, "worker-3", "MemoryPressure") == "True"
    taints = [each.key for each in lab.world.store.get("Node", "worker-3").spec.taints]
    assert "node.kubernetes.io/memory-pressure" in taints
    evicted = [p for p in pods_on(lab, "worker-3") if p.status.reason == "Evicted"]
    assert len(evicted) == 1, "that was enough"
    said = [row.reason for row in lab.world.events.about("Node", "", "worker-3", lab.now)]
    assert said[-2:] == ["EvictionThresholdMet", "NodeHasInsufficientMemory"]


def test_the_pressure_is_reported_for_five_minutes_longer() -> None:
    lab = opened(1)
    key = pod_on(lab, "worker-3", "cart")
    machine = lab.world.machines["worker-3"]
    free = machine.memory - 350 * MIB - sum(p.memory for p in machine.processes.values())
    do(lab, do="leak", pod=key, memory=free - 60 * MIB)

    passes(lab, 5 * MINUTE // SECOND)
    during = condition_of(lab, "worker-3", "MemoryPressure")
    passes(lab, 60)

    assert (during, condition_of(lab, "worker-3", "MemoryPressure")) == ("True", "False")
    assert lab.world.store.get("Node", "worker-3").spec.taints == ()


def test_memory_that_is_exhausted_at_once_is_the_kernels_business() -> None:
    lab = opened(2)
    key = pod_on(lab, "worker-3", "cart")

    do(lab, do="leak", pod=key, memory=lab.world.machines["worker-3"].memory)
    passes(lab, 5)

    status = lab.world.store.get("Pod", key).status.container_statuses[0]
    ended = status.state.terminated or status.last_state.terminated
    assert (ended.reason, ended.exit_code) == ("OOMKilled", 137)
    assert status.restart_count == 1


def test_a_full_disk_first_costs_unused_images_and_then_pods_one_by_one() -> None:
    lab = opened(3)
    machine = lab.world.machines["worker-2"]
    machine.images["docker.io/library/unused:1"] = GIB

    do(lab, do="fill-disk", node="worker-2", percent=95)
    passes(lab, 25)

    assert "docker.io/library/unused:1" not in machine.images
    assert condition_of(lab, "worker-2", "DiskPressure") == "True"
    messages = [p.status.message for p in pods_on(lab, "worker-2")]
    evicted = [each for each in messages if "low on resource: ephemeral-storage" in each]
    assert 1 <= len(evicted) <= 3


TOLERANT = Toleration("node.kubernetes.io/memory-pressure", "Exists")


@pytest.mark.parametrize(
    ("name", "pressure", "pod", "is_taken"),
    [
        ("any ordinary pod is rejected when the disk is full", DISK, a_pod("web", cpu=100), False),
        ("a critical pod is not", DISK, a_pod("web", priority=2_000_000_000), True),
        ("short of memory, a pod without requests is rejected", MEMORY, a_pod("web"), False),
        ("one with requests is taken", MEMORY, a_pod("web", memory=MIB), True),
        ("and one that tolerates it", MEMORY, a_pod("web", tolerations=(TOLERANT,)), True),
        ("which is no help on a full disk", DISK, a_pod("web", tolerations=(TOLERANT,)), False),
    ],
)
def test_who_is_let_in_under_pressure(name: str, pressure: str, pod: Any, is_taken: bool) -> None:
    kubelet = KubeletState(node="worker-1", pressures={pressure: 0})

    assert (rejection(kubelet, pod) is None) is is_taken, name


def test_a_machine_that_is_shut_down_in_order_stops_its_pods_first() -> None:
    lab = opened(4)
    rules = msgspec.structs.replace(
        lab.world.settings, shutdown_grace=30 * SECOND, shutdown_grace_critical=10 * SECOND
    )
    lab.world.settings = rules

    do(lab, do="shut-down", node="worker-3")
    lab.advance(lab.now + 100)
    assert condition_of(lab, "worker-3", "Ready") == "False"
    passes(lab, 45)

    assert lab.world.machines["worker-3"].power == "off"
    left = [p for p in pods_on(lab, "worker-3") if p.metadata.namespace == "default"]
    assert {p.status.reason for p in left} == {"Terminated"}, [p.metadata.name for p in left]
    assert {p.status.phase for p in left} == {"Failed"}
    cart = lab.world.store.get("Deployment", "default/cart")
    assert cart.status.available_replicas == cart.spec.replicas, "replaced without waiting"


def test_a_shutdown_without_a_grace_is_a_power_cut() -> None:
    lab = opened(5)

    do(lab, do="shut-down", node="worker-3")

    assert lab.world.machines["worker-3"].power == "off"
    assert "Running" in {pod.status.phase for pod in pods_on(lab, "worker-3")}


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"do": "leak", "pod": "default/nobody", "memory": 1}, "not-found"),
        ({"do": "fill-disk", "node": "worker-1", "percent": 101}, "fill-out-of-range"),
        ({"do": "fill-disk", "node": "worker-9", "percent": 1}, "machine-unknown"),
        ({"do": "shut-down", "node": "worker-9"}, "machine-unknown"),
    ],
)
def test_a_shortage_that_makes_no_sense_is_refused_and_changes_nothing(
    command: dict, reason: str
) -> None:
    lab = opened(1)
    before = lab.digest()

    outcome = lab.submit(commands.parse(command), "id", "somebody")

    assert isinstance(outcome, RefusedCommand)
    assert outcome.reason.key == reason
    assert lab.digest() == before
