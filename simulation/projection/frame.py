"""Frames: the whole state that can be seen, and deltas from one look to the next.

A folder follows one lab. It never changes the lab, and it can be thrown away and made anew at any
moment: what it shows is read off the lab, except for the slots of pods, which are given in the
order of the pods' creation.
"""

from typing import Any

from simulation.kernel.units import Instant
from simulation.kube.objects.pod import Pod
from simulation.lab import birth
from simulation.lab.lab import Lab
from simulation.lab.limits import STORY_MAX
from simulation.lab.notable import is_notable, level_of
from simulation.projection import rows
from simulation.projection.changes import Delta, Tables, difference
from simulation.projection.clocks import clocks_row
from simulation.projection.history import History


class FrameFolder:
    """Reads a lab and says what changed since the last look."""

    def __init__(self, lab: Lab, history: History | None = None) -> None:
        self.lab = lab
        self.history = history or History()
        """How things stood at earlier looks; a lab that rises again goes on with what was noted."""
        self._tables: Tables = {}
        self._slots: dict[str, tuple[str, int]] = {}
        """Pod uid to (node, slot): a pod keeps its slot for life."""
        self._story: dict[str, dict[str, Any]] = {}
        self._told = 0
        self._flight = 0
        self._looked = (-1, -1)

    def snapshot(self) -> Tables:
        """Return everything that can be seen now."""
        self._tables = self._read()
        self.history.take(self.lab.now, self._tables)
        return self._tables

    def delta(self) -> tuple[Delta, list[list[Any]]]:
        """Return what changed since the last look, and the messages sent meanwhile."""
        messages = self._messages()
        if self._is_unchanged():
            return [], messages
        before = self._tables
        return difference(before, self.snapshot()), messages

    def _is_unchanged(self) -> bool:
        """Nothing can have changed if no event happened and no command came."""
        world = self.lab.world
        look = (world.moves, world.ledger.next_id)
        same = look == self._looked and bool(self._tables)
        self._looked = look
        return same

    def _messages(self) -> list[list[Any]]:
        sent = self.lab.world.consensus.messages_since(self._flight)
        if sent:
            self._flight = sent[-1][0]
        return [list(each) for each in sent]

    def _read(self) -> Tables:
        world, genesis = self.lab.world, self.lab.genesis
        world.traffic.settle(world)
        services = rows.service_rows(world)
        tables: Tables = {
            "machine": rows.machine_rows(world),
            "node": rows.node_rows(world),
            "member": rows.member_rows(world),
            "office": rows.office_rows(world),
            "pod": self._pods(services),
            "workload": rows.workload_rows(world),
            "service": services,
            "ingress": rows.ingress_rows(world),
            "route": rows.route_rows(world),
            "totals": {"users": rows.totals_row(world)},
            "link": rows.link_rows(world),
            "story": self._tell(),
            "settings": {
                "lab": rows.settings_row(world, genesis.scenario, genesis.seed, birth.OPENED)
            },
        }
        clocks = clocks_row(world)
        if clocks is not None:
            tables["clocks"] = {"fault": clocks}
        return {name: table for name, table in tables.items() if table}

    def _pods(self, services: rows.Rows) -> rows.Rows:
        world = self.lab.world
        listed: dict[str, list[str]] = {}
        for name, service in services.items():
            for key in service["endpoints"]:
                listed.setdefault(key, []).append(name)
        pods = [(key, world.store.get(Pod, key)) for key in world.store.keys(Pod)]
        present = [(key, pod) for key, pod in pods if isinstance(pod, Pod)]
        self._assign_slots([pod for _, pod in present])
        return {
            key: rows.pod_row(
                world, key, pod, self._slots.get(pod.metadata.uid, ("", 0))[1], listed.get(key, [])
            )
            for key, pod in present
        }

    def _assign_slots(self, pods: list[Pod]) -> None:
        alive = {pod.metadata.uid for pod in pods}
        self._slots = {uid: place for uid, place in self._slots.items() if uid in alive}
        taken = {(node, slot) for node, slot in self._slots.values()}
        for pod in sorted(pods, key=_arrival):
            uid, node = pod.metadata.uid, pod.spec.node_name
            if not node or self._slots.get(uid, ("",))[0] == node:
                continue
            namespace = pod.metadata.namespace
            slot = 100 if namespace in rows.SYSTEM_NAMESPACES else 0
            while (node, slot) in taken:
                slot += 1
            taken.add((node, slot))
            self._slots[uid] = (node, slot)

    def _tell(self) -> dict[str, dict[str, Any]]:
        ledger = self.lab.world.ledger
        for entry in ledger.since(self._told):
            level = level_of(entry.reason.key)
            if level is not None:
                row = {
                    "at": entry.at,
                    "reason": {"key": entry.reason.key, "params": entry.reason.params},
                    "subject": entry.subject,
                    "by": entry.by,
                    "notable": is_notable(entry, ledger),
                    "causes": list(entry.causes),
                    "level": level,
                    "system": _is_system(entry.subject),
                }
                self._story[str(entry.id)] = row
                if row["notable"] and entry.at >= birth.OPENED:
                    self.history.mark(str(entry.id), row)
        self._told = ledger.next_id - 1
        while len(self._story) > STORY_MAX:
            del self._story[next(iter(self._story))]
        return dict(self._story)


SYSTEM_KINDS = ("DaemonSet", "Deployment", "EndpointSlice", "Pod", "ReplicaSet")
"""Kinds of which those in system namespaces are seen only on demand; a Lease there is of interest."""


def _is_system(subject: str) -> bool:
    """Tell whether a happening is about something that runs the cluster itself."""
    kind, _, name = subject.partition("/")
    return kind in SYSTEM_KINDS and name.partition("/")[0] in rows.SYSTEM_NAMESPACES


def _arrival(pod: Pod) -> tuple[Instant, str]:
    return pod.metadata.creation_timestamp or 0, pod.metadata.name
