"""`kubectl logs`: what a container would have printed, from what became of it.

Programs are not simulated line by line. A log here says what the lab knows: when the program
started, when it began to answer, how many requests reach it now, how it ended.
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import SECOND
from simulation.kube.indexes import PODS_BY_NAMESPACE
from simulation.kube.kubelet.reaching import logs_error
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.pod import ContainerStatus, Pod
from simulation.kube.objects.service import Service
from simulation.kubectl.errors import CommandError, not_found
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import chosen
from simulation.kubectl.resources import RESOURCES, find

if TYPE_CHECKING:
    from simulation.kube.world import World

LINES_MAX = 10
"""Lines a selector shows of each pod unless --tail says otherwise."""


def logs(world: "World", call: Call) -> Output:
    """Print the logs of a pod, or of the pods that a selector or a workload means."""
    pods = pods_of(world, call)
    lines: list[str] = []
    for pod in pods:
        for name in _containers(call, pod):
            found = container_log(world, pod, name, call.on("previous"), call.on("timestamps"))
            lines += _cut(call, found, LINES_MAX if call.given("selector") else -1)
    return Output("".join(f"{line}\n" for line in lines))


def pods_of(world: "World", call: Call) -> list[Pod]:
    """Return the pods that a call names, by name, workload or selector."""
    if call.given("selector"):
        return [each for each in chosen(world, call, RESOURCES["Pod"]) if isinstance(each, Pod)]
    if not call.args:
        raise CommandError(
            "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
            "POD or TYPE/NAME is a required argument for the logs command\n"
            "See 'kubectl logs -h' for help and examples"
        )
    kind, slash, name = call.args[0].rpartition("/")
    resource = find(kind) if slash else RESOURCES["Pod"]
    found = world.store.get(resource.kind, f"{call.namespace}/{name}")
    if found is None:
        raise not_found(resource.full, name)
    if isinstance(found, Pod):
        return [found]
    labels = _labels_meant(found)
    pods = [
        pod
        for _, pod in world.store.by(PODS_BY_NAMESPACE, call.namespace)
        if isinstance(pod, Pod) and labels and labels.items() <= pod.metadata.labels.items()
    ]
    if not pods:
        raise CommandError("error: timed out waiting for the condition")
    return pods[:1]


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


def _containers(call: Call, pod: Pod) -> list[str]:
    names = [each.name for each in (*pod.spec.init_containers, *pod.spec.containers)]
    wanted = call.flag("container") or (call.args[1] if len(call.args) > 1 else "")
    if wanted and wanted not in names:
        raise CommandError(
            f"error: container {wanted} is not valid for pod {pod.metadata.name}"
        )
    if wanted:
        return [wanted]
    return names if call.on("all-containers") else [pod.spec.containers[0].name]


def container_log(
    world: "World", pod: Pod, name: str, previous: bool = False, stamped: bool = False
) -> list[str]:
    """Return the lines of one container; raise CommandError if nobody can tell them."""
    status = _status(pod, name)
    where = f'container "{name}" in pod "{pod.metadata.name}"'
    if not pod.spec.node_name or status is None or (status.restart_count == 0 and _waits(status)):
        reason = status.state.waiting.reason if status and status.state.waiting else ""
        raise CommandError(
            f"Error from server (BadRequest): {where} is waiting to start: {reason}"
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
        return _lines(world, pod, name, begun, ended.finished_at, code, stamped)
    running, ended = status.state.running, status.state.terminated or status.last_state.terminated
    if running is not None:
        return _lines(world, pod, name, running.started_at or 0, None, 0, stamped)
    assert ended is not None, f"{where} neither runs nor has ended"
    begun = ended.started_at or 0
    return _lines(world, pod, name, begun, ended.finished_at, ended.exit_code, stamped)


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
    stamped: bool,
) -> list[str]:
    image = next(
        each.image
        for each in (*pod.spec.init_containers, *pod.spec.containers)
        if each.name == name
    )
    said = [(begun, f"starting {name} ({image})")]
    key = f"{pod.metadata.namespace}/{pod.metadata.name}"
    machine = world.machines[pod.spec.node_name]
    process = machine.processes.get(f"{pod.metadata.uid}/{name}")
    if finished is None and process is not None and process.serves_from <= world.now:
        ports = ", ".join(f":{port}" for port in process.ports)
        said.append((process.serves_from, f"listening on {ports}" if ports else "ready"))
        for route in sorted(world.traffic.state.routes):
            rate = dict(world.traffic.state.routes[route].rates.pods).get(key, 0)
            if rate:
                said.append((world.now, f"serving {route}: {rate // 1000} requests/s"))
    if finished is not None:
        said.append((finished, f"exited with code {code}"))
    stamps = [world.calendar.rfc3339(at - at % SECOND) for at, _ in said]
    return [
        f"{stamp} {stamp[11:19]} {text}" if stamped else f"{stamp[11:19]} {text}"
        for stamp, (_, text) in zip(stamps, said, strict=True)
    ]


def _cut(call: Call, lines: list[str], default: int) -> list[str]:
    tail = whole_number(call.flag("tail", str(default)), "--tail")
    return lines if tail < 0 else lines[len(lines) - min(tail, len(lines)) :]
