"""What is missing holds a pod back until its kubelet hears of it."""

from typing import Any

import pytest

from simulation.kube.objects.config import ConfigMap, Secret
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.pod import EnvVar, Pod
from tests.simulation.kube.kubelet.small_world import SmallWorld, a_pod
from tests.simulation.kube.kubelet.test_kubelet import state_of


def a_map(**data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name="x", namespace="default"), data=data)


def a_secret(**data: str) -> Secret:
    return Secret(metadata=ObjectMeta(name="x", namespace="default"), data=data)


def with_env_from(optional: bool = False) -> Pod:
    reference: dict[str, Any] = {"name": "x"}
    if optional:
        reference["optional"] = True
    return a_pod("web", container_rest={"envFrom": [{"configMapRef": reference}]})


def with_variable(field: str) -> Pod:
    chosen = {"valueFrom": {field: {"name": "x", "key": "colour"}}}
    return a_pod("web", container_env=(EnvVar("COLOUR", rest=chosen),))


def with_volume(source: dict[str, Any]) -> Pod:
    return a_pod("web", rest={"volumes": [{"name": "v", **source}]})


@pytest.mark.parametrize(
    ("pod", "trouble", "remedy"),
    [
        (with_env_from(), 'configmap "x" not found', a_map()),
        (with_variable("configMapKeyRef"), 'configmap "x" not found', a_map(colour="red")),
        (with_variable("secretKeyRef"), 'secret "x" not found', a_secret(colour="cmVk")),
    ],
)
def test_a_container_waits_for_what_its_environment_is_made_of(pod: Pod, trouble: str, remedy: Any):
    world = SmallWorld()
    world.create(pod)
    world.advance(60)

    waiting = world.pod("web").status.container_statuses[0].state.waiting
    assert (waiting.reason, waiting.message) == ("CreateContainerConfigError", trouble)
    assert 4 <= len(world.said("Failed")) <= 6
    assert set(world.said("Failed")) == {f"Error: {trouble}"}
    assert world.timeline.next_due() is None, "nothing ticks for it"

    world.create(remedy)
    world.advance(16)
    assert (state_of(world, "web"), world.events.state.series) == ("Running", {})


def test_a_key_that_is_missing_holds_a_container_back_too():
    world = SmallWorld()

    world.create(a_map(size="large"), with_variable("configMapKeyRef"))
    world.advance(10)

    message = world.pod("web").status.container_statuses[0].state.waiting.message
    assert message == "couldn't find key colour in ConfigMap default/x"


@pytest.mark.parametrize(
    ("source", "trouble", "remedy"),
    [
        ({"configMap": {"name": "x"}}, 'configmap "x" not found', a_map()),
        ({"secret": {"secretName": "x"}}, 'secret "x" not found', a_secret()),
        (
            {"projected": {"sources": [{"secret": {"name": "x"}}]}},
            'secret "x" not found',
            a_secret(),
        ),
    ],
)
def test_a_pod_waits_for_what_its_volumes_are_made_of(
    source: dict[str, Any], trouble: str, remedy: Any
):
    world = SmallWorld()
    world.create(with_volume(source))
    world.advance(60)

    assert (state_of(world, "web"), world.pod("web").status.pod_ip) == ("ContainerCreating", "")
    text = f'MountVolume.SetUp failed for volume "v" : {trouble}'
    assert world.said("FailedMount") == [text] * 7, "after 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 s"

    world.create(remedy)
    world.advance(20)
    assert (state_of(world, "web"), len(world.said("FailedMount"))) == ("Running", 7)


@pytest.mark.parametrize(
    "pod",
    [with_env_from(optional=True), with_volume({"configMap": {"name": "x", "optional": True}})],
)
def test_what_is_optional_holds_nobody_back(pod: Pod):
    world = SmallWorld()

    world.create(pod)
    world.advance(10)

    assert state_of(world, "web") == "Running"


def test_a_kubelet_that_is_cut_off_does_not_hear_that_the_object_came():
    world = SmallWorld()
    world.create(with_env_from())
    world.advance(10)

    world.disconnect("worker-1")
    world.create(a_map())
    world.advance(60)
    before = len(world.machines["worker-1"].processes)
    world.reconnect("worker-1")
    world.advance(20)

    assert (before, state_of(world, "web")) == (0, "Running")


def test_a_pod_that_is_deleted_while_it_waits_is_gone_at_once_and_says_no_more():
    world = SmallWorld()
    world.create(with_volume({"configMap": {"name": "x"}}))
    world.advance(10)

    world.delete("web")
    world.advance(5)

    assert world.pod("web") is None
    assert world.events.state.series == {}
