"""The users outside: how much they ask for."""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Refused
from simulation.lab.commands.base import CommandRecord
from simulation.lab.limits import LOAD_MAX_RPS

if TYPE_CHECKING:
    from simulation.kube.world import World


class Load(CommandRecord, frozen=True, tag="load"):
    """Let clients ask a route so many times a second."""

    route: str
    rps: int

    def run(self, world: "World", id: str, actor: str) -> None:
        """Set the rate."""
        if not 0 <= self.rps <= LOAD_MAX_RPS:
            raise Refused("load-too-large", rps=self.rps, limit=LOAD_MAX_RPS)
        world.set_load(self.route, self.rps)
        if self.rps and not world.traffic.is_led(world, self.route):
            world.story("load-unled", f"Route/{self.route}", route=self.route)
