"""The API servers: requests come in, log entries go out, answers come back.

Every control plane node runs one. It batches the writes of a few milliseconds into one entry,
hands it to its own member of etcd and answers when that member has applied it. Conflicts are
judged by `admission.commit` when the entry is applied. Whatever gets no answer in time is
*Unknown*: it may still be applied later, and nothing here pretends otherwise.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record, State
from simulation.kernel.timeline import Datum, Event, Phase
from simulation.kernel.units import Duration, Instant
from simulation.kube import late_writes
from simulation.kube.admission import commit
from simulation.kube.batches import Batch, Item, applied_item
from simulation.kube.late_writes import Late
from simulation.kube.limits import BATCHES_KEPT_MAX, LATE_WRITES_MAX, REQUESTS_PENDING_MAX
from simulation.kube.writes import Refused, Result, Unknown, Unreachable, Write

if TYPE_CHECKING:
    from simulation.kube.world import World

HOP: Duration = 1
"""From a client to an API server and back."""


class Reply(Record):
    """Whom to tell: the purpose of a reply handler, its subject and its data."""

    purpose: str
    subject: str
    data: tuple[Datum, ...] = ()


class Request(State):
    """Writes that wait for their answers."""

    id: int
    client: str
    machine: str
    server: str
    writes: tuple[Write, ...]
    reply: Reply
    causes: tuple[int, ...]
    sent: Instant
    results: list[Result] = []
    batch: int = 0
    """The number of the batch that holds it, once it has been proposed."""
    expires: Instant = 0
    """When its client gives up, if nothing has come by then."""
    stuck: bool = False
    """Its answer is known and does not get through."""


class Server(State):
    """One API server process."""

    name: str
    alive: bool = True
    seen: int = 0
    """resourceVersion that its member has applied."""
    applied: int = 0
    waiting: list[int] = []
    """Requests of the batch that is being collected."""
    joined: bool = True
    """It has run before; until then its machine's own processes use the balancer."""


class ApiState(State):
    """What a checkpoint keeps of the API servers."""

    servers: dict[str, Server] = {}
    requests: dict[int, Request] = {}
    next_request: int = 1
    applied: int = 0
    """Index of the last entry that changed the store."""
    batches: dict[int, Batch] = {}
    """What the entries of the log hold, by the number that the entry carries."""
    next_batch: int = 1
    version_at: dict[int, int] = {}
    """Index to resourceVersion, as far back as a running member can hand out what it holds."""
    held: list[tuple[str, int]] = []
    """What waits on held cables, in order: (purpose of its event, number of the request)."""
    late: dict[int, Late] = {}
    """Requests whose clients gave up, until it is certain what became of them."""


class Api:
    """All API servers and the health-checked endpoint in front of them."""

    def __init__(self, state: ApiState | None = None) -> None:
        self.state = state or ApiState()

    def pick(self, world: "World", machine: str, wanted: str = "") -> str:
        """Return the API server that a machine talks to, or an empty text.

        A control plane node's own processes use its own server; everybody else comes through the
        balancer, which prefers servers whose etcd knows a leader.
        """
        servers = self.state.servers
        open_to = [
            name
            for name in sorted(servers)
            if servers[name].alive
            and world.is_up(name)
            and (not wanted or wanted == name)
            and world.links.both_ways(machine, name)
        ]
        if machine in servers and servers[machine].joined and not wanted:
            return machine if machine in open_to else ""
        led = [name for name in open_to if world.consensus.leader_known_by(name)]
        among = led or open_to
        return world.dice.pick(among, "balancer", machine) if among else ""

    def send(
        self,
        world: "World",
        client: str,
        machine: str,
        writes: tuple[Write, ...],
        reply: Reply,
        causes: tuple[int, ...] = (),
        server: str = "",
    ) -> int:
        """Send a request on its way and return its number; the answer comes as an event."""
        state = self.state
        number = state.next_request
        state.next_request += 1
        chosen = self.pick(world, machine, server)
        request = Request(number, client, machine, chosen, writes, reply, causes, world.now)
        state.requests[number] = request
        if not chosen:
            self._finish(world, request, Unreachable())
        elif len(state.requests) > REQUESTS_PENDING_MAX:
            busy = "the server has received too many requests and has asked us to try again later"
            self._finish(world, request, Refused(429, "TooManyRequests", busy))
        else:
            self._set_out(world, request)
        return number

    def _set_out(self, world: "World", request: Request) -> None:
        lag = world.links.lag(request.machine, request.server, "request", request.id)
        if lag is not None:
            due = world.now + HOP + lag
            world.timeline.at(due, "api/arrive", request.server, (request.id,), Phase.API)
        request.expires = world.now + (lag or 0) + world.settings.etcd_request_timeout
        world.timeline.at(request.expires, "api/expire", request.server, (request.id,), Phase.API)

    def _finish(self, world: "World", request: Request, result: Result) -> None:
        request.results = [result for _ in request.writes]
        world.timeline.at(world.now + HOP, "api/reply", request.client, (request.id,), Phase.API)

    def arrive(self, world: "World", event: Event) -> None:
        """A request reaches its server: collect it into the batch of the next milliseconds."""
        request = self.state.requests.get(int(event.data[0]))
        server = self.state.servers.get(event.subject)
        if request is None or server is None or not server.alive:
            return
        if not world.links.reachable(request.machine, server.name):
            return
        if world.links.held(request.machine, server.name):
            self.state.held.append(("api/arrive", request.id))
            return
        if not server.waiting:
            due = world.now + world.settings.api_batch_window
            world.timeline.at(due, "api/flush", server.name, (), Phase.API)
        server.waiting.append(request.id)

    def flush(self, world: "World", event: Event) -> None:
        """Propose the collected batch as one log entry."""
        server = self.state.servers.get(event.subject)
        if server is None or not server.alive or not server.waiting:
            return
        waiting, server.waiting = server.waiting, []
        items: list[Item] = []
        for number in waiting:
            request = self.state.requests.get(number)
            if request is not None and not request.results:
                items.append(Item(number, request.client, request.writes, request.causes))
        if items:
            number = self._keep(Batch(server.name, tuple(items)))
            for item in items:
                self.state.requests[item.request].batch = number
            world.consensus.propose(server.name, number, world.now)

    def _keep(self, batch: Batch) -> int:
        """Keep what an entry holds beside the log, and return the number for the entry."""
        state = self.state
        number = state.next_batch
        state.next_batch += 1
        state.batches[number] = batch
        if len(state.batches) > BATCHES_KEPT_MAX:
            del state.batches[next(iter(state.batches))]
        return number

    def expire(self, world: "World", event: Event) -> None:
        """Nothing came back within etcd's request timeout: say so."""
        request = self.state.requests.get(int(event.data[0]))
        if request is None:
            return
        if request.stuck:
            request.stuck = False
            self._finish(world, request, Unknown())
        elif not request.results:
            client = request.client
            told = world.story("write-timed-out", client, request.causes, client=client)
            self._finish(world, request, Unknown())
            self._is_late(world, request, told)

    def _is_late(self, world: "World", request: Request, told: int) -> None:
        late = self.state.late
        late[request.id] = Late(request.client, request.batch, told)
        late_writes.judge(world, late)
        if len(late) > LATE_WRITES_MAX:
            del late[next(iter(late))]

    def applied(
        self, world: "World", member: str, index: int, term: int, number: int | None
    ) -> None:
        """A member of etcd applied an entry: the first one to do so changes the store."""
        state = self.state
        batch = state.batches.get(number) if number is not None else None
        if index > state.applied:
            state.applied = index
            if batch is not None and number is not None:
                items = tuple(self._commit(world, item, index) for item in batch.items)
                state.batches[number] = Batch(batch.server, items, index, term, world.now)
            state.version_at[index] = world.store.version
        if state.late:
            late_writes.judge(world, state.late)
        server = state.servers.get(member)
        if server is None:
            return
        server.applied = max(server.applied, index)
        server.seen = max(server.seen, state.version_at.get(index, server.seen))
        if batch is not None and batch.server == member:
            self._answer(world, batch)
        self._forget_indexes(world)
        world.readers.news(world, server.name)

    def _commit(self, world: "World", item: Item, index: int) -> Item:
        """Carry out the writes of one request, and return what is kept of them for reading."""
        results = [commit(world, write, item.client, item.causes) for write in item.writes]
        request = self.state.requests.get(item.request)
        unanswered = request is None or bool(request.results)
        if request is not None and not unanswered:
            request.results = list(results)
        late = self.state.late.pop(item.request, None)
        if late is not None:
            late_writes.applied(world, late, index)
        return applied_item(item, results, unanswered)

    def _answer(self, world: "World", batch: Batch) -> None:
        for item in batch.items:
            request = self.state.requests.get(item.request)
            if request is None:
                continue
            lag = world.links.lag(batch.server, request.machine, "answer", request.id)
            if lag is None:
                request.stuck = True
            else:
                due = world.now + HOP + lag
                world.timeline.at(due, "api/reply", item.client, (item.request,), Phase.API)

    def reply(self, world: "World", event: Event) -> None:
        """An answer reaches its client, unless the client cannot be reached any more."""
        request = self.state.requests.get(int(event.data[0]))
        if request is None:
            return
        is_held = bool(request.server) and world.links.held(request.server, request.machine)
        if is_held and world.now < request.expires:
            request.stuck = True
            self.state.held.append(("api/reply", request.id))
            return
        del self.state.requests[request.id]
        results = tuple(request.results)
        if not world.is_up(request.machine):
            return
        cut = request.server and not world.links.reachable(request.server, request.machine)
        if cut or is_held:
            results = tuple(Unknown() for _ in request.writes)
        handler = world.replies[request.reply.purpose]
        handler(world, request.reply.subject, request.reply.data, results)

    def released(self, world: "World") -> None:
        """Cables changed: what waited on those that are held no more goes on."""
        waiting, self.state.held = self.state.held, []
        for purpose, number in waiting:
            request = self.state.requests.get(number)
            if request is None:
                continue
            ways = [(request.machine, request.server), (request.server, request.machine)]
            if world.links.held(*ways[purpose == "api/reply"]):
                self.state.held.append((purpose, number))
                continue
            request.stuck = False
            subject = request.server if purpose == "api/arrive" else request.client
            world.timeline.at(world.now + HOP, purpose, subject, (number,), Phase.API)

    def _forget_indexes(self, world: "World") -> None:
        # A member that was off for long is handed a snapshot of one that runs, never what is older.
        oldest = world.consensus.oldest_held()
        if len(self.state.version_at) > 2 * (self.state.applied - oldest) + 64:
            for index in [i for i in self.state.version_at if i < oldest]:
                del self.state.version_at[index]

    def crashed(self, world: "World", name: str) -> None:
        """An API server's process or machine stopped: its requests get no answer."""
        server = self.state.servers[name]
        server.alive = False
        server.waiting = []
        for request in sorted(self.state.requests.values(), key=lambda each: each.id):
            if request.server == name and not request.results and world.is_up(request.machine):
                self._finish(world, request, Unknown("etcdserver: request timed out"))
                if request.batch:
                    self._is_late(world, request, world.last_fault)
        world.readers.server_lost(world, name)

    def returned(self, world: "World", name: str) -> None:
        """An API server's process started again."""
        server = self.state.servers[name]
        server.alive = server.joined = True
        world.readers.connections_changed(world)


HANDLERS = {
    "api/arrive": lambda world, event: world.api.arrive(world, event),
    "api/expire": lambda world, event: world.api.expire(world, event),
    "api/flush": lambda world, event: world.api.flush(world, event),
    "api/reply": lambda world, event: world.api.reply(world, event),
}
