"""What a kubelet reports of a pod: its status, worked out from what the kubelet knows."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from simulation.kernel.units import SECOND, Instant
from simulation.kube.images import parse_reference
from simulation.kube.kubelet.stages import (
    ContainerRun,
    Ended,
    PodRun,
    is_sidecar,
    phase_of,
    spec_of,
)
from simulation.kube.objects.meta import Condition, Resources
from simulation.kube.objects.pod import (
    Container,
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
    ContainerStatus,
    HostIP,
    Pod,
    PodIP,
    PodStatus,
)
from simulation.kube.rules.pods import set_condition

OWN_CONDITIONS = (
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
)
"""In the order in which a kubelet lists them."""


def status_of(run: PodRun, address: str, now: Instant) -> PodStatus:
    """Return the status of a pod as its kubelet would report it now."""
    known = last_known(run)
    phase = phase_of(run)
    ip = run.ip
    return msgspec.structs.replace(
        known,
        phase=phase,
        conditions=_conditions(run, phase, now),
        container_statuses=_container_statuses(
            run, sorted(run.pod.spec.containers, key=lambda each: each.name), run.containers
        ),
        init_container_statuses=_container_statuses(
            run, run.pod.spec.init_containers, run.init_containers
        ),
        pod_ip=ip,
        pod_ips=(PodIP(ip),) if ip else (),
        host_ip=address,
        host_ips=(HostIP(address),),
        start_time=run.admitted,
        qos_class=qos_class(run.pod),
        observed_generation=run.pod.metadata.generation,
        reason=run.verdict.reason if run.verdict else known.reason,
        message=run.verdict.message if run.verdict else known.message,
    )


def last_known(run: PodRun) -> PodStatus:
    """Return the newest status that the kubelet has seen: its own last report, or the watch's."""
    if run.posted is not None and run.posted_version > run.pod.metadata.resource_version:
        return run.posted
    return run.pod.status


def qos_class(pod: Pod) -> str:
    """Return the class that decides who is sacrificed first when memory is short."""
    containers = pod.spec.init_containers + pod.spec.containers
    amounts = [
        (_amount(each.resources.requests, name), _amount(each.resources.limits, name))
        for each in containers
        for name in ("cpu", "memory")
    ]
    if all(not request and not limit for request, limit in amounts):
        return "BestEffort"
    if all(limit and (request or limit) == limit for request, limit in amounts):
        return "Guaranteed"
    return "Burstable"


def _amount(resources: Resources, name: str) -> int:
    return getattr(resources, name) or 0


def _conditions(run: PodRun, phase: str, now: Instant) -> tuple[Condition, ...]:
    before = last_known(run).conditions
    known = {condition.type: condition for condition in before}
    scheduled = known.get("PodScheduled")
    wanted = _wanted(run, phase)
    conditions: list[Condition] = []
    for type_ in OWN_CONDITIONS:
        earlier = known.get(type_)
        if type_ == "PodScheduled":
            conditions.append(
                scheduled or Condition(type_, "True", last_transition_time=run.admitted)
            )
            continue
        status, reason, message = wanted[type_]
        same = earlier is not None and earlier.status == status
        since = earlier.last_transition_time if same and earlier is not None else now
        conditions.append(Condition(type_, status, reason, message, since))
    foreign = tuple(each for each in before if each.type not in OWN_CONDITIONS)
    if run.verdict is not None and run.grace >= 0:
        target = Condition("DisruptionTarget", "True", "TerminationByKubelet", run.verdict.message)
        foreign = set_condition(foreign, target, now)
    return (*conditions, *foreign)


def _wanted(run: PodRun, phase: str) -> dict[str, tuple[str, str, str]]:
    unready = [each.name for each in run.containers.values() if not each.ready]
    waiting = [
        container.name
        for container in run.pod.spec.init_containers
        if not _is_initialised(container, run.init_containers[container.name])
    ]
    network = "True" if run.ip and run.stage not in ("stopped", "removing") else "False"
    done = ("False", "PodCompleted", "")
    incomplete = f"containers with incomplete status: [{' '.join(waiting)}]"
    initialised = ("False", "ContainersNotInitialized", incomplete) if waiting else ("True", "", "")
    if phase == "Succeeded":
        ready, initialised = done, ("True", "PodCompleted", "")
    elif phase == "Failed":
        ready = ("False", "PodFailed", "")
    else:
        text = f"containers with unready status: [{' '.join(unready)}]"
        ready = ("False", "ContainersNotReady", text) if unready else ("True", "", "")
        if run.stage == "stopping" and run.gone:
            ready = ("False", "ContainersNotReady", text)
    gates = {each.type: each.status for each in last_known(run).conditions}
    closed = [
        gate.condition_type
        for gate in run.pod.spec.readiness_gates
        if gates.get(gate.condition_type) != "True"
    ]
    pod_ready = ready
    if closed and ready[0] == "True":
        text = "; ".join(
            f'corresponding condition of pod readiness gate "{gate}" does not exist.'
            for gate in closed
        )
        pod_ready = ("False", "ReadinessGatesNotReady", text)
    return {
        "PodReadyToStartContainers": (network, "", ""),
        "Initialized": initialised,
        "Ready": pod_ready,
        "ContainersReady": ready,
    }


def _is_initialised(container: Container, run: ContainerRun) -> bool:
    if is_sidecar(container):
        return run.creations > 0
    return run.stage == "exited" and run.ended is not None and run.ended.exit_code == 0


def _container_statuses(
    run: PodRun, containers: Iterable[Container], runs: dict[str, ContainerRun]
) -> tuple[ContainerStatus, ...]:
    return tuple(_container_status(run, runs[container.name]) for container in containers)


def _container_status(run: PodRun, each: ContainerRun) -> ContainerStatus:
    container = spec_of(run, each.name)
    created = each.creations > 0
    state = _state(run, each)
    last = each.last if state.waiting is None else each.ended or each.last
    return ContainerStatus(
        name=each.name,
        state=state,
        last_state=ContainerState(terminated=_terminated(last)),
        ready=_is_ready(run, each),
        restart_count=each.restarts,
        image=_full_name(container.image) if created else container.image,
        image_id=image_id(container.image) if created else "",
        container_id=container_id(run, each) if created else "",
        started=each.stage in ("running", "stopping"),
    )


def _is_ready(run: PodRun, each: ContainerRun) -> bool:
    if each.name in run.init_containers and not is_sidecar(spec_of(run, each.name)):
        return each.stage == "exited" and each.ended is not None and each.ended.exit_code == 0
    return each.ready


def _state(run: PodRun, each: ContainerRun) -> ContainerState:
    if each.stage in ("running", "stopping"):
        return ContainerState(running=ContainerStateRunning(each.started // SECOND * SECOND))
    if each.stage != "exited" and each.failing:
        return ContainerState(waiting=ContainerStateWaiting(each.failing, each.message))
    if each.ended is not None:
        return ContainerState(terminated=_terminated(each.ended))
    creating = "PodInitializing" if run.init_containers else "ContainerCreating"
    return ContainerState(waiting=ContainerStateWaiting(creating))


def _terminated(ended: Ended | None) -> ContainerStateTerminated | None:
    if ended is None:
        return None
    return ContainerStateTerminated(
        exit_code=ended.exit_code,
        reason=ended.reason,
        started_at=ended.started // SECOND * SECOND,
        finished_at=ended.finished // SECOND * SECOND,
        container_id=ended.container_id,
    )


def _full_name(image: str) -> str:
    reference = parse_reference(image)
    return reference.name if reference else image


def image_id(image: str) -> str:
    """Return a digest that depends on the image's name alone."""
    reference = parse_reference(image)
    name = reference.name if reference else image
    repository = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    return f"{repository}@sha256:{sha256(name.encode()).hexdigest()}"


def container_id(run: PodRun, each: ContainerRun) -> str:
    """Return the runtime's name for the present incarnation of a container."""
    text = f"{run.uid}/{each.name}/{each.creations}"
    return f"containerd://{sha256(text.encode()).hexdigest()}"
