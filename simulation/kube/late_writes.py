"""What becomes of writes whose clients gave up waiting: applied after all, or never.

A client that got no answer knows nothing. The log knows: the entry that holds its write is applied
later, or something else is committed in its place, or it is in nobody's log. As soon as one of
these is certain it is told.
"""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kube import consensus_views as views

if TYPE_CHECKING:
    from simulation.kube.world import World


class Late(Record):
    """A request whose client gave up."""

    client: str
    batch: int
    """The number of the batch that holds it; 0 if it never came so far."""
    cause: int
    """Ledger number of the happening that told of it."""


def applied(world: "World", late: Late, index: int) -> None:
    """Tell of a write that was applied when nobody waited for it any more."""
    params: dict[str, str | int] = {"client": late.client, "index": index}
    world.story("late-write-applied", f"Entry/{index}", (late.cause,), **params)


def judge(world: "World", waiting: dict[int, Late]) -> None:
    """Tell of all writes that are certain never to be applied, and forget them."""
    state = world.consensus.state
    for request in list(waiting):
        late = waiting[request]
        if not late.batch or not views.holds(state, late.batch):
            del waiting[request]
            world.story("late-write-lost", "Entry/", (late.cause,), client=late.client)
            continue
        index, term = views.place_of(state, late.batch)
        decided = views.committed_term(state, index) if index else None
        if decided is not None and decided != term:
            del waiting[request]
            params: dict[str, str | int] = {"client": late.client, "index": index}
            world.story("late-write-overwritten", f"Entry/{index}", (late.cause,), **params)
