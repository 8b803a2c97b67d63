"""What can be done to cables: cut, slow down, make lossy, hold; each one way or both, and mended.

A fault of a machine's network (its other end is everything else) and a fault of one cable are two
things: each is mended by itself.
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Refused
from simulation.kernel.units import SECOND, Duration
from simulation.kube.network.links import EVERYTHING, INTERNET, Way

if TYPE_CHECKING:
    from simulation.kube.world import World

DELAY_MAX: Duration = 4 * SECOND
"""Beyond it connections break, and then a cable is as good as cut."""

WHOLE = Way()
Ways = list[tuple[str, str]]


def cut(world: "World", a: str, b: str, one_way: bool = False) -> None:
    """Cut a cable, or everything that leads to a machine; what is on its way gets lost."""
    ways = _ways(world, a, b, one_way)
    if all(world.links.way(*way).cut for way in ways):
        raise _refused("already-cut", a, b, one_way)
    _put(world, ways, "cut", True, _names(a, b, one_way, "cut"))


def delay(world: "World", a: str, b: str, ms: Duration, one_way: bool = False) -> None:
    """Let everything take so much longer."""
    if not 0 < ms <= DELAY_MAX:
        raise Refused("delay-out-of-range", limit=DELAY_MAX)
    ways = _open_ways(world, a, b, one_way)
    if all(world.links.way(*way).delay == ms for way in ways):
        raise _refused("already-delayed", a, b, ms=ms)
    _put(world, ways, "delay", ms, _names(a, b, one_way, "delayed"), ms=ms)


def lose(world: "World", a: str, b: str, percent: int, one_way: bool = False) -> None:
    """Let so many packets of a hundred get lost."""
    if not 0 < percent <= 100:
        raise Refused("loss-out-of-range")
    ways = _open_ways(world, a, b, one_way)
    if all(world.links.way(*way).loss == percent for way in ways):
        raise _refused("already-lossy", a, b, percent=percent)
    _put(world, ways, "loss", percent, _names(a, b, one_way, "lossy"), percent=percent)


def hold(world: "World", a: str, b: str, one_way: bool = False) -> None:
    """Let everything wait on its way until it is released."""
    ways = _open_ways(world, a, b, one_way)
    if all(world.links.way(*way).held for way in ways):
        raise _refused("already-held", a, b)
    _put(world, ways, "held", True, _names(a, b, one_way, "held"))


def release(world: "World", a: str, b: str) -> None:
    """Let go on what waits."""
    ways = [way for way in _ways(world, a, b, False) if world.links.way(*way).held]
    if not ways:
        raise _refused("not-held", a, b)
    _put(world, ways, "held", False, _names(a, b, False, "released"))


def heal(world: "World", a: str, b: str) -> None:
    """Mend a cable, or what leads to a machine: whatever was done to it ends."""
    ways = [way for way in _ways(world, a, b, False) if world.links.way(*way) != WHOLE]
    if not ways:
        raise _refused("whole", a, b)
    key, params = _names(a, b, False, "healed")
    cause = world.fault(key, f"Machine/{a}", **params)
    for way in ways:
        world.links.put(*way, WHOLE)
    world.cables_changed(cause)


def _ways(world: "World", a: str, b: str, one_way: bool) -> Ways:
    """Return the directions that are meant; raise Refused if the ends make no cable."""
    b = b or EVERYTHING
    for end in (a, b):
        if end not in (INTERNET, EVERYTHING):
            world.machine(end)
    if a == b:
        raise Refused("cable-to-itself", node=a)
    if a not in world.machines and (b not in world.machines or not one_way):
        raise Refused("machine-unknown", node=a)
    return [(a, b)] if one_way else [(a, b), (b, a)]


def _open_ways(world: "World", a: str, b: str, one_way: bool) -> Ways:
    ways = [way for way in _ways(world, a, b, one_way) if not world.links.way(*way).cut]
    if not ways:
        raise _refused("is-cut", a, b)
    return ways


def _names(a: str, b: str, one_way: bool, fault: str) -> tuple[str, dict[str, str | int]]:
    """Return the sentence that tells a fault: of a cable, of one way of it, or of a network."""
    if EVERYTHING in (a, b) or not b:
        way = "network" if not one_way else "incoming" if a == EVERYTHING else "outgoing"
        return f"{way}-{fault}", {"node": b if a == EVERYTHING else a}
    return f"{'way' if one_way else 'cable'}-{fault}", {"a": a, "b": b}


def _refused(key: str, a: str, b: str, one_way: bool = False, **params: int) -> Refused:
    """Return why it makes no sense: at a cable, at one way of it, or at a whole network."""
    if EVERYTHING in (a, b) or not b:
        return Refused(f"network-{key}", node=b if a == EVERYTHING else a, **params)
    return Refused(f"{'way' if one_way else 'cable'}-{key}", a=a, b=b, **params)


def _put(
    world: "World",
    ways: Ways,
    field: str,
    value: int,
    told: tuple[str, dict[str, str | int]],
    **more: int,
) -> None:
    key, params = told
    machine = next(end for end in (*ways[0], *ways[-1]) if end in world.machines)
    cause = world.fault(key, f"Machine/{machine}", **params, **more)
    for way in ways:
        world.links.put(*way, msgspec.structs.replace(world.links.way(*way), **{field: value}))
    world.cables_changed(cause)
