"""Acts upon reality as people write them: `power-off worker-3`, `delay cp-1 cp-2 200ms`.

The one grammar of scripts and of the page's terminal. What is typed is understood first, without a
world, so that a script's mistakes are found before it is played; then it becomes commands.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kube.network.links import EVERYTHING, INTERNET
from simulation.kube.rules.quantities import whole
from simulation.kubectl.curl import split_url
from simulation.kubectl.errors import CommandError
from simulation.kubectl.request import pod_called
from simulation.lab.commands.base import CommandRecord
from simulation.lab.commands.cables import Cut, Delay, Heal, Hold, Loss, Release
from simulation.lab.commands.clients import Load
from simulation.lab.commands.containers import KillContainer, Leak
from simulation.lab.commands.machines import (
    AddControlPlane,
    AddWorker,
    FillDisk,
    PowerOff,
    PowerOn,
    ProvokeSplitVote,
    RemoveControlPlane,
    RemoveWorker,
    ShutDown,
    SlowDisk,
)
from simulation.lab.commands.processes import KillProcess, StartProcess
from simulation.lab.limits import NUMBER_DIGITS_MAX

if TYPE_CHECKING:
    from simulation.kube.world import World

ONE_WAY = "--one-way"
RATE = re.compile(r"([0-9]{1,9})(/s)?")


class Act(Record):
    """A line, understood: its verb, whom it is about, and how much."""

    verb: str
    names: tuple[str, ...] = ()
    amount: int = 0
    one_way: bool = False

    def name(self, place: int) -> str:
        """Return a name, empty if it was left out."""
        return self.names[place] if place < len(self.names) else ""


class Form(Record):
    """How a verb is written, and what it means."""

    usage: str
    least: int
    most: int
    orders: Callable[["World", Act], list[CommandRecord]]
    amount: Callable[[str], int] | None = None
    """Reads the last word, if that is a number."""


def understood(words: list[str]) -> Act:
    """Return the act that a line means; raise CommandError if it is written wrong."""
    verb, form = words[0], VERBS[words[0]]
    names = [word for word in words[1:] if word != ONE_WAY]
    one_way = ONE_WAY in words
    if one_way and ONE_WAY not in form.usage:
        raise CommandError(f"{verb} has no {ONE_WAY}", 2)
    if not form.least <= len(names) <= form.most:
        count = str(form.least) if form.least == form.most else f"{form.least} to {form.most}"
        noun = "word" if count == "1" else "words"
        raise CommandError(f"{verb} takes {count} {noun}, not {len(names)}: {form.usage}", 2)
    if verb == "load":
        return _load(names)
    amount = form.amount(names.pop()) if form.amount else 0
    return Act(verb, tuple(names), amount, one_way)


def orders(world: "World", act: Act) -> list[CommandRecord]:
    """Return the commands of an act; whether what they name is there is theirs to say."""
    return VERBS[act.verb].orders(world, act)


def _load(names: list[str]) -> Act:
    rate, route = names if RATE.fullmatch(names[0]) else names[::-1]
    found = RATE.fullmatch(rate)
    if found is None:
        raise CommandError(f"{route} is no rate; write load 500/s http://shop.local/", 2)
    wanted = split_url(route)
    return Act("load", (wanted.host + wanted.path,), int(found[1]))


def _in(unit: str, example: str) -> Callable[[str], int]:
    """Return what reads a whole number with or without its unit."""

    def amount(text: str) -> int:
        number = text.removesuffix(unit)
        if not (number.isascii() and number.isdigit()) or len(number) > NUMBER_DIGITS_MAX:
            raise CommandError(f"{text} is no amount; write {example}", 2)
        return int(number)

    return amount


def _bytes(text: str) -> int:
    try:
        return whole(text)
    except ValueError:
        raise CommandError(f"{text} is no amount; write 2Gi", 2) from None


def _heal(world: "World", act: Act) -> list[CommandRecord]:
    if act.names:
        return [Heal(act.name(0), act.name(1))]
    seats = world.consensus.state.seats
    slow = [SlowDisk(name, 0) for name, seat in seats.items() if seat.fsync]
    return [*slow, *(_healed(*pair) for pair in world.links.faulty_pairs())]


def _healed(a: str, b: str) -> CommandRecord:
    if EVERYTHING in (a, b):
        return Heal(b if a == EVERYTHING else a)
    return Heal(b, a) if a == INTERNET else Heal(a, b)


VERBS: dict[str, Form] = {
    "add-control-plane": Form("add-control-plane", 0, 0, lambda world, it: [AddControlPlane()]),
    "add-worker": Form("add-worker", 0, 0, lambda world, it: [AddWorker()]),
    "cut": Form(
        f"cut NODE [NODE] [{ONE_WAY}]",
        1,
        2,
        lambda world, it: [Cut(it.name(0), it.name(1), it.one_way)],
    ),
    "delay": Form(
        f"delay NODE [NODE] 200ms [{ONE_WAY}]",
        2,
        3,
        lambda world, it: [Delay(it.name(0), it.name(1), it.amount, it.one_way)],
        _in("ms", "200ms"),
    ),
    "fill-disk": Form(
        "fill-disk NODE 95%",
        2,
        2,
        lambda world, it: [FillDisk(it.name(0), it.amount)],
        _in("%", "95%"),
    ),
    "heal": Form("heal [NODE] [NODE]", 0, 2, _heal),
    "hold": Form(
        f"hold NODE [NODE] [{ONE_WAY}]",
        1,
        2,
        lambda world, it: [Hold(it.name(0), it.name(1), it.one_way)],
    ),
    "kill-container": Form(
        "kill-container POD [CONTAINER]",
        1,
        2,
        lambda world, it: [KillContainer(pod_called(world, it.name(0)), it.name(1))],
    ),
    "kill-process": Form(
        "kill-process NODE PROCESS", 2, 2, lambda world, it: [KillProcess(it.name(0), it.name(1))]
    ),
    "leak": Form(
        "leak POD 2Gi",
        2,
        2,
        lambda world, it: [Leak(pod_called(world, it.name(0)), it.amount)],
        _bytes,
    ),
    "load": Form(
        "load 500/s http://shop.local/", 2, 2, lambda world, it: [Load(it.name(0), it.amount)]
    ),
    "loss": Form(
        f"loss NODE [NODE] 20% [{ONE_WAY}]",
        2,
        3,
        lambda world, it: [Loss(it.name(0), it.name(1), it.amount, it.one_way)],
        _in("%", "20%"),
    ),
    "power-off": Form("power-off NODE", 1, 1, lambda world, it: [PowerOff(it.name(0))]),
    "power-on": Form("power-on NODE", 1, 1, lambda world, it: [PowerOn(it.name(0))]),
    "provoke-split-vote": Form("provoke-split-vote", 0, 0, lambda world, it: [ProvokeSplitVote()]),
    "release": Form(
        "release NODE [NODE]", 1, 2, lambda world, it: [Release(it.name(0), it.name(1))]
    ),
    "remove-control-plane": Form(
        "remove-control-plane NODE", 1, 1, lambda world, it: [RemoveControlPlane(it.name(0))]
    ),
    "remove-worker": Form("remove-worker NODE", 1, 1, lambda world, it: [RemoveWorker(it.name(0))]),
    "shut-down": Form("shut-down NODE", 1, 1, lambda world, it: [ShutDown(it.name(0))]),
    "slow": Form(
        f"slow NODE [NODE] 200ms [{ONE_WAY}]",
        2,
        3,
        lambda world, it: [Delay(it.name(0), it.name(1), it.amount, it.one_way)],
        _in("ms", "200ms"),
    ),
    "slow-disk": Form(
        "slow-disk NODE 3000ms",
        2,
        2,
        lambda world, it: [SlowDisk(it.name(0), it.amount)],
        _in("ms", "3000ms"),
    ),
    "start-process": Form(
        "start-process NODE PROCESS",
        2,
        2,
        lambda world, it: [StartProcess(it.name(0), it.name(1))],
    ),
}
"""Every act upon reality that can be typed."""
