"""Pods and containers that cannot start because a ConfigMap or Secret is missing.

Their kubelet tries again and again: a volume after half a second, doubling up to two minutes, a
container every ten to fifteen seconds. Nothing ticks for that: once the kubelet has heard of what
was missing, the next of its tries is an event. Follows pkg/util/goroutinemap/exponentialbackoff
and the kubelet's backOffPeriod.
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import MILLISECOND, SECOND, Instant
from simulation.kube.events import Rhythm
from simulation.kube.kubelet import references
from simulation.kube.kubelet.reports import quiet, repeated
from simulation.kube.kubelet.stages import ContainerRun, KubeletState, PodRun, fails, spec_of

if TYPE_CHECKING:
    from simulation.kube.world import World

MOUNT_FIRST = 500 * MILLISECOND
MOUNT_LIMIT = 122 * SECOND
START_AGAIN = (10 * SECOND, 15 * SECOND)
"""backOffPeriod with its jitter of a half."""


def holds_pod(world: "World", kubelet: KubeletState, run: PodRun) -> bool:
    """Tell whether a volume keeps a pod from starting; then its kubelet says so again and again."""
    run.held_since = -1
    if not references.has_any(run.pod):
        return False
    volume, trouble = _volume_trouble(world, kubelet, run)
    if not trouble:
        return False
    run.held_since = world.now
    text = f'MountVolume.SetUp failed for volume "{volume}" : {trouble}'
    repeated(world, run, "", "mount", _mounts(run.held_since), "FailedMount", text)
    return True


def holds_container(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> bool:
    """Tell whether a container's environment cannot be made; then its kubelet says so."""
    trouble = _environment_trouble(world, kubelet, run, each)
    if not trouble:
        return False
    each.attempt += 1
    each.held_since = world.now
    fails(each, "config-error", trouble)
    text = f"Error: {trouble}"
    repeated(world, run, each.name, "config", _starts(world, run, each), "Failed", text)
    return True


def look_again(world: "World", kubelet: KubeletState) -> None:
    """The kubelet heard of ConfigMaps or Secrets: set the try that will find what was missing."""
    for run in kubelet.pods.values():
        is_held = run.held_since >= 0 and run.stage == "admitted"
        if is_held and not _volume_trouble(world, kubelet, run)[1]:
            quiet(world, run)
            due = _mounts(run.held_since).next_after(world.now)
            data = (run.uid, "", run.attempt)
            world.timeline.at(due, "kubelet/mount-again", kubelet.node, data)
        for each in run.runs():
            is_held = each.stage == "config-error"
            if is_held and not _environment_trouble(world, kubelet, run, each):
                quiet(world, run, each.name)
                due = _starts(world, run, each).next_after(world.now)
                data = (run.uid, each.name, each.attempt)
                world.timeline.at(due, "kubelet/configure-again", kubelet.node, data)


def _volume_trouble(world: "World", kubelet: KubeletState, run: PodRun) -> tuple[str, str]:
    view = world.readers.view(world, kubelet.node)
    return references.missing_in_volumes(view, run.pod)


def _environment_trouble(
    world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun
) -> str:
    container = spec_of(run, each.name)
    if not references.has_any(run.pod, container):
        return ""
    view = world.readers.view(world, kubelet.node)
    return references.missing_in_environment(view, run.pod, container)


def _mounts(since: Instant) -> Rhythm:
    return Rhythm(since, MOUNT_FIRST, MOUNT_LIMIT)


def _starts(world: "World", run: PodRun, each: ContainerRun) -> Rhythm:
    period = world.dice.between(*START_AGAIN, "configured again", run.uid, each.name)
    return Rhythm(each.held_since, period)
