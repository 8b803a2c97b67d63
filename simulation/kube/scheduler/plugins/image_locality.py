"""Prefers nodes that have the pod's images already."""

from simulation.kernel.units import MIB
from simulation.kube.scheduler.infos import Cluster, NodeInfo, PodInfo

SMALLEST = 23 * MIB
LARGEST_PER_CONTAINER = 1000 * MIB


class ImageLocality:
    """The plugin: big images count more, and images that few nodes have count less."""

    name = "ImageLocality"

    def scores(
        self, pod: PodInfo, candidates: list[NodeInfo], cluster: Cluster
    ) -> list[int] | None:
        """Score the bytes that need not be pulled."""
        if not pod.images:
            return [0 for _ in candidates]
        wanted = [normalised(image) for image in pod.images]
        spread = {
            image: sum(image in node.images for node in cluster.nodes) for image in sorted(wanted)
        }
        return [self._score(node, wanted, spread, len(cluster.nodes)) for node in candidates]

    def _score(self, node: NodeInfo, wanted: list[str], spread: dict[str, int], nodes: int) -> int:
        present = sum(
            int(float(node.images[image]) * (spread[image] / nodes))
            for image in wanted
            if image in node.images
        )
        largest = LARGEST_PER_CONTAINER * len(wanted)
        present = min(max(present, SMALLEST), largest)
        return 100 * (present - SMALLEST) // (largest - SMALLEST)


def normalised(image: str) -> str:
    """Return the image's name with its tag, `latest` when it has none."""
    return image if image.rfind(":") > image.rfind("/") else image + ":latest"
