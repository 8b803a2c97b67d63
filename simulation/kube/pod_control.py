"""What becomes of the pods that a controller asks for or asks away, told as events of their owner.

Follows pkg/controller/controller_utils.go, RealPodControl: the ReplicaSet and DaemonSet controllers
speak this way, others do not.
"""

from typing import TYPE_CHECKING

from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.pod import Pod
from simulation.kube.writes import Committed, Refused, Result, Write

if TYPE_CHECKING:
    from simulation.kube.world import World

SPEAKERS = {"daemonset": "daemonset-controller", "replicaset": "replicaset-controller"}
DONE = {
    "create": ("SuccessfulCreate", "Created pod: "),
    "delete": ("SuccessfulDelete", "Deleted pod: "),
}
FAILED = {
    "create": ("FailedCreate", "Error creating: "),
    "delete": ("FailedDelete", "Error deleting: "),
}
FORBIDDEN = 403
GONE = "NotFound"


def answered(world: "World", by: str, write: Write, result: Result) -> str:
    """Tell how a controller's write about a pod ended; return the refusal's words, if it is one."""
    pod, source = write.object, SPEAKERS.get(by)
    if source is None or not isinstance(pod, Pod) or write.verb not in DONE:
        return ""
    owner = _owner(world, pod)
    if isinstance(result, Committed):
        if owner is not None:
            reason, text = DONE[write.verb]
            name = result.object.metadata.name
            world.events.add(world.now, source, "", owner, "Normal", reason, text + name)
        return ""
    if not isinstance(result, Refused) or result.reason == GONE:
        return ""
    if owner is not None:
        reason, text = FAILED[write.verb]
        told = text + result.message
        world.events.add(world.now, source, "", owner, "Warning", reason, told)
        if result.code == FORBIDDEN:
            reference = pod.metadata.owner_references[0]
            world.story("quota-refused", f"{reference.kind}/{reference.name}", (), text=told)
    return result.message


def _owner(world: "World", pod: Pod) -> AnyObject | None:
    for each in pod.metadata.owner_references:
        if each.controller:
            return world.store.get(each.kind, f"{pod.metadata.namespace}/{each.name}")
    return None
