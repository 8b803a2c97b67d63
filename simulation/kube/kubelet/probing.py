"""What the probes of a running container will find, and when its kubelet acts upon it.

Nothing is ticked: `probes` says at which instant a threshold is reached, and a timer is set for it
that carries the container's attempt, so whatever happens in between makes it stale.
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import Instant
from simulation.kube.images import Behaviour
from simulation.kube.kubelet import probes
from simulation.kube.kubelet.reports import repeated, report
from simulation.kube.kubelet.stages import ContainerRun, KubeletState, PodRun, spec_of
from simulation.kube.kubelet.steps import timer
from simulation.kube.objects.pod import Container, Probe

if TYPE_CHECKING:
    from simulation.kube.world import World


def begin(
    world: "World",
    kubelet: KubeletState,
    run: PodRun,
    each: ContainerRun,
    container: Container,
    behaviour: Behaviour,
) -> None:
    """Work out what the probes of a container that started will find; set a timer for each finding."""
    now, begins = world.now, world.now
    for kind, probe in (
        ("Startup", container.startup_probe),
        ("Liveness", container.liveness_probe),
    ):
        if probe is None:
            continue
        answers = probes.answers_of(container, probe, behaviour, each.started)
        fails = probes.gives_up_at(probe, now, begins, answers)
        _say_when_it_fails(world, run, each, kind, probe, begins, answers, behaviour)
        if kind == "Startup":
            # The other two are held back until it has succeeded.
            begins = probes.ready_at(probe, now, answers.since)
            fails = fails if begins >= probes.NEVER or (fails and fails < begins) else None
        if fails is not None:
            data = (run.uid, each.name, each.attempt, kind)
            world.timeline.at(fails, "kubelet/probe-failed", kubelet.node, data)
    if container.readiness_probe is None:
        each.ready = True
        return
    probe = container.readiness_probe
    answers = probes.answers_of(container, probe, behaviour, each.started)
    _say_when_it_fails(world, run, each, "Readiness", probe, begins, answers, behaviour)
    _await_readiness(world, kubelet, run, each, probe, begins, answers)


def _say_when_it_fails(
    world: "World",
    run: PodRun,
    each: ContainerRun,
    kind: str,
    probe: Probe,
    begins: Instant,
    answers: probes.Answers,
    behaviour: Behaviour,
) -> None:
    """Let every failure of a probe be an event, without an event of ours for each."""
    refused = probes.refusal(kind, spec_of(run, each.name), probe, run.ip)
    failing = probes.failing(kind) if behaviour.fails_after is not None else refused
    before, later = probes.failures(probe, world.now, begins, answers)
    for what, rhythm, text in ((kind, before, refused), (f"{kind} later", later, failing)):
        if rhythm is not None and rhythm.first < probes.NEVER:
            repeated(world, run, each.name, what, rhythm, "Unhealthy", text)


def _await_readiness(
    world: "World",
    kubelet: KubeletState,
    run: PodRun,
    each: ContainerRun,
    probe: Probe,
    begins: Instant,
    answers: probes.Answers,
) -> None:
    now = world.now
    ready_at = probes.ready_at(probe, now, max(begins, answers.since))
    if ready_at < min(answers.until, probes.NEVER):
        timer(world, kubelet, run, each, "kubelet/ready", max(begins, ready_at) - now)
    unready_at = probes.noticed_at(probe, now, answers.until, probe.failure_threshold)
    if unready_at < probes.NEVER:
        timer(world, kubelet, run, each, "kubelet/unready", unready_at - now)


def ready(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """The readiness probe succeeded often enough."""
    if each.stage == "running" and not each.ready:
        each.ready = True
        report(world, kubelet, run)


def unready(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """The readiness probe has failed too often."""
    if each.stage == "running":
        each.ready = False
        report(world, kubelet, run)
