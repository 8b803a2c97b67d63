"""A lab: one little universe, with commands going in, questions answered and time advanced.

Everything that happens follows from the genesis and the journal. How fast it is played, who
watches, where it runs: all of that is outside. Commands enter at the instant the lab stands at;
slicing time differently, or stopping and thawing in between, never changes what happens.
"""

import lzma
import zlib

import msgspec

from simulation.kernel.calendar import Calendar
from simulation.kernel.dice import Dice
from simulation.kernel.limits import EVENTS_PER_INSTANT_MAX
from simulation.kernel.reasons import Reason, Refused
from simulation.kernel.records import Record, State
from simulation.kernel.units import Instant
from simulation.kube.happenings import Ledger
from simulation.kube.world import World, WorldState
from simulation.kubectl.session import SessionsState
from simulation.kubectl.sessions import attach
from simulation.lab import birth
from simulation.lab.anticipation import Anticipation, anticipate
from simulation.lab.commands import Command
from simulation.lab.foresight import step_end
from simulation.lab.genesis import Genesis
from simulation.lab.notable import is_notable

CHECKPOINT_FILTERS = [
    {
        "id": lzma.FILTER_LZMA1,
        "preset": 2,
        "pb": 0,
        "mf": lzma.MF_HC4,
        "nice_len": 128,
        "depth": 64,
    }
]
"""A quick LZMA, whose window spans the whole checkpoint: kubelets repeat the store's pods, hundreds of
KB away, which the 32 KB of zlib do not see. Half the size for 13 ms instead of 4. Nothing in it is
aligned, so positions say nothing (pb); its repetitions are long, so longer ones are looked for."""


REFUSALS_KEPT_MAX = 200
"""Refused commands whose reason is remembered; whoever sends one again asks within seconds."""


class LabState(State):
    """What a checkpoint of a lab holds."""

    world: WorldState
    sessions: SessionsState
    refusals: dict[str, Reason] = {}
    """Why commands were refused, by their ids, for those whose answer got lost."""


class Applied(Record):
    """The command took effect."""

    at: Instant


class RefusedCommand(Record):
    """The command makes no sense here; the reason says why. Nothing changed."""

    reason: Reason


class Progress(Record):
    """How far time came."""

    now: Instant
    done: bool
    """Whether `until` was reached."""
    events: int
    notable: tuple[int, ...] = ()
    """Ledger numbers of notable happenings on the way."""


class Lab:
    """One universe."""

    def __init__(
        self,
        genesis: Genesis,
        world: World,
        terminals: SessionsState | None = None,
        refusals: dict[str, Reason] | None = None,
    ) -> None:
        self.genesis = genesis
        self.world = world
        self._refusals = refusals or {}
        self._awaited_at: tuple[int, Instant] | None = None
        self._awaited: Anticipation | None = None
        self.sessions = attach(world, terminals or SessionsState())

    @classmethod
    def create(cls, genesis: Genesis) -> "Lab":
        """Bear a lab and let its cluster settle until it opens."""
        world = birth.bear(genesis.seed, genesis.content, Calendar(genesis.born_at))
        lab = cls(genesis, world)
        lab.advance(birth.OPENED)
        return lab

    @classmethod
    def thaw(cls, genesis: Genesis, checkpoint: bytes) -> "Lab":
        """Return a lab as it stood when the checkpoint was taken."""
        state = _DECODER.decode(lzma.decompress(checkpoint, lzma.FORMAT_ALONE))
        world = World(Dice(genesis.seed), Calendar(genesis.born_at), state.world)
        return cls(genesis, world, state.sessions, state.refusals)

    def freeze(self) -> bytes:
        """Return a checkpoint: the given, from which all else is derived."""
        state = LabState(self.world.given(), self.sessions.state, self._refusals)
        content = _ENCODER.encode(state)
        return lzma.compress(content, lzma.FORMAT_ALONE, filters=CHECKPOINT_FILTERS)

    @property
    def now(self) -> Instant:
        """The instant the lab stands at."""
        return self.world.now

    def next_due(self) -> Instant | None:
        """Return when something will happen by itself, None if never."""
        return self.world.timeline.next_due()

    def submit(self, command: Command, id: str, actor: str) -> Applied | RefusedCommand:
        """Let a command take effect now."""
        self.world.moves += 1
        try:
            command.run(self.world, id, actor)
        except Refused as refused:
            self._refusals[id] = refused.reason
            if len(self._refusals) > REFUSALS_KEPT_MAX:
                del self._refusals[next(iter(self._refusals))]
            return RefusedCommand(refused.reason)
        return Applied(self.world.now)

    def refusal_of(self, id: str) -> Reason | None:
        """Return why a command was refused lately, None if it was not."""
        return self._refusals.get(id)

    def advance(self, until: Instant, budget: int | None = None, stop_at: str = "") -> Progress:
        """Let time pass until an instant, the end of a budget of events, or a notable happening.

        The budget bounds work, not results: the next call goes on where this one stopped.
        """
        world, timeline = self.world, self.world.timeline
        look = Look(world.ledger)
        events, at_this_instant, instant = 0, 0, world.now
        while True:
            due = timeline.next_due()
            if due is None or due > until:
                break
            if budget is not None and events >= budget:
                return self._progress(False, events, look)
            if due > instant:
                if stop_at == "notable" and look.notable():
                    return self._progress(False, events, look)
                at_this_instant, instant = 0, due
            event = timeline.pop()
            world.now = max(world.now, event.due)
            world.handlers[event.purpose](world, event)
            world.moves += 1
            events += 1
            at_this_instant += 1
            assert at_this_instant < EVENTS_PER_INSTANT_MAX, f"endless loop at {due}: {event}"
        if stop_at == "notable" and look.notable():
            return self._progress(False, events, look)
        world.now = max(world.now, until)
        return self._progress(True, events, look)

    def _progress(self, done: bool, events: int, look: "Look") -> Progress:
        return Progress(self.world.now, done, events, look.notable())

    def anticipate(self) -> Anticipation | None:
        """Return what the cluster is waiting for, if it is anything that learners wait for."""
        look = (self.world.moves, self.world.now)
        if look != self._awaited_at:
            # The host asks before and after each turn, and mostly nothing came in between.
            self._awaited_at, self._awaited = look, anticipate(self.world)
        return self._awaited

    def step_end(self) -> Instant | None:
        """Return up to when a step may go, None if nothing is due."""
        return step_end(self.world, self.anticipate())

    def digest(self) -> str:
        """Return a text that two labs share only if they believe and remember the same."""
        world = self.world
        world.traffic.settle(world)
        given = world.given()
        summary = (world.now, world.store.digest(), world.store.version, len(given.timeline))
        terminals = self.sessions.state
        content = _ENCODER.encode((summary, given.machines, given.traffic, given.ledger, terminals))
        return f"{zlib.crc32(content):08x}-{world.store.digest():016x}"


class Look:
    """What was notable since a moment; each entry of the ledger is looked at once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger, self._seen = ledger, ledger.next_id - 1
        self._found: tuple[int, ...] = ()

    def notable(self) -> tuple[int, ...]:
        """Return the numbers of the notable entries so far."""
        ledger = self._ledger
        if ledger.next_id - 1 > self._seen:
            new = ledger.since(self._seen)
            self._seen = ledger.next_id - 1
            self._found += tuple(each.id for each in new if is_notable(each, ledger))
        return self._found


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(LabState)
