"""The four processes of a control plane node, each a static pod that can die alone.

A process that ends is reality at once: etcd's member falls silent, an API server's connections
break, an elected process stops working. Its kubelet starts the container again after a while, as
it does for any other, and so counts a restart. What a power cut ends is another matter: when the
machine has booted again all of them run.
"""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Refused
from simulation.kube import machines

if TYPE_CHECKING:
    from simulation.kube.world import World

ETCD = "etcd"
API_SERVER = "kube-apiserver"
PROCESSES = (ETCD, API_SERVER, "kube-controller-manager", "kube-scheduler")


def runs(world: "World", node: str, process: str) -> bool:
    """Tell whether a process of a control plane node runs."""
    machine = world.machines.get(node)
    return machine is not None and machine.is_on and process not in machine.stopped


def etcd_runs(world: "World", node: str) -> bool:
    """Tell whether a machine's member of etcd runs."""
    seat = world.consensus.state.seats.get(node)
    return seat is not None and seat.running


def kill(world: "World", node: str, process: str) -> None:
    """Kill a process; what follows from its end follows in `ended`."""
    machine = world.machines[node]
    if process in machine.stopped:
        since = machine.stopped[process]
        raise Refused("process-not-running", process=process, node=node, since=since)
    cause = world.fault("process-killed", f"Machine/{node}", process=process, node=node)
    end(world, node, process, cause)


def end(world: "World", node: str, process: str, cause: int) -> None:
    """Let a process end, and its container with it."""
    machine = world.machines[node]
    for key in sorted(machine.processes):
        found = machine.processes.get(key)
        if found is not None and found.container == process:
            world.kubelets.kill(world, node, found.pod_uid, process, cause)
    ended(world, node, process, cause)


def ended(world: "World", node: str, process: str, cause: int = 0) -> None:
    """A container ended: if it is one of these, its part in the cluster ends with it."""
    machine = world.machines[node]
    known = machine.role == machines.CONTROL_PLANE and process in PROCESSES
    if not known or process in machine.stopped:
        return
    machine.stopped[process] = world.now
    if process == ETCD and etcd_runs(world, node):
        world.consensus.power_off(node, world.now)
    if process == API_SERVER and node in world.api.state.servers:
        world.api.crashed(world, node)
        world.server_health.process_ended(node)
    world.reality_changed(cause)


def started(world: "World", node: str, process: str) -> None:
    """A container runs: if it is one of these and was missing, it takes its part again."""
    machine = world.machines[node]
    if process not in PROCESSES or machine.stopped.pop(process, None) is None:
        return
    cause = world.story("process-started", f"Machine/{node}", (), process=process, node=node)
    if process == ETCD:
        world.members.etcd_started(world, node)
    if process == API_SERVER and node in world.api.state.servers:
        world.server_health.process_started(world, node, cause)
    world.reality_changed(cause)


def booted(world: "World", node: str) -> None:
    """A machine has booted: its processes run, as far as it has joined."""
    machine = world.machines[node]
    if machine.role != machines.CONTROL_PLANE:
        return
    seats = world.consensus.state.seats
    if node in seats and not seats[node].running:
        world.consensus.power_on(node, world.now, before_ticks=True)
    if node in world.api.state.servers:
        world.server_health.process_started(world, node)
        return
    missing = PROCESSES[1:] if node in seats else PROCESSES
    machine.stopped = dict.fromkeys(missing, world.now)


def power_gone(world: "World", node: str) -> None:
    """A control plane node lost its power."""
    if etcd_runs(world, node):
        world.consensus.power_off(node, world.now)
    if node in world.api.state.servers:
        world.api.crashed(world, node)
        world.server_health.process_ended(node)
