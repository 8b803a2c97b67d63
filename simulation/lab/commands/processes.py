"""Single processes of a machine."""

from typing import TYPE_CHECKING

from simulation.kube import faults
from simulation.lab.commands.base import CommandRecord

if TYPE_CHECKING:
    from simulation.kube.world import World


class KillProcess(CommandRecord, frozen=True, tag="kill-process"):
    """Kill one process of a machine; the machine and everything else on it goes on."""

    node: str
    process: str

    def run(self, world: "World", id: str, actor: str) -> None:
        """Kill."""
        faults.kill_process(world, self.node, self.process)


class StartProcess(CommandRecord, frozen=True, tag="start-process"):
    """Start a process that was killed."""

    node: str
    process: str

    def run(self, world: "World", id: str, actor: str) -> None:
        """Start."""
        faults.start_process(world, self.node, self.process)
