"""Cables between machines."""

from typing import TYPE_CHECKING

from simulation.kube import faults
from simulation.lab.commands.base import CommandRecord

if TYPE_CHECKING:
    from simulation.kube.world import World


class Cut(CommandRecord, frozen=True, tag="cut"):
    """Cut the cable between two machines, or all cables of one."""

    a: str
    b: str = ""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Cut."""
        faults.cut(world, self.a, self.b)


class Heal(CommandRecord, frozen=True, tag="heal"):
    """Mend the cable between two machines, or all cables of one."""

    a: str
    b: str = ""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Mend."""
        faults.heal(world, self.a, self.b)
