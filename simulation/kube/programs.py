"""What a few programs of images do by the arguments they are given; nothing is executed.

Known are those that the exercises of the documentation are built on: `stress` of Debian and Alpine,
`stress` by vishh, and agnhost, the test program of Kubernetes. An argument that changes nothing that
is simulated is passed over.
"""

from collections.abc import Callable, Mapping

from simulation.kernel.records import Record
from simulation.kernel.units import GIB, MIB, MILLISECOND, SECOND, Bytes, Duration, MilliCpu
from simulation.kube.rules.quantities import whole
from simulation.kube.shell import FOREVER

Arguments = tuple[str, ...]

TAKES_MEMORY_AFTER: Duration = 150 * MILLISECOND
"""From the start of a program until it has touched all the memory that it wants."""
OVERHEAD: Bytes = MIB
EXIT_SOON: Duration = 200 * MILLISECOND
DIGITS = 12
"""A longer number is no number of workers, bytes or seconds that anybody means."""

STRESS_WORKER: Bytes = 256 * MIB
"""stress(1): --vm-bytes B, default is 256MB."""
STRESS_BYTES = {"": 1, "B": 1, "K": 1_024, "M": MIB, "G": GIB}
STRESS_TIMES = {"": 1, "S": 1, "M": 60, "H": 3_600, "D": 86_400, "Y": 31_556_952}
STRESS_FLAGS = {"m": "vm", "c": "cpu", "i": "io", "d": "hdd", "t": "timeout"}

HEALTHY_FOR: Duration = 10 * SECOND
"""test/images/agnhost/liveness/server.go: 200 up to ten seconds, then 500."""
AGNHOST_PORTS = {
    "liveness": 8080,
    "netexec": 8080,
    "nettest": 8080,
    "serve-hostname": 9376,
    "test-webserver": 80,
}


class Doing(Record):
    """What a program does beside what its image says of it."""

    ports: tuple[int, ...] | None = None
    """Where it listens; None if that is not known."""
    memory: Bytes = 0
    cpu: MilliCpu = 0
    """What it would take if nothing limited it."""
    fails_after: Duration | None = None
    """From when on it answers requests with 500."""
    exits_after: Duration | None = None


def options_of(arguments: Arguments) -> dict[str, str]:
    """Return what follows each flag: `--vm 1`, `--vm=1` and `-vm 1` are the same."""
    found: dict[str, str] = {}
    for number, word in enumerate(arguments):
        if not word.startswith("-"):
            continue
        name, equals, value = word.lstrip("-").partition("=")
        following = arguments[number + 1] if number + 1 < len(arguments) else ""
        found[name] = value if equals or following.startswith("-") else following
    return found


def _stress(arguments: Arguments) -> Doing:
    """stress(1): workers that take memory and CPU, for a while or for ever."""
    given = {STRESS_FLAGS.get(name, name): text for name, text in options_of(arguments).items()}
    workers = _scaled(given.get("vm", "0"), STRESS_BYTES)
    each = _scaled(given.get("vm-bytes", ""), STRESS_BYTES) or STRESS_WORKER
    # A worker that hangs sleeps on what it took, others touch it again and again.
    busy = sum(_scaled(given.get(name, "0"), STRESS_BYTES) for name in ("cpu", "io", "hdd"))
    busy += 0 if "vm-hang" in given else workers
    if not workers and not busy:
        return Doing((), exits_after=EXIT_SOON)
    lasts = _scaled(given.get("timeout", ""), STRESS_TIMES)
    ends = min(lasts * SECOND, FOREVER) if lasts else None
    return Doing((), OVERHEAD + workers * each, busy * 1_000, exits_after=ends)


def _scaled(text: str, units: Mapping[str, int]) -> int:
    """Return a number of stress(1) with its unit, 0 if it is none."""
    digits = text.rstrip("BKMGSHDYbkmgshdy")
    unit = units.get(text[len(digits) :].upper())
    if unit is None or not (digits.isascii() and digits.isdigit()) or len(digits) > DIGITS:
        return 0
    return int(digits) * unit


def _stress_by_vishh(arguments: Arguments) -> Doing:
    """github.com/vishh/stress: -mem-total QUANTITY and -cpus N."""
    given = options_of(arguments)
    try:
        memory = max(0, whole(given.get("mem-total", "0")))
    except ValueError:
        memory = 0
    return Doing((), OVERHEAD + memory, _scaled(given.get("cpus", "0"), STRESS_BYTES) * 1_000)


def _agnhost(arguments: Arguments) -> Doing:
    """registry.k8s.io/e2e-test-images/agnhost: its first argument says as what it serves."""
    serves_as = next((word for word in arguments if not word.startswith("-")), "pause")
    if serves_as == "pause":
        return Doing(())
    if serves_as not in AGNHOST_PORTS:
        return Doing(None)
    given = options_of(arguments)
    port = _scaled(given.get("http-port") or given.get("port", ""), STRESS_BYTES)
    fails = HEALTHY_FOR if serves_as == "liveness" else None
    return Doing((port or AGNHOST_PORTS[serves_as],), fails_after=fails)


PROGRAMS: dict[str, Callable[[Arguments], Doing]] = {
    "agnhost": _agnhost,
    "stress": _stress,
    "stress by vishh": _stress_by_vishh,
}
"""By the name in an image's profile."""
