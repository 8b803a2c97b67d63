"""`kubectl logs`: what a container would have printed, from what became of it.

Programs are not simulated line by line. A log here says what the lab knows: when the program
started, when it began to answer, how many requests reach it now, how it ended.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Instant
from simulation.kube.images import program_of
from simulation.kube.indexes import PODS_BY_NAMESPACE
from simulation.kube.kubelet.reaching import logs_error
from simulation.kube.limits import LOG_LINES_MAX
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.pod import ContainerStatus, Pod
from simulation.kube.objects.service import Service
from simulation.kube.shell import Said
from simulation.kubectl.durations import duration
from simulation.kubectl.errors import CommandError, usage_of
from simulation.kubectl.notes import note_about
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import chosen, missing
from simulation.kubectl.resources import RESOURCES, find

if TYPE_CHECKING:
    from simulation.kube.world import World

LINES = 10
"""Lines a selector shows of each pod unless --tail says otherwise."""
STREAMS = 5
"""Logs that -f follows at once unless --max-log-requests says otherwise."""
DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
USAGE = (
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command"
)
WAITING = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}
"""Why a container waits, in the kubelet's words; any other reason stands as it is."""


class Line(Record):
    """A line of a container's log."""

    at: Instant
    text: str


def logs(world: "World", call: Call) -> Output:
    """Print the logs of a pod, or of the pods that a selector or a workload means."""
    _check(call)
    pods = pods_of(world, call)
    said, several = [], call.given("selector") or call.on("all-pods")
    if not several and call.args and len(_behind(world, call)) > 1:
        said.append(f"Found {len(_behind(world, call))} pods, using pod/{pods[0].metadata.name}")
    wanted = [(pod, name) for pod in pods for name in _containers(call, pod)]
    if not several and not call.on("all-containers"):
        said += [defaulted(pod) for pod in pods if not _named(call)]
    most = whole_number(call.flag("max-log-requests", str(STREAMS)), "--max-log-requests")
    if call.on("follow") and len(wanted) > most:
        raise CommandError(
            f"error: you are attempting to follow {len(wanted)} log streams, but maximum allowed "
            f"concurrency is {most}, use --max-log-requests to increase the limit"
        )
    lines: list[str] = []
    for pod, name in wanted:
        try:
            lines += _shown(world, call, pod, name)
        except CommandError as problem:
            if not call.on("ignore-errors"):
                # What kubectl chose is said before it asks for the log.
                first = "".join(f"{each}\n" for each in said if each)
                raise CommandError(f"{first}{problem.text}", problem.exit_code) from None
            lines.append(problem.text.removeprefix("error: "))
    return Output(
        "".join(f"{line}\n" for line in lines), "".join(f"{line}\n" for line in said if line)
    )


def _check(call: Call) -> None:
    """Raise CommandError about a line that kubectl would not send."""
    if call.given("selector") and call.args:
        raise usage_of("only a selector (-l) or a POD name is allowed", "logs")
    if len(call.args) > 2 or (not call.args and not call.given("selector")):
        raise usage_of(USAGE, "logs")
    if len(call.args) == 2 and call.given("container"):
        raise CommandError("error: only one of -c or an inline [CONTAINER] arg is allowed")
    if call.given("since") and call.given("since-time"):
        raise CommandError("error: at most one of `sinceTime` or `sinceSeconds` may be specified")
    if _tail(call, -1) < -1:
        raise CommandError("error: --tail must be greater than or equal to -1")
    if call.given("limit-bytes") and whole_number(call.flag("limit-bytes"), "--limit-bytes") < 1:
        raise CommandError("error: --limit-bytes must be greater than 0")


def _shown(world: "World", call: Call, pod: Pod, name: str) -> list[str]:
    """Return the lines of one container that a call asks for, as it wants to see them."""
    said = container_log(world, pod, name, call.on("previous"))
    since = _since(world, call)
    said = [each for each in said if each.at >= since]
    most = _tail(call, LINES if call.given("selector") else -1)
    if most >= 0:
        said = said[len(said) - min(most, len(said)) :]
    lines = [each.text for each in said]
    if call.on("timestamps"):
        stamps = [world.calendar.rfc3339(each.at - each.at % SECOND) for each in said]
        lines = [f"{stamp} {line}" for stamp, line in zip(stamps, lines, strict=True)]
    if call.given("limit-bytes"):
        whole_text = "".join(f"{line}\n" for line in lines).encode()
        cut = whole_text[: whole_number(call.flag("limit-bytes"), "--limit-bytes")].decode(
            errors="ignore"
        )
        lines = cut.splitlines()
    if call.on("prefix", call.on("all-pods")):
        lines = [f"[pod/{pod.metadata.name}/{name}] {line}" for line in lines]
    return lines


def _tail(call: Call, default: int) -> int:
    return whole_number(call.flag("tail", str(default)), "--tail")


def _since(world: "World", call: Call) -> Instant:
    """Return from when on lines are shown; raise CommandError about what is no time."""
    if call.given("since-time"):
        text = call.flag("since-time")
        try:
            return world.calendar.instant_of(text)
        except ValueError:
            raise CommandError(
                f'error: parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"'
            ) from None
    past = duration(call.flag("since", "0"), "--since")
    return world.now - past if past else 0


# --- which pods, and which containers


def pods_of(world: "World", call: Call) -> list[Pod]:
    """Return the pods that a call names, by name, workload or selector."""
    if call.given("selector"):
        return [each for each in chosen(world, call, RESOURCES["Pod"]) if isinstance(each, Pod)]
    found = _behind(world, call)
    return found if call.on("all-pods") else found[:1]


def _behind(world: "World", call: Call) -> list[Pod]:
    """Return all pods behind the name of a pod, a workload or a Service; the first is chosen."""
    kind, slash, name = call.args[0].rpartition("/")
    resource = find(kind) if slash else RESOURCES["Pod"]
    key = f"{call.namespace}/{name}" if resource.namespaced else name
    found = world.store.get(resource.kind, key)
    if found is None:
        raise missing(world, resource, call.namespace, name)
    if isinstance(found, Pod):
        return [found]
    labels = _labels_meant(found)
    pods = [
        pod
        for _, pod in world.store.by(PODS_BY_NAMESPACE, call.namespace)
        if isinstance(pod, Pod) and labels and labels.items() <= pod.metadata.labels.items()
    ]
    if not pods:
        note = note_about(resource, found)
        raise CommandError(
            "\n".join(["error: timed out waiting for the condition", *filter(None, [note])])
        )
    return pods


def _labels_meant(found: AnyObject) -> dict[str, str]:
    """Return the labels of the pods that a Service or a workload means."""
    if isinstance(found, Service):
        if not found.spec.selector:
            name = found.metadata.name
            raise CommandError(
                f"error: cannot attach to *v1.Service: invalid service '{name}': "
                "Service is defined without a selector"
            )
        return found.spec.selector
    template = getattr(getattr(found, "spec", None), "template", None)
    return template.metadata.labels if template is not None else {}


def names_of(pod: Pod) -> list[str]:
    """Return the names of a pod's containers, those that initialise first."""
    return [each.name for each in (*pod.spec.init_containers, *pod.spec.containers)]


def listed(pod: Pod) -> str:
    """Return all containers of a pod as kubectl lists them: c, d, i1 (init)."""
    names = [each.name for each in pod.spec.containers]
    return ", ".join([*names, *(f"{each.name} (init)" for each in pod.spec.init_containers)])


def default_of(pod: Pod) -> str:
    """Return the container that is meant where none is named."""
    wanted = pod.metadata.annotations.get(DEFAULT_CONTAINER, "")
    return wanted if wanted in names_of(pod) else pod.spec.containers[0].name


def defaulted(pod: Pod) -> str:
    """Return what kubectl says when it chose among several containers, or an empty text."""
    if len(names_of(pod)) < 2 or pod.metadata.annotations.get(DEFAULT_CONTAINER) in names_of(pod):
        return ""
    return f'Defaulted container "{default_of(pod)}" out of: {listed(pod)}'


def invalid_container(pod: Pod, name: str) -> CommandError:
    """Return the error of a container that a pod has not."""
    return CommandError(
        f"error: container {name} is not valid for pod {pod.metadata.name} out of: {listed(pod)}"
    )


def _named(call: Call) -> str:
    return call.flag("container") or (call.args[1] if len(call.args) > 1 else "")


def _containers(call: Call, pod: Pod) -> list[str]:
    wanted = _named(call)
    if wanted and wanted not in names_of(pod):
        raise invalid_container(pod, wanted)
    if wanted:
        return [wanted]
    return names_of(pod) if call.on("all-containers") else [default_of(pod)]


def container_log(world: "World", pod: Pod, name: str, previous: bool = False) -> list[Line]:
    """Return the lines of one container; raise CommandError if nobody can tell them."""
    status = _status(pod, name)
    where = f'container "{name}" in pod "{pod.metadata.name}"'
    if not pod.spec.node_name or status is None or (status.restart_count == 0 and _waits(status)):
        reason = status.state.waiting.reason if status and status.state.waiting else ""
        raise CommandError(
            f"Error from server (BadRequest): {where} is waiting to start: {WAITING.get(reason, reason)}"
            if reason
            else f"Error from server (BadRequest): {where} is not available"
        )
    _ask_kubelet(world, pod, name)
    if previous:
        ended = status.last_state.terminated
        if ended is None:
            raise CommandError(
                f"Error from server (BadRequest): previous terminated {where} not found"
            )
        begun, code = ended.started_at or 0, ended.exit_code
        return _lines(world, pod, name, begun, ended.finished_at, code)
    running, ended = status.state.running, status.state.terminated or status.last_state.terminated
    if running is not None:
        return _lines(world, pod, name, running.started_at or 0, None, 0)
    assert ended is not None, f"{where} neither runs nor has ended"
    begun = ended.started_at or 0
    return _lines(world, pod, name, begun, ended.finished_at, ended.exit_code)


def _status(pod: Pod, name: str) -> ContainerStatus | None:
    statuses = (*pod.status.init_container_statuses, *pod.status.container_statuses)
    return next((each for each in statuses if each.name == name), None)


def _waits(status: ContainerStatus) -> bool:
    return status.state.waiting is not None and status.last_state.terminated is None


def _ask_kubelet(world: "World", pod: Pod, name: str) -> None:
    """Logs lie on the node: the API server asks its kubelet, which may not answer."""
    key = f"{pod.metadata.namespace}/{pod.metadata.name}"
    server = world.api.pick(world, "internet")
    trouble = logs_error(world, server, pod.spec.node_name, key, name)
    if trouble:
        raise CommandError(trouble)


def _lines(
    world: "World",
    pod: Pod,
    name: str,
    begun: int,
    finished: int | None,
    code: int,
) -> list[Line]:
    container = next(
        each for each in (*pod.spec.init_containers, *pod.spec.containers) if each.name == name
    )
    program = program_of(container, world.dice)
    spoken = _spoken(program.says, begun, world.now if finished is None else finished)
    if program.tells_all:
        return spoken
    said = [
        (begun, f"starting {name} ({container.image})"),
        *((each.at, each.text) for each in spoken),
    ]
    key = f"{pod.metadata.namespace}/{pod.metadata.name}"
    machine = world.machines[pod.spec.node_name]
    process = machine.processes.get(f"{pod.metadata.uid}/{name}")
    if finished is None and process is not None and process.serves_from <= world.now:
        ports = ", ".join(f":{port}" for port in process.ports or ())
        said.append((process.serves_from, f"listening on {ports}" if ports else "ready"))
        for route in sorted(world.traffic.state.routes):
            rate = dict(world.traffic.state.routes[route].rates.pods).get(key, 0)
            if rate:
                said.append((world.now, f"serving {route}: {rate // 1000} requests/s"))
    if finished is not None:
        said.append((finished, f"exited with code {code}"))
    said.sort(key=lambda line: line[0])
    return [
        Line(at, f"{world.calendar.rfc3339(at - at % SECOND)[11:19]} {text}") for at, text in said
    ]


def _spoken(says: tuple[Said, ...], begun: int, until: int) -> list[Line]:
    """Return the latest lines that a program printed from its start until an instant."""
    lines: list[Line] = []
    for each in says:
        first = begun + each.after
        if first > until:
            continue
        times = (until - first) // each.every if each.every else 0
        for number in range(max(0, times - LOG_LINES_MAX), times + 1):
            lines.append(Line(first + number * each.every, each.text))
    return sorted(lines, key=lambda line: line.at)[-LOG_LINES_MAX:]
