"""Reality: which machine's packets reach which.

Places are machines and "internet", where the users are. A cut is kept by direction, so one-way
cuts are possible; "*" as one end stands for every other place.
"""

from simulation.kernel.dice import Dice
from simulation.kernel.records import State
from simulation.kernel.units import Duration

EVERYTHING = "*"
INTERNET = "internet"


class LinksState(State):
    """What a checkpoint keeps of the cables."""

    cuts: dict[str, bool] = {}
    """ "from|to" of every direction that is cut."""


class Links:
    """All cables of a lab."""

    def __init__(self, dice: Dice, state: LinksState | None = None) -> None:
        self.state = state or LinksState()
        self._dice = dice

    def reachable(self, a: str, b: str) -> bool:
        """Tell whether packets from a reach b, as far as cables are concerned."""
        if a == b:
            return True
        cuts = self.state.cuts
        return not cuts or not any(
            f"{one}|{other}" in cuts
            for one, other in ((a, b), (a, EVERYTHING), (EVERYTHING, b))
        )

    def both_ways(self, a: str, b: str) -> bool:
        """Tell whether a and b can hold a conversation."""
        return self.reachable(a, b) and self.reachable(b, a)

    def latency(self, a: str, b: str) -> Duration:
        """Return how long a packet takes, the same in both directions."""
        if a == b:
            return 0
        return self._dice.between(1, 2, "latency", *sorted((a, b)))

    def is_cut(self, a: str, b: str) -> bool:
        """Tell whether just this cable has been cut."""
        return f"{a}|{b}" in self.state.cuts and f"{b}|{a}" in self.state.cuts

    def cut(self, a: str, b: str) -> None:
        """Cut both directions."""
        self.state.cuts[f"{a}|{b}"] = True
        self.state.cuts[f"{b}|{a}"] = True

    def heal(self, a: str, b: str) -> None:
        """Mend both directions."""
        self.state.cuts.pop(f"{a}|{b}", None)
        self.state.cuts.pop(f"{b}|{a}", None)

    def cut_pairs(self) -> list[tuple[str, str]]:
        """Return the cut cables, each once."""
        return sorted({tuple(sorted(key.split("|"))) for key in self.state.cuts})  # type: ignore[misc]
