"""Reality: which machine's packets reach which, and how late.

Places are machines and "internet", where the users are. Every fault is kept by direction, so
one-way faults are possible; "*" as one end stands for every other place.

What is lost on a cable is not gone: whoever sends sees no acknowledgement and sends again, after
200 ms, 400 ms and so on, as TCP does, and what comes behind has to wait. Only who loses all tries
gives the connection up. So loss shows as delay, and a cable that loses almost everything carries
no connection at all.
"""

from simulation.kernel.dice import Dice
from simulation.kernel.records import Record, State
from simulation.kernel.units import SECOND, Duration

EVERYTHING = "*"
INTERNET = "internet"

BALANCER_ADDRESS = "203.0.113.10"
"""Where users find the balancer in front of the ingress controllers; from a block that RFC 5737
keeps for examples."""

RESENT_AFTER: Duration = SECOND // 5
"""TCP's least retransmission timeout under Linux; it doubles with each try."""

TRIES = 5
"""After 200, 400, 800 and 1,600 ms comes what is beyond etcd's 5 s for a stuck connection."""

CONNECTS_BELOW_PERCENT = 90
"""A connection needs several packets in a row to come through; above this it breaks at once."""


class LinksState(State):
    """What a checkpoint keeps of the cables; keys are "from|to"."""

    cuts: dict[str, bool] = {}
    delays: dict[str, Duration] = {}
    """What a packet takes longer than it should."""
    losses: dict[str, int] = {}
    """How many packets of a hundred get lost."""
    holds: dict[str, bool] = {}
    """Directions whose packets wait until they are released."""


class Way(Record):
    """How one direction of one cable is."""

    cut: bool = False
    delay: Duration = 0
    loss: int = 0
    held: bool = False


class Links:
    """All cables of a lab."""

    def __init__(self, dice: Dice, state: LinksState | None = None) -> None:
        self.state = state or LinksState()
        self._dice = dice

    # --- what travellers ask

    def reachable(self, a: str, b: str) -> bool:
        """Tell whether packets from a reach b sooner or later, as far as cables are concerned."""
        if a == b:
            return True
        cuts = self.state.cuts
        if cuts and any(key in cuts for key in _keys(a, b)):
            return False
        return not self.state.losses or self.loss(a, b) < 100

    def held(self, a: str, b: str) -> bool:
        """Tell whether packets from a to b wait on their way."""
        holds = self.state.holds
        return bool(holds) and a != b and any(key in holds for key in _keys(a, b))

    def delay(self, a: str, b: str) -> Duration:
        """Return how much longer than usual a packet takes from a to b."""
        delays = self.state.delays
        return sum(delays.get(key, 0) for key in _keys(a, b)) if delays and a != b else 0

    def loss(self, a: str, b: str) -> int:
        """Return how many packets of a hundred get lost from a to b."""
        losses = self.state.losses
        arriving = 100
        for key in _keys(a, b) if losses and a != b else ():
            arriving = arriving * (100 - losses.get(key, 0)) // 100
        return 100 - arriving

    def both_ways(self, a: str, b: str) -> bool:
        """Tell whether a and b can hold a conversation."""
        return self._carries(a, b) and self._carries(b, a)

    def _carries(self, a: str, b: str) -> bool:
        if not self.reachable(a, b) or self.held(a, b):
            return False
        return not self.state.losses or self.loss(a, b) < CONNECTS_BELOW_PERCENT

    def is_steady(self, a: str, b: str) -> bool:
        """Tell whether all packets from a to b take equally long."""
        return not self.held(a, b) and not self.loss(a, b)

    def latency(self, a: str, b: str) -> Duration:
        """Return how long a packet that is not lost takes from a to b."""
        if a == b:
            return 0
        return self._dice.between(1, 2, "latency", *sorted((a, b))) + self.delay(a, b)

    def resent(self, a: str, b: str, *key: str | int) -> Duration | None:
        """Return how long it takes until a packet gets through, None if it never does."""
        loss = self.loss(a, b)
        if not loss:
            return 0
        late = 0
        for attempt in range(TRIES):
            if not self._dice.chance(loss, 100, "packet lost", a, b, *key, attempt):
                return late
            late += RESENT_AFTER << attempt
        return None

    def lag(self, a: str, b: str, *key: str | int) -> Duration | None:
        """Return how much later than usual something arrives over a connection, None if never."""
        state = self.state
        if not (state.delays or state.losses):
            return 0
        late = self.resent(a, b, *key)
        return None if late is None else late + self.delay(a, b)

    def round_trip_lag(self, a: str, b: str) -> Duration:
        """Return how much later than usual a question from a is answered by b, on average."""
        state = self.state
        if a == b or not (state.delays or state.losses):
            return 0
        resent = mean_resent(self.loss(a, b)) + mean_resent(self.loss(b, a))
        return self.delay(a, b) + self.delay(b, a) + resent

    # --- what is done to cables

    def way(self, a: str, b: str) -> Way:
        """Return what was done to one direction of just this cable."""
        key, state = f"{a}|{b}", self.state
        return Way(
            key in state.cuts,
            state.delays.get(key, 0),
            state.losses.get(key, 0),
            key in state.holds,
        )

    def put(self, a: str, b: str, way: Way) -> None:
        """Let one direction of a cable be so."""
        key, state = f"{a}|{b}", self.state
        tables: list[tuple[dict[str, bool] | dict[str, int], bool | int]] = [
            (state.cuts, way.cut),
            (state.delays, way.delay),
            (state.losses, way.loss),
            (state.holds, way.held),
        ]
        for table, value in tables:
            table.pop(key, None)
            if value:
                table[key] = value  # type: ignore[assignment]

    def is_cut(self, a: str, b: str) -> bool:
        """Tell whether just this cable has been cut, both ways."""
        return self.way(a, b).cut and self.way(b, a).cut

    def faulty_pairs(self) -> list[tuple[str, str]]:
        """Return the cables that something was done to, each once."""
        state = self.state
        keys = [*state.cuts, *state.delays, *state.losses, *state.holds]
        return sorted({tuple(sorted(key.split("|"))) for key in keys})  # type: ignore[misc]


def mean_resent(loss: int) -> Duration:
    """Return how late a packet comes on average if so many of a hundred get lost."""
    late, share = 0, loss
    for attempt in range(TRIES):
        late += (RESENT_AFTER << attempt) * share
        share = share * loss // 100
    return late // 100


def _keys(a: str, b: str) -> tuple[str, str, str]:
    return f"{a}|{b}", f"{a}|{EVERYTHING}", f"{EVERYTHING}|{b}"
