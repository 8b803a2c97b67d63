"""How long a learner waits: pace Auto, played with the real engine and a clock of its own."""

import time

import pytest

from clusterlab.runtime import limits, pacer
from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND
from simulation.lab import commands
from simulation.lab.anticipation import Anticipation
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Lab
from simulation.projection.clocks import clocks_row
from simulation.scenarios.catalogue import DEFAULT, content_of

TURN_S = 0.1
BORN_AT = 1_763_942_400


@pytest.mark.parametrize(("seed", "kill_after_s"), [(7, 5), (7, 31), (2, 12), (3, 47)])
def test_from_a_kill_to_calm_a_learner_waits_25_to_40_seconds(seed: int, kill_after_s: int) -> None:
    lab = Lab.create(Genesis(seed, DEFAULT, content_of(DEFAULT), BORN_AT))
    lab.advance(lab.now + kill_after_s * SECOND)
    lab.submit(commands.parse({"do": "power-off", "node": "worker-3"}), "kill", "tester")
    pace, clock, owed = pacer.Pace(), 0.0, 0.0

    while clock < 120:
        clock += TURN_S
        speed = pacer.speed_now(pace, lab.now, lab.anticipate(), clock)
        owed += speed * TURN_S * SECOND
        progress = lab.advance(lab.now + int(owed), stop_at="notable" if speed > 1.5 else "")
        owed -= int(owed)
        if progress.notable:
            pace.seen_at, pace.current, owed = clock, 1.0, 0.0
        row = clocks_row(lab.world)
        assert row is not None, "the kill is a fault that begins the clocks"
        if row["over_at"] is not None:
            break

    assert 25 <= clock <= 40


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({"speed": 2}, ""),
        ({"speed": 1e9}, "speed"),
        ({"speed": True}, "speed"),
        ({"mode": "fast"}, "mode"),
        ({"paused": "yes"}, "paused"),
        ({"mode": "auto"}, ""),
        ({"step": True}, ""),
    ],
)
def test_a_pace_is_taken_or_refused_by_name(wish: dict, wrong: str) -> None:
    assert pacer.asked(pacer.Pace(), wish) == wrong


def test_auto_hurries_towards_what_is_awaited_and_lands_softly() -> None:
    pace = pacer.Pace()
    due = 300 * SECOND
    awaited = Anticipation(due, 0, Reason("waiting-for-toleration", {"node": "n", "limit": 300}))
    now, clock, fastest = 0, 100.0, 0.0

    while now < due:
        speed = pacer.speed_now(pace, now, awaited, clock)
        fastest = max(fastest, speed)
        now += int(speed * 100)
        clock += 0.1

    assert fastest == limits.SPEED_AUTO_MAX
    assert speed < 1.2, "it is back at the speed of life when it happens"
    assert clock - 100.0 < 15, "five minutes take seconds"


def test_touching_the_speed_leaves_auto() -> None:
    pace = pacer.Pace()
    pacer.asked(pace, {"speed": 4})

    assert pace.mode == "manual"
    assert pacer.speed_now(pace, 0, None, time.monotonic()) == 4


def test_auto_does_not_hurry_towards_what_only_repeats() -> None:
    pace = pacer.Pace()
    again = Anticipation(300 * SECOND, 0, Reason("waiting-for-restart", {"node": "n"}), True)

    assert {pacer.speed_now(pace, 0, again, 100 + turn / 10) for turn in range(100)} == {1.0}
