"""The kubelets: what each knows of its pods, and what it does about it.

A kubelet acts upon what its own watch has told it and upon nothing else. While it is cut off its
pods go on, crash and are restarted; it neither hears of new ones nor of deletions, and its reports
wait. A machine without power remembers what is on its disk: when it is back and has listed its
pods, those that still belong to it get new sandboxes, and those that are to go are removed.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simulation.kernel.records import State
from simulation.kernel.units import SECOND, Duration
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.kubelet import (
    containers,
    held,
    mirrors,
    node_status,
    pressure,
    references,
    stopping,
    timers,
)
from simulation.kube.kubelet.mirrors import mirrored_by, write_mirror
from simulation.kube.kubelet.node_status import KUBELET, RUNTIME
from simulation.kube.kubelet.reports import (
    CONFLICT_RETRY,
    answered,
    forget,
    heard_status,
    quiet,
    report,
)
from simulation.kube.kubelet.stages import (
    MIRROR,
    SANDBOX_TIME,
    ContainerRun,
    KubeletState,
    PodRun,
    reality_of,
)
from simulation.kube.kubelet.status import status_of
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.pods import is_finished
from simulation.kube.store import Change

if TYPE_CHECKING:
    from simulation.kube.world import World

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
            run = mirrored_by(kubelet, pod)
        if run is None:
            self._admit(world, kubelet, pod, causes)
            return
        was_deleted = run.pod.metadata.deletion_timestamp is not None
        before, old_grace = run.pod, stopping.grace_of(run)
        heard_status(run, pod)
        if pod.metadata.deletion_timestamp is not None:
            if not was_deleted:
                run.causes = causes or run.causes
                self._delete(world, kubelet, run)
            elif not self.works(world, kubelet.node):
                run.neglected = True
            elif run.stage == "stopping" and stopping.grace_of(run) < old_grace:
                stopping.stop(world, kubelet, run)
        elif pod.spec != before.spec and self.works(world, kubelet.node):
            containers.redefine(world, kubelet, run, before)
        report(world, kubelet, run)

    def _admit(
        self, world: "World", kubelet: KubeletState, pod: Pod, causes: tuple[int, ...]
    ) -> None:
        if is_finished(pod) and pod.metadata.deletion_timestamp is None:
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
        self.new_sandbox(world, kubelet, run, world.settings.kubelet_latency)
        report(world, kubelet, run)

    def new_sandbox(
        self, world: "World", kubelet: KubeletState, run: PodRun, wait: Duration
    ) -> None:
        """Set a pod up on its machine, or wait for what it needs there."""
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
            self.new_sandbox(world, kubelet, run, 0)
            report(world, kubelet, run)

    def _delete(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        if run.is_static:
            # The file on the disk is what counts: the mirror goes, the containers stay.
            write_mirror(world, kubelet, run, "delete")
        elif not self.works(world, kubelet.node):
            run.neglected = True
        elif run.verdict is not None and run.stage == "stopped":
            self.clean_up(world, kubelet, run)
        elif run.stage in ("admitted", "sandbox", "started"):
            stopping.stop(world, kubelet, run)

    def vanished(self, world: "World", kubelet: KubeletState, run: PodRun) -> None:
        """The API no longer knows a pod: stop what runs of it, without a word."""
        if run.is_static:
            write_mirror(world, kubelet, run, "create")
            return
        run.gone = True
        if run.stage in ("stopped", "removing"):
            forget(kubelet, run)
        elif not self.works(world, kubelet.node):
            run.neglected = True
        elif run.stage != "stopping":
            stopping.stop(world, kubelet, run)

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

    def kill(self, world: "World", node: str, uid: str, container: str, cause: int) -> None:
        """Somebody kills a container's process."""
        kubelet = self.state.kubelets[node]
        run = kubelet.pods.get(uid)
        each = run.container(container) if run is not None else None
        if run is None or each is None:
            return
        run.causes = (cause,)
        containers.process_ends(world, kubelet, run, each, stopping.KILLED)

    def reality_of(self, pod: Pod) -> str:
        """Return the picture's word for what really happens to a pod."""
        kubelet = self.state.kubelets.get(pod.spec.node_name)
        run = kubelet.pods.get(pod.metadata.uid) if kubelet is not None else None
        return reality_of(run) if run is not None else "none"


HANDLERS = timers.HANDLERS
REPLIES = {
    "kubelet/answered": answered,
    **mirrors.REPLIES,
    **node_status.REPLIES,
}
