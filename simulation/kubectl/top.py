"""`kubectl top`: what machines and pods use, as a metrics server would report it."""

from typing import TYPE_CHECKING

from simulation.kernel.units import MIB
from simulation.kube.machines import processes_of, usage
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import chosen, missing
from simulation.kubectl.resources import RESOURCES
from simulation.kubectl.tables import layout

if TYPE_CHECKING:
    from simulation.kube.world import World

UNKNOWN = "<unknown>"


def top_node(world: "World", call: Call) -> Output:
    """Print what each node uses; a node that is not heard of shows <unknown>."""
    load = world.traffic.load_by_uid(world)
    nodes = [each for each in chosen(world, call, RESOURCES["Node"]) if isinstance(each, Node)]
    if call.args:
        nodes = _named(world, call, nodes, "Node")
    measured: list[tuple[int, int, list[str]]] = []
    for node in nodes:
        name = node.metadata.name
        machine = world.machines.get(name)
        if machine is None or not machine.is_on or not world.can_renew(name):
            measured.append((-1, -1, [name, *[UNKNOWN] * 4]))
            continue
        used = usage(machine, load)
        cpu = used.cpu * 100 // (node.status.allocatable.cpu or machine.cpu)
        memory = used.memory * 100 // (node.status.allocatable.memory or machine.memory)
        row = [name, f"{used.cpu}m", f"{cpu}%", f"{used.memory // MIB}Mi", f"{memory}%"]
        measured.append((used.cpu, used.memory, row))
    head = ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"]
    return _print(call, head, measured)


def top_pod(world: "World", call: Call) -> Output:
    """Print what each pod uses; one that does not run has no figures yet."""
    load = world.traffic.load_by_uid(world)
    pods = [each for each in chosen(world, call, RESOURCES["Pod"]) if isinstance(each, Pod)]
    if call.args:
        pods = _named(world, call, pods, "Pod")
    everywhere = call.on("all-namespaces")
    measured: list[tuple[int, int, list[str]]] = []
    for pod in pods:
        machine = world.machines.get(pod.spec.node_name)
        processes = processes_of(machine, pod.metadata.uid) if machine else []
        if machine is None or not processes or not world.can_renew(machine.name):
            continue
        if call.on("containers"):
            for each in processes:
                # The program that listens does the work.
                extra = load.get(pod.metadata.uid, 0) if each.ports or len(processes) == 1 else 0
                cells = [
                    pod.metadata.name,
                    each.container,
                    f"{each.idle_cpu + extra}m",
                    f"{each.memory // MIB}Mi",
                ]
                measured.append(
                    (
                        each.idle_cpu + extra,
                        each.memory,
                        [pod.metadata.namespace, *cells] if everywhere else cells,
                    )
                )
            continue
        cpu = sum(each.idle_cpu for each in processes) + load.get(pod.metadata.uid, 0)
        memory = sum(each.memory for each in processes)
        row = [pod.metadata.name, f"{cpu}m", f"{memory // MIB}Mi"]
        measured.append((cpu, memory, [pod.metadata.namespace, *row] if everywhere else row))
    if not measured:
        if call.args:
            raise CommandError(
                f"error: Metrics not available for pod {call.namespace}/{call.args[0]}"
            )
        where = "" if everywhere else f" in {call.namespace} namespace."
        return Output("", f"No resources found{where}\n")
    head = ["POD", "NAME"] if call.on("containers") else ["NAME"]
    head += ["CPU(cores)", "MEMORY(bytes)"]
    head = ["NAMESPACE", *head] if everywhere else head
    return _print(call, head, measured, _total(head, measured) if call.on("sum") else [])


def _total(head: list[str], measured: list[tuple[int, int, list[str]]]) -> list[list[str]]:
    """Return the two lines below a table that --sum asks for."""
    cpu, memory = sum(each[0] for each in measured), sum(each[1] for each in measured)
    before = [""] * (len(head) - 2)
    return [[*before, "________", "________"], [*before, f"{cpu}m", f"{memory // MIB}Mi"]]


def _named(world: "World", call: Call, objects: list, kind: str) -> list:
    found = [each for each in objects if each.metadata.name == call.args[0]]
    if not found:
        raise missing(world, RESOURCES[kind], call.namespace, call.args[0])
    return found


def _print(
    call: Call,
    head: list[str],
    measured: list[tuple[int, int, list[str]]],
    below: list[list[str]] = [],
) -> Output:
    if call.flag("sort-by") == "cpu":
        measured.sort(key=lambda each: -each[0])
    elif call.flag("sort-by") == "memory":
        measured.sort(key=lambda each: -each[1])
    elif call.given("sort-by"):
        raise CommandError("error: --sort-by accepts only cpu or memory")
    rows = [*(row for _, _, row in measured), *below]
    return Output(
        "".join(f"{line}\n" for line in layout(rows if call.on("no-headers") else [head, *rows]))
    )
