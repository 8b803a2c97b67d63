"""A machine's own services die alone: the kubelet, the container runtime, kube-proxy."""

from typing import Any

import pytest

from simulation.kernel.units import SECOND
from simulation.kube.kubelet.reaching import exec_error, logs_error
from simulation.lab import commands
from simulation.lab.lab import Applied, Lab, RefusedCommand
from tests.laws.test_lab_laws import opened


def do(lab: Lab, **command: Any) -> None:
    outcome = lab.submit(commands.parse(command), "id", "somebody")
    assert isinstance(outcome, Applied), outcome


def passes(lab: Lab, seconds: float) -> None:
    lab.advance(lab.now + int(seconds * SECOND))


def ready_of(lab: Lab, node: str) -> tuple[str, str]:
    found = lab.world.store.get("Node", node)
    return next((c.status, c.message) for c in found.status.conditions if c.type == "Ready")


def pods_on(lab: Lab, node: str) -> list[Any]:
    return [pod for _, pod in lab.world.store.by("pod/node", node)]


def serving(lab: Lab, node: str) -> list[str]:
    return sorted(each.pod_key for each in lab.world.machines[node].processes.values())


def endpoints_on(lab: Lab, node: str) -> int:
    return sum(
        bool(each.conditions.ready) and each.node_name == node
        for found in lab.world.store.list("EndpointSlice")
        for each in found.endpoints
    )


def test_without_its_kubelet_pods_answer_and_yet_their_endpoints_go_after_the_grace() -> None:
    lab = opened(1)
    before = serving(lab, "worker-3")

    do(lab, do="kill-process", node="worker-3", process="kubelet")
    passes(lab, 35)
    assert endpoints_on(lab, "worker-3") > 0
    passes(lab, 30)

    assert serving(lab, "worker-3") == before
    assert ready_of(lab, "worker-3") == ("Unknown", "Kubelet stopped posting node status.")
    assert endpoints_on(lab, "worker-3") == 0


def test_a_kubelet_that_starts_again_takes_over_what_still_runs() -> None:
    lab = opened(2)
    before = {pod.metadata.uid: pod.status.container_statuses for pod in pods_on(lab, "worker-3")}

    do(lab, do="kill-process", node="worker-3", process="kubelet")
    passes(lab, 90)
    do(lab, do="start-process", node="worker-3", process="kubelet")
    passes(lab, 30)

    after = {pod.metadata.uid: pod.status.container_statuses for pod in pods_on(lab, "worker-3")}
    assert ready_of(lab, "worker-3")[0] == "True"
    assert after == before, "no container was restarted"
    assert endpoints_on(lab, "worker-3") > 0


def test_what_ended_while_the_kubelet_was_dead_is_found_and_restarted_when_it_is_back() -> None:
    lab = opened(3)
    pod = next(p for p in pods_on(lab, "worker-3") if p.metadata.name.startswith("web"))
    key = f"default/{pod.metadata.name}"

    do(lab, do="kill-process", node="worker-3", process="kubelet")
    do(lab, do="kill-container", pod=key)
    passes(lab, 20)
    assert key not in serving(lab, "worker-3")
    do(lab, do="start-process", node="worker-3", process="kubelet")
    passes(lab, 20)

    found = lab.world.store.get("Pod", key)
    assert key in serving(lab, "worker-3")
    assert found.status.container_statuses[0].restart_count == 1


def test_logs_and_exec_on_a_dead_node_fail_with_the_words_of_the_api_server() -> None:
    lab = opened(1)
    address = lab.world.machines["worker-3"].address
    dialled = f"dial tcp {address}:10250: connect: "
    assert exec_error(lab.world, "cp-1", "worker-3") == ""

    do(lab, do="kill-process", node="worker-3", process="kubelet")
    refused = exec_error(lab.world, "cp-1", "worker-3")
    do(lab, do="power-off", node="worker-3")
    off = logs_error(lab.world, "cp-1", "worker-3", "default/web", "main")

    assert refused == f"Error from server: error dialing backend: {dialled}connection refused"
    assert off == (
        f'Error from server: Get "https://{address}:10250/containerLogs/default/web/main": '
        f"{dialled}no route to host"
    )


def test_a_silent_container_runtime_makes_the_node_not_ready_while_its_lease_goes_on() -> None:
    lab = opened(4)

    do(lab, do="kill-process", node="worker-2", process="container-runtime")
    passes(lab, 29)
    assert ready_of(lab, "worker-2")[0] == "True"
    passes(lab, 20)
    during = ready_of(lab, "worker-2")
    taints = {t.key: t.effect for t in lab.world.store.get("Node", "worker-2").spec.taints}
    assert lab.world.heartbeats.renewing("worker-2")
    do(lab, do="start-process", node="worker-2", process="container-runtime")
    passes(lab, 30)

    assert during == ("False", "container runtime is down")
    assert "node.kubernetes.io/not-ready" in taints
    assert ready_of(lab, "worker-2")[0] == "True"
    assert lab.world.store.get("Node", "worker-2").spec.taints == ()


def test_pods_bound_while_the_runtime_was_silent_start_when_it_answers() -> None:
    lab = opened(5)
    do(lab, do="kill-process", node="worker-2", process="container-runtime")

    do(lab, do="scale", kind="Deployment", key="default/web", replicas=10)
    passes(lab, 15)
    waiting = [p for p in pods_on(lab, "worker-2") if p.status.phase == "Pending"]
    do(lab, do="start-process", node="worker-2", process="container-runtime")
    passes(lab, 30)

    assert waiting, "some were bound there, because the node was still called Ready"
    assert {p.status.phase for p in pods_on(lab, "worker-2")} == {"Running"}


def test_without_kube_proxy_the_rules_stay_until_its_container_runs_again() -> None:
    lab = opened(6)

    do(lab, do="kill-process", node="worker-1", process="kube-proxy")
    assert "worker-1" in lab.world.traffic.state.frozen
    passes(lab, 10)

    assert "worker-1" not in lab.world.traffic.state.frozen
    assert lab.world.machines["worker-1"].stopped == {}


def test_a_node_object_that_is_deleted_is_not_registered_again_until_the_kubelet_restarts() -> None:
    lab = opened(7)

    do(lab, do="delete", kind="Node", key="worker-2")
    passes(lab, 200)
    assert lab.world.store.get("Node", "worker-2") is None
    assert pods_on(lab, "worker-2") == [], "orphans are removed"
    assert [each for each in serving(lab, "worker-2") if each.startswith("default/")] == []
    do(lab, do="kill-process", node="worker-2", process="kubelet")
    do(lab, do="start-process", node="worker-2", process="kubelet")
    passes(lab, 30)

    assert ready_of(lab, "worker-2")[0] == "True"
    assert len(pods_on(lab, "worker-2")) >= 2, "its DaemonSets are back"


@pytest.mark.parametrize(
    ("before", "command", "reason"),
    [
        ([], {"do": "start-process", "process": "kubelet"}, "process-runs"),
        ([], {"do": "kill-process", "process": "systemd"}, "process-unknown"),
        (
            [{"do": "kill-process", "process": "kubelet"}],
            {"do": "kill-process", "process": "kubelet"},
            "process-not-running",
        ),
        (
            [{"do": "power-off"}],
            {"do": "kill-process", "process": "kubelet"},
            "process-on-machine-off",
        ),
    ],
)
def test_a_process_that_cannot_be_killed_or_started_is_refused_and_nothing_changes(
    before: list, command: dict, reason: str
) -> None:
    lab = opened(1)
    for each in before:
        do(lab, node="worker-1", **each)
    digest = lab.digest()

    outcome = lab.submit(commands.parse({"node": "worker-1", **command}), "id", "somebody")

    assert isinstance(outcome, RefusedCommand)
    assert outcome.reason.key == reason
    assert lab.digest() == digest
