"""Processes inside pods."""

from typing import TYPE_CHECKING

from simulation.kube import faults
from simulation.lab.commands.base import CommandRecord

if TYPE_CHECKING:
    from simulation.kube.world import World


class Leak(CommandRecord, frozen=True, tag="leak"):
    """Let the program of a pod take so many bytes of memory more."""

    pod: str
    memory: int

    def run(self, world: "World", id: str, actor: str) -> None:
        """Take it."""
        faults.leak(world, self.pod, self.memory)


class KillContainer(CommandRecord, frozen=True, tag="kill-container"):
    """Kill a container's process; the pod stays and the kubelet restarts it."""

    pod: str
    container: str = ""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Kill."""
        faults.kill_container(world, self.pod, self.container)
