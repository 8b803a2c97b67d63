"""What a kubelet does to containers: start, probe, restart, stop.

Every step ends with a timer that carries the container's attempt; whatever happens in between
raises the attempt, so a timer that comes too late does nothing.
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.dice import Dice
from simulation.kernel.timeline import Phase
from simulation.kernel.units import SECOND, Duration
from simulation.kube.images import Behaviour, behaviour_of, profile_of
from simulation.kube.kubelet import probes, pulls
from simulation.kube.kubelet.reports import event, report
from simulation.kube.kubelet.stages import (
    CLEANUP_TIME,
    NOTICE_TIME,
    START_TIME,
    TERM_MINIMUM,
    ContainerRun,
    Ended,
    KubeletState,
    PodRun,
    crash_delay,
    is_sidecar,
    next_crash_delay,
    restarts_after,
    spec_of,
)
from simulation.kube.kubelet.status import container_id
from simulation.kube.limits import SECONDS_MAX
from simulation.kube.machines import Process, process_key
from simulation.kube.objects.pod import Container, Probe

if TYPE_CHECKING:
    from simulation.kube.world import World

_NO_DICE = Dice(0)
"""Well-known images need no roll."""

KILLED = 137
"""128 + SIGKILL."""
TERMINATED = 143
"""128 + SIGTERM: what a program without a handler leaves behind."""


def timer(
    world: "World",
    kubelet: KubeletState,
    run: PodRun,
    each: ContainerRun,
    purpose: str,
    wait: Duration,
) -> None:
    """Set a timer for the container's present attempt."""
    data = (run.uid, each.name, each.attempt)
    world.timeline.at(world.now + wait, purpose, kubelet.node, data)


def first_cause(run: PodRun) -> int:
    """Return the happening that the kubelet acts upon."""
    return run.causes[0] if run.causes else 0


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
    each.attempt += 1
    each.stage, each.message = "starting", ""
    wait = roll(world, START_TIME, "container start", run, each.name)
    timer(world, kubelet, run, each, "kubelet/started", wait)


def started(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """A container's process runs."""
    container = spec_of(run, each.name)
    behaviour = behaviour_of(container.image, container.command, container.args, world.dice)
    if each.ended is not None:
        each.last, each.ended = each.ended, None
        each.restarts += 1
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
        idle_cpu=profile.idle_cpu,
        memory=profile.memory,
    )
    if behaviour.ready_after:
        timer(world, kubelet, run, each, "kubelet/serves", behaviour.ready_after)
    if behaviour.exits_after is not None:
        timer(world, kubelet, run, each, "kubelet/process-ends", behaviour.exits_after)
    _probe(world, kubelet, run, each, container, behaviour)
    world.memory_taken(kubelet.node)
    world.container_started(kubelet.node, each.name)
    world.traffic_changed(first_cause(run))
    advance(world, kubelet, run)
    report(world, kubelet, run)


def _probe(
    world: "World",
    kubelet: KubeletState,
    run: PodRun,
    each: ContainerRun,
    container: Container,
    behaviour: Behaviour,
) -> None:
    """Work out what the probes will find, and set a timer for each finding."""
    now, serves_from = world.now, world.now + behaviour.ready_after
    restarting = (("Startup", container.startup_probe), ("Liveness", container.liveness_probe))
    for kind, probe in restarting:
        if probe is None:
            continue
        answers = serves_from if probes.can_answer(container, probe, behaviour) else now + NEVER
        fails = probes.gives_up_at(probe, now, answers)
        if fails is not None:
            data = (run.uid, each.name, each.attempt, kind)
            world.timeline.at(fails, "kubelet/probe-failed", kubelet.node, data)
    probe = container.readiness_probe
    if probe is None:
        _become_ready(each)
    elif probes.can_answer(container, probe, behaviour):
        due = _ready_at(container, probe, now, serves_from)
        timer(world, kubelet, run, each, "kubelet/ready", due - now)
    else:
        due = probes.first_probe(probe, now) + probes.PROBE_TIME
        timer(world, kubelet, run, each, "kubelet/unready", due - now)


NEVER: Duration = 10**12
"""Longer than any lab lives."""


def _ready_at(container: Container, probe: Probe, now: int, serves_from: int) -> int:
    begins = now
    if container.startup_probe is not None:
        begins = probes.ready_at(container.startup_probe, now, serves_from)
    return max(begins, probes.ready_at(probe, now, max(serves_from, begins)))


def _become_ready(each: ContainerRun) -> None:
    each.ready = True


def ready(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """The readiness probe succeeded often enough."""
    if each.stage == "running" and not each.ready:
        each.ready = True
        report(world, kubelet, run)


def unready(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """The readiness probe asks where nobody listens: say so once, and never become ready."""
    container = spec_of(run, each.name)
    probe = container.readiness_probe
    if each.stage == "running" and probe is not None:
        text = probes.refusal("Readiness", container, probe, run.ip)
        event(world, run, "Warning", "Unhealthy", text)


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
    said = said or probes.refusal(kind, container, probe, run.ip)
    event(world, run, "Warning", "Unhealthy", said)
    text = f"Container {each.name} failed {kind.lower()} probe, will be restarted"
    event(world, run, "Normal", "Killing", text)
    _terminate(world, kubelet, run, each, grace_of(run))


def grace_of(run: PodRun) -> Duration:
    """Return how long the containers of a pod are given after SIGTERM."""
    if run.grace >= 0:
        return max(run.grace, TERM_MINIMUM)
    asked = run.pod.metadata.deletion_grace_period_seconds
    if asked is None:
        asked = run.pod.spec.termination_grace_period_seconds
    return max(min(30 if asked is None else asked, SECONDS_MAX) * SECOND, TERM_MINIMUM)


def process_ends(
    world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun, code: int
) -> None:
    """A process ends: that is reality at once, and the kubelet's knowledge within a second."""
    if each.stage not in ("running", "stopping"):
        return
    machine = world.machines[kubelet.node]
    machine.processes.pop(process_key(run.uid, each.name), None)
    world.traffic_changed(first_cause(run))
    each.attempt += 1
    each.ended_at, each.ended_code = world.now, code
    world.container_ended(kubelet.node, each.name)
    wait = roll(world, NOTICE_TIME, "exit noticed", run, each.name)
    data = (run.uid, each.name, each.attempt, code, world.now)
    world.timeline.at(world.now + wait, "kubelet/exited", kubelet.node, data)


def exit_code_of(world: "World", run: PodRun, each: ContainerRun) -> int:
    """Return the exit code of a program that ends by itself."""
    container = spec_of(run, each.name)
    return behaviour_of(container.image, container.command, container.args, world.dice).exit_code


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
            finish_stop(world, kubelet, run)
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
        each.stage = "crash-backoff"
        if each.ended is not None:
            each.last = each.ended
        report(world, kubelet, run)


def restart(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """Start a container again; the image is asked for again first."""
    finished = each.ended.finished if each.ended else world.now
    next_crash_delay(each, finished, world.now)
    each.stage = "waiting"
    if pulls.ensure_image(world, kubelet, run, each):
        start(world, kubelet, run, each)
    report(world, kubelet, run)


def stop(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """Stop all containers of a pod within its grace, counted from the request to delete it."""
    run.stage = "stopping"
    run.attempt += 1
    asked = run.pod.metadata.deletion_timestamp
    grace = grace_of(run)
    if asked is not None and run.grace < 0:
        grace = max(grace - (world.now - asked), TERM_MINIMUM)
    alive = [each for each in run.runs() if each.stage in ("running", "stopping")]
    for each in alive:
        if each.stage == "running":
            text = f"Stopping container {each.name}"
            event(world, run, "Normal", "Killing", text)
        _terminate(world, kubelet, run, each, grace)
    for each in run.runs():
        if each not in alive:
            each.attempt += 1
    if not alive:
        finish_stop(world, kubelet, run)
    report(world, kubelet, run)


def _terminate(
    world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun, grace: Duration
) -> None:
    """Send SIGTERM, and SIGKILL when the grace is over."""
    container = spec_of(run, each.name)
    behaviour = behaviour_of(container.image, container.command, container.args, world.dice)
    hook = pre_stop_time(container)
    needs = grace if behaviour.stops_after is None else hook + behaviour.stops_after
    code = KILLED if needs >= grace else 0
    each.attempt += 1
    each.stage = "stopping"
    process = world.machines[kubelet.node].processes.get(process_key(run.uid, each.name))
    if process is not None:
        process.stopping = True
        world.traffic_changed(first_cause(run))
    data = (run.uid, each.name, each.attempt, code)
    due = world.now + min(needs, grace)
    world.timeline.at(due, "kubelet/process-killed", kubelet.node, data, Phase.REALITY)


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
            each.stage, each.message = "waiting", ""
        elif each.stage in ("exited", "crash-backoff") and each.ended is not None:
            container = spec_of(run, each.name)
            is_init = each.name in run.init_containers and not is_sidecar(container)
            if restarts_after(_policy(run, container, is_init), each.ended.exit_code):
                each.attempt += 1
                _restart_later(world, kubelet, run, each, each.ended.finished)
    advance(world, kubelet, run)
    report(world, kubelet, run)


UNDER_WAY = ("pulling", "pull-failed", "pull-backoff", "starting")


def _rearm(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """Set the timers of a container that runs, counted from when it was started."""
    container = spec_of(run, each.name)
    behaviour = behaviour_of(container.image, container.command, container.args, world.dice)
    each.attempt += 1
    serves_in = max(0, each.started + behaviour.ready_after - world.now)
    if serves_in:
        timer(world, kubelet, run, each, "kubelet/serves", serves_in)
    if behaviour.exits_after is not None:
        ends_in = max(0, each.started + behaviour.exits_after - world.now)
        timer(world, kubelet, run, each, "kubelet/process-ends", ends_in)
    later = msgspec.structs.replace(behaviour, ready_after=serves_in)
    _probe(world, kubelet, run, each, container, later)


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
