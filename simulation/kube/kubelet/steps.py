"""How a kubelet comes back to a container: by a timer that belongs to its present attempt."""

from typing import TYPE_CHECKING

from simulation.kernel.units import Duration
from simulation.kube.kubelet.stages import ContainerRun, KubeletState, PodRun

if TYPE_CHECKING:
    from simulation.kube.world import World


def timer(
    world: "World",
    kubelet: KubeletState,
    run: PodRun,
    each: ContainerRun,
    purpose: str,
    wait: Duration,
) -> None:
    """Set a timer for the container's present attempt."""
    data = (run.uid, each.name, each.attempt)
    world.timeline.at(world.now + wait, purpose, kubelet.node, data)
