"""Images: how big they are, and how the program inside behaves.

Nothing is downloaded. Well-known images have a profile; any other that a registry has (see
`registries`) gets a size by a keyed roll, so that it is the same size in every run. What a program does when
it is given a command (`sleep 5`, `exit 1`, `while true`) is read off the command.
"""

import re

import msgspec

from simulation.kernel.dice import Dice
from simulation.kernel.records import Record
from simulation.kernel.units import MIB, MILLISECOND, SECOND, Bytes, Duration, MilliCpu
from simulation.kube import programs, shell
from simulation.kube.objects.pod import Container
from simulation.kube.shell import File, Said

DEFAULT_REGISTRY = "docker.io"

REFERENCE = re.compile(
    r"^(?:(?P<host>[a-zA-Z0-9.-]+(?::[0-9]+)?)/)?"
    r"(?P<path>[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?$"
)

SMALLEST_UNKNOWN_IMAGE = 20 * MIB
LARGEST_UNKNOWN_IMAGE = 300 * MIB
SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash")
QUICK_STOP: Duration = 600 * MILLISECOND
SLOW_STOP: Duration = 1_500 * MILLISECOND
EXIT_SOON: Duration = 200 * MILLISECOND


class Reference(Record):
    """An image name taken apart."""

    registry: str
    path: str
    tag: str
    digest: str = ""

    @property
    def name(self) -> str:
        """Return the full name, as a container runtime prints it."""
        tail = f"@{self.digest}" if self.digest else f":{self.tag}"
        return f"{self.registry}/{self.path}{tail}"


class Profile(Record):
    """What an image holds."""

    size: Bytes
    ready_after: Duration = 500 * MILLISECOND
    """From the start of the process until it answers."""
    stops_after: Duration | None = QUICK_STOP
    """From SIGTERM to the end of the process; None ignores it and waits for SIGKILL."""
    exits_after: Duration | None = None
    exit_code: int = 0
    ports: tuple[int, ...] | None = None
    """Where it listens; None if that is not known."""
    idle_cpu: MilliCpu = 1
    memory: Bytes = 24 * MIB
    capacity_rps: int = 200
    """Requests a second that one core of it can answer."""
    log: str = ""
    """All that it prints, if that is known."""
    program: str = ""
    """Its name among the programs whose arguments are understood (see `programs`)."""


class Behaviour(Record):
    """What the process of one container will do."""

    ready_after: Duration
    stops_after: Duration | None
    exits_after: Duration | None = None
    exit_code: int = 0
    ports: tuple[int, ...] | None = None
    """Where it listens; None if that is not known, and then it listens wherever asked."""
    files: tuple[File, ...] | None = None
    """What it makes; None if that is not known."""
    says: tuple[Said, ...] = ()
    tells_all: bool = False
    """Whether that is all that it prints."""
    memory: Bytes = 0
    """What it takes if nothing limits it; 0 if no more than its image says."""
    cpu: MilliCpu = 0
    fails_after: Duration | None = None
    """From when on it answers HTTP with 500."""


SHELL = Profile(2 * MIB, 0, None, EXIT_SOON, 0, ports=())
"""A base image: its default command is a shell, which ends at once without a terminal."""

PROFILES: dict[str, Profile] = {
    "docker.io/library/nginx": Profile(72 * MIB, 300, QUICK_STOP, ports=(80,)),
    "docker.io/nginxinc/nginx-unprivileged": Profile(72 * MIB, 300, QUICK_STOP, ports=(8080,)),
    "docker.io/library/httpd": Profile(58 * MIB, 400, QUICK_STOP, ports=(80,)),
    "docker.io/library/redis": Profile(50 * MIB, 300, QUICK_STOP, ports=(6379,)),
    "docker.io/library/postgres": Profile(160 * MIB, 3 * SECOND, SLOW_STOP, ports=(5432,)),
    "docker.io/library/mysql": Profile(240 * MIB, 8 * SECOND, SLOW_STOP, ports=(3306,)),
    "docker.io/library/mongo": Profile(260 * MIB, 3 * SECOND, SLOW_STOP, ports=(27017,)),
    "docker.io/library/memcached": Profile(34 * MIB, 200, QUICK_STOP, ports=(11211,)),
    "docker.io/library/rabbitmq": Profile(110 * MIB, 5 * SECOND, SLOW_STOP, ports=(5672,)),
    "docker.io/library/tomcat": Profile(180 * MIB, 4 * SECOND, SLOW_STOP, ports=(8080,)),
    "docker.io/library/wordpress": Profile(240 * MIB, 3 * SECOND, SLOW_STOP, ports=(80,)),
    "docker.io/library/busybox": SHELL,
    "registry.k8s.io/busybox": SHELL,
    "docker.io/library/alpine": Profile(4 * MIB, 0, None, EXIT_SOON, 0, ports=()),
    "docker.io/library/ubuntu": Profile(29 * MIB, 0, None, EXIT_SOON, 0, ports=()),
    "docker.io/library/debian": Profile(48 * MIB, 0, None, EXIT_SOON, 0, ports=()),
    "docker.io/library/python": Profile(360 * MIB, 0, None, EXIT_SOON, 0),
    "docker.io/library/node": Profile(390 * MIB, 0, None, EXIT_SOON, 0),
    "docker.io/library/perl": Profile(330 * MIB, 0, None, EXIT_SOON, 0),
    "docker.io/library/hello-world": Profile(
        MIB // 64, 0, None, EXIT_SOON, 0, log="Hello from Docker!"
    ),
    "docker.io/library/traefik": Profile(45 * MIB, 800, QUICK_STOP, ports=(80, 443)),
    "docker.io/hashicorp/http-echo": Profile(5 * MIB, 100, QUICK_STOP, ports=(5678,)),
    "docker.io/traefik/whoami": Profile(3 * MIB, 100, QUICK_STOP, ports=(80,)),
    "registry.k8s.io/pause": Profile(MIB // 3, 0, 100),
    "registry.k8s.io/etcd": Profile(60 * MIB, 800, QUICK_STOP),
    "registry.k8s.io/kube-apiserver": Profile(28 * MIB, 2 * SECOND, QUICK_STOP),
    "registry.k8s.io/kube-controller-manager": Profile(27 * MIB, 500, QUICK_STOP),
    "registry.k8s.io/kube-scheduler": Profile(21 * MIB, 500, QUICK_STOP),
    "registry.k8s.io/kube-proxy": Profile(30 * MIB, 500, QUICK_STOP),
    "registry.k8s.io/coredns/coredns": Profile(
        20 * MIB, 500, SLOW_STOP, ports=(53, 8080, 8181, 9153)
    ),
    "registry.k8s.io/metrics-server/metrics-server": Profile(22 * MIB, 2 * SECOND, QUICK_STOP),
    "registry.k8s.io/ingress-nginx/controller": Profile(
        115 * MIB, 1_500, SLOW_STOP, ports=(80, 443, 8443, 10254)
    ),
    "registry.k8s.io/e2e-test-images/agnhost": Profile(
        50 * MIB, 300, QUICK_STOP, program="agnhost"
    ),
    "docker.io/polinux/stress": Profile(4 * MIB, 0, QUICK_STOP, memory=MIB, program="stress"),
    "docker.io/vish/stress": Profile(2 * MIB, 0, QUICK_STOP, memory=MIB, program="stress by vishh"),
    "registry.k8s.io/hpa-example": Profile(170 * MIB, 500, QUICK_STOP, ports=(80,)),
    "registry.k8s.io/echoserver": Profile(17 * MIB, 300, QUICK_STOP, ports=(8080,)),
    "us-docker.pkg.dev/google-samples/containers/gke/gb-frontend": Profile(
        150 * MIB, 700, QUICK_STOP, ports=(80,)
    ),
    "us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower": Profile(
        40 * MIB, 500, QUICK_STOP, ports=(6379,)
    ),
    "us-docker.pkg.dev/google-samples/containers/gke/hello-app": Profile(
        11 * MIB, 200, QUICK_STOP, ports=(8080,)
    ),
    "gcr.io/google-samples/gb-frontend": Profile(150 * MIB, 700, QUICK_STOP, ports=(80,)),
    "gcr.io/google_samples/gb-redis-follower": Profile(40 * MIB, 500, QUICK_STOP, ports=(6379,)),
    "gcr.io/google-samples/hello-app": Profile(11 * MIB, 200, QUICK_STOP, ports=(8080,)),
    "shop.local/web": Profile(48 * MIB, SECOND, SLOW_STOP, memory=64 * MIB),
    "shop.local/cart": Profile(64 * MIB, 2 * SECOND, SLOW_STOP, memory=96 * MIB),
    "shop.local/pay": Profile(90 * MIB, 20 * SECOND, SLOW_STOP, memory=128 * MIB),
    "shop.local/report": Profile(40 * MIB, SECOND, SLOW_STOP, memory=64 * MIB),
}


def parse_reference(image: str) -> Reference | None:
    """Take an image name apart; None if no container runtime could."""
    found = REFERENCE.match(image)
    if found is None:
        return None
    host, path = found["host"], found["path"]
    if host is not None and "." not in host and ":" not in host and host != "localhost":
        host, path = None, f"{host}/{path}"
    if host in (None, DEFAULT_REGISTRY) and "/" not in path:
        path = f"library/{path}"
    tag = found["tag"] or ("" if found["digest"] else "latest")
    return Reference(host or DEFAULT_REGISTRY, path, tag, found["digest"] or "")


def profile_of(image: str, dice: Dice) -> Profile:
    """Return what an image holds; an unknown one gets a size by a roll of its name."""
    reference = parse_reference(image)
    assert reference is not None, f"{image} is no image name"
    known = PROFILES.get(f"{reference.registry}/{reference.path}")
    if known is not None:
        return known
    size = dice.between(SMALLEST_UNKNOWN_IMAGE, LARGEST_UNKNOWN_IMAGE, "image size", reference.name)
    return Profile(size)


def behaviour_of(
    image: str, command: tuple[str, ...], args: tuple[str, ...], dice: Dice
) -> Behaviour:
    """Return what a container of this image does when given this command."""
    profile = profile_of(image, dice)
    words = command + args
    script = _script_of(words) if words else None
    if script is None and profile.program:
        return _by_arguments(profile, command[1:] + args)
    if script is None:
        # Arguments for the image's own program change nothing that is simulated.
        return _as_built(profile)
    return _of_script(script, profile)


def program_of(container: Container, dice: Dice) -> Behaviour:
    """Return what a container does; where that is not known, it listens on the ports it declares."""
    behaviour = behaviour_of(container.image, container.command, container.args, dice)
    declared = tuple(each.container_port for each in container.ports if each.protocol == "TCP")
    if behaviour.ports is not None or not declared:
        return behaviour
    return msgspec.structs.replace(behaviour, ports=declared)


def _as_built(profile: Profile) -> Behaviour:
    return Behaviour(
        profile.ready_after,
        profile.stops_after,
        profile.exits_after,
        profile.exit_code,
        profile.ports,
        says=(Said(0, profile.log),) if profile.log else (),
        tells_all=bool(profile.log),
    )


def _by_arguments(profile: Profile, arguments: tuple[str, ...]) -> Behaviour:
    doing = programs.PROGRAMS[profile.program](arguments)
    return msgspec.structs.replace(
        _as_built(profile),
        exits_after=doing.exits_after,
        ports=doing.ports,
        memory=doing.memory,
        cpu=doing.cpu,
        fails_after=doing.fails_after,
    )


def _script_of(words: tuple[str, ...]) -> str | None:
    """Return the shell text of a command, or None if it is a program of the image."""
    if words[0] in SHELLS:
        return words[-1] if len(words) > 1 else ""
    program = words[0].rsplit("/", 1)[-1]
    if program in ("sleep", "false", "true", "exit", "echo", "cat", "ls", "date", "env", "printf"):
        return " ".join((program, *words[1:]))
    return None


def _of_script(text: str, profile: Profile) -> Behaviour:
    script = shell.read(text)
    # A loop or a sleep listens on nothing, what it hands over to is the image's own program.
    ports = profile.ports if script.hands_over else (*script.ports, *(profile.ports or ()))
    # A shell as process 1 has no handler for SIGTERM, so it waits for SIGKILL.
    return Behaviour(
        0,
        None,
        None if script.is_endless else script.lasts + EXIT_SOON,
        0 if script.is_endless else script.exit_code,
        ports,
        script.files,
        script.says,
        script.tells_all,
    )
