"""kube-scheduler: one pod at a time, from the queue to a binding.

Works only while a process holds the lease, on what that process's watch has told it. A pod that
gets a node is assumed to be there at once; the binding travels to the API server meanwhile, within
the client's rate. What the process knew dies with it: the next one starts from a list.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.records import State
from simulation.kernel.timeline import Datum, Event
from simulation.kernel.units import SECOND, Instant
from simulation.kube.apiserver import Reply
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.pod import Pod, PodStatus
from simulation.kube.scheduler.cycle import Scheduled, Unschedulable, schedule
from simulation.kube.scheduler.explain import Explanation, explain
from simulation.kube.scheduler.hints import Happening, may_help
from simulation.kube.scheduler.infos import PodInfo
from simulation.kube.scheduler.node_table import NodeTable
from simulation.kube.scheduler.pod_infos import default_selector, pod_info, with_claims
from simulation.kube.scheduler.queue import SchedulingQueue, Waiting, flushed_at
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Committed, Refused, Result, Write

if TYPE_CHECKING:
    from simulation.kube.world import World

READER = "kube-scheduler"
NAME = "default-scheduler"
LEAST_PRIORITY = -(1 << 31)
"""Priorities are int32: everything matters as much as this."""


class Assumed(State):
    """A binding that is under way or not heard of yet."""

    node: str
    waiting: Waiting


class SchedulerState(State):
    """What a checkpoint keeps of the scheduler."""

    holder: str = ""
    term: int = 0
    """Counts holders, so that timers of an earlier one are stale."""
    since: Instant = 0
    queue: SchedulingQueue = msgspec.field(default_factory=SchedulingQueue)
    assumed: dict[str, Assumed] = {}
    start_index: int = 0
    """Where the next cycle begins its search."""
    wake_at: Instant = -1
    tokens_at: Instant = 0
    """When the client's rate limiter would have been empty (virtual scheduling)."""


class Scheduler:
    """The scheduler, while somebody holds its lease."""

    def __init__(self, state: SchedulerState | None = None) -> None:
        self.state = state or SchedulerState()
        self._table: NodeTable | None = None

    def start(self, world: "World", holder: str) -> None:
        """A process on a control plane node took the lease: list everything."""
        state = self.state
        state.holder, state.term, state.since = holder, state.term + 1, world.now
        state.queue, state.assumed, state.wake_at = SchedulingQueue(), {}, -1
        # A new process has a full bucket of tokens.
        state.tokens_at = world.now - SECOND // world.settings.scheduler_qps * (
            world.settings.scheduler_burst
        )
        self._table = None
        world.readers.remove(READER)
        reader = world.readers.add(world, READER, holder)
        if reader.server:
            self.relisted(world)

    def stop(self, world: "World") -> None:
        """The lease is lost: whatever was queued or assumed is forgotten."""
        state = self.state
        state.holder, state.term = "", state.term + 1
        state.queue, state.assumed = SchedulingQueue(), {}
        self._table = None
        world.readers.remove(READER)

    def relisted(self, world: "World") -> None:
        """The watch starts anew: rebuild the table and queue every pod without a node."""
        if not self.state.holder:
            return
        self._table = None
        view = world.readers.view(world, READER)
        known = self.state.queue
        self.state.queue = SchedulingQueue()
        for key, pod in view.items(Pod):
            if isinstance(pod, Pod) and self._is_ours(pod) and key not in self.state.assumed:
                earlier = known.get(key)
                self._enqueue(world, pod, earlier.causes if earlier else ())
        self._wake(world)

    def heard(self, world: "World", changes: Iterable[Change]) -> None:
        """The watch brought news."""
        if not self.state.holder:
            return
        table = self._nodes(world)
        for change in changes:
            if change.kind == "Pod":
                self._follow_pod(world, change)
            happening = table.follow(change)
            if happening is not None:
                self._move(world, happening, change)
        self._wake(world)

    def explain(self, world: "World", pod: Pod) -> Explanation:
        """Say what every plugin thinks of every node for a pod, placed or not."""
        view = self._view(world)
        assumed = {key: each.node for key, each in self.state.assumed.items()}
        table = NodeTable.rebuild(view, assumed)
        info = with_claims(pod_info(pod, default_selector(pod, view)), view)
        table.withdraw(info.key)
        return explain(msgspec.structs.replace(info, node_name=""), table.cluster())

    def _view(self, world: "World") -> View:
        if self.state.holder and world.readers.connected(READER):
            return world.readers.view(world, READER)
        return View(world.store)

    def _nodes(self, world: "World") -> NodeTable:
        if self._table is None:
            assumed = {key: each.node for key, each in self.state.assumed.items()}
            self._table = NodeTable.rebuild(world.readers.view(world, READER), assumed)
        return self._table

    def _is_ours(self, pod: Pod) -> bool:
        name = pod.spec.rest.get("schedulerName") or NAME
        return (
            not pod.spec.node_name
            and pod.metadata.deletion_timestamp is None
            and not pod.spec.scheduling_gates
            and name == NAME
        )

    def _enqueue(self, world: "World", pod: Pod, causes: tuple[int, ...]) -> None:
        meta = pod.metadata
        waiting = Waiting(
            key=f"{meta.namespace}/{meta.name}",
            uid=meta.uid,
            priority=pod.spec.priority or 0,
            causes=causes,
            nominated=pod.status.nominated_node_name,
        )
        self.state.queue.add(waiting, world.now)

    def _follow_pod(self, world: "World", change: Change) -> None:
        state, new = self.state, change.new
        if isinstance(new, Pod) and self._is_ours(new):
            waiting = state.queue.get(change.key)
            if waiting is None and change.key not in state.assumed:
                self._enqueue(world, new, (change.id,))
            elif waiting is not None and _spec_changed(change):
                state.queue.add(waiting, world.now)
            return
        state.queue.remove(change.key)
        is_settled = new is None or (isinstance(new, Pod) and bool(new.spec.node_name))
        assumed = state.assumed.pop(change.key, None) if is_settled else None
        if assumed is not None and new is None:
            self._nodes(world).withdraw(change.key)

    def _move(self, world: "World", happening: Happening, change: Change) -> None:
        """Let those pods try again that this change may help."""
        queue = self.state.queue
        view = world.readers.view(world, READER) if queue.unschedulable else None
        for key in sorted(queue.unschedulable):
            pod = view.get(Pod, key) if view is not None else None
            if isinstance(pod, Pod) and may_help(
                queue.unschedulable[key].plugins, pod_info(pod), happening
            ):
                queue.move(key, world.now, (change.id,))

    def _wake(self, world: "World") -> None:
        due = self.state.queue.next_due(world.now)
        if due is None:
            return
        due = max(due, world.now) + world.settings.scheduler_cycle
        if 0 <= self.state.wake_at <= due:
            return
        self.state.wake_at = due
        world.timeline.at(due, "scheduler/cycle", "", (self.state.term, due))

    def cycle(self, world: "World", event: Event) -> None:
        """Serve one pod."""
        state = self.state
        if event.data != (state.term, state.wake_at) or not world.is_up(state.holder):
            return
        state.wake_at = -1
        waiting = state.queue.pop(world.now)
        if waiting is not None:
            self._serve(world, waiting)
        self._wake(world)

    def _serve(self, world: "World", waiting: Waiting) -> None:
        view = world.readers.view(world, READER)
        pod = view.get(Pod, waiting.key)
        if not isinstance(pod, Pod) or not self._is_ours(pod) or pod.metadata.uid != waiting.uid:
            return
        info = with_claims(pod_info(pod, default_selector(pod, view)), view)
        info = msgspec.structs.replace(info, nominated=waiting.nominated)
        cluster = self._nodes(world).cluster()
        start = self.state.start_index % max(len(cluster.nodes), 1)
        coming = self._nominated(view, waiting)
        outcome = schedule(info, cluster, world.dice, start, waiting.attempts, coming)
        if cluster.nodes:
            self.state.start_index = (start + outcome.visited) % len(cluster.nodes)
        if isinstance(outcome, Scheduled):
            node = world.placed_at_birth(pod) or outcome.node
            self._nodes(world).place(info, node)
            self.state.assumed[waiting.key] = Assumed(node, waiting)
            self._bind(world, pod, node, waiting)
        else:
            self._give_up(world, pod, waiting, outcome)

    def _nominated(self, view: View, waiting: Waiting) -> tuple[PodInfo, ...]:
        """Return the other pods for which room is being made and that matter as much."""
        found = []
        for key, node in self.state.queue.nominated(waiting.priority, waiting.key).items():
            pod = view.get(Pod, key)
            if pod is not None:
                found.append(msgspec.structs.replace(pod_info(pod), nominated=node))
        return tuple(found)

    def _bind(self, world: "World", pod: Pod, node: str, waiting: Waiting) -> None:
        due = self._token(world)
        data = (self.state.term, waiting.key, node)
        if due <= world.now:
            self._send_binding(world, pod, node, waiting)
        else:
            world.timeline.at(due, "scheduler/bind", "", data)

    def _token(self, world: "World") -> Instant:
        """Take a token of the client's rate limiter and return when it may be used."""
        settings, state = world.settings, self.state
        gap = SECOND // settings.scheduler_qps
        earliest = world.now - gap * (settings.scheduler_burst - 1)
        state.tokens_at = max(state.tokens_at, earliest - gap) + gap
        return max(world.now, state.tokens_at)

    def bind(self, world: "World", event: Event) -> None:
        """A binding has waited for its token."""
        term, key, node = event.data
        assumed = self.state.assumed.get(str(key))
        if term != self.state.term or assumed is None or assumed.node != node:
            return
        pod = world.readers.view(world, READER).get(Pod, str(key))
        if isinstance(pod, Pod):
            self._send_binding(world, pod, str(node), assumed.waiting)

    def _send_binding(self, world: "World", pod: Pod, node: str, waiting: Waiting) -> None:
        scheduled = Condition("PodScheduled", "True", last_transition_time=world.now)
        bound = msgspec.structs.replace(
            pod,
            spec=msgspec.structs.replace(pod.spec, node_name=node),
            # Since v1.35 a binding clears the nomination.
            status=msgspec.structs.replace(_with_condition(pod, scheduled), nominated_node_name=""),
        )
        write = Write(
            "patch",
            bound,
            Reason("pod-scheduled", {"pod": waiting.key, "node": node}),
            fields=("spec.node_name", "status.conditions", "status.nominated_node_name"),
            require_uid=waiting.uid,
            require={"spec.node_name": ""},
        )
        reply = Reply("scheduler/bound", waiting.key, (self.state.term, waiting.uid))
        world.api.send(world, "kube-scheduler", self.state.holder, (write,), reply, waiting.causes)

    def bound(
        self,
        world: "World",
        key: str,
        data: tuple[Datum, ...],
        results: tuple[Result, ...],
    ) -> None:
        """An API server answered a binding."""
        term, uid = data
        assumed = self.state.assumed.get(key)
        result = results[0]
        if isinstance(result, Committed) and isinstance(result.object, Pod):
            node = result.object.spec.node_name
            text = f"Successfully assigned {key} to {node}"
            self._event(world, result.object, "Normal", "Scheduled", text)
            return
        if term != self.state.term or assumed is None or assumed.waiting.uid != uid:
            return
        del self.state.assumed[key]
        self._nodes(world).withdraw(key)
        if not (isinstance(result, Refused) and result.reason == "NotFound"):
            self.state.queue.retry(assumed.waiting, world.now)
        self._wake(world)

    def _event(self, world: "World", pod: Pod, kind: str, reason: str, message: str) -> None:
        world.events.add(world.now, NAME, "", pod, kind, reason, message)

    def _give_up(self, world: "World", pod: Pod, waiting: Waiting, outcome: Unschedulable) -> None:
        if not outcome.waits_for_room:
            waiting.nominated = outcome.nomination.node if outcome.nomination else ""
        self.state.queue.give_up(waiting, world.now, outcome.plugins)
        due = flushed_at(waiting, self.state.since)
        data = (self.state.term, waiting.attempts)
        world.timeline.at(due, "scheduler/flush", waiting.key, data)
        self._event(world, pod, "Warning", "FailedScheduling", outcome.message)
        writes = self._unschedulable_writes(world, pod, waiting, outcome)
        if writes:
            reply = Reply("scheduler/noted", waiting.key)
            world.api.send(
                world, "kube-scheduler", self.state.holder, writes, reply, waiting.causes
            )

    def _unschedulable_writes(
        self, world: "World", pod: Pod, waiting: Waiting, outcome: Unschedulable
    ) -> tuple[Write, ...]:
        """Return the pod's condition, if it changes, and the deletions of victims."""
        earlier = next(
            (each for each in pod.status.conditions if each.type == "PodScheduled"), None
        )
        same = earlier is not None and earlier.status == "False"
        since = earlier.last_transition_time if same and earlier is not None else world.now
        condition = Condition("PodScheduled", "False", "Unschedulable", outcome.message, since)
        writes: list[Write] = []
        nominated = waiting.nominated
        if earlier != condition or nominated != pod.status.nominated_node_name:
            status = msgspec.structs.replace(
                _with_condition(pod, condition), nominated_node_name=nominated
            )
            writes.append(
                Write(
                    "patch",
                    msgspec.structs.replace(pod, status=status),
                    Reason("pod-unschedulable", {"pod": waiting.key}),
                    fields=("status.conditions", "status.nominated_node_name"),
                    require_uid=waiting.uid,
                    require={"spec.node_name": ""},
                )
            )
        if outcome.nomination is not None:
            writes += self._outdone(world, waiting)
            writes += self._preemptions(world, pod, waiting, outcome.nomination.victims)
        return tuple(writes)

    def _outdone(self, world: "World", waiting: Waiting) -> list[Write]:
        """Take back the nominations of pods that matter less than the one that gets their node."""
        view, writes = world.readers.view(world, READER), []
        for key, node in self.state.queue.nominated(LEAST_PRIORITY, waiting.key).items():
            other, pod = self.state.queue.get(key), view.get(Pod, key)
            if node != waiting.nominated or other is None or pod is None:
                continue
            if other.priority >= waiting.priority:
                continue
            other.nominated = ""
            status = msgspec.structs.replace(pod.status, nominated_node_name="")
            writes.append(
                Write(
                    "patch",
                    msgspec.structs.replace(pod, status=status),
                    Reason("pod-unschedulable", {"pod": key}),
                    fields=("status.nominated_node_name",),
                    require_uid=other.uid,
                )
            )
        return writes

    def _preemptions(
        self, world: "World", pod: Pod, waiting: Waiting, victims: tuple[str, ...]
    ) -> list[Write]:
        view = world.readers.view(world, READER)
        writes = []
        for key in victims:
            victim = view.get(Pod, key)
            if not isinstance(victim, Pod) or victim.metadata.deletion_timestamp is not None:
                continue
            text = f"Preempted by pod {pod.metadata.uid} on node {victim.spec.node_name}"
            self._event(world, victim, "Normal", "Preempted", text)
            reason = Reason("pod-preempted", {"pod": key, "by": waiting.key})
            uid = victim.metadata.uid
            told = f"{NAME}: preempting to accommodate a higher priority pod"
            target = Condition("DisruptionTarget", "True", "PreemptionByScheduler", told, world.now)
            marked = msgspec.structs.replace(victim, status=_with_condition(victim, target))
            why = Reason("pod-marked", {"pod": key, "node": victim.spec.node_name})
            mark = Write("patch", marked, why, ("status.conditions",), require_uid=uid)
            writes += [mark, Write("delete", victim, reason, require_uid=uid)]
        return writes

    def flush(self, world: "World", event: Event) -> None:
        """A pod has been in the unschedulable pool for five minutes: try again anyway."""
        term, attempts = event.data
        waiting = self.state.queue.unschedulable.get(event.subject)
        if term == self.state.term and waiting is not None and waiting.attempts == attempts:
            self.state.queue.move(event.subject, world.now)
            self._wake(world)


def _with_condition(pod: Pod, condition: Condition) -> PodStatus:
    others = tuple(each for each in pod.status.conditions if each.type != condition.type)
    return msgspec.structs.replace(pod.status, conditions=(*others, condition))


def _spec_changed(change: Change) -> bool:
    old, new = change.old, change.new
    if not isinstance(old, Pod) or not isinstance(new, Pod):
        return True
    return old.spec != new.spec or old.metadata.labels != new.metadata.labels


def _noted(
    world: "World", subject: str, data: tuple[Datum, ...], results: tuple[Result, ...]
) -> None:
    """A condition was written or not: the next attempt writes it again if need be."""


HANDLERS = {
    "scheduler/cycle": lambda world, event: world.scheduler.cycle(world, event),
    "scheduler/bind": lambda world, event: world.scheduler.bind(world, event),
    "scheduler/flush": lambda world, event: world.scheduler.flush(world, event),
}
REPLIES = {
    "scheduler/bound": lambda world, key, data, results: world.scheduler.bound(
        world, key, data, results
    ),
    "scheduler/noted": _noted,
}
