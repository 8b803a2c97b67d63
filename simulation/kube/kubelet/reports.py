"""What a kubelet tells the API server: pod statuses, last words, Kubernetes Events.

A report is sent when it would change something, one at a time a pod; what happens meanwhile is in
the next one. While nobody can be reached nothing is lost: the report is worked out anew when the
connection is back, or every ten seconds.
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.timeline import Datum
from simulation.kube.apiserver import Reply
from simulation.kube.kubelet.stages import STATUS_RETRY, KubeletState, PodRun
from simulation.kube.kubelet.status import status_of
from simulation.kube.objects.pod import Pod
from simulation.kube.writes import Committed, Refused, Result, Write

if TYPE_CHECKING:
    from simulation.kube.world import World

GONE_REASONS = ("NotFound", "Conflict")
"""The pod does not exist any more, or another one has its name."""


def event(world: "World", run: PodRun, kind: str, reason: str, message: str) -> None:
    """Record a Kubernetes Event about a pod."""
    node = run.pod.spec.node_name
    world.events.add(world.now, "kubelet", node, run.pod, kind, reason, message)


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
    writes = [Write("patch", pod, reason, fields=("status",), require_uid=run.uid)]
    if removing:
        last_words = Reason("kubelet-removes", {"pod": run.key, "node": kubelet.node})
        writes.append(
            Write("delete", pod, last_words, require_uid=run.uid, grace_seconds=0)
        )
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
    elif isinstance(first, Refused) and first.reason in GONE_REASONS:
        world.kubelets.vanished(world, kubelet, run)
    else:
        due = world.now + STATUS_RETRY
        world.timeline.at(due, "kubelet/report", kubelet.node, (run.uid, run.asked))


def forget(kubelet: KubeletState, run: PodRun) -> None:
    """Drop a pod of which nothing is left."""
    kubelet.pods.pop(run.uid, None)
