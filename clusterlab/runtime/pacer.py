"""How fast a lab is played. None of this is part of the universe.

Auto plays at 1× while there is something to see and hurries, at most 60×, towards what the cluster
is waiting for; it arrives softly, a few lab seconds early. Towards what only repeats it does not
hurry: a lab with a broken image would be carried through hours in which nothing is new. Pure functions of a Pace and of what the
lab says.
"""

from typing import Any

import msgspec

from clusterlab.runtime import limits
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.lab.anticipation import Anticipation

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 30.0, 60.0, 100.0)
SOFT_LANDING: Duration = 1_500
"""Lab time before what is awaited in which Auto is back at 1×."""
SEEING: float = 3.5
"""Seconds after something notable in which Auto does not hurry."""
BRAKING: Duration = 700
"""Towards a wait's end Auto plays what is left in so many real milliseconds, over and over: it
slows down evenly. From a kill to calm this makes 34 to 35 seconds of the learner's time."""
ACCELERATION = 1.6
"""Auto gets faster by this factor a tenth of a second, so that nobody loses their bearings."""
STEP_LONGEST: Duration = 360 * SECOND
"""A step whose wait ended in nothing notable goes on to the next, within so much lab time: a lease
of 50 s and a toleration of 300 s."""


class Pace(msgspec.Struct):
    """What the viewers asked for, and what follows from it at the moment."""

    mode: str = "auto"
    speed: float = 1.0
    paused: bool = False
    stepping: bool = False
    step_begun: Instant = 0
    step_end: Instant = 0
    current: float = 1.0
    """Auto's present speed."""
    seen_at: float = 0.0
    """When something notable was last seen, on the host's own clock."""


def asked(pace: Pace, wish: dict[str, Any]) -> str:
    """Change a pace as a viewer wishes; return what is wrong with the wish, if anything."""
    if "mode" in wish and wish["mode"] not in ("auto", "manual"):
        return "mode"
    speed = wish.get("speed", pace.speed)
    if isinstance(speed, bool) or not isinstance(speed, int | float):
        return "speed"
    if not SPEEDS[0] <= speed <= SPEEDS[-1]:
        return "speed"
    if not isinstance(wish.get("paused", False), bool):
        return "paused"
    pace.mode = wish.get("mode", pace.mode)
    if "speed" in wish:
        pace.speed, pace.mode = float(speed), "manual"
    if "paused" in wish:
        pace.paused = wish["paused"]
        pace.stepping = False
    if wish.get("step"):
        pace.paused, pace.stepping = True, True
    return ""


def begin_step(pace: Pace, now: Instant, end: Instant) -> None:
    """Let a step go up to an instant at most."""
    pace.step_begun, pace.step_end = now, end


def end_step(pace: Pace, now: Instant, end: Instant | None, is_notable: bool) -> None:
    """Stop a step that came to something notable or to its end; else let it go on to the next end."""
    if not is_notable and end is not None and end <= pace.step_begun + STEP_LONGEST:
        pace.step_end = max(end, now)
    else:
        pace.stepping = False


def speed_now(pace: Pace, now: Instant, awaited: Anticipation | None, clock: float) -> float:
    """Return lab seconds a second for the next tenth of a second."""
    if pace.paused:
        return 0.0
    if pace.mode != "auto":
        return pace.speed
    wanted = 1.0
    if awaited is not None and not awaited.is_repeat and clock - pace.seen_at > SEEING:
        left = awaited.due - now - SOFT_LANDING
        # The last stretch is as long in real time as the lab is fast: no jump at the end.
        wanted = max(1.0, min(limits.SPEED_AUTO_MAX, left / BRAKING))
    pace.current = min(wanted, pace.current * ACCELERATION)
    return pace.current


def as_row(pace: Pace, speed: float, awaited: Anticipation | None, behind: bool) -> dict[str, Any]:
    """Return the pace as frames carry it."""
    waiting = None
    if awaited is not None:
        reason = {"key": awaited.reason.key, "params": awaited.reason.params}
        waiting = {"reason": reason, "due": awaited.due, "since": awaited.since}
    return {
        "mode": pace.mode,
        "speed": pace.speed,
        "paused": pace.paused,
        "running_at": round(speed, 2),
        "waiting": waiting,
        "behind": behind,
    }
