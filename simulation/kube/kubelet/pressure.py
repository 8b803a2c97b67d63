"""What a kubelet does when memory or disk of its machine run short.

It looks every ten seconds of its own clock, if anything has changed: below a threshold it reports
the pressure, frees what it can without harm and then evicts one pod. The pressure is reported for
five minutes longer. Memory that is exhausted between two looks is the kernel's business.
Follows pkg/kubelet/eviction/eviction_manager.go.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kernel.timeline import Event
from simulation.kernel.units import MINUTE, SECOND, Bytes, Duration
from simulation.kube.images import parse_reference
from simulation.kube.kubelet import containers, node_status, stopping
from simulation.kube.kubelet.reports import event, report
from simulation.kube.kubelet.stages import KubeletState, PodRun, Verdict
from simulation.kube.kubelet.status import qos_class
from simulation.kube.machines import Machine, Process, processes_of, usage
from simulation.kube.objects.node import Node, Taint
from simulation.kube.objects.pod import Pod
from simulation.kube.rules import node_pressure
from simulation.kube.rules.node_pressure import Eater
from simulation.kube.rules.taints import tolerated

if TYPE_CHECKING:
    from simulation.kube.world import World

LOOK_PERIOD: Duration = 10 * SECOND
LINGERS: Duration = 5 * MINUTE
"""--eviction-pressure-transition-period: the condition stays so long after the last shortage."""
EVICTION_GRACE: Duration = SECOND
SYSTEM_DISK: Bytes = 2 * 1024**3
"""What the operating system takes of a disk."""
MEMORY, DISK = "MemoryPressure", "DiskPressure"
MEMORY_TAINT = Taint("node.kubernetes.io/memory-pressure", "NoSchedule")
UNDER_WAY = ("sandbox", "started")


class Shortage(Record):
    """Something that a machine has too little of."""

    condition: str
    resource: str
    threshold: Bytes
    available: Bytes


def free_disk(machine: Machine) -> Bytes:
    """Return how much of a machine's disk is free."""
    used = SYSTEM_DISK + sum(machine.images.values()) + machine.filled
    return max(0, machine.disk - used)


def shortages(machine: Machine) -> list[Shortage]:
    """Return what a machine is short of now."""
    found = []
    free = machine.memory - usage(machine, {}).memory
    if free < node_pressure.MEMORY_THRESHOLD:
        found.append(Shortage(MEMORY, "memory", node_pressure.MEMORY_THRESHOLD, free))
    threshold = machine.disk * node_pressure.DISK_THRESHOLD_PERCENT // 100
    if free_disk(machine) < threshold:
        found.append(Shortage(DISK, "ephemeral-storage", threshold, free_disk(machine)))
    return found


def review(world: "World", node: str) -> None:
    """Something on a machine takes more: the kernel acts at once, the kubelet at its next look."""
    kubelet = world.kubelets.state.kubelets.get(node)
    machine = world.machines[node]
    if kubelet is None or not machine.is_on:
        return
    _kernel(world, kubelet, machine)
    if shortages(machine):
        _look_at(world, kubelet, _next_look(world, kubelet))


def _next_look(world: "World", kubelet: KubeletState) -> int:
    phase = world.dice.below(LOOK_PERIOD, "kubelet eviction phase", kubelet.node)
    return world.now + LOOK_PERIOD - (world.now - phase) % LOOK_PERIOD


def _look_at(world: "World", kubelet: KubeletState, due: int) -> None:
    if kubelet.pressure_look != due:
        kubelet.pressure_look = due
        world.timeline.at(due, "kubelet/pressure", kubelet.node, (due,))


def _kernel(world: "World", kubelet: KubeletState, machine: Machine) -> None:
    """Kill what exceeds its own limit; then, while memory is exhausted, whom the kernel ranks."""
    for key in sorted(machine.processes):
        process = machine.processes.get(key)
        limit = _amount(kubelet, process, "limits") if process is not None else None
        if process is not None and limit and process.memory > limit:
            _oom(world, kubelet, process)
    if _taken(machine) <= machine.memory:
        return
    eaters = [_eater_of(kubelet, key, each) for key, each in machine.processes.items()]
    for worst in node_pressure.in_order_of_the_kernel(eaters, machine.memory):
        if _taken(machine) <= machine.memory:
            return
        _oom(world, kubelet, machine.processes[worst.uid])


def _taken(machine: Machine) -> Bytes:
    return sum(each.memory for each in machine.processes.values())


def _eater_of(kubelet: KubeletState, key: str, process: Process) -> Eater:
    run = kubelet.pods.get(process.pod_uid)
    requested = _amount(kubelet, process, "requests") or 0
    priority = (run.pod.spec.priority or 0) if run is not None else 0
    quality = qos_class(run.pod) if run is not None else "Burstable"
    return Eater(key, process.memory, requested, priority, quality)


def _amount(kubelet: KubeletState, process: Process, which: str) -> Bytes | None:
    run = kubelet.pods.get(process.pod_uid)
    every = run.pod.spec.init_containers + run.pod.spec.containers if run is not None else ()
    found = next((each for each in every if each.name == process.container), None)
    amount: Bytes | None = getattr(found.resources, which).memory if found is not None else None
    return amount


def _oom(world: "World", kubelet: KubeletState, process: Process) -> None:
    run = kubelet.pods.get(process.pod_uid)
    each = run.container(process.container) if run is not None else None
    if run is None or each is None:
        return
    each.is_out_of_memory = True
    containers.process_ends(world, kubelet, run, each, stopping.KILLED)


def look(world: "World", happened: Event) -> None:
    """The kubelet's eviction manager looks at its machine."""
    kubelet = world.kubelets.state.kubelets.get(happened.subject)
    if kubelet is None or kubelet.pressure_look != happened.data[0]:
        return
    kubelet.pressure_look = -1
    if not world.kubelets.is_alive(world, kubelet.node):
        return
    machine = world.machines[kubelet.node]
    short = shortages(machine)
    if any(each.condition == DISK for each in short):
        _collect_images(kubelet, machine)
        short = shortages(machine)
    before = sorted(kubelet.pressures)
    for each in short:
        kubelet.pressures[each.condition] = world.now
    for condition, since in list(kubelet.pressures.items()):
        if world.now >= since + LINGERS:
            del kubelet.pressures[condition]
    if sorted(kubelet.pressures) != before:
        node_status.post_soon(world, kubelet)
    if short and world.kubelets.works(world, kubelet.node):
        _tell(world, kubelet, f"Attempting to reclaim {short[0].resource}")
        _evict_one(world, kubelet, machine, short[0])
    if short:
        _look_at(world, kubelet, world.now + LOOK_PERIOD)
    elif kubelet.pressures:
        _look_at(world, kubelet, min(kubelet.pressures.values()) + LINGERS)


def _tell(world: "World", kubelet: KubeletState, text: str) -> None:
    node = world.readers.view(world, kubelet.node).get(Node, kubelet.node)
    if node is not None:
        source = ("kubelet", kubelet.node)
        world.events.add(world.now, *source, node, "Warning", "EvictionThresholdMet", text)


def _collect_images(kubelet: KubeletState, machine: Machine) -> None:
    """Delete the images that no pod of the machine uses: that harms nobody."""
    used = []
    for run in kubelet.pods.values():
        for container in run.pod.spec.init_containers + run.pod.spec.containers:
            reference = parse_reference(container.image)
            used.append(reference.name if reference is not None else container.image)
    machine.images = {name: size for name, size in machine.images.items() if name in used}


def _evict_one(world: "World", kubelet: KubeletState, machine: Machine, short: Shortage) -> None:
    candidates = {
        run.uid: run
        for run in kubelet.pods.values()
        if run.stage in UNDER_WAY and run.verdict is None and not is_critical(run)
    }
    eaters = [_pod_eater(machine, run, short) for run in candidates.values()]
    for eater in node_pressure.in_order_of_eviction(eaters)[:1]:
        run = candidates[eater.uid]
        text = _message(machine, run, short)
        event(world, run, "Warning", "Evicted", text)
        params = {"pod": run.key, "node": kubelet.node, "resource": short.resource}
        cause = world.story("pod-sacrificed", f"Pod/{run.key}", run.causes, **params)
        run.causes = (cause,)
        end(world, kubelet, run, Verdict("Evicted", text), EVICTION_GRACE)


def is_critical(run: PodRun) -> bool:
    """Tell whether a pod is too important to be evicted by its kubelet."""
    return run.is_static or (run.pod.spec.priority or 0) >= node_pressure.CRITICAL_PRIORITY


def _pod_eater(machine: Machine, run: PodRun, short: Shortage) -> Eater:
    if short.condition == DISK:
        return Eater(run.uid, 0, 0, run.pod.spec.priority or 0)
    used = sum(each.memory for each in processes_of(machine, run.uid))
    requested = sum(each.resources.requests.memory or 0 for each in run.pod.spec.containers)
    return Eater(run.uid, used, requested, run.pod.spec.priority or 0)


def _message(machine: Machine, run: PodRun, short: Shortage) -> str:
    greedy = []
    if short.condition == MEMORY:
        for container in run.pod.spec.containers:
            process = machine.processes.get(f"{run.uid}/{container.name}")
            requested = container.resources.requests.memory or 0
            if process is not None and process.memory > requested:
                greedy.append((container.name, process.memory, requested))
    return node_pressure.message(short.resource, short.threshold, short.available, greedy)


def end(
    world: "World", kubelet: KubeletState, run: PodRun, verdict: Verdict, grace: Duration
) -> None:
    """Let the kubelet end a pod by its own decision: it stops, Failed, and stays to be seen."""
    run.verdict = verdict
    run.grace = grace
    stopping.stop(world, kubelet, run)


def rejection(kubelet: KubeletState, pod: Pod) -> Verdict | None:
    """Return why a kubelet under pressure does not take a pod, None if it does."""
    if kubelet.is_shutting_down:
        return Verdict("NodeShutdown", "Pod was rejected as the node is shutting down.")
    if not kubelet.pressures or (pod.spec.priority or 0) >= node_pressure.CRITICAL_PRIORITY:
        return None
    if sorted(kubelet.pressures) == [MEMORY] and (
        qos_class(pod) != "BestEffort" or tolerated(MEMORY_TAINT, pod.spec.tolerations)
    ):
        return None
    names = " ".join(sorted(kubelet.pressures))
    return Verdict("Evicted", f"Pod was rejected: The node had condition: [{names}]. ")


def reject(world: "World", kubelet: KubeletState, run: PodRun, verdict: Verdict) -> None:
    """Refuse a pod that was bound here: it is Failed and never starts."""
    run.verdict = verdict
    run.stage = "stopped"
    event(world, run, "Warning", verdict.reason, verdict.message)
    report(world, kubelet, run)


HANDLERS = {"kubelet/pressure": look}
