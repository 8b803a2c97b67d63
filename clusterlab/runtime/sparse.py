"""Which checkpoints a long life keeps: all of it within reach, and the near past closer at hand.

The gaps between kept checkpoints grow with their distance from the present, and from an eighth of
the life onwards not much: whoever looks back waits for the replay of one gap.
"""

from simulation.kernel.units import Instant

NEAR = 8
"""What is within this part of a life counts as near, and its gaps are about the same."""


def dispensable(instants: list[Instant]) -> int:
    """Return the place of the checkpoint that is missed least; the latest comes first, and stays."""
    latest = instants[0]

    def missed(place: int) -> float:
        """Tell how long the gap without it would be, for how far back it lies."""
        earlier = instants[place + 1] if place + 1 < len(instants) else 0
        return (instants[place - 1] - earlier) / (latest - instants[place] + latest / NEAR + 1)

    return min(range(1, len(instants)), key=missed)
