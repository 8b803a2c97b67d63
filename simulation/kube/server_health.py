"""What becomes of an API server whose etcd has no quorum.

It goes on listening. Its watch cache answers what may be of any age, until it has heard nothing of
etcd for half a minute; then it closes the watches of its clients. The check of etcd in /livez
fails, so its kubelet restarts it after eight probes; and a server that starts without its etcd
never gets through its first minute. Sources: staging/apiserver/pkg/storage/cacher (30 s =
MaxInternalErrorRetryDuration), kubeadm's static pods (livenessProbe 10 s, 8 failures),
pkg/registry/core/rest/storage_core.go ("unable to perform initial IP and Port allocation check").
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import State
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import MINUTE, SECOND, Duration, Instant
from simulation.kube import control_plane
from simulation.kube.control_plane import API_SERVER
from simulation.kube.kubelet import liveness

if TYPE_CHECKING:
    from simulation.kube.world import World

CACHE_KEPT: Duration = 30 * SECOND
CHECK_TIMEOUT: Duration = 2 * SECOND
"""Of the check of etcd behind /livez and /readyz."""
PROBE_PERIOD: Duration = 10 * SECOND
START_LIMIT: Duration = MINUTE
UNWELL = "Liveness probe failed: HTTP probe failed with statuscode: 500"


class Health(State):
    """How one API server stands with its etcd."""

    without_etcd_since: Instant | None = None
    attempt: int = 0
    """Raised at every change, so that a timer of an earlier one does nothing."""
    has_cache: bool = True
    is_starting: bool = False
    """Its process runs and waits for etcd; it does not listen yet."""


class ServerHealthState(State):
    """What a checkpoint keeps of it."""

    servers: dict[str, Health] = {}


class ServerHealth:
    """The health of all API servers of a lab."""

    def __init__(self, state: ServerHealthState | None = None) -> None:
        self.state = state or ServerHealthState()

    def of(self, name: str) -> Health:
        """Return how an API server stands."""
        return self.state.servers.setdefault(name, Health())

    def has_cache(self, name: str) -> bool:
        """Tell whether an API server still answers from its watch cache."""
        health = self.state.servers.get(name)
        return health is None or health.has_cache

    def review(self, world: "World", cause: int = 0) -> None:
        """Reality changed: see which API servers have lost their etcd or have it again."""
        for name in sorted(world.api.state.servers):
            health = self.of(name)
            is_healthy = world.is_in_quorum(name)
            if health.is_starting:
                if is_healthy:
                    self._serve(world, name, health, cause)
            elif is_healthy:
                _recover(health)
            elif health.without_etcd_since is None and world.api.state.servers[name].alive:
                self._lose_etcd(world, name, health)

    def _lose_etcd(self, world: "World", name: str, health: Health) -> None:
        health.attempt += 1
        health.without_etcd_since = world.now
        data = (health.attempt,)
        due = world.now + CACHE_KEPT
        world.timeline.at(due, "server-health/cache-lost", name, data, Phase.REALITY)
        fails = liveness.fails_at(world, name, API_SERVER, world.now)
        if fails is not None:
            due = fails + CHECK_TIMEOUT
            world.timeline.at(due, "server-health/unwell", name, data, Phase.REALITY)

    def _serve(self, world: "World", name: str, health: Health, cause: int = 0) -> None:
        health.is_starting = False
        _recover(health)
        causes = (cause,) if cause else ()
        world.story("api-server-ready", f"Machine/{name}", causes, node=name)
        world.api.returned(world, name)

    def process_started(self, world: "World", name: str, cause: int = 0) -> None:
        """An API server's process started: it serves as soon as its etcd answers."""
        health = self.of(name)
        _recover(health)
        if world.is_in_quorum(name):
            health.is_starting = False
            world.api.returned(world, name)
            return
        health.is_starting = True
        causes = (cause,) if cause else ()
        world.story("api-server-waits", f"Machine/{name}", causes, node=name)
        self._limit_start(world, name, health)

    def process_ended(self, name: str) -> None:
        """An API server's process is gone, and all that it remembered."""
        health = self.of(name)
        health.is_starting = False
        _recover(health)

    def _limit_start(self, world: "World", name: str, health: Health) -> None:
        data = (health.attempt,)
        due = world.now + START_LIMIT
        world.timeline.at(due, "server-health/gave-up", name, data, Phase.REALITY)

    def _is_stale(self, event: Event) -> bool:
        health = self.state.servers.get(event.subject)
        return health is None or health.attempt != int(event.data[0])

    def cache_lost(self, world: "World", event: Event) -> None:
        """The cache has heard nothing of etcd for too long: watches are closed."""
        if self._is_stale(event):
            return
        name = event.subject
        self.of(name).has_cache = False
        seconds = CACHE_KEPT // SECOND
        causes = (world.last_fault,) if world.last_fault else ()
        world.story("api-cache-lost", f"Machine/{name}", causes, node=name, seconds=seconds)
        watching = [each for each in world.readers.state.readers.values() if each.server == name]
        if any(world.api.pick(world, each.machine) != name for each in watching):
            world.readers.server_lost(world, name)

    def unwell(self, world: "World", event: Event) -> None:
        """The liveness probe failed too often: the kubelet restarts the API server."""
        name = event.subject
        if self._is_stale(event):
            return
        if not world.kubelets.works(world, name):
            due = world.now + PROBE_PERIOD
            world.timeline.at(due, event.purpose, name, event.data, Phase.REALITY)
            return
        causes = (world.last_fault,) if world.last_fault else ()
        world.story("api-server-unwell", f"Machine/{name}", causes, node=name)
        liveness.fail(world, name, API_SERVER, UNWELL)

    def gave_up(self, world: "World", event: Event) -> None:
        """A starting API server had no etcd for a minute: its process ends."""
        name = event.subject
        health = self.of(name)
        if self._is_stale(event) or not health.is_starting:
            return
        if liveness.process_of(world, name, API_SERVER) is None:
            # Its machine has just booted and its container is only being set up.
            self._limit_start(world, name, health)
            return
        causes = (world.last_fault,) if world.last_fault else ()
        cause = world.story("api-server-gave-up", f"Machine/{name}", causes, node=name)
        control_plane.end(world, name, API_SERVER, cause)


def _recover(health: Health) -> None:
    health.attempt += 1
    health.without_etcd_since = None
    health.has_cache = True


HANDLERS = {
    "server-health/cache-lost": lambda world, event: world.server_health.cache_lost(world, event),
    "server-health/gave-up": lambda world, event: world.server_health.gave_up(world, event),
    "server-health/unwell": lambda world, event: world.server_health.unwell(world, event),
}
