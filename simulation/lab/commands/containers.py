"""Processes inside pods."""

from typing import TYPE_CHECKING

from simulation.kube import faults
from simulation.lab.commands.base import CommandRecord

if TYPE_CHECKING:
    from simulation.kube.world import World


class KillContainer(CommandRecord, frozen=True, tag="kill-container"):
    """Kill a container's process; the pod stays and the kubelet restarts it."""

    pod: str
    container: str = ""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Kill."""
        faults.kill_container(world, self.pod, self.container)
