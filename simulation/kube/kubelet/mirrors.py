"""The mirrors of static pods in the API: the file on the disk is what counts, and they follow it."""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.timeline import Datum
from simulation.kube.apiserver import Reply
from simulation.kube.kubelet.stages import MIRROR, KubeletState, PodRun
from simulation.kube.objects.pod import Pod
from simulation.kube.writes import Result, Write

if TYPE_CHECKING:
    from simulation.kube.world import World


def write_mirror(world: "World", kubelet: KubeletState, run: PodRun, verb: str) -> None:
    """Create or delete the mirror of a static pod, as the file on the disk wants it."""
    reason = Reason("kubelet-mirrors", {"pod": run.key, "node": kubelet.node})
    meta = msgspec.structs.replace(
        run.pod.metadata,
        uid="",
        resource_version=0,
        deletion_timestamp=None,
        deletion_grace_period_seconds=None,
    )
    pod = msgspec.structs.replace(run.pod, metadata=meta)
    write = Write(verb, pod, reason, grace_seconds=0 if verb == "delete" else None)
    reply = Reply("kubelet/mirrored", kubelet.node, (run.uid, verb))
    world.api.send(world, "kubelet", kubelet.node, (write,), reply, run.causes)


def mirrored_by(kubelet: KubeletState, pod: Pod) -> PodRun | None:
    """Return the static pod that a new mirror stands for, under its new uid."""
    if MIRROR not in pod.metadata.annotations:
        return None
    key = f"{pod.metadata.namespace}/{pod.metadata.name}"
    run = next((each for each in kubelet.pods.values() if each.key == key), None)
    if run is not None:
        del kubelet.pods[run.uid]
        kubelet.pods[pod.metadata.uid] = run
    return run


def _mirrored(
    world: "World", subject: str, data: tuple[Datum, ...], results: tuple[Result, ...]
) -> None:
    """A mirror pod was written or removed; the watch brings the news."""


REPLIES = {"kubelet/mirrored": _mirrored}
