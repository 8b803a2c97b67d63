"""Cables between machines: cut, slow, lossy, held, and whole again.

`b` may be left out: then it is everything that leads to `a`. With `one_way` only what goes from
`a` to `b` is meant.
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import Duration
from simulation.kube import cable_faults, faults
from simulation.lab.commands.base import CommandRecord

if TYPE_CHECKING:
    from simulation.kube.world import World


class Cut(CommandRecord, frozen=True, tag="cut"):
    """Cut the cable between two machines, or all cables of one."""

    a: str
    b: str = ""
    one_way: bool = False

    def run(self, world: "World", id: str, actor: str) -> None:
        """Cut."""
        cable_faults.cut(world, self.a, self.b, self.one_way)


class Delay(CommandRecord, frozen=True, tag="delay"):
    """Let everything between two machines, or from and to one, take so many ms longer."""

    a: str
    b: str = ""
    ms: Duration = 0
    one_way: bool = False

    def run(self, world: "World", id: str, actor: str) -> None:
        """Slow down."""
        cable_faults.delay(world, self.a, self.b, self.ms, self.one_way)


class Loss(CommandRecord, frozen=True, tag="loss"):
    """Let so many packets of a hundred get lost between two machines, or from and to one."""

    a: str
    b: str = ""
    percent: int = 0
    one_way: bool = False

    def run(self, world: "World", id: str, actor: str) -> None:
        """Lose them."""
        cable_faults.lose(world, self.a, self.b, self.percent, self.one_way)


class Hold(CommandRecord, frozen=True, tag="hold"):
    """Let everything between two machines, or from and to one, wait until it is released."""

    a: str
    b: str = ""
    one_way: bool = False

    def run(self, world: "World", id: str, actor: str) -> None:
        """Hold."""
        cable_faults.hold(world, self.a, self.b, self.one_way)


class Release(CommandRecord, frozen=True, tag="release"):
    """Let go on what is held between two machines, or from and to one."""

    a: str
    b: str = ""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Release."""
        cable_faults.release(world, self.a, self.b)


class Heal(CommandRecord, frozen=True, tag="heal"):
    """Mend the cable between two machines, or all that was done to one: its network, its disk."""

    a: str
    b: str = ""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Mend."""
        faults.heal(world, self.a, self.b)
