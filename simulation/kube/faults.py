"""What can be done to reality: power, cables, processes. Belief is never touched here.

Each act upon reality is written into the ledger first; whatever follows names it as its cause.
A fault that makes no sense is refused in words that say what is so, and changes nothing.
"""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Refused
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import SECOND, Duration
from simulation.kube import aftermath, cable_faults, control_plane, machine_room, machines, offices
from simulation.kube.kubelet import outages, shutdown
from simulation.kube.kubelet.node_status import KUBELET, RUNTIME
from simulation.kube.limits import WORKERS_MAX
from simulation.kube.objects.pod import Pod
from simulation.raft.quorum import needed

if TYPE_CHECKING:
    from simulation.kube.world import World


FSYNC_MAX: Duration = 10 * SECOND
"""A disk as slow as that has failed; then switch the machine off."""
LEASES_APART_MIN: Duration = 50
"""Writes closer together than that share an fsync anyway."""
KUBE_PROXY = "kube-proxy"
SERVICES = (KUBELET, RUNTIME, KUBE_PROXY)
"""What runs on every machine and can be killed alone."""


def power_off(world: "World", name: str) -> None:
    """Cut the power of a machine: its processes end and nobody is told."""
    machine = world.machine(name)
    if machine.power == machines.OFF:
        raise Refused("machine-already-off", node=name, since=machine.since)
    power_goes(world, name)


def power_goes(world: "World", name: str, told: str = "machine-off") -> None:
    """Everything on a machine ends at once; `told` is the reason that the story gives."""
    machine = world.machines[name]
    cause = world.fault(told, f"Machine/{name}", node=name)
    was_on = machine.is_on
    outages.power_off(world, name)
    machines.switch_off(machine, world.now)
    if machine.role == machines.CONTROL_PLANE and was_on:
        control_plane.power_gone(world, name)
    world.reality_changed(cause)


def shut_down(world: "World", name: str) -> None:
    """Shut a machine down in order: its kubelet stops the pods first, if it is set up to do so."""
    machine = world.machine(name)
    if machine.power == machines.OFF:
        raise Refused("machine-already-off", node=name, since=machine.since)
    kubelet = world.kubelets.state.kubelets.get(name)
    if kubelet is not None and kubelet.is_shutting_down:
        raise Refused("machine-shutting-down-already", node=name)
    world.fault("machine-shutting-down", f"Machine/{name}", node=name)
    settled = world.settings.shutdown_grace > 0 and world.kubelets.works(world, name)
    if kubelet is None or not settled:
        power_goes(world, name)
    else:
        shutdown.begin(world, kubelet)


def leak(world: "World", pod_key: str, memory: int) -> None:
    """Let the program of a pod take more memory, as one with a leak does."""
    pod = world.store.get(Pod, pod_key)
    if pod is None:
        world.refuse_missing("Pod", pod_key)
    machine = world.machines.get(pod.spec.node_name)
    running = machines.processes_of(machine, pod.metadata.uid) if machine else []
    if machine is None or not running:
        raise Refused("container-not-running", pod=pod_key)
    if not 0 < memory <= machine.memory:
        raise Refused("leak-out-of-range", node=machine.name, limit_bytes=machine.memory)
    world.fault("memory-leaks", f"Pod/{pod_key}", pod=pod_key, bytes=memory)
    running[0].memory += memory
    world.memory_taken(machine.name)


def fill_disk(world: "World", name: str, percent: int) -> None:
    """Fill the disk of a machine with something that is no image, up to a share of it."""
    machine = world.machine(name)
    if not 0 <= percent <= 100:
        raise Refused("fill-out-of-range", node=name)
    if not machine.is_on:
        raise Refused("process-on-machine-off", node=name)
    world.fault("disk-filled", f"Machine/{name}", node=name, percent=percent)
    machine.filled = machine.disk * percent // 100
    world.memory_taken(name)


def power_on(world: "World", name: str) -> None:
    """Give a machine power: it boots, and when it has booted its services start."""
    machine = world.machine(name)
    if machine.power != machines.OFF:
        raise Refused("machine-already-on", node=name)
    world.fault("machine-booting", f"Machine/{name}", node=name)
    due = machines.switch_on(machine, world.now, world.settings.boot_duration, world.dice)
    world.timeline.at(due, "machine/booted", name, (machine.boots,), Phase.REALITY)


def booted(world: "World", event: Event) -> None:
    """A machine has booted: its services start."""
    machine = world.machines.get(event.subject)
    if machine is None or machine.power != machines.BOOTING or event.data != (machine.boots,):
        return
    machines.finish_boot(machine, world.now)
    cause = world.fault("machine-back", f"Machine/{machine.name}", node=machine.name)
    control_plane.booted(world, machine.name)
    outages.power_on(world, machine.name)
    world.reality_changed(cause, before_ticks=True)


def heal(world: "World", a: str, b: str) -> None:
    """Mend a cable; or all that was done to one machine: its network, and its disk."""
    seat = world.consensus.state.seats.get(a)
    is_slow = not b and seat is not None and seat.fsync > 0
    if is_slow:
        slow_disk(world, a, 0)
        if not any(a in pair and "*" in pair for pair in world.links.faulty_pairs()):
            return
    cable_faults.heal(world, a, b)


def slow_disk(world: "World", name: str, ms: Duration) -> None:
    """Let the disk of a control plane node take so long for each fsync; 0 ends it."""
    machine = world.machine(name)
    seat = world.consensus.state.seats.get(name)
    if machine.role != machines.CONTROL_PLANE or seat is None:
        raise Refused("not-a-control-plane-node", node=name)
    if not 0 <= ms <= FSYNC_MAX:
        raise Refused("fsync-out-of-range", limit=FSYNC_MAX)
    if ms == seat.fsync == 0:
        raise Refused("disk-not-slow", node=name)
    if ms:
        world.fault("disk-slow", f"Machine/{name}", node=name, ms=ms)
    else:
        world.fault("disk-healthy", f"Machine/{name}", node=name)
    world.consensus.slow_disk(name, ms, world.now)
    _expect_lease(world)


def _expect_lease(world: "World") -> None:
    """Renewals of leases are silent, but a slow disk has to write each of them."""
    seats = world.consensus.state.seats.values()
    if not any(seat.fsync for seat in seats):
        return
    settings = world.settings
    nodes = settings.lease_renew_interval // max(1, len(world.heartbeats.state.hearts))
    # Each node's lease, and those of the two offices, share the ten seconds evenly.
    office = settings.leader_retry_period // len(offices.OFFICES)
    due = world.now + max(LEASES_APART_MIN, nodes * office // (nodes + office))
    world.consensus.state.lease_due = due
    world.timeline.at(due, "disk/lease", "", (due,), Phase.API)


def lease_written(world: "World", event: Event) -> None:
    """Somebody renews a lease."""
    if event.data == (world.consensus.state.lease_due,):
        world.consensus.write_lease(world.now)
        _expect_lease(world)


def provoke_split_vote(world: "World") -> None:
    """Let the election timers of all members that hear each other run out at once."""
    consensus = world.consensus
    heard = {name: world.members_in_touch(name) for name in consensus.state.seats}
    voters = consensus.membership().voters
    among = max(heard.values(), key=len, default=[])
    rivals = [n for n in voters if n in among and set(among) <= set(heard[n])]
    if len(rivals) < max(2, needed(len(voters))):
        raise Refused("split-vote-alone", up=len(rivals))
    if not consensus.can_run_out_together(rivals):
        raise Refused("split-vote-too-far")
    world.fault("election-timers-set", "Member/etcd", members=", ".join(rivals))
    consensus.run_out_together(rivals, world.now)


def kill_container(world: "World", pod_key: str, container: str) -> None:
    """Kill a container's process; the kubelet sees it and restarts the container."""
    pod = world.store.get(Pod, pod_key)
    if pod is None:
        world.refuse_missing("Pod", pod_key)
    machine = world.machines.get(pod.spec.node_name)
    running = machines.processes_of(machine, pod.metadata.uid) if machine else []
    named = [each for each in running if not container or each.container == container]
    if machine is None or not named:
        raise Refused("container-not-running", pod=pod_key)
    cause = world.fault("container-killed", f"Pod/{pod_key}", pod=pod_key)
    world.kubelets.kill(world, machine.name, pod.metadata.uid, named[0].container, cause)
    world.traffic_changed(cause)


def kill_process(world: "World", name: str, process: str) -> None:
    """Kill a service of a machine: what it looked after goes on without it."""
    machine = _running(world, name, process)
    if process in control_plane.PROCESSES:
        control_plane.kill(world, name, process)
        return
    if process in machine.stopped:
        since = machine.stopped[process]
        raise Refused("process-not-running", process=process, node=name, since=since)
    cause = world.fault("process-killed", f"Machine/{name}", process=process, node=name)
    machine.stopped[process] = world.now
    if process == KUBE_PROXY:
        _kill_proxy(world, machine, cause)
    else:
        outages.stopped(world, name, process)
    world.reality_changed(cause)


def start_process(world: "World", name: str, process: str) -> None:
    """Start a service of a machine that was killed."""
    machine = _running(world, name, process)
    if process not in machine.stopped:
        raise Refused("process-runs", process=process, node=name)
    if process in control_plane.PROCESSES:
        raise Refused("process-started-by-kubelet", process=process, node=name)
    cause = world.fault("process-started", f"Machine/{name}", process=process, node=name)
    del machine.stopped[process]
    if process == KUBE_PROXY:
        _thaw_proxy(world, name)
    else:
        outages.started(world, name, process)
    world.reality_changed(cause)


def _running(world: "World", name: str, process: str) -> machines.Machine:
    machine = world.machine(name)
    is_control_plane = machine.role == machines.CONTROL_PLANE
    if process not in (*SERVICES, *(control_plane.PROCESSES if is_control_plane else ())):
        raise Refused("process-unknown", process=process, node=name)
    if not machine.is_on:
        raise Refused("process-on-machine-off", node=name)
    return machine


def _kill_proxy(world: "World", machine: machines.Machine, cause: int) -> None:
    """The rules in the kernel stay as they are. The kubelet starts the container again."""
    world.traffic.freeze(world, machine.name)
    for key in sorted(machine.processes):
        process = machine.processes[key]
        if process.container == KUBE_PROXY:
            world.kubelets.kill(world, machine.name, process.pod_uid, KUBE_PROXY, cause)


def _thaw_proxy(world: "World", name: str) -> None:
    if world.readers.connected(name):
        world.traffic.thaw(world, name)


def container_started(world: "World", name: str, container: str) -> None:
    """A container runs: if it is kube-proxy, the rules of its machine are kept up again."""
    machine = world.machines[name]
    if container == KUBE_PROXY and machine.stopped.pop(KUBE_PROXY, None) is not None:
        world.story("process-started", f"Machine/{name}", (), process=KUBE_PROXY, node=name)
        _thaw_proxy(world, name)


def add_worker(world: "World") -> None:
    """Plug in one more worker; it boots and registers."""
    workers = [each for each in world.machines.values() if each.role == machines.WORKER]
    if len(workers) >= WORKERS_MAX:
        raise Refused("too-many-workers", limit=WORKERS_MAX)
    machine = machine_room.new_worker(world)
    world.fault("worker-added", f"Machine/{machine.name}", node=machine.name)
    due = machines.switch_on(machine, world.now, world.settings.boot_duration, world.dice)
    world.timeline.at(due, "machine/booted", machine.name, (machine.boots,), Phase.REALITY)


def remove_worker(world: "World", name: str) -> None:
    """Take a worker away for good: power and Node object."""
    machine = world.machine(name)
    if machine.role != machines.WORKER:
        raise Refused("not-a-worker", node=name)
    if machine.power == machines.OFF:
        world.fault("worker-removed", f"Machine/{name}", node=name)
    else:
        power_goes(world, name, "worker-removed")
    aftermath.dismiss(world, name)
    machine_room.forget_machine(world, name)


HANDLERS = {"disk/lease": lease_written, "machine/booted": booted}
