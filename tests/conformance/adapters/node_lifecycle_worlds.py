"""The smallest worlds in which the node controllers can be asked: their own looks, timers, queues.

Nothing is decided here: nodes and pods are put into a store, the controllers' own events are let
happen, and what they want written is written.
"""

from types import SimpleNamespace
from typing import Any

import msgspec

from simulation.kernel.dice import Dice
from simulation.kernel.reasons import Reason
from simulation.kernel.timeline import Timeline
from simulation.kernel.units import SECOND
from simulation.kube import heartbeats
from simulation.kube.controllers.node_lifecycle import NodeLifecycleController
from simulation.kube.controllers.taint_eviction import TaintEvictionController
from simulation.kube.heartbeats import Heart, Heartbeats
from simulation.kube.manager import Outcome, Reconciler, Tools
from simulation.kube.objects.kinds import AnyObject, key_of, kind_of
from simulation.kube.objects.meta import Condition, ObjectMeta
from simulation.kube.objects.node import Node, NodeSpec, NodeStatus, Taint
from simulation.kube.objects.pod import Pod, PodSpec, PodStatus, Toleration
from simulation.kube.settings import Settings
from simulation.kube.store import Change, Store
from simulation.kube.view import View
from simulation.kube.writes import Write, get_path, set_path

Given = dict[str, Any]
LISTED = Reason("listed")
NODE = "node0"


def ms(seconds: float | None) -> int | None:
    """Return seconds as milliseconds."""
    return None if seconds is None else round(seconds * SECOND)


def condition(given: Given) -> Condition:
    """Return a condition of a case."""
    return Condition(
        given["type"],
        given["status"],
        given.get("reason") or "",
        given.get("message") or "",
        ms(given.get("transition_s")),
        ms(given.get("heartbeat_s")),
    )


def settings(given: Given) -> Settings:
    """Return the flags of a case."""
    return Settings(
        node_monitor_period=ms(given.get("monitor_period_s", 5)),
        node_monitor_grace=ms(given.get("monitor_grace_s", 50)),
        node_startup_grace=ms(given.get("startup_grace_s", 60)),
        unhealthy_zone_percent=round(100 * given.get("unhealthy_zone_threshold", 0.55)),
        large_cluster_size_threshold=given.get("large_cluster_threshold", 50),
    )


def node(
    name: str = NODE,
    ready: str | None = "True",
    zone: str = "",
    excluded: bool = False,
    created_s: float = 0,
    conditions: tuple[Condition, ...] = (),
) -> Node:
    """Return a node; a zone is "region/zone"."""
    region, _, place = zone.partition("/")
    labels = {
        f"topology.kubernetes.io/{k}": v for k, v in (("region", region), ("zone", place)) if v
    }
    if excluded:
        labels["node.kubernetes.io/exclude-disruption"] = ""
    if ready is not None and not conditions:
        conditions = (Condition("Ready", ready, last_transition_time=0),)
    meta = ObjectMeta(name=name, labels=labels, creation_timestamp=ms(created_s))
    return Node(metadata=meta, status=NodeStatus(conditions=conditions))


class Ring:
    """A store, a clock, and one reconciler whose wishes are carried out at once."""

    reconciler: Reconciler

    def __init__(self, rules: Settings | None = None) -> None:
        self.now = 0
        self.settings = rules or Settings()
        self.dice = Dice(1)
        self.timeline = Timeline()
        self.store = Store()
        self.notes: dict[str, Any] = {}
        self.written: list[tuple[int, Write]] = []

    def put(self, obj: AnyObject) -> Change:
        """Let belief hold an object as it is given."""
        return self.store.put(kind_of(obj), key_of(obj), obj, self.now, "test", LISTED)

    def tools(self) -> Tools:
        """Return what the reconciler may use."""
        return Tools(self.dice, self.settings, lambda *told: None, notes=self.notes)

    def visit(self, key: str) -> Outcome:
        """Visit one key and carry out what is wanted."""
        outcome = self.reconciler.reconcile(key, View(self.store), self.now, self.tools())
        for name, note in outcome.notes.items():
            if note is None:
                self.notes.pop(name, None)
            else:
                self.notes[name] = note
        for batch in outcome.batches:
            for write in batch:
                self.written.append((self.now, write))
                self._carry_out(write)
        if outcome.again_in is not None:
            self.timeline.at(self.now + outcome.again_in, "test/visit", key)
        return outcome

    def _carry_out(self, write: Write) -> None:
        kind, key = kind_of(write.object), key_of(write.object)
        new = self.store.get(kind, key)
        if write.verb == "delete":
            meta = msgspec.structs.replace(new.metadata, deletion_timestamp=self.now)
            new = msgspec.structs.replace(new, metadata=meta)
        for path in write.fields:
            new = set_path(new, tuple(path.split(".")), get_path(write.object, path))
        self.changed(self.put(new))

    def changed(self, change: Change) -> None:
        """Tell the reconciler of a change, as its informer would."""
        concerned = self.reconciler.watches.get(change.kind, lambda change: ())
        for key in concerned(change):
            self.timeline.at(self.now, "test/visit", key)

    def advance(self, until: int) -> None:
        """Let everything happen that is due."""
        while (due := self.timeline.next_due()) is not None and due <= until:
            event = self.timeline.pop()
            self.now = event.due
            if event.purpose == "test/visit":
                self.visit(event.subject)
            else:
                heartbeats.HANDLERS[event.purpose](self, event)
        self.now = until


class NodeWorld(Ring):
    """Nodes, their leases, and the node controller with its looks."""

    reconciler = NodeLifecycleController()

    def __init__(self, given: Given | None = None) -> None:
        super().__init__(settings(given or {}))
        self.heartbeats = Heartbeats()
        self.manager = SimpleNamespace(
            state=SimpleNamespace(holder="cp-1"),
            queue=lambda world, name, key, causes=(), delay=0: self.timeline.at(
                self.now, "test/visit", key
            ),
        )
        self.readers = SimpleNamespace(
            state=SimpleNamespace(readers={heartbeats.READER: None}),
            view=lambda world, name: View(self.store),
        )

    def is_up(self, name: str) -> bool:
        """Tell that the controller's machine runs."""
        return True

    def tools(self) -> Tools:
        """Return what the node controller may use."""
        hearts = self.heartbeats
        return Tools(
            self.dice,
            self.settings,
            lambda *told: None,
            hearts.noticed(self),
            hearts.last_look(self),
            hearts.state.memory.orders,
        )

    def register(self, obj: Node, renewed_at: int | None, renewing: bool = False) -> None:
        """Let a node be known; without a renewal it has no lease."""
        name = obj.metadata.name
        self.put(obj)
        created = obj.metadata.creation_timestamp or 0
        last = created if renewed_at is None else renewed_at
        heart = Heart(renewing, last, last, leased=renewed_at is not None)
        self.heartbeats.state.hearts[name] = heart

    def look(self) -> None:
        """Let the controller look at all nodes, as it does every five seconds, and visit each."""
        self.heartbeats._pass_at(self, self.now)
        for key in self.store.keys("Node"):
            self.timeline.at(self.now, "test/visit", key)
        self.advance(self.now)

    def report(self, name: str, ready: str) -> None:
        """Let a node's kubelet report its state; the controller's next look finds it."""
        old = self.store.get("Node", name)
        conditions = (Condition("Ready", ready, last_transition_time=self.now),)
        new = msgspec.structs.replace(
            old, status=msgspec.structs.replace(old.status, conditions=conditions)
        )
        change = self.put(new)
        self.changed(change)
        self.heartbeats.heard(self, [change])

    def taints(self, name: str) -> list[str]:
        """Return the taints of a node as "key:effect"."""
        return [f"{each.key}:{each.effect}" for each in self.store.get("Node", name).spec.taints]


class EvictionWorld(Ring):
    """One node with taints, pods upon it, and the controller that evicts."""

    reconciler = TaintEvictionController()

    def taint(self, taints: list[Given]) -> None:
        """Let the node have just these taints."""
        made = tuple(
            Taint(each["key"], each.get("effect", "NoExecute"), each.get("value", ""), self.now)
            for each in taints
        )
        meta = ObjectMeta(name=NODE)
        self.changed(self.put(Node(metadata=meta, spec=NodeSpec(taints=made))))

    def pod(self, name: str, on_node: bool, tolerations: list[Given]) -> None:
        """Let a pod be, upon the node or not bound yet, with these tolerations."""
        meta = ObjectMeta(name=name, namespace="default", uid=name, creation_timestamp=0)
        made = tuple(toleration(each) for each in tolerations)
        spec = PodSpec(node_name=NODE if on_node else "", tolerations=made)
        self.changed(self.put(Pod(metadata=meta, spec=spec, status=PodStatus("Running"))))

    def is_scheduled(self, name: str) -> bool:
        """Tell whether the controller holds a timer for a pod."""
        return f"{NODE}/{name}" in self.notes and self.evicted_at(name) is None

    def evicted_at(self, name: str) -> float | None:
        """Return the second at which a pod was deleted, None if never."""
        for at, write in self.written:
            if write.verb == "delete" and write.object.metadata.name == name:
                return at / SECOND
        return None


def toleration(given: Given) -> Toleration:
    """Return a toleration of a case."""
    return Toleration(
        given.get("key") or "",
        given.get("operator") or "",
        given.get("value") or "",
        given.get("effect") or "",
        given.get("seconds"),
    )
