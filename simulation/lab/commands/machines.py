"""Power and number of the machines."""

from typing import TYPE_CHECKING

from simulation.kube import faults
from simulation.lab.commands.base import CommandRecord

if TYPE_CHECKING:
    from simulation.kube.world import World


class PowerOff(CommandRecord, frozen=True, tag="power-off"):
    """Switch a machine off, without warning."""

    node: str

    def run(self, world: "World", id: str, actor: str) -> None:
        """Cut the power."""
        faults.power_off(world, self.node)


class PowerOn(CommandRecord, frozen=True, tag="power-on"):
    """Switch a machine on; it boots."""

    node: str

    def run(self, world: "World", id: str, actor: str) -> None:
        """Give power."""
        faults.power_on(world, self.node)


class ShutDown(CommandRecord, frozen=True, tag="shut-down"):
    """Shut a machine down in order; pods are stopped first where kubelets are set up to do so."""

    node: str

    def run(self, world: "World", id: str, actor: str) -> None:
        """Begin."""
        faults.shut_down(world, self.node)


class FillDisk(CommandRecord, frozen=True, tag="fill-disk"):
    """Fill a machine's disk up to a share of it with something that is no image."""

    node: str
    percent: int

    def run(self, world: "World", id: str, actor: str) -> None:
        """Fill."""
        faults.fill_disk(world, self.node, self.percent)


class SlowDisk(CommandRecord, frozen=True, tag="slow-disk"):
    """Let the disk of a control plane node take so many ms for each fsync; 0 ends it."""

    node: str
    ms: int

    def run(self, world: "World", id: str, actor: str) -> None:
        """Slow it down."""
        faults.slow_disk(world, self.node, self.ms)


class ProvokeSplitVote(CommandRecord, frozen=True, tag="provoke-split-vote"):
    """Let all members of etcd stand for election at the same instant."""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Set their timers."""
        faults.provoke_split_vote(world)


class AddWorker(CommandRecord, frozen=True, tag="add-worker"):
    """Set up one more worker; it boots and joins."""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Plug it in."""
        faults.add_worker(world)


class RemoveWorker(CommandRecord, frozen=True, tag="remove-worker"):
    """Take a worker out: switch it off and delete its Node object."""

    node: str

    def run(self, world: "World", id: str, actor: str) -> None:
        """Unplug it for good."""
        faults.remove_worker(world, self.node)


class AddControlPlane(CommandRecord, frozen=True, tag="add-control-plane"):
    """Set up one more control plane node; it boots, learns, and is promoted."""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Plug it in."""
        world.members.add(world)


class RemoveControlPlane(CommandRecord, frozen=True, tag="remove-control-plane"):
    """Take a control plane node out: its member of etcd, its machine, its Node."""

    node: str

    def run(self, world: "World", id: str, actor: str) -> None:
        """Begin; it is gone when the others have agreed."""
        world.members.remove(world, self.node)
