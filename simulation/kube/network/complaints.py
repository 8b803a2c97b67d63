"""Users begin to fail, and stop failing: two happenings of reality that stand in the story.

Watches how requests fare before and after something changed; changes nothing.
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import SECOND, Duration

if TYPE_CHECKING:
    from simulation.kube.network.traffic import Route
    from simulation.kube.world import World

FELT = 500
"""Thousandths of requests a second: less than one failure in two seconds is no outage."""
REACTION: Duration = SECOND
"""Proxies act on new endpoints within a second, so a change of theirs is that old at most."""
CHANGES = ("endpoints-listed", "endpoints-lost")


def failing(routes: "dict[str, Route]") -> list[str]:
    """Return the services whose users fail, or the routes that lead to none."""
    found = {
        route.service.rpartition("/")[2] or name
        for name, route in routes.items()
        if sum(route.rates.failed.values()) >= FELT
    }
    return sorted(found)


def tell(world: "World", before: list[str], after: list[str]) -> None:
    """Write down that the first users fail, or that the last do not any more."""
    if bool(before) == bool(after):
        return
    key = "users-fail" if after else "users-recover"
    world.story(key, "Users/all", _causes(world), services=", ".join(after or before))


def _causes(world: "World") -> tuple[int, ...]:
    """Return what has just changed the way of requests: a fault, or a list of endpoints."""
    for entry in reversed(world.ledger.entries.values()):
        if entry.at < world.now - REACTION:
            break
        if entry.id == world.last_fault or entry.reason.key in CHANGES:
            return (entry.id,)
    return ()
