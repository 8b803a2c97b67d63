"""Reality: the machines, what is switched on, and the processes that run there.

Nothing here is known to anybody until it is reported. A container that runs on a machine is a
process of that machine, whatever the API server believes about its pod; when the power goes, all
processes end, and nobody is told.
"""

from simulation.kernel.dice import Dice
from simulation.kernel.records import Record, State
from simulation.kernel.units import GIB, MIB, Bytes, Duration, Instant, MilliCpu

ON = "on"
OFF = "off"
BOOTING = "booting"
CONTROL_PLANE = "control-plane"
WORKER = "worker"

SYSTEM_MEMORY: Bytes = 350 * MIB
"""What the operating system and the kubelet take for themselves."""
SYSTEM_CPU: MilliCpu = 40
BOOT_JITTER_PERCENT = 15
"""No two machines start equally fast."""


class Process(State):
    """A container that really runs."""

    pod_uid: str
    pod_key: str
    container: str
    image: str
    pod_ip: str
    started: Instant
    serves_from: Instant
    """When the program inside answers requests."""
    ports: tuple[int, ...] | None = None
    """Where it listens; None is wherever asked."""
    idle_cpu: MilliCpu = 1
    memory: Bytes = 24 * MIB
    stopping: bool = False


class Machine(State):
    """A computer, virtual or not."""

    name: str
    role: str = WORKER
    zone: str = ""
    cpu: MilliCpu = 2_000
    memory: Bytes = 4 * GIB
    disk: Bytes = 40 * GIB
    power: str = ON
    boots: int = 1
    since: Instant = 0
    """When the power last changed."""
    ready_at: Instant = 0
    """While it is booting: when that will be done."""
    address: str = ""
    pod_cidr: str = ""
    addresses_given: int = 0
    images: dict[str, Bytes] = {}
    """What is on its disk; survives a power cut."""
    processes: dict[str, Process] = {}
    """By "pod uid/container"."""
    filled: Bytes = 0
    """What somebody else than images and containers takes of its disk."""
    stopped: dict[str, Instant] = {}
    """Services of the machine itself that do not run, such as its kubelet, and since when."""

    @property
    def is_on(self) -> bool:
        """Tell whether programs can run."""
        return self.power == ON


class Usage(Record):
    """What a machine's processes take."""

    cpu: MilliCpu
    memory: Bytes


def switch_off(machine: Machine, now: Instant) -> list[Process]:
    """Cut the power: every process ends at once. Return those that ended."""
    ended = [machine.processes[key] for key in sorted(machine.processes)]
    machine.power = OFF
    machine.since = now
    machine.processes = {}
    return ended


def switch_on(machine: Machine, now: Instant, boot_duration: Duration, dice: Dice) -> Instant:
    """Give power: the machine boots. Return when it will have done so."""
    jitter = boot_duration * BOOT_JITTER_PERCENT // 100
    shift = dice.between(-jitter, jitter, "boot", machine.name, machine.boots)
    machine.power = BOOTING
    machine.since = now
    machine.ready_at = now + boot_duration + shift
    return machine.ready_at


def finish_boot(machine: Machine, now: Instant) -> None:
    """The operating system runs; its services start now."""
    machine.power = ON
    machine.since = now
    machine.boots += 1
    machine.ready_at = now
    machine.stopped = {}


def process_key(pod_uid: str, container: str) -> str:
    """Return the key of a container's process."""
    return f"{pod_uid}/{container}"


def processes_of(machine: Machine, pod_uid: str) -> list[Process]:
    """Return the processes of a pod, in the order of their names."""
    prefix = f"{pod_uid}/"
    return [machine.processes[key] for key in sorted(machine.processes) if key.startswith(prefix)]


def own_ip(machine: Machine, pod_uid: str) -> str:
    """Return the address that a pod really has, as its own processes see it."""
    running = processes_of(machine, pod_uid)
    return running[0].pod_ip if running else ""


def is_serving(machine: Machine, pod_uid: str, now: Instant, port: int | None = None) -> bool:
    """Tell whether a process of the pod really answers, on that port if one is named."""
    return machine.is_on and any(
        process.serves_from <= now
        and (port is None or process.ports is None or port in process.ports)
        for process in processes_of(machine, pod_uid)
    )


def listener(machine: Machine, ip: str, port: int, now: Instant) -> str:
    """Return the pod that is known to listen on an address and port of a machine, else nothing."""
    for key in sorted(machine.processes):
        each = machine.processes[key]
        if each.pod_ip == ip and port in (each.ports or ()) and each.serves_from <= now:
            return each.pod_key
    return ""


def usage(machine: Machine, load: dict[str, MilliCpu]) -> Usage:
    """Return what is used: the idle needs of every process plus the load of each pod by uid."""
    if not machine.is_on:
        return Usage(0, 0)
    cpu, memory = SYSTEM_CPU, SYSTEM_MEMORY
    seen: list[str] = []
    for key in sorted(machine.processes):
        process = machine.processes[key]
        cpu += process.idle_cpu
        memory += process.memory
        if process.pod_uid not in seen:
            seen.append(process.pod_uid)
            cpu += load.get(process.pod_uid, 0)
    return Usage(min(cpu, machine.cpu), min(memory, machine.memory))


def next_pod_ip(machine: Machine) -> str:
    """Hand out the next free address of the machine's pod network, round and round."""
    network, _, _ = (machine.pod_cidr or "10.244.0.0/24").partition("/")
    prefix = network.rsplit(".", 1)[0]
    taken = [process.pod_ip for process in machine.processes.values()]
    for _ in range(253):
        machine.addresses_given = machine.addresses_given % 253 + 1
        address = f"{prefix}.{machine.addresses_given + 1}"
        if address not in taken:
            return address
    raise AssertionError(f"{machine.name} has no free address among 253")
