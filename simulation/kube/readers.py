"""Who has seen what: the watches that clients hold on API servers.

A reader is a place that watches: a machine (its kubelet and kube-proxy share one connection here),
or one of the elected processes. It holds a cursor on one API server. When the connection breaks
the cursor stands still, and what lives there goes on with what it last knew.
"""

from bisect import insort
from typing import TYPE_CHECKING

from simulation.kernel.records import State
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import SECOND, Instant
from simulation.kube.objects.pod import Pod
from simulation.kube.store import Change
from simulation.kube.view import View

if TYPE_CHECKING:
    from simulation.kube.world import World

ROUTED = ("EndpointSlice", "Ingress", "IngressClass", "Service")
"""Kinds that every machine's proxies watch, and so do ingress controllers."""

REFERENCED = ("ConfigMap", "Secret")
"""Kinds that pods refer to, and that kubelets watch for that."""

RECONNECT_AFTER = SECOND
"""client-go's reflectors and the kubelet retry about a second after a connection breaks."""


class Reader(State):
    """One place that watches."""

    name: str
    machine: str
    server: str = ""
    seen: int = 0
    since: Instant = 0
    """When the connection was made or lost."""


class ReadersState(State):
    """What a checkpoint keeps of the readers."""

    readers: dict[str, Reader] = {}
    delivering: dict[str, bool] = {}
    """API servers whose news are on their way."""


class News:
    """Changes, sorted once by the machines whose business they are.

    A kubelet's watch has a field selector: it hears of its own Node and of the pods bound to it.
    Routing tables concern every machine, and so may what pods refer to.
    """

    def __init__(self, changes: list[Change] | None) -> None:
        self.too_late = changes is None
        self.own: dict[str, list[Change]] = {}
        self.common: list[Change] = []
        for change in changes or ():
            if change.kind == "Node":
                self.own.setdefault(change.key, []).append(change)
            elif change.kind in ROUTED or change.kind in REFERENCED:
                self.common.append(change)
            elif change.kind == "Pod":
                sides = [each for each in (change.old, change.new) if isinstance(each, Pod)]
                for name in dict.fromkeys(each.spec.node_name for each in sides):
                    self.own.setdefault(name, []).append(change)

    def of(self, machine: str) -> list[Change]:
        """Return what a machine hears of them."""
        return self.own.get(machine, []) + self.common


class Readers:
    """All readers of a lab."""

    def __init__(self, state: ReadersState | None = None) -> None:
        self.state = state or ReadersState()
        self._names: list[str] = sorted(self.state.readers)

    def get(self, name: str) -> Reader:
        """Return a reader by name."""
        return self.state.readers[name]

    def add(self, world: "World", name: str, machine: str) -> Reader:
        """Start watching from a machine."""
        reader = Reader(name, machine, "", 0, world.now)
        if name not in self.state.readers:
            insort(self._names, name)
        self.state.readers[name] = reader
        self._attach(world, reader)
        return reader

    def remove(self, name: str) -> None:
        """Stop watching for good."""
        if self.state.readers.pop(name, None) is not None:
            self._names.remove(name)

    def view(self, world: "World", name: str) -> View:
        """Return belief as a reader knows it."""
        return View(world.store, self.state.readers[name].seen)

    def connected(self, name: str) -> bool:
        """Tell whether a reader hears anything at the moment."""
        reader = self.state.readers.get(name)
        return reader is not None and bool(reader.server)

    def news(self, world: "World", server: str) -> None:
        """An API server has applied something: tell its readers soon."""
        if not self.state.delivering.get(server):
            self.state.delivering[server] = True
            due = world.now + world.settings.watch_latency
            world.timeline.at(due, "watch/deliver", server, (), Phase.WATCH)

    def deliver(self, world: "World", event: Event) -> None:
        """Bring the readers of one API server up to date."""
        self.state.delivering[event.subject] = False
        if event.subject not in world.api.state.servers:
            return
        seen = world.api.state.servers[event.subject].seen
        since: dict[int, News] = {}
        for name in list(self._names):
            reader = self.state.readers.get(name)
            if reader is None or reader.server != event.subject or reader.seen >= seen:
                continue
            if name not in world.machines:
                self._advance(world, reader, seen)
                continue
            if reader.seen not in since:
                since[reader.seen] = News(_fresh(world, reader.seen, seen))
            news, reader.seen = since[reader.seen], seen
            # Of thousands of machines a change is news for a few.
            if news.too_late or news.common or name in news.own:
                self._tell(world, reader, None if news.too_late else news.of(name))

    def _advance(self, world: "World", reader: Reader, seen: int) -> None:
        changes = _fresh(world, reader.seen, seen)
        reader.seen = seen
        self._tell(world, reader, changes)

    def _tell(self, world: "World", reader: Reader, changes: list[Change] | None) -> None:
        if changes is None:
            world.relisted(reader)
        elif changes:
            world.heard(reader, changes)

    def _usable(self, world: "World", reader: Reader) -> bool:
        servers = world.api.state.servers
        return (
            reader.server in servers
            and servers[reader.server].alive
            and world.is_up(reader.server)
            and world.links.both_ways(reader.server, reader.machine)
        )

    def _attach(self, world: "World", reader: Reader) -> None:
        if not world.is_up(reader.machine):
            return
        server = world.api.pick(world, reader.machine)
        if not server:
            due = world.now + RECONNECT_AFTER
            world.timeline.at(due, "watch/reconnect", reader.name, (), Phase.WATCH)
            return
        reader.server, reader.since = server, world.now
        world.reader_connected(reader)
        seen = world.api.state.servers[server].seen
        if reader.seen < seen:
            self._advance(world, reader, seen)

    def reconnect(self, world: "World", event: Event) -> None:
        """Try once more to reach an API server."""
        reader = self.state.readers.get(event.subject)
        if reader is not None and not reader.server:
            self._attach(world, reader)

    def connections_changed(self, world: "World") -> None:
        """Machines or cables changed: break what is broken, and let it look for another server."""
        for name in list(self._names):
            reader = self.state.readers[name]
            if reader.server and not self._usable(world, reader):
                self._lose(world, reader)
            elif not reader.server:
                due = world.now + RECONNECT_AFTER
                world.timeline.at(due, "watch/reconnect", name, (), Phase.WATCH)

    def _lose(self, world: "World", reader: Reader) -> None:
        world.reader_lost(reader)
        reader.server, reader.since = "", world.now
        due = world.now + RECONNECT_AFTER
        world.timeline.at(due, "watch/reconnect", reader.name, (), Phase.WATCH)

    def server_lost(self, world: "World", server: str) -> None:
        """An API server's process is gone."""
        for name in list(self._names):
            reader = self.state.readers[name]
            if reader.server == server:
                self._lose(world, reader)


def _fresh(world: "World", seen: int, until: int) -> list[Change] | None:
    """Return the changes after one version up to another, None if they are forgotten."""
    changes = world.store.changes_since(seen)
    return None if changes is None else [each for each in changes if each.version <= until]


HANDLERS = {
    "watch/deliver": lambda world, event: world.readers.deliver(world, event),
    "watch/reconnect": lambda world, event: world.readers.reconnect(world, event),
}
