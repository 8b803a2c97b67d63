"""A machine that is shut down in order: its kubelet stops the pods before the power goes.

Ordinary pods are stopped first, critical ones after them, each group within its part of the grace
that the kubelet is configured with. Without one (the default) there is nothing in order about it:
everything ends with the power. Follows pkg/kubelet/nodeshutdown.
"""

from typing import TYPE_CHECKING

from simulation.kernel.timeline import Event
from simulation.kernel.units import SECOND, Duration
from simulation.kube.kubelet import node_status
from simulation.kube.kubelet.pressure import end, is_critical
from simulation.kube.kubelet.stages import KubeletState, PodRun, Verdict

if TYPE_CHECKING:
    from simulation.kube.world import World

TERMINATED = Verdict("Terminated", "Pod was terminated in response to imminent node shutdown.")
ENDED = ("stopped", "removing")


def begin(world: "World", kubelet: KubeletState) -> None:
    """Say that the node is shutting down, and stop the ordinary pods."""
    settings = world.settings
    kubelet.is_shutting_down = True
    node_status.post_now(world, kubelet)
    critical = settings.shutdown_grace_critical
    _stop(world, kubelet, False, settings.shutdown_grace - critical)
    data = (world.machines[kubelet.node].boots, world.now, 0)
    world.timeline.at(world.now + SECOND, "kubelet/shutdown", kubelet.node, data)


def _stop(world: "World", kubelet: KubeletState, critical: bool, slot: Duration) -> None:
    for run in list(kubelet.pods.values()):
        if is_critical(run) is critical and run.stage not in ENDED:
            own = run.pod.spec.termination_grace_period_seconds
            grace = min((30 if own is None else own) * SECOND, slot)
            end(world, kubelet, run, TERMINATED, grace)


def step(world: "World", happened: Event) -> None:
    """Go on when a group has stopped or its time is over; in the end the power goes."""
    kubelet = world.kubelets.state.kubelets.get(happened.subject)
    boots, begun, group = map(int, happened.data)
    machine = world.machines.get(happened.subject)
    if kubelet is None or machine is None or not machine.is_on or machine.boots != boots:
        return
    if not kubelet.is_shutting_down:
        return
    critical = world.settings.shutdown_grace_critical
    slot = critical if group else world.settings.shutdown_grace - critical
    done = all(run.stage in ENDED for run in _group(kubelet, bool(group)))
    if not done and world.now < begun + slot:
        world.timeline.at(world.now + SECOND, "kubelet/shutdown", kubelet.node, happened.data)
    elif group == 0:
        _stop(world, kubelet, True, critical)
        data = (boots, world.now, 1)
        world.timeline.at(world.now + SECOND, "kubelet/shutdown", kubelet.node, data)
    else:
        world.shutdown_done(kubelet.node)


def _group(kubelet: KubeletState, critical: bool) -> list[PodRun]:
    return [run for run in kubelet.pods.values() if is_critical(run) is critical]


HANDLERS = {"kubelet/shutdown": step}
