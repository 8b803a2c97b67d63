"""The users: how many requests they send, and what becomes of them.

Rates are solved when something changes that a request could meet, and totals are rate times time,
with the remainder carried on, so that what was sent is always what was answered or failed. No
event happens while nothing changes.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record, State
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import SECOND, Duration, Instant, MilliCpu
from simulation.kube import machines
from simulation.kube.images import parse_reference, profile_of
from simulation.kube.indexes import PODS_BY_NAMESPACE
from simulation.kube.network import complaints
from simulation.kube.network.flows import (
    ANSWERS,
    CONNECT_TIMEOUT,
    REFUSES,
    ROUND_TRIPS,
    SILENT,
    Rates,
    Target,
    solve,
)
from simulation.kube.network.knowledge import Frozen, Tables, freeze, tables_known, tables_of
from simulation.kube.network.links import INTERNET
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.routing import route
from simulation.kube.view import View

if TYPE_CHECKING:
    from simulation.kube.world import World

INGRESS_LABELS = {"app.kubernetes.io/name": "ingress-nginx"}
HEALTH_CHECK: Duration = 4 * SECOND
"""The balancer outside finds out that an ingress controller is gone, or back."""

BURST_PERCENT = 130
"""What a pod without a limit can use of its request while its machine is not crowded."""


class Route(State):
    """What users ask for, and how it went so far."""

    rps: int = 0
    rates: Rates = Rates()
    service: str = ""
    sent: int = 0
    """Thousandths of requests, as are the following."""
    ok: int = 0
    slow: int = 0
    failed: dict[str, int] = {}


class TrafficState(State):
    """What a checkpoint keeps of the traffic."""

    routes: dict[str, Route] = {}
    frozen: dict[str, Frozen] = {}
    """Machine to what its proxies knew when their watch broke."""
    rotation: dict[str, bool] = {}
    """Ingress pods that the balancer outside sends users to."""
    solved_at: Instant = 0
    solve_due: Instant = -1
    had_quorum: bool = True
    load: dict[str, MilliCpu] = {}
    """Pod to the CPU that its requests take."""


class Found(Record):
    """Where a request was led."""

    backend: str
    targets: tuple[Target, ...]


class Traffic:
    """All routes of a lab."""

    def __init__(self, state: TrafficState) -> None:
        self.state = state

    # --- being told

    def set_load(self, world: "World", name: str, rps: int) -> None:
        """Let the users ask for a route so many times a second."""
        self.state.routes.setdefault(name, Route()).rps = rps
        self.changed(world)

    def is_led(self, world: "World", name: str) -> bool:
        """Tell whether any rule of an Ingress means a route, as the newest belief has it."""
        host, slash, path = name.partition("/")
        rules = tables_of(View(world.store)).rules
        return route(list(rules), host, slash + path) is not None

    def changed(self, world: "World") -> None:
        """Something changed that requests meet: solve anew at the end of this instant."""
        if self.state.solve_due != world.now:
            self.state.solve_due = world.now
            world.timeline.at(world.now, "traffic/solve", "", (world.now,), Phase.TRAFFIC)

    def news(self, world: "World", machine: str) -> None:
        """A machine's proxies heard of new endpoints: they act within their next sync.

        Users come in by the ingress controllers alone, so what other machines know costs nothing.
        """
        if not any(pod.spec.node_name == machine for _, pod in self.ingress_pods(world)):
            return
        due = world.now + world.dice.between(200, 1000, "proxy sync", machine, world.now)
        world.timeline.at(due, "traffic/solve", machine, (due,), Phase.TRAFFIC)

    def freeze(self, world: "World", machine: str) -> None:
        """A machine's watch broke: its proxies keep what they know."""
        self.state.frozen[machine] = freeze(world, machine)

    def thaw(self, world: "World", machine: str) -> None:
        """A machine's watch is back."""
        if self.state.frozen.pop(machine, None) is not None:
            self.news(world, machine)

    # --- solving

    def solve(self, world: "World", event: Event) -> None:
        """Settle the totals so far and find the rates that hold from now on."""
        self.settle(world)
        self._check_rotation(world)
        doors = self._doors(world)
        before = complaints.failing(self.state.routes)
        load: dict[str, MilliCpu] = {}
        for name in sorted(self.state.routes):
            each = self.state.routes[name]
            each.rates, each.service = self._fare(world, name, each.rps, doors)
            for pod, rate in each.rates.pods:
                load[pod] = load.get(pod, 0) + self._cpu_of(world, pod, rate)
        self.state.load = load
        complaints.tell(world, before, complaints.failing(self.state.routes))
        world.traffic_solved()

    def settle(self, world: "World") -> None:
        """Add what happened since the last change to the totals."""
        elapsed = world.now - self.state.solved_at
        self.state.solved_at = world.now
        if elapsed <= 0:
            return
        for each in self.state.routes.values():
            rates = each.rates
            # Thousandths a second times milliseconds: millionths, kept exactly.
            each.sent += rates.total() * elapsed
            each.ok += rates.ok * elapsed
            each.slow += rates.slow * elapsed
            for cause, rate in rates.failed.items():
                each.failed[cause] = each.failed.get(cause, 0) + rate * elapsed

    def ingress_pods(self, world: "World") -> list[tuple[str, Pod]]:
        """Return the ingress controller's pods that have been placed."""
        return [
            (key, pod)
            for key, pod in world.store.by(PODS_BY_NAMESPACE, "ingress-nginx")
            if isinstance(pod, Pod)
            and INGRESS_LABELS.items() <= pod.metadata.labels.items()
            and pod.spec.node_name
        ]

    def _is_serving(self, world: "World", pod: Pod, port: int | None = None) -> bool:
        machine = world.machines.get(pod.spec.node_name)
        return machine is not None and machines.is_serving(
            machine, pod.metadata.uid, world.now, port
        )

    def _check_rotation(self, world: "World") -> None:
        """Note which doors are open; the balancer follows after its health check."""
        pods = self.ingress_pods(world)
        now_open = {
            key: self._is_serving(world, pod)
            and world.links.both_ways(INTERNET, pod.spec.node_name)
            for key, pod in pods
        }
        if any(self.state.rotation.get(key) != is_open for key, is_open in now_open.items()):
            if not self.state.rotation:
                self.state.rotation = now_open
            due = world.now + HEALTH_CHECK
            world.timeline.at(due, "traffic/health", "", (), Phase.TRAFFIC)
        for key in [key for key in self.state.rotation if key not in now_open]:
            del self.state.rotation[key]

    def health(self, world: "World", event: Event) -> None:
        """The balancer's health check: doors that do not answer leave the rotation."""
        rotation = {
            key: self._is_serving(world, pod)
            and world.links.both_ways(INTERNET, pod.spec.node_name)
            for key, pod in self.ingress_pods(world)
        }
        if rotation != self.state.rotation:
            self.state.rotation = rotation
            self.changed(world)

    def _doors(self, world: "World") -> list[tuple[str, bool, Tables]]:
        """Return (machine, does it answer, what it knows) of each door users are sent to."""
        doors = []
        for key, pod in self.ingress_pods(world):
            if self.state.rotation.get(key):
                machine = pod.spec.node_name
                answers = self._is_serving(world, pod) and world.links.both_ways(INTERNET, machine)
                doors.append((machine, answers, tables_known(world, machine)))
        return doors

    def _fare(
        self, world: "World", name: str, rps: int, doors: list[tuple[str, bool, Tables]]
    ) -> tuple[Rates, str]:
        rate = rps * 1000
        if not doors:
            return Rates(failed={"unreachable": rate} if rate else {}), ""
        parts, service = [], ""
        host, _, path = name.partition("/")
        for number, (machine, answers, tables) in enumerate(doors):
            share = rate // len(doors) + (number < rate % len(doors))
            if not answers:
                parts.append(Rates(failed={"connect-timeout": share} if share else {}))
                continue
            found = self.lead(world, machine, tables, host, f"/{path}")
            if found is None:
                parts.append(Rates(failed={"not-found": share} if share else {}, latency_ms=2))
                continue
            service = found.backend
            late = ROUND_TRIPS * world.links.round_trip_lag(INTERNET, machine)
            halved = [
                Target(each.pod, each.state, each.capacity // len(doors), each.late_ms + late)
                for each in found.targets
            ]
            parts.append(solve(share, halved))
        return combine(parts), service.rpartition(":")[0]

    def lead(
        self, world: "World", machine: str, tables: Tables, host: str, path: str
    ) -> Found | None:
        """Return where an ingress controller on a machine leads a request."""
        rule = route(list(tables.rules), host, path)
        if rule is None:
            return None
        peers = tables.peers.get(rule.backend, ())
        targets = tuple(self.target(world, machine, peer.pod, peer.ip, peer.port) for peer in peers)
        return Found(rule.backend, targets)

    def target(self, world: "World", machine: str, key: str, ip: str, port: int) -> Target:
        """Return an endpoint as a request from a machine finds it in reality."""
        pod = world.store.get(Pod, key)
        if not isinstance(pod, Pod):
            return Target(key, self._address_state(world, machine, ip))
        there = pod.spec.node_name
        lag = world.links.round_trip_lag(machine, there)
        if not world.is_up(there) or not world.links.both_ways(machine, there):
            return Target(key, SILENT)
        if lag >= CONNECT_TIMEOUT:
            return Target(key, SILENT)
        if not self._is_serving(world, pod, port):
            return Target(key, REFUSES)
        return Target(key, ANSWERS, self._capacity(world, pod), ROUND_TRIPS * lag)

    def _address_state(self, world: "World", machine: str, ip: str) -> str:
        """Return how an address answers whose pod the API has forgotten."""
        for name in sorted(world.machines):
            there = world.machines[name]
            if any(process.pod_ip == ip for process in there.processes.values()):
                return REFUSES if world.links.both_ways(machine, name) else SILENT
        return SILENT

    def _capacity(self, world: "World", pod: Pod) -> int:
        per_core = _rps_per_core(world, pod)
        request = sum(each.resources.requests.cpu or 100 for each in pod.spec.containers)
        return per_core * request * BURST_PERCENT // 100

    def _cpu_of(self, world: "World", key: str, rate: int) -> MilliCpu:
        pod = world.store.get(Pod, key)
        return rate // max(_rps_per_core(world, pod), 1) if isinstance(pod, Pod) else 0

    def load_by_uid(self, world: "World") -> dict[str, MilliCpu]:
        """Return the CPU that requests take in each pod, by uid."""
        found = {}
        for key, cpu in self.state.load.items():
            pod = world.store.get(Pod, key)
            if pod is not None:
                found[pod.metadata.uid] = cpu
        return found


def _rps_per_core(world: "World", pod: Pod) -> int:
    image = pod.spec.containers[0].image
    return profile_of(image, world.dice).capacity_rps if parse_reference(image) else 1


def combine(parts: list[Rates]) -> Rates:
    """Add up what went through several doors."""
    failed: dict[str, int] = {}
    pods: dict[str, int] = {}
    for part in parts:
        for cause, rate in part.failed.items():
            failed[cause] = failed.get(cause, 0) + rate
        for pod, rate in part.pods:
            pods[pod] = pods.get(pod, 0) + rate
    return Rates(
        sum(part.ok for part in parts),
        sum(part.slow for part in parts),
        dict(sorted(failed.items())),
        max((part.latency_ms for part in parts), default=0),
        tuple(sorted(pods.items())),
    )


HANDLERS = {
    "traffic/solve": lambda world, event: world.traffic.solve(world, event),
    "traffic/health": lambda world, event: world.traffic.health(world, event),
}
