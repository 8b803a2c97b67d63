"""Machines come and go: plugged in, equipped with what every node runs, taken away, remembered.

Only what stands in the room is changed here; whether that may be done, and what it tells, is said by
faults.py and membership.py.
"""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Reason
from simulation.kube.apiserver import Reply
from simulation.kube.limits import MACHINES_REMEMBERED_MAX
from simulation.kube.machines import Machine
from simulation.kube.objects.node import Node
from simulation.kube.writes import Write

if TYPE_CHECKING:
    from simulation.kube.world import World


def plug_in(world: "World", machine: Machine) -> None:
    """A machine stands in the room; nothing runs on it yet."""
    world.machines[machine.name] = machine
    world.state.removed.pop(machine.name, None)
    world.machines_changed()


def add_machine(world: "World", machine: Machine) -> None:
    """Plug a machine in, and install what every node runs."""
    plug_in(world, machine)
    world.kubelets.add(world, machine.name)
    world.readers.add(world, machine.name, machine.name)


def new_worker(world: "World") -> Machine:
    """Return one more worker, plugged in and switched off."""
    # Whoever took the last worker away may plug one in again: then it is like a master.
    others = world.workers() or world.control_plane()
    like = world.machines[others[0]]
    world.state.workers_made += 1
    number = world.state.workers_made
    zones = sorted({world.machines[name].zone for name in others})
    machine = Machine(
        name=f"worker-{number}",
        zone=zones[(number - 1) % len(zones)],
        cpu=like.cpu,
        memory=like.memory,
        disk=like.disk,
        power="off",
        boots=0,
        since=world.now,
        address=f"10.0.0.{20 + number}",
        pod_cidr=f"10.244.{10 + number}.0/24",
    )
    add_machine(world, machine)
    return machine


def forget_machine(world: "World", name: str) -> None:
    """A machine was taken away: its Node object is deleted, as an operator would."""
    world.readers.remove(name)
    world.kubelets.remove(name)
    del world.machines[name]
    world.state.removed[name] = world.now
    if len(world.state.removed) > MACHINES_REMEMBERED_MAX:
        del world.state.removed[next(iter(world.state.removed))]
    world.machines_changed()
    node = world.store.get(Node, name)
    if node is not None:
        because = Reason("node-deleted", {"node": name})
        reply = Reply("api/ignored", name)
        write = Write("delete", node, because)
        world.api.send(world, "kubectl", "internet", (write,), reply, (world.last_fault,))
