"""kube-controller-manager: runs the reconcilers of whoever holds its lease.

One informer view, one queue a controller, one rate limiter a controller's client. A visit hands a
reconciler the view and carries out what it returns, batch by batch: the next batch only after the
last has succeeded. Everything it knows dies with the process; the next holder starts from a list.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from simulation.kernel.dice import Dice
from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record, State
from simulation.kernel.timeline import Datum, Event, Phase
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube import pod_control
from simulation.kube.apiserver import Reply
from simulation.kube.limits import VISITS_PER_TURN_MAX
from simulation.kube.settings import Settings
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.workqueue import Flight, Note, QueueState
from simulation.kube.writes import Committed, Refused, Result, Write

if TYPE_CHECKING:
    from simulation.kube.world import World

READER = "kube-controller-manager"

LISTED = Reason("listed")


class Outcome(Record):
    """What a visit wants changed."""

    batches: tuple[tuple[Write, ...], ...] = ()
    again_in: Duration | None = None
    notes: dict[str, Note | None] = {}
    """What to remember for later visits, until the process ends; None forgets."""
    also: tuple[str, ...] = ()
    """Keys that this visit found concerned; each is visited by itself."""
    follows: bool = False
    """Whether the later batches are caused by what the first has changed."""


class Tools(Record):
    """What a reconciler may use beside its view."""

    dice: Dice
    settings: Settings
    event: Callable[..., None]
    heartbeats: Mapping[str, Instant] = {}
    """Node name to the last renewal of its lease that was seen."""
    look: Instant | None = None
    """The node controller's latest look, if it looks at all."""
    orders: Mapping[str, str] = {}
    """Node name to the NoExecute taint that it is its turn to get; empty is none."""
    notes: Mapping[str, Note] = {}
    """What this controller remembers from its earlier visits."""
    refused: str = ""
    """The API server's words about a pod that an earlier visit of this key asked for."""


class Reconciler(Protocol):
    """Brings one kind of object closer to what its spec asks for."""

    @property
    def name(self) -> str:
        """Its name, in log lines and rate limits."""
        ...

    @property
    def watches(self) -> Mapping[str, Callable[[Change], Iterable[str]]]:
        """Kind to the keys that a change of it concerns."""
        ...

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Look at what exists now and say what should change."""
        ...


class ManagerState(State):
    """What a checkpoint keeps of the controller manager."""

    holder: str = ""
    term: int = 0
    """Counts holders, so that timers of an earlier one are stale."""
    queues: dict[str, QueueState] = {}
    probes: dict[str, Instant] = {}
    """Node to when this holder last noticed a heartbeat, by its own clock."""


class Manager:
    """The controllers, while somebody holds their lease."""

    def __init__(
        self, reconcilers: Iterable[Reconciler], state: ManagerState | None = None
    ) -> None:
        self.state = state or ManagerState()
        self.reconcilers = {each.name: each for each in reconcilers}

    def start(self, world: "World", holder: str) -> None:
        """A process on a control plane node took the lease: list everything, queue everything."""
        state = self.state
        state.holder, state.term = holder, state.term + 1
        full = world.now - SECOND * world.settings.controller_burst
        state.queues = {name: QueueState(tokens_at=full) for name in self.reconcilers}
        world.readers.remove(READER)
        reader = world.readers.add(world, READER, holder)
        if reader.server:
            self.relist(world)
        world.heartbeats.watched_by(world, holder)

    def stop(self, world: "World") -> None:
        """The lease is lost: whatever was queued is forgotten."""
        self.state.holder = ""
        self.state.term += 1
        self.state.queues = {}
        world.readers.remove(READER)

    def relist(self, world: "World") -> None:
        """Queue every object, as an informer does after a list."""
        view = world.readers.view(world, READER)
        for name in self.reconcilers:
            reconciler = self.reconcilers[name]
            for kind in sorted(reconciler.watches):
                for key, obj in view.items(kind):
                    change = Change(view.version, world.now, kind, key, None, obj, "", LISTED)
                    self._queue(world, name, reconciler.watches[kind](change), ())

    def heard(self, world: "World", changes: list[Change]) -> None:
        """The informers got news: queue the keys whose business they are."""
        for name, reconciler in self.reconcilers.items():
            queue = self.state.queues.get(name)
            if queue is None:
                continue
            for change in changes:
                concerned = reconciler.watches.get(change.kind)
                if concerned is not None:
                    self._queue(world, name, concerned(change), (change.id,))
            if queue.queued:
                self._wake(world, name, world.now + world.settings.controller_latency)

    def queue(
        self, world: "World", name: str, key: str, causes: tuple[int, ...] = (), delay: int = 0
    ) -> None:
        """Queue one key for a reason outside the watch, such as a timer."""
        if name in self.state.queues:
            self._queue(world, name, (key,), causes, delay)

    def _queue(
        self,
        world: "World",
        name: str,
        keys: Iterable[str],
        causes: tuple[int, ...],
        delay: Duration | None = None,
    ) -> None:
        wait = world.settings.controller_latency if delay is None else delay
        queue = self.state.queues[name]
        for key in keys:
            queue.add(key, world.now + wait, causes)
        self._wake(world, name, world.now + wait)

    def _wake(self, world: "World", name: str, due: Instant) -> None:
        queue = self.state.queues[name]
        if queue.wakes and queue.wakes[0] <= due:
            # Whoever is woken earlier sees to what comes later.
            return
        queue.wakes.insert(0, due)
        world.timeline.at(due, "manager/visit", name, (self.state.term,), Phase.CLIENT)

    def visit(self, world: "World", event: Event) -> None:
        """Visit the keys of one controller that are due."""
        queue = self.state.queues.get(event.subject)
        if queue is None or event.data[0] != self.state.term:
            return
        queue.wakes = [each for each in queue.wakes if each > world.now]
        if not self._able(world):
            return
        seen = world.readers.get(READER).seen
        ready = queue.ready(world.now, seen)[:VISITS_PER_TURN_MAX]
        if ready:
            view = View(world.store, seen)
            for key in ready:
                self._visit(world, event.subject, key, view)
        due = queue.next_due()
        if due is not None and due > world.now:
            self._wake(world, event.subject, due)

    def _able(self, world: "World") -> bool:
        return bool(self.state.holder) and world.is_up(self.state.holder)

    def _visit(self, world: "World", name: str, key: str, view: View) -> None:
        queue = self.state.queues[name]
        waiting = queue.queued.pop(key)
        queue.wait_for.pop(key, None)
        tools = world.tools(name, queue.notes, queue.refused.get(key, ""))
        outcome = self.reconcilers[name].reconcile(key, view, world.now, tools)
        queue.remember(outcome.notes)
        if outcome.again_in is not None:
            self._queue(world, name, (key,), waiting.causes, max(outcome.again_in, 1))
        if outcome.also:
            self._queue(world, name, outcome.also, waiting.causes, 0)
        batches = tuple(batch for batch in outcome.batches if batch)
        if not batches:
            queue.failures.pop(key, None)
            return
        queue.visits += 1
        flight = Flight(
            batches, attempt=queue.visits, causes=waiting.causes, follows=outcome.follows
        )
        queue.flights[key] = flight
        self._send(world, name, key, flight)

    def _send(self, world: "World", name: str, key: str, flight: Flight) -> None:
        batch = flight.batches[flight.index]
        flight.unanswered = len(batch)
        for number in range(len(batch)):
            due = self._token(world, name)
            data = (key, flight.attempt, number)
            if due <= world.now:
                self._request(world, name, data)
            else:
                world.timeline.at(due, "manager/send", name, (self.state.term, *data))

    def _token(self, world: "World", name: str) -> Instant:
        """Take a token of the client's rate limiter and return when it may be used."""
        settings, queue = world.settings, self.state.queues[name]
        gap = SECOND // settings.controller_qps
        earliest = world.now - gap * (settings.controller_burst - 1)
        queue.tokens_at = max(queue.tokens_at, earliest - gap) + gap
        return max(world.now, queue.tokens_at)

    def send(self, world: "World", event: Event) -> None:
        """A write has waited for its token."""
        if event.data[0] == self.state.term:
            self._request(world, event.subject, event.data[1:])

    def _request(self, world: "World", name: str, data: tuple[Datum, ...]) -> None:
        key, attempt, number = str(data[0]), data[1], int(data[2])
        flight = self.state.queues[name].flights.get(key)
        if flight is None or flight.attempt != attempt:
            return
        write = flight.batches[flight.index][number]
        reply = Reply("manager/answer", name, (self.state.term, key, int(attempt), number))
        world.api.send(world, name, self.state.holder, (write,), reply, flight.causes)

    def answer(
        self, world: "World", name: str, data: tuple[Datum, ...], results: tuple[Result, ...]
    ) -> None:
        """An API server answered a write of a visit."""
        term, key, attempt, number = data
        queue = self.state.queues.get(name)
        if queue is None or term != self.state.term:
            return
        flight = queue.flights.get(str(key))
        if flight is None or flight.attempt != attempt:
            return
        flight.unanswered -= 1
        write = flight.batches[flight.index][int(number)]
        for result in results:
            if isinstance(result, Committed):
                seen = queue.wait_for.get(str(key), 0)
                queue.wait_for[str(key)] = max(seen, result.version)
                if flight.follows and flight.index == 0 and result.change:
                    flight.causes = (result.change, *flight.causes)
            elif not _settled(result):
                flight.failed = True
            refusal = pod_control.answered(world, name, write, result)
            if refusal:
                queue.refused[str(key)] = refusal
        if flight.unanswered == 0:
            self._landed(world, name, str(key), flight)

    def _landed(self, world: "World", name: str, key: str, flight: Flight) -> None:
        queue = self.state.queues[name]
        if not flight.failed and flight.index + 1 < len(flight.batches):
            flight.index += 1
            self._send(world, name, key, flight)
            return
        del queue.flights[key]
        if flight.failed:
            self._queue(world, name, (key,), flight.causes, queue.backoff(key))
        else:
            queue.failures.pop(key, None)
            if queue.refused.pop(key, ""):
                # What was refused has succeeded: its object may say so.
                self._queue(world, name, (key,), flight.causes)
        due = queue.next_due()
        if due is not None:
            self._wake(world, name, max(due, world.now + 1))


def _settled(result: Result) -> bool:
    """Tell whether a refusal leaves nothing to be done: what should be gone is gone."""
    return isinstance(result, Refused) and result.reason in {"NotFound", "AlreadyExists"}


HANDLERS = {
    "manager/visit": lambda world, event: world.manager.visit(world, event),
    "manager/send": lambda world, event: world.manager.send(world, event),
}
REPLIES = {
    "manager/answer": lambda world, subject, data, results: world.manager.answer(
        world, subject, data, results
    ),
}
