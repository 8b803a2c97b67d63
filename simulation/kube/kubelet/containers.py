"""What a kubelet does to containers: start, probe, restart. How they stop is stopping.py.

Every step ends with a timer that carries the container's attempt; whatever happens in between
raises the attempt, so a timer that comes too late does nothing.
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import SECOND, Duration, MilliCpu
from simulation.kube.events import Rhythm
from simulation.kube.images import Behaviour, profile_of, program_of
from simulation.kube.kubelet import held, probing, pulls, stopping
from simulation.kube.kubelet.reports import event, quiet, repeated, report
from simulation.kube.kubelet.stages import (
    CRASHES,
    NOTICE_TIME,
    START_TIME,
    ContainerRun,
    Ended,
    KubeletState,
    PodRun,
    crash_delay,
    fails,
    first_cause,
    forget_failure,
    is_sidecar,
    next_crash_delay,
    owner_of,
    restarts_after,
    spec_of,
)
from simulation.kube.kubelet.status import container_id
from simulation.kube.kubelet.steps import timer
from simulation.kube.machines import Process, process_key
from simulation.kube.objects.pod import Container, Pod
from simulation.kube.programs import TAKES_MEMORY_AFTER

if TYPE_CHECKING:
    from simulation.kube.world import World


def roll(world: "World", span: tuple[int, int], purpose: str, run: PodRun, name: str) -> int:
    """Roll a duration of a step of one container."""
    each = run.container(name)
    count = each.creations if each else run.sandboxes
    return world.dice.between(span[0], span[1], purpose, run.uid, name, count)


def advance(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """Start whatever is next: init containers one after the other, then the containers."""
    if run.stage != "started":
        return
    for container in run.pod.spec.init_containers:
        each = run.init_containers[container.name]
        if each.stage == "waiting":
            _begin(world, kubelet, run, each)
            return
        if is_sidecar(container):
            if each.creations == 0:
                return
        elif each.stage != "exited" or each.ended is None or each.ended.exit_code != 0:
            return
    for container in run.pod.spec.containers:
        each = run.containers[container.name]
        if each.stage == "waiting":
            _begin(world, kubelet, run, each)
        if each.stage in ("pulling", "starting"):
            # The kubelet goes through the containers of a pod one by one.
            return


def _begin(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    if pulls.ensure_image(world, kubelet, run, each):
        start(world, kubelet, run, each)
    report(world, kubelet, run)


def start(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """Create and start a container whose image is there."""
    if held.holds_container(world, kubelet, run, each):
        return
    each.attempt += 1
    each.stage = "starting"
    wait = roll(world, START_TIME, "container start", run, each.name)
    timer(world, kubelet, run, each, "kubelet/started", wait)


def started(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """A container's process runs."""
    quiet(world, run, each.name)
    container = spec_of(run, each.name)
    behaviour = program_of(container, world.dice)
    if each.ended is not None:
        each.last, each.ended = each.ended, None
        each.restarts += 1
    forget_failure(each)
    each.attempt += 1
    each.creations += 1
    each.stage, each.started, each.ready = "running", world.now, False
    event(world, run, "Normal", "Created", "Container created")
    event(world, run, "Normal", "Started", "Container started")
    profile = profile_of(container.image, world.dice)
    machine = world.machines[kubelet.node]
    machine.processes[process_key(run.uid, each.name)] = Process(
        pod_uid=run.uid,
        pod_key=run.key,
        container=each.name,
        image=container.image,
        pod_ip=run.ip,
        started=world.now,
        serves_from=world.now + behaviour.ready_after,
        ports=behaviour.ports,
        idle_cpu=_cpu_of(container, behaviour) or profile.idle_cpu,
        memory=profile.memory,
    )
    if behaviour.ready_after:
        timer(world, kubelet, run, each, "kubelet/serves", behaviour.ready_after)
    if behaviour.exits_after is not None:
        timer(world, kubelet, run, each, "kubelet/process-ends", behaviour.exits_after)
    if behaviour.memory:
        timer(world, kubelet, run, each, "kubelet/takes-memory", TAKES_MEMORY_AFTER)
    probing.begin(world, kubelet, run, each, container, behaviour)
    world.memory_taken(kubelet.node)
    world.container_started(kubelet.node, each.name)
    world.traffic_changed(first_cause(run))
    advance(world, kubelet, run)
    report(world, kubelet, run)


def _cpu_of(container: Container, behaviour: Behaviour) -> MilliCpu:
    """Return the CPU that a program takes by itself: no more than its limit lets it."""
    return min(behaviour.cpu, container.resources.limits.cpu or behaviour.cpu)


def takes_memory(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """A program has touched all the memory that it wants; the kernel sees to its limit."""
    machine = world.machines[kubelet.node]
    process = machine.processes.get(process_key(run.uid, each.name))
    if process is not None:
        wanted = program_of(spec_of(run, each.name), world.dice).memory
        process.memory = max(process.memory, min(wanted, machine.memory))
        world.memory_taken(kubelet.node)


def probe_failed(
    world: "World",
    kubelet: KubeletState,
    run: PodRun,
    each: ContainerRun,
    kind: str,
    said: str = "",
) -> None:
    """A liveness or startup probe failed too often: the container is restarted."""
    container = spec_of(run, each.name)
    probe = container.liveness_probe if kind == "Liveness" else container.startup_probe
    if each.stage != "running" or probe is None:
        return
    if said:
        # The answers of this program are not known beforehand: all its failures are told now.
        period, before = probe.period_seconds * SECOND, probe.failure_threshold - 1
        rhythm = Rhythm(max(each.started, world.now - before * period), period)
        repeated(world, run, each.name, kind, rhythm, "Unhealthy", said)
    text = f"Container {each.name} failed {kind.lower()} probe, will be restarted"
    event(world, run, "Normal", "Killing", text)
    stopping.terminate(world, kubelet, run, each, stopping.grace_of(run))


def process_ends(
    world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun, code: int
) -> None:
    """A process ends: that is reality at once, and the kubelet's knowledge within a second."""
    if each.stage not in ("running", "stopping"):
        return
    machine = world.machines[kubelet.node]
    machine.processes.pop(process_key(run.uid, each.name), None)
    world.traffic_changed(first_cause(run))
    quiet(world, run, each.name)
    each.attempt += 1
    each.ended_at, each.ended_code = world.now, code
    world.container_ended(kubelet.node, each.name)
    wait = roll(world, NOTICE_TIME, "exit noticed", run, each.name)
    data = (run.uid, each.name, each.attempt, code, world.now)
    world.timeline.at(world.now + wait, "kubelet/exited", kubelet.node, data)


def exit_code_of(world: "World", run: PodRun, each: ContainerRun) -> int:
    """Return the exit code of a program that ends by itself."""
    container = spec_of(run, each.name)
    return program_of(container, world.dice).exit_code


def exited(
    world: "World",
    kubelet: KubeletState,
    run: PodRun,
    each: ContainerRun,
    code: int,
    finished: int,
) -> None:
    """The kubelet finds a container ended: restart it, now or later, or leave it."""
    each.attempt += 1
    each.ended_at = -1
    each.ready = False
    reason = "Completed" if code == 0 else "OOMKilled" if each.is_out_of_memory else "Error"
    each.is_out_of_memory = False
    each.ended = Ended(code, reason, each.started, finished, container_id(run, each))
    each.stage = "exited"
    if run.stage == "stopping":
        report(world, kubelet, run)
        if not any(other.stage in ("running", "stopping") for other in run.runs()):
            stopping.finish_stop(world, kubelet, run)
        return
    if each.is_redefined:
        # The back-off belongs to the old definition, and so does the restart policy.
        each.is_redefined, each.crash_delay = False, 0
        restart(world, kubelet, run, each)
        return
    container = spec_of(run, each.name)
    is_init = each.name in run.init_containers and not is_sidecar(container)
    policy = _policy(run, container, is_init)
    if restarts_after(policy, code):
        _restart_later(world, kubelet, run, each, finished)
    else:
        advance(world, kubelet, run)
    report(world, kubelet, run)


def _policy(run: PodRun, container: Container, is_init: bool) -> str:
    if is_sidecar(container):
        return "Always"
    policy = run.pod.spec.restart_policy
    if is_init and policy in ("", "Always"):
        # An init container that succeeded is done.
        return "OnFailure"
    return policy


def _restart_later(
    world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun, finished: int
) -> None:
    delay = crash_delay(each, finished)
    if delay == 0:
        restart(world, kubelet, run, each)
        return
    pod = f"{run.pod.metadata.name}_{run.pod.metadata.namespace}({run.uid})"
    each.message = f"back-off {clock(delay)} restarting failed container={each.name} pod={pod}"
    text = f"Back-off restarting failed container {each.name} in pod {pod}"
    event(world, run, "Warning", "BackOff", text)
    if delay == CRASHES.first:
        world.story(
            "container-crashes", f"Pod/{run.key}", run.causes,
            pod=run.key, container=each.name, owner=owner_of(run), seconds=delay // SECOND,
        )  # fmt: skip
    # The state Terminated is seen for the moment between two looks of the kubelet.
    timer(world, kubelet, run, each, "kubelet/backing-off", SECOND)
    timer(world, kubelet, run, each, "kubelet/restart", max(finished + delay - world.now, SECOND))


def clock(duration: Duration) -> str:
    """Return a duration as Go prints it: 40s, 2m40s, 5m0s."""
    minutes, seconds = divmod(duration // SECOND, 60)
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def backing_off(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """A container that ended waits for its back-off."""
    if each.stage == "exited":
        fails(each, "crash-backoff", each.message)
        report(world, kubelet, run)


def restart(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """Start a container again; the image is asked for again first."""
    finished = each.ended.finished if each.ended else world.now
    next_crash_delay(each, finished, world.now)
    each.stage = "waiting"
    if pulls.ensure_image(world, kubelet, run, each):
        start(world, kubelet, run, each)
    report(world, kubelet, run)


def redefine(world: "World", kubelet: KubeletState, run: PodRun, before: Pod) -> None:
    """Act upon a pod whose containers got other images than those that run or are waited for."""
    known = {each.name: each.image for each in before.spec.init_containers + before.spec.containers}
    processes = world.machines[kubelet.node].processes
    for each in run.runs():
        image = spec_of(run, each.name).image
        process = processes.get(process_key(run.uid, each.name))
        if each.stage == "running" and process is not None and process.image != image:
            text = f"Container {each.name} definition changed, will be restarted"
            event(world, run, "Normal", "Killing", text)
            each.is_redefined = True
            stopping.terminate(world, kubelet, run, each, stopping.grace_of(run))
        elif each.stage in WAITING_IN_VAIN and known[each.name] != image:
            each.attempt += 1
            each.stage, each.pull_failures = "waiting", 0
            each.crash_delay = 0
    advance(world, kubelet, run)


WAITING_IN_VAIN = ("pull-failed", "pull-backoff", "never-pull", "invalid-name", "crash-backoff")


def resume(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """Go on with the containers of a pod that nobody looked after for a while.

    Those that run go on running and are probed from now; those that ended meanwhile are found
    ended; whatever was under way begins anew.
    """
    for each in run.runs():
        if each.ended_at >= 0:
            each.attempt += 1
            wait = roll(world, NOTICE_TIME, "exit noticed", run, each.name)
            data = (run.uid, each.name, each.attempt, each.ended_code, each.ended_at)
            world.timeline.at(world.now + wait, "kubelet/exited", kubelet.node, data)
        elif each.stage == "running":
            _rearm(world, kubelet, run, each)
        elif each.stage in UNDER_WAY:
            each.attempt += 1
            each.stage = "waiting"
        elif each.stage in ("exited", "crash-backoff") and each.ended is not None:
            container = spec_of(run, each.name)
            is_init = each.name in run.init_containers and not is_sidecar(container)
            if restarts_after(_policy(run, container, is_init), each.ended.exit_code):
                each.attempt += 1
                _restart_later(world, kubelet, run, each, each.ended.finished)
    advance(world, kubelet, run)
    report(world, kubelet, run)


UNDER_WAY = (
    "pulling",
    "pull-failed",
    "pull-backoff",
    "never-pull",
    "invalid-name",
    "config-error",
    "starting",
)


def _rearm(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """Set the timers of a container that runs, counted from when it was started."""
    container = spec_of(run, each.name)
    behaviour = program_of(container, world.dice)
    each.attempt += 1
    serves_in = max(0, each.started + behaviour.ready_after - world.now)
    if serves_in:
        timer(world, kubelet, run, each, "kubelet/serves", serves_in)
    if behaviour.exits_after is not None:
        ends_in = max(0, each.started + behaviour.exits_after - world.now)
        timer(world, kubelet, run, each, "kubelet/process-ends", ends_in)
    if behaviour.memory:
        timer(world, kubelet, run, each, "kubelet/takes-memory", TAKES_MEMORY_AFTER)
    probing.begin(world, kubelet, run, each, container, behaviour)


def configure_again(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """Try once more to start a container whose environment could not be made."""
    if each.stage == "config-error":
        each.stage = "waiting"
        advance(world, kubelet, run)
        report(world, kubelet, run)
