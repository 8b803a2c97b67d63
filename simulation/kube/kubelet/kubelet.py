"""The kubelets: what each knows of its pods, and what it does about it.

A kubelet acts upon what its own watch has told it and upon nothing else. While it is cut off its
pods go on, crash and are restarted; it neither hears of new ones nor of deletions, and its reports
wait. A machine without power remembers what is on its disk: when it is back and has listed its
pods, those that still belong to it get new sandboxes, and those that are to go are removed.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.records import State
from simulation.kernel.timeline import Datum, Event
from simulation.kernel.units import SECOND, Duration
from simulation.kube.apiserver import Reply
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.kubelet import (
    containers,
    held,
    node_status,
    pressure,
    references,
    timers,
)
from simulation.kube.kubelet.node_status import KUBELET, RUNTIME
from simulation.kube.kubelet.reports import (
    CONFLICT_RETRY,
    answered,
    event,
    forget,
    heard_status,
    quiet,
    report,
)
from simulation.kube.kubelet.stages import (
    MIRROR,
    SANDBOX_TIME,
    ContainerRun,
    Ended,
    KubeletState,
    PodRun,
    forget_failure,
    reality_of,
)
from simulation.kube.kubelet.status import container_id, status_of
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.store import Change
from simulation.kube.writes import Result, Write

if TYPE_CHECKING:
    from simulation.kube.world import World

FINAL_PHASES = ("Succeeded", "Failed")
UNKNOWN_EXIT = 255
"""What containerd notes of a container whose end nobody saw."""
LIST_TIME: Duration = SECOND
"""From the start of a kubelet until it has listed its pods."""


class KubeletsState(State):
    """What a checkpoint keeps of the kubelets."""

    kubelets: dict[str, KubeletState] = {}


class Kubelets:
    """The kubelets of all machines."""

    def __init__(self, state: KubeletsState | None = None) -> None:
        self.state = state or KubeletsState()

    def add(self, world: "World", node: str, connected: bool = False) -> None:
        """Install a kubelet on a machine; it has not listed anything yet."""
        is_known = world.store.get(Node, node) is not None
        state = KubeletState(node=node, connected=connected, registered=is_known)
        self.state.kubelets[node] = state

    def remove(self, node: str) -> None:
        """A machine is gone for good."""
        self.state.kubelets.pop(node, None)

    def get(self, node: str) -> KubeletState:
        """Return the kubelet of a machine."""
        return self.state.kubelets[node]

    def is_alive(self, world: "World", node: str) -> bool:
        """Tell whether the process of a machine's kubelet runs."""
        machine = world.machines.get(node)
        return machine is not None and machine.is_on and KUBELET not in machine.stopped

    def works(self, world: "World", node: str) -> bool:
        """Tell whether a kubelet can do anything to containers: its runtime has to run too."""
        return self.is_alive(world, node) and RUNTIME not in world.machines[node].stopped

    def heard(self, world: "World", node: str, changes: Sequence[Change]) -> None:
        """The watch of a kubelet brought news."""
        kubelet = self.state.kubelets.get(node)
        if kubelet is None or not self.is_alive(world, node):
            return
        for change in changes:
            if change.kind == "Node" and change.key == node:
                node_status.heard(world, kubelet, change.new)
            elif change.kind == "Pod":
                self._heard_pod(world, kubelet, change)
        if any(change.kind in references.KINDS for change in changes):
            held.look_again(world, kubelet)

    def _heard_pod(self, world: "World", kubelet: KubeletState, change: Change) -> None:
        node = kubelet.node
        old, new = change.old, change.new
        if new is not None and isinstance(new, Pod) and new.spec.node_name == node:
            self._sync(world, kubelet, new, (change.id,))
        elif isinstance(old, Pod) and old.spec.node_name == node and new is None:
            run = kubelet.pods.get(old.metadata.uid)
            if run is not None:
                self.vanished(world, kubelet, run)

    def relisted(self, world: "World", node: str) -> None:
        """A kubelet lists its pods: it acts upon what is there, and upon what is missing."""
        kubelet = self.state.kubelets.get(node)
        if kubelet is None or not self.is_alive(world, node):
            return
        kubelet.listed = True
        view = world.readers.view(world, node)
        pods = [pod for pod in view.by(PODS_BY_NODE, node) if isinstance(pod, Pod)]
        known = [pod.metadata.uid for pod in pods]
        for uid in [uid for uid in kubelet.pods if uid not in known]:
            self.vanished(world, kubelet, kubelet.pods[uid])
        for pod in pods:
            self._sync(world, kubelet, pod, ())
        held.look_again(world, kubelet)
        found = view.get(Node, node)
        node_status.heard(world, kubelet, found if isinstance(found, Node) else None)

    def connected(self, world: "World", node: str) -> None:
        """A kubelet can reach an API server again."""
        kubelet = self.state.kubelets[node]
        if not self.is_alive(world, node):
            return
        kubelet.connected = True
        if not kubelet.listed:
            world.timeline.at(world.now + LIST_TIME, "kubelet/list", node)
        node_status.post_soon(world, kubelet)
        address = world.machines[node].address
        for run in kubelet.pods.values():
            run.in_flight = False
            run.asked += 1
            if run.stage == "removing" or status_of(run, address, world.now) != run.posted:
                # The watch catches up first: what others wrote meanwhile must not be lost.
                due = world.now + CONFLICT_RETRY
                world.timeline.at(due, "kubelet/report", node, (run.uid, run.asked))

    def lost(self, world: "World", node: str) -> None:
        """A kubelet lost its connection."""
        kubelet = self.state.kubelets.get(node)
        if kubelet is not None:
            kubelet.connected = False

    def _sync(
        self, world: "World", kubelet: KubeletState, pod: Pod, causes: tuple[int, ...]
    ) -> None:
        run = kubelet.pods.get(pod.metadata.uid)
        if run is None:
            run = self._mirror_of(kubelet, pod)
        if run is None:
            self._admit(world, kubelet, pod, causes)
            return
        was_deleted = run.pod.metadata.deletion_timestamp is not None
        before, old_grace = run.pod, containers.grace_of(run)
        heard_status(run, pod)
        if pod.metadata.deletion_timestamp is not None:
            if not was_deleted:
                run.causes = causes or run.causes
                self._delete(world, kubelet, run)
            elif not self.works(world, kubelet.node):
                run.neglected = True
            elif run.stage == "stopping" and containers.grace_of(run) < old_grace:
                containers.stop(world, kubelet, run)
        elif pod.spec != before.spec and self.works(world, kubelet.node):
            containers.redefine(world, kubelet, run, before)
        report(world, kubelet, run)

    def _admit(
        self, world: "World", kubelet: KubeletState, pod: Pod, causes: tuple[int, ...]
    ) -> None:
        if pod.status.phase in FINAL_PHASES and pod.metadata.deletion_timestamp is None:
            return
        run = PodRun(
            pod=pod,
            admitted=world.now,
            containers={each.name: ContainerRun(each.name) for each in pod.spec.containers},
            init_containers={
                each.name: ContainerRun(each.name) for each in pod.spec.init_containers
            },
            is_static=MIRROR in pod.metadata.annotations,
            posted=pod.status,
            posted_version=pod.metadata.resource_version,
            causes=causes,
        )
        kubelet.pods[run.uid] = run
        verdict = pressure.rejection(kubelet, pod) if not run.is_static else None
        if verdict is not None and pod.metadata.deletion_timestamp is None:
            pressure.reject(world, kubelet, run, verdict)
            return
        if not self.works(world, kubelet.node):
            # "Skipping pod synchronization": it begins when the container runtime answers.
            run.neglected = True
            report(world, kubelet, run)
            return
        if pod.metadata.deletion_timestamp is not None:
            # Nothing of it runs here, so there is nothing to stop.
            run.stage = "stopped"
            self.clean_up(world, kubelet, run)
            return
        self._new_sandbox(world, kubelet, run, world.settings.kubelet_latency)
        report(world, kubelet, run)

    def _new_sandbox(
        self, world: "World", kubelet: KubeletState, run: PodRun, wait: Duration
    ) -> None:
        quiet(world, run)
        run.attempt += 1
        if held.holds_pod(world, kubelet, run):
            run.stage = "admitted"
            return
        run.stage = "sandbox"
        wait += world.dice.between(*SANDBOX_TIME, "pod sandbox", run.uid, run.sandboxes)
        data = (run.uid, "", run.attempt)
        world.timeline.at(world.now + wait, "kubelet/sandbox-made", kubelet.node, data)

    def mount_again(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        """Try once more to set up the volumes of a pod."""
        if run.stage == "admitted":
            self._new_sandbox(world, kubelet, run, 0)
            report(world, kubelet, run)

    def _delete(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        if run.is_static:
            # The file on the disk is what counts: the mirror goes, the containers stay.
            self._write_mirror(world, kubelet, run, "delete")
        elif not self.works(world, kubelet.node):
            run.neglected = True
        elif run.verdict is not None and run.stage == "stopped":
            self.clean_up(world, kubelet, run)
        elif run.stage in ("admitted", "sandbox", "started"):
            containers.stop(world, kubelet, run)

    def vanished(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        """The API no longer knows a pod: stop what runs of it, without a word."""
        if run.is_static:
            self._write_mirror(world, kubelet, run, "create")
            return
        run.gone = True
        if run.stage in ("stopped", "removing"):
            forget(kubelet, run)
        elif not self.works(world, kubelet.node):
            run.neglected = True
        elif run.stage != "stopping":
            containers.stop(world, kubelet, run)

    def _write_mirror(self, world: "World", kubelet: KubeletState, run: PodRun, verb: str) -> None:
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

    def _mirror_of(self, kubelet: KubeletState, pod: Pod) -> PodRun | None:
        """Return the static pod that a new mirror stands for, under its new uid."""
        if MIRROR not in pod.metadata.annotations:
            return None
        key = f"{pod.metadata.namespace}/{pod.metadata.name}"
        run = next((each for each in kubelet.pods.values() if each.key == key), None)
        if run is not None:
            del kubelet.pods[run.uid]
            kubelet.pods[pod.metadata.uid] = run
        return run

    def clean_up(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        """Drop the pod, or tell the API that nothing of it is left."""
        if run.gone:
            forget(kubelet, run)
            return
        if run.verdict is not None and run.pod.metadata.deletion_timestamp is None:
            # Ended by its kubelet, not deleted: it stays in the API as Failed.
            report(world, kubelet, run)
            return
        run.stage = "removing"
        report(world, kubelet, run)

    def power_off(self, world: "World", node: str) -> None:
        """The power goes: nothing that was under way will ever finish."""
        kubelet = self.state.kubelets.get(node)
        if kubelet is None:
            return
        kubelet.connected = kubelet.listed = kubelet.registered = False
        kubelet.pulling, kubelet.pull_queue = "", []
        kubelet.pressures, kubelet.pressure_look = {}, -1
        kubelet.is_shutting_down = kubelet.unschedulable = False
        for run in kubelet.pods.values():
            run.attempt += 1
            run.asked += 1
            run.in_flight = False
            run.interrupted, run.neglected = True, False
            quiet(world, run)
            for each in run.runs():
                quiet(world, run, each.name)
                each.attempt += 1
                each.ended_at = -1
                if each.stage in ("running", "stopping"):
                    each.ready = False
                    each.ended = Ended(
                        UNKNOWN_EXIT, "Unknown", each.started, world.now, container_id(run, each)
                    )
                    each.stage = "exited"

    def power_on(self, world: "World", node: str) -> None:
        """The machine has booted. Static pods start by themselves, all others after a list."""
        kubelet = self.state.kubelets.get(node)
        if kubelet is None:
            return
        node_status.tell_started(world, node)
        for run in list(kubelet.pods.values()):
            if run.is_static and run.interrupted:
                self._take_up(world, kubelet, run)
        if world.readers.connected(node):
            self.connected(world, node)

    def list(self, world: "World", event_: Event) -> None:
        """The first list after the machine's start: what was here before gets new sandboxes."""
        kubelet = self.state.kubelets.get(event_.subject)
        if kubelet is None or kubelet.listed or not kubelet.connected:
            return
        self.relisted(world, kubelet.node)
        for run in list(kubelet.pods.values()):
            if run.interrupted:
                self._take_up(world, kubelet, run)
        if self.works(world, kubelet.node):
            self._look_after(world, kubelet)

    def stopped(self, world: "World", node: str, process: str) -> None:
        """The kubelet's process, or its container runtime's, has ended; containers go on."""
        kubelet = self.state.kubelets.get(node)
        if kubelet is None:
            return
        kubelet.pulling, kubelet.pull_queue = "", []
        for run in kubelet.pods.values():
            run.neglected = True
            quiet(world, run)
            for each in run.runs():
                quiet(world, run, each.name)
            if process == KUBELET:
                run.asked += 1
                run.in_flight = False
        if process == KUBELET:
            kubelet.connected = kubelet.listed = kubelet.registered = False
            kubelet.unschedulable = False
        else:
            node_status.runtime_stopped(world, kubelet)

    def started(self, world: "World", node: str, process: str) -> None:
        """The kubelet's process, or its container runtime's, runs again."""
        kubelet = self.state.kubelets.get(node)
        if kubelet is None or not self.is_alive(world, node):
            return
        if process == KUBELET:
            node_status.tell_started(world, node)
            for run in kubelet.pods.values():
                for each in run.runs():
                    # The back-off and its reason were the old process's memory.
                    each.crash_delay = 0
                    forget_failure(each)
            pressure.review(world, node)
            for run in list(kubelet.pods.values()):
                if run.is_static and self.works(world, node):
                    run.neglected = False
                    self._pick_up(world, kubelet, run)
            if world.readers.connected(node):
                self.connected(world, node)
            return
        if kubelet.listed:
            self._look_after(world, kubelet)
        node_status.post_soon(world, kubelet)

    def _look_after(self, world: "World", kubelet: KubeletState) -> None:
        for run in list(kubelet.pods.values()):
            if run.neglected:
                run.neglected = False
                self._pick_up(world, kubelet, run)

    def _pick_up(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        """Go on with a pod whose processes may have gone on without anybody."""
        is_to_go = run.gone or run.pod.metadata.deletion_timestamp is not None
        if is_to_go and not run.is_static:
            if run.stage in ("stopped", "removing"):
                containers.finish_stop(world, kubelet, run)
            else:
                containers.stop(world, kubelet, run)
        elif run.stage in ("admitted", "sandbox"):
            self._new_sandbox(world, kubelet, run, 0)
            report(world, kubelet, run)
        elif run.stage == "started":
            containers.resume(world, kubelet, run)

    def _take_up(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        """Go on with a pod whose processes ended with the power."""
        run.interrupted = False
        is_to_go = run.gone or run.pod.metadata.deletion_timestamp is not None
        if is_to_go and not run.is_static:
            containers.finish_stop(world, kubelet, run)
        else:
            self._recreate(world, kubelet, run)

    def _recreate(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        if run.posted is not None and run.posted.phase in FINAL_PHASES:
            return
        run.verdict, run.grace = None, -1
        text = "Pod sandbox changed, it will be killed and re-created."
        event(world, run, "Normal", "SandboxChanged", text)
        run.ip = ""
        for each in run.runs():
            each.attempt += 1
            each.stage, each.ready = "waiting", False
            forget_failure(each)
        self._new_sandbox(world, kubelet, run, 0)
        report(world, kubelet, run)

    def kill(self, world: "World", node: str, uid: str, container: str, cause: int) -> None:
        """Somebody kills a container's process."""
        kubelet = self.state.kubelets[node]
        run = kubelet.pods.get(uid)
        each = run.container(container) if run is not None else None
        if run is None or each is None:
            return
        run.causes = (cause,)
        containers.process_ends(world, kubelet, run, each, containers.KILLED)

    def reality_of(self, pod: Pod) -> str:
        """Return the picture's word for what really happens to a pod."""
        kubelet = self.state.kubelets.get(pod.spec.node_name)
        run = kubelet.pods.get(pod.metadata.uid) if kubelet is not None else None
        return reality_of(run) if run is not None else "none"


def _mirrored(
    world: "World", subject: str, data: tuple[Datum, ...], results: tuple[Result, ...]
) -> None:
    """A mirror pod was written or removed; the watch brings the news."""


HANDLERS = timers.HANDLERS
REPLIES = {
    "kubelet/answered": answered,
    "kubelet/mirrored": _mirrored,
    **node_status.REPLIES,
}
