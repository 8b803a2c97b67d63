"""What kubelets, machines and the scheduler remember survives encoding, in the middle of it all."""

import msgspec
import pytest

from simulation.kube.kubelet.adoption import adopt
from simulation.kube.kubelet.kubelet import KubeletsState
from simulation.kube.machines import Machine, is_serving, switch_off, switch_on, usage
from simulation.kube.scheduler.scheduler import SchedulerState
from simulation.kube.settings import Settings
from tests.simulation.kube.kubelet.small_world import SmallWorld, a_pod


def thawed(state: object, type_: type) -> object:
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=type_)


@pytest.mark.parametrize("seconds", [0.02, 0.5, 2, 5, 11, 40])
def test_a_busy_moment_survives_a_checkpoint(seconds: float):
    world = SmallWorld(2)
    world.scheduler.start(world, "cp-1")
    world.create(a_pod("web", on=""), a_pod("huge", on="", cpu=9000))
    world.create(a_pod("job", image="busybox:1.36", container_command=("false",)))
    world.create(a_pod("bad", image="nginx:nope"))
    world.advance(seconds)

    kubelets, scheduling = world.kubelets.state, world.scheduler.state

    assert thawed(kubelets, KubeletsState) == kubelets
    assert thawed(scheduling, SchedulerState) == scheduling
    assert thawed(world.machines, dict[str, Machine]) == world.machines


def test_a_pod_of_a_new_lab_runs_from_the_start_and_needs_no_report():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.timeline = type(world.timeline)()
    pod = adopt(world, world.pod("web"), 0)

    world.kubelets.relisted(world, "worker-1")

    assert pod.status.phase == "Running"
    assert is_serving(world.machines["worker-1"], pod.metadata.uid, 0, 80)
    assert not is_serving(world.machines["worker-1"], pod.metadata.uid, 0, 81)


def test_a_machine_that_is_off_uses_nothing_and_boots_for_about_twenty_seconds():
    world = SmallWorld()
    world.create(a_pod("web"))
    world.advance(10)
    machine = world.machines["worker-1"]
    load = {world.pod("web").metadata.uid: 300}
    assert usage(machine, load).cpu == 341

    ended = switch_off(machine, world.now)
    due = switch_on(machine, world.now, Settings().boot_duration, world.dice)

    assert [each.container for each in ended] == ["main"]
    assert usage(machine, load).cpu == 0
    assert 17_000 <= due - world.now <= 23_000
