"""How a pod stops: SIGTERM to what runs, SIGKILL when the grace is over, then the clean-up.

The grace begins when the kubelet hears of it, and includes the preStop hook. A process ends by its own
behaviour or by the signal; containers.py then finds it ended and comes back to `finish_stop`.
"""

from typing import TYPE_CHECKING

from simulation.kernel.dice import Dice
from simulation.kernel.timeline import Phase
from simulation.kernel.units import SECOND, Duration
from simulation.kube.images import behaviour_of, program_of
from simulation.kube.kubelet.reports import event, quiet, report
from simulation.kube.kubelet.stages import (
    CLEANUP_TIME,
    TERM_MINIMUM,
    ContainerRun,
    KubeletState,
    PodRun,
    first_cause,
    spec_of,
)
from simulation.kube.limits import SECONDS_MAX
from simulation.kube.machines import process_key
from simulation.kube.objects.pod import Container

if TYPE_CHECKING:
    from simulation.kube.world import World

_NO_DICE = Dice(0)
"""Well-known images need no roll."""

KILLED = 137
"""128 + SIGKILL."""


def grace_of(run: PodRun) -> Duration:
    """Return how long the containers of a pod are given after SIGTERM."""
    if run.grace >= 0:
        return max(run.grace, TERM_MINIMUM)
    asked = run.pod.metadata.deletion_grace_period_seconds
    if asked is None:
        asked = run.pod.spec.termination_grace_period_seconds
    return max(min(30 if asked is None else asked, SECONDS_MAX) * SECOND, TERM_MINIMUM)


def stop(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """Stop all containers of a pod; its grace begins when the kubelet hears of it."""
    run.stage = "stopping"
    run.attempt += 1
    quiet(world, run)
    grace = grace_of(run)
    alive = [each for each in run.runs() if each.stage in ("running", "stopping")]
    for each in alive:
        if each.stage == "running":
            text = f"Stopping container {each.name}"
            event(world, run, "Normal", "Killing", text)
        terminate(world, kubelet, run, each, grace)
    for each in run.runs():
        if each not in alive:
            quiet(world, run, each.name)
            each.attempt += 1
    if not alive:
        finish_stop(world, kubelet, run)
    report(world, kubelet, run)


def terminate(
    world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun, grace: Duration
) -> None:
    """Send SIGTERM, and SIGKILL when the grace is over."""
    container = spec_of(run, each.name)
    behaviour = program_of(container, world.dice)
    hook = pre_stop_time(container)
    needs = grace if behaviour.stops_after is None else hook + behaviour.stops_after
    code = KILLED if needs >= grace else 0
    quiet(world, run, each.name)
    each.attempt += 1
    each.stage = "stopping"
    process = world.machines[kubelet.node].processes.get(process_key(run.uid, each.name))
    if process is not None:
        process.stopping = True
        world.traffic_changed(first_cause(run))
    data = (run.uid, each.name, each.attempt, code)
    due = world.now + min(needs, grace)
    world.timeline.at(due, "kubelet/process-killed", kubelet.node, data, Phase.REALITY)


def pre_stop_time(container: Container) -> Duration:
    """Return how long the preStop hook takes, as far as it only sleeps."""
    hook = (container.rest.get("lifecycle") or {}).get("preStop") or {}
    if "sleep" in hook:
        return int((hook["sleep"] or {}).get("seconds") or 0) * SECOND
    command = tuple(map(str, (hook.get("exec") or {}).get("command") or ()))
    if not command:
        return 0
    behaviour = behaviour_of("busybox:1", command, (), _NO_DICE)
    return behaviour.exits_after or 0


def finish_stop(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """All containers have ended: clean up, then tell the API."""
    run.stage = "stopped"
    run.attempt += 1
    wait = world.dice.between(*CLEANUP_TIME, "pod cleanup", run.uid)
    data = (run.uid, "", run.attempt)
    world.timeline.at(world.now + wait, "kubelet/cleaned-up", kubelet.node, data)
