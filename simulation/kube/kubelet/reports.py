"""What a kubelet tells the API server: pod statuses, last words, Kubernetes Events.

A report is sent when it would change something, one at a time a pod; what happens meanwhile is in
the next one. While nobody can be reached nothing is lost: the report is worked out anew when the
connection is back, or every ten seconds.
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.timeline import Datum
from simulation.kernel.units import SECOND, Duration
from simulation.kube.apiserver import Reply
from simulation.kube.events import Rhythm
from simulation.kube.kubelet.stages import STATUS_RETRY, KubeletState, PodRun
from simulation.kube.kubelet.status import status_of
from simulation.kube.objects.pod import Pod
from simulation.kube.writes import Committed, Refused, Result, Write

if TYPE_CHECKING:
    from simulation.kube.world import World

CONFLICT_RETRY: Duration = SECOND
"""Somebody else wrote the pod meanwhile; by then the kubelet has heard of it."""


def event(world: "World", run: PodRun, kind: str, reason: str, message: str) -> None:
    """Record a Kubernetes Event about a pod."""
    node = run.pod.spec.node_name
    world.events.add(world.now, "kubelet", node, run.pod, kind, reason, message)


SAID_AGAIN = (
    *("Startup", "Liveness", "Readiness"),
    *("Startup later", "Liveness later", "Readiness later"),
    "config",
)
"""What a kubelet may say again and again of a container: which probe fails, before it succeeds or
after that, and what is missing."""


def repeated(
    world: "World",
    run: PodRun,
    container: str,
    what: str,
    rhythm: Rhythm,
    reason: str,
    message: str,
) -> None:
    """Record a warning that is said again and again until somebody calls `quiet`."""
    node, name = run.pod.spec.node_name, f"{run.uid}/{container}/{what}"
    about = ("kubelet", node, run.pod, "Warning", reason, message)
    world.events.begin(name, rhythm, world.now, *about)


def quiet(world: "World", run: PodRun, container: str = "") -> None:
    """End what is said again and again of a container, or of the pod's volumes."""
    for what in SAID_AGAIN if container else ("mount",):
        world.events.end(f"{run.uid}/{container}/{what}", world.now)


def report(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """Send the status of a pod if it differs from what was last reported."""
    if run.gone or run.in_flight or not kubelet.connected:
        return
    status = status_of(run, world.machines[kubelet.node].address, world.now)
    removing = run.stage == "removing"
    if status == run.posted and not removing:
        return
    reason = Reason("kubelet-reports", {"pod": run.key, "node": kubelet.node})
    pod = msgspec.structs.replace(run.pod, status=status)
    # The whole status is replaced, so nothing that others wrote into it may be overlooked.
    version = max(run.posted_version, run.pod.metadata.resource_version)
    writes = [
        Write(
            "patch",
            pod,
            reason,
            fields=("status",),
            require_uid=run.uid,
            require_version=version,
        )
    ]
    if removing:
        last_words = Reason("kubelet-removes", {"pod": run.key, "node": kubelet.node})
        writes.append(Write("delete", pod, last_words, require_uid=run.uid, grace_seconds=0))
    run.asked += 1
    run.in_flight = True
    reply = Reply("kubelet/answered", kubelet.node, (run.uid, run.asked))
    world.api.send(world, "kubelet", kubelet.node, tuple(writes), reply, run.causes)


def answered(
    world: "World", subject: str, data: tuple[Datum, ...], results: tuple[Result, ...]
) -> None:
    """Learn what became of a report."""
    kubelet = world.kubelets.state.kubelets.get(subject)
    run = kubelet.pods.get(str(data[0])) if kubelet is not None else None
    if kubelet is None or run is None or data[1] != run.asked:
        return
    run.in_flight = False
    first = results[0]
    if isinstance(first, Committed) and isinstance(first.object, Pod):
        run.posted = first.object.status
        run.posted_version = first.version
        if len(results) > 1 and isinstance(results[1], Committed):
            forget(kubelet, run)
        else:
            report(world, kubelet, run)
    elif isinstance(first, Refused) and first.reason == "NotFound":
        world.kubelets.vanished(world, kubelet, run)
    else:
        is_conflict = isinstance(first, Refused) and first.reason == "Conflict"
        due = world.now + (CONFLICT_RETRY if is_conflict else STATUS_RETRY)
        world.timeline.at(due, "kubelet/report", kubelet.node, (run.uid, run.asked))


def report_again(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """Report once more, on the basis of the newest version that the kubelet's watch has seen."""
    pod = world.readers.view(world, kubelet.node).get(Pod, run.key)
    if isinstance(pod, Pod) and pod.metadata.uid == run.uid:
        heard_status(run, pod)
    report(world, kubelet, run)


def heard_status(run: PodRun, pod: Pod) -> None:
    """Take over what the watch says of a pod, unless the kubelet itself knows better."""
    run.pod = pod
    if pod.metadata.resource_version > run.posted_version:
        run.posted = pod.status
        run.posted_version = pod.metadata.resource_version


def forget(kubelet: KubeletState, run: PodRun) -> None:
    """Drop a pod of which nothing is left."""
    kubelet.pods.pop(run.uid, None)
