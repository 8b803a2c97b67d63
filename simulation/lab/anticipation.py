"""What the cluster is waiting for: the next thing that will happen by the clock alone.

Pace Auto hurries towards it and says why. Only waits that a learner can see the sense of count: a
lease running out, a toleration, an office changing hands, a machine starting, a back-off.

A back-off that has become long is a repeat: what follows it has been seen several times. It is still
awaited, and said, but nobody hurries towards it and no step goes to it.
"""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record
from simulation.kernel.timeline import Event
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.kubelet.stages import ContainerRun, crash_delay, pull_delay
from simulation.kube.objects.node import Node
from simulation.kube.rules.eviction import Timer
from simulation.kube.rules.pods import condition
from simulation.kube.rules.taints import NO_EXECUTE

if TYPE_CHECKING:
    from simulation.kube.world import World


POD_WAITS = {
    "kubelet/pull-again": "waiting-for-pull-again",
    "kubelet/pulled": "waiting-for-image",
    "kubelet/ready": "waiting-for-ready",
    "kubelet/restart": "waiting-for-restart",
}
"""Events of kubelets that a learner waits for, and the words for the wait."""

TIMERS = (
    "kubelet/exited",
    "kubelet/probe-failed",
    "kubelet/process-ends",
    "kubelet/process-killed",
    "kubelet/pull-again",
    "kubelet/ready",
    "kubelet/restart",
    "kubelet/started",
    "kubelet/unready",
)
"""Events that carry pod, container and attempt."""
LONG_START = 20 * SECOND
REPEAT_FROM: Duration = 60 * SECOND
"""A back-off that long comes after 10, 20 and 40 s: what it ends in has been seen four times."""


class Anticipation(Record):
    """A wait: until when, since when, and what for."""

    due: Instant
    since: Instant
    reason: Reason
    is_repeat: bool = False
    """It ends in what has been seen several times."""


def anticipate(world: "World") -> Anticipation | None:
    """Return the wait that ends first, or None if nothing is awaited; a repeat only if it is alone."""
    waits = [
        *_silent_nodes(world),
        *_tolerations(world),
        *_boots(world),
        *_offices(world),
        *_pods(world),
    ]
    ahead = [wait for wait in waits if wait.due > world.now]
    return min(ahead, key=lambda wait: (wait.is_repeat, wait.due, wait.reason.key), default=None)


def judged_at(world: "World", node: str) -> Instant | None:
    """Return the look at which a silent node will be called NotReady, None if nobody counts.

    Without a quorum nobody is heard and nothing can be written, so there is nothing to wait for.
    """
    heart = world.heartbeats.state.hearts.get(node)
    found = world.store.get(Node, node)
    ready = condition(found, "Ready") if found is not None else None
    if heart is None or heart.renewing or ready is None or ready.status == "Unknown":
        return None
    if not world.manager.state.holder or not world.has_quorum():
        return None
    return world.heartbeats.judged_at(world, node)


def evicted_from(world: "World", node: str) -> Instant | None:
    """Return when the next pods are evicted from a node, None if no timer runs for that.

    The timers are what the controller noted of each pod. When it looks at the node next is another
    matter: between the taint and its first visit it is about to look, and nothing is due yet.
    """
    queue = world.manager.state.queues.get("taint-eviction")
    found = world.store.get(Node, node)
    if queue is None or node not in queue.queued or found is None:
        return None
    if not any(taint.effect == NO_EXECUTE for taint in found.spec.taints):
        return None
    pods = [pod.metadata.uid for _, pod in world.store.by(PODS_BY_NODE, node)]
    notes = [queue.notes.get(f"{node}/{uid}") for uid in pods]
    dues = [Timer(*note).due for note in notes if note is not None]
    return min((due for due in dues if due > world.now), default=None)


def _silent_nodes(world: "World") -> list[Anticipation]:
    waits = []
    for node in sorted(world.heartbeats.state.hearts):
        due = judged_at(world, node)
        if due is None:
            continue
        limit = world.settings.node_monitor_grace // SECOND
        reason = Reason("waiting-for-lease", {"node": node, "limit": limit})
        waits.append(Anticipation(due, world.heartbeats.noticed_at(world, node), reason))
    return waits


def _tolerations(world: "World") -> list[Anticipation]:
    queue = world.manager.state.queues.get("taint-eviction")
    waits = []
    for node in sorted(queue.queued) if queue is not None else ():
        due, found = evicted_from(world, node), world.store.get(Node, node)
        if due is None or found is None or due <= world.now + SECOND:
            continue
        taints = [taint for taint in found.spec.taints if taint.effect == NO_EXECUTE]
        since = max(taint.time_added or 0 for taint in taints)
        total = (due - since) // SECOND
        reason = Reason("waiting-for-toleration", {"node": node, "limit": total})
        waits.append(Anticipation(due, since, reason))
    return waits


def _boots(world: "World") -> list[Anticipation]:
    return [
        Anticipation(
            machine.ready_at, machine.since, Reason("waiting-for-boot", {"node": machine.name})
        )
        for _, machine in sorted(world.machines.items())
        if machine.power == "booting"
    ]


def _pods(world: "World") -> list[Anticipation]:
    """Return waits for containers: until one is ready, restarted or its image is there."""
    return [
        Anticipation(
            event.due,
            event.due - LONG_START,
            Reason(POD_WAITS[event.purpose], {"node": event.subject}),
            is_repeat(world, event),
        )
        for event in world.timeline.events()
        if event.purpose in POD_WAITS
        and event.due > world.now + SECOND
        and not is_stale(world, event)
    ]


def is_stale(world: "World", event: Event) -> bool:
    """Tell whether a container's timer has been overtaken: its pod is gone, or it has gone on."""
    if event.purpose not in TIMERS:
        return False
    each = _container_of(world, event)
    return each is None or each.attempt != event.data[2]


def is_repeat(world: "World", event: Event) -> bool:
    """Tell whether an event ends a back-off that has become long."""
    each = _container_of(world, event) if event.purpose in TIMERS else None
    if each is None:
        return False
    if event.purpose == "kubelet/pull-again":
        return pull_delay(max(1, each.pull_failures)) >= REPEAT_FROM
    if event.purpose != "kubelet/restart":
        return False
    ended = each.ended or each.last
    return ended is not None and crash_delay(each, ended.finished) >= REPEAT_FROM


def _container_of(world: "World", event: Event) -> ContainerRun | None:
    """Return the container that a timer was set for."""
    kubelet = world.kubelets.state.kubelets.get(event.subject)
    run = kubelet.pods.get(str(event.data[0])) if kubelet is not None else None
    return run.container(str(event.data[1])) if run is not None else None


def _offices(world: "World") -> list[Anticipation]:
    waits = []
    for name, office in sorted(world.offices.state.offices.items()):
        if office.renewing or not world.has_quorum():
            continue
        due = min(
            (
                event.due
                for event in world.timeline.events()
                if event.purpose == "offices/takeover" and event.subject == name
            ),
            default=None,
        )
        if due is not None:
            reason = Reason("waiting-for-office", {"office": name})
            waits.append(Anticipation(due, office.last_renewal, reason))
    return waits
