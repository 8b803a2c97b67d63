"""Keeps a pod waiting whose PersistentVolumeClaim does not exist.

Follows pkg/scheduler/framework/plugins/volumebinding/volume_binding.go (PreFilter, podHasPVCs). Volumes
are not simulated: a claim that exists counts as bound.
"""

from simulation.kube.scheduler.infos import (
    FITS,
    SKIP,
    Cluster,
    NodeInfo,
    PodInfo,
    Rejected,
    Skip,
    Verdict,
)


class VolumeBinding:
    """Rejects a pod whose claim is missing or being deleted on every node."""

    name = "VolumeBinding"

    def prepare(self, pod: PodInfo, cluster: Cluster) -> Skip | Rejected:
        """Say what is wrong with the pod's claims, if anything is."""
        return Rejected(pod.claim_trouble) if pod.claim_trouble else SKIP

    def filter(self, pod: PodInfo, node: NodeInfo, state: object) -> Verdict:
        """Have nothing against any node."""
        return FITS
