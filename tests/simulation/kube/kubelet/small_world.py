"""The smallest world that kubelets and a scheduler can live in.

One API server that is always there unless it is told otherwise, and that answers and notifies
within milliseconds. Real admission judges every write; nothing else is imitated.
"""

from types import SimpleNamespace
from typing import Any

import msgspec

from simulation.kernel.dice import Dice
from simulation.kernel.reasons import Reason
from simulation.kernel.timeline import Timeline
from simulation.kernel.units import SECOND
from simulation.kube import machines
from simulation.kube.admission import commit
from simulation.kube.events import EventLog, EventLogState
from simulation.kube.happenings import Ledger
from simulation.kube.kubelet import kubelet as kubelets
from simulation.kube.kubelet import outages
from simulation.kube.kubelet.node_status import node_object
from simulation.kube.objects.config import Namespace
from simulation.kube.objects.meta import ObjectMeta, Resources
from simulation.kube.objects.pod import Container, Pod, PodSpec, ResourceRequirements
from simulation.kube.scheduler import scheduler
from simulation.kube.settings import Settings
from simulation.kube.store import Change, Store
from simulation.kube.view import View
from simulation.kube.writes import Committed, Unreachable, Write

BECAUSE = Reason("asked", {"command": "a test"})


class Told(EventLog):
    """An event log that also keeps everything in the order in which it was said."""

    def __init__(self, told: list[tuple[str, str, str]]) -> None:
        super().__init__(EventLogState())
        self.told = told

    def add(
        self, now: int, source: str, host: str, pod: Any, kind: str, reason: str, message: str
    ) -> None:
        self.told.append((pod.metadata.name, reason, message))

    def end(self, name: str, now: int) -> None:
        series = self.state.series.pop(name, None)
        if series is not None:
            said = (series.row.name, series.row.reason, series.row.message)
            self.told += [said] * series.rhythm.by(now)[0]


class SmallWorld:
    """Machines worker-1 to worker-n with 2 CPU and 4 GiB, each with a kubelet."""

    def __init__(self, workers: int = 1, seed: int = 1) -> None:
        self.now = 0
        self.timeline = Timeline()
        self.dice = Dice(seed)
        self.settings = Settings()
        self.store = Store()
        self.ledger = Ledger()
        self.quota: dict[str, int] = {}
        self.told: list[tuple[str, str, str]] = []
        self.events = Told(self.told)
        self.machines: dict[str, machines.Machine] = {}
        self.cut: list[str] = []
        self.is_reachable = True
        self.links = SimpleNamespace(reachable=lambda a, b: a not in self.cut)
        self.api = SimpleNamespace(send=self.send)
        self.readers = SimpleNamespace(
            view=lambda world, name: View(self.store),
            connected=lambda name: name not in self.cut,
            add=lambda world, name, machine: SimpleNamespace(server="cp-1"),
            remove=lambda name: None,
        )
        self.kubelets = kubelets.Kubelets()
        self.scheduler = scheduler.Scheduler()
        self.replies = {**kubelets.REPLIES, **scheduler.REPLIES}
        self.handlers = {**kubelets.HANDLERS, **scheduler.HANDLERS}
        self.answers: list[Any] = []
        self.pending: list[Change] = []
        self._put(Namespace(metadata=ObjectMeta(name="default")))
        for number in range(1, workers + 1):
            self.add_worker(f"worker-{number}", f"10.0.0.{number}", f"10.244.{number}.0/24")
        self.pending.clear()

    def add_worker(self, name: str, address: str, pods: str) -> None:
        zone = "a" if len(self.machines) % 2 == 0 else "b"
        machine = machines.Machine(name=name, zone=zone, address=address, pod_cidr=pods)
        self.machines[name] = machine
        self.kubelets.add(self, name, connected=True)
        self.kubelets.get(name).listed = True
        self._put(node_object(machine, 0, 110))

    def _put(self, obj: Any) -> None:
        result = commit(self, Write("create", obj, BECAUSE), "test", ())
        assert isinstance(result, Committed), result

    def committed(self, change: Change) -> None:
        self.pending.append(change)
        self.timeline.at(self.now + 5, "test/heard", "", (change.version,))

    def story(self, key: str, subject: str, /, causes: Any = (), **params: Any) -> int:
        return self.ledger.add(self.now, Reason(key, params), subject, causes)

    def traffic_changed(self, cause: int) -> None:
        """Nobody asks for anything here."""

    def container_ended(self, node: str, container: str) -> None:
        """No container has a part in the machine here."""

    def memory_taken(self, node: str) -> None:
        """There is always enough here."""

    def container_started(self, node: str, container: str) -> None:
        """No container has a part in the machine here."""

    def placed_at_birth(self, pod: Pod) -> str:
        return ""

    def is_up(self, name: str) -> bool:
        return name not in self.machines or self.machines[name].is_on

    def judge_eviction(self, pod: Any) -> None:
        return None

    def send(
        self, world: Any, client: str, machine: str, writes: Any, reply: Any, causes: Any = ()
    ) -> None:
        if machine in self.cut or not self.is_reachable:
            results: tuple[Any, ...] = tuple(Unreachable() for _ in writes)
        else:
            results = tuple(commit(self, write, client, causes) for write in writes)
        self.answers.append((reply, results))
        self.timeline.at(self.now + 4, "test/answer", "", (len(self.answers) - 1,))

    def apply(self, write: Write) -> Any:
        return commit(self, write, "test", ())

    def create(self, *pods: Pod) -> None:
        for pod in pods:
            self._put(pod)

    def delete(self, name: str, grace: int | None = None) -> None:
        pod = self.store.get("Pod", f"default/{name}")
        self.apply(Write("delete", pod, BECAUSE, grace_seconds=grace))

    def pod(self, name: str) -> Any:
        return self.store.get("Pod", f"default/{name}")

    def advance(self, seconds: float) -> None:
        until = self.now + int(seconds * SECOND)
        while (due := self.timeline.next_due()) is not None and due <= until:
            event = self.timeline.pop()
            self.now = event.due
            if event.purpose == "test/heard":
                self._deliver(int(event.data[0]))
            elif event.purpose == "test/answer":
                reply, results = self.answers[int(event.data[0])]
                self.replies[reply.purpose](self, reply.subject, reply.data, results)
            else:
                self.handlers[event.purpose](self, event)
        self.now = until

    def _deliver(self, version: int) -> None:
        changes = [change for change in self.pending if change.version == version]
        self.scheduler.heard(self, changes)
        for name in sorted(self.machines):
            if name not in self.cut:
                self.kubelets.heard(self, name, changes)

    def disconnect(self, name: str) -> None:
        self.cut.append(name)
        self.kubelets.lost(self, name)

    def reconnect(self, name: str) -> None:
        self.cut.remove(name)
        self.kubelets.relisted(self, name)
        self.kubelets.connected(self, name)

    def power_off(self, name: str) -> None:
        outages.power_off(self, name)
        machines.switch_off(self.machines[name], self.now)

    def power_on(self, name: str) -> None:
        machines.finish_boot(self.machines[name], self.now)
        outages.power_on(self, name)

    def said(self, reason: str) -> list[str]:
        """Return every message of a reason so far, as often as it was said."""
        said = [message for _, what, message in self.told if what == reason]
        for each in self.events.state.series.values():
            if each.row.reason == reason:
                said += [each.row.message] * each.rhythm.by(self.now)[0]
        return said


def a_pod(name: str, on: str = "worker-1", image: str = "nginx:1.27", **changes: Any) -> Pod:
    """Return a pod of one container; `container_` in front of a name changes the container."""
    for_container = {
        key.removeprefix("container_"): changes.pop(key)
        for key in list(changes)
        if key.startswith("container_")
    }
    requests = Resources(cpu=changes.pop("cpu", None), memory=changes.pop("memory", None))
    container = Container(
        name="main", image=image, resources=ResourceRequirements(requests=requests)
    )
    container = msgspec.structs.replace(container, **for_container)
    labels = changes.pop("labels", {})
    return Pod(
        metadata=ObjectMeta(name=name, namespace="default", labels=labels),
        spec=PodSpec(containers=(container,), node_name=on, **changes),
    )
