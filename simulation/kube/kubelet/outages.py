"""What an outage leaves behind: power, the kubelet's process or its container runtime goes, and returns.

While a kubelet is gone its machine's containers go on, unless the power went too. Who comes back finds
what it left: `neglected` marks a pod that nobody looked after, `interrupted` one whose processes ended
with the power. Nothing here decides what a pod needs next; that is containers.py and kubelet.py.
"""

from typing import TYPE_CHECKING

from simulation.kernel.timeline import Event
from simulation.kube.kubelet import containers, node_status, pressure, stopping
from simulation.kube.kubelet.node_status import KUBELET
from simulation.kube.kubelet.reports import event, quiet, report
from simulation.kube.kubelet.stages import Ended, KubeletState, PodRun, forget_failure
from simulation.kube.kubelet.status import container_id
from simulation.kube.rules.pods import FINISHED

if TYPE_CHECKING:
    from simulation.kube.world import World

UNKNOWN_EXIT = 255
"""What containerd notes of a container whose end nobody saw."""


def power_off(world: "World", node: str) -> None:
    """The power goes: nothing that was under way will ever finish."""
    kubelet = world.kubelets.state.kubelets.get(node)
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


def power_on(world: "World", node: str) -> None:
    """The machine has booted. Static pods start by themselves, all others after a list."""
    kubelet = world.kubelets.state.kubelets.get(node)
    if kubelet is None:
        return
    node_status.tell_started(world, node)
    for run in list(kubelet.pods.values()):
        if run.is_static and run.interrupted:
            _take_up(world, kubelet, run)
    if world.readers.connected(node):
        world.kubelets.connected(world, node)


def first_list(world: "World", happened: Event) -> None:
    """The first list after the machine's start: what was here before gets new sandboxes."""
    kubelet = world.kubelets.state.kubelets.get(happened.subject)
    if kubelet is None or kubelet.listed or not kubelet.connected:
        return
    world.kubelets.relisted(world, kubelet.node)
    for run in list(kubelet.pods.values()):
        if run.interrupted:
            _take_up(world, kubelet, run)
    if world.kubelets.works(world, kubelet.node):
        _look_after(world, kubelet)


def stopped(world: "World", node: str, process: str) -> None:
    """The kubelet's process, or its container runtime's, has ended; containers go on."""
    kubelet = world.kubelets.state.kubelets.get(node)
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


def started(world: "World", node: str, process: str) -> None:
    """The kubelet's process, or its container runtime's, runs again."""
    kubelet = world.kubelets.state.kubelets.get(node)
    if kubelet is None or not world.kubelets.is_alive(world, node):
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
            if run.is_static and world.kubelets.works(world, node):
                run.neglected = False
                _pick_up(world, kubelet, run)
        if world.readers.connected(node):
            world.kubelets.connected(world, node)
        return
    if kubelet.listed:
        _look_after(world, kubelet)
    node_status.post_soon(world, kubelet)


def _look_after(world: "World", kubelet: KubeletState) -> None:
    for run in list(kubelet.pods.values()):
        if run.neglected:
            run.neglected = False
            _pick_up(world, kubelet, run)


def _pick_up(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """Go on with a pod whose processes may have gone on without anybody."""
    is_to_go = run.gone or run.pod.metadata.deletion_timestamp is not None
    if is_to_go and not run.is_static:
        if run.stage in ("stopped", "removing"):
            stopping.finish_stop(world, kubelet, run)
        else:
            stopping.stop(world, kubelet, run)
    elif run.stage in ("admitted", "sandbox"):
        world.kubelets.new_sandbox(world, kubelet, run, 0)
        report(world, kubelet, run)
    elif run.stage == "started":
        containers.resume(world, kubelet, run)


def _take_up(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    """Go on with a pod whose processes ended with the power."""
    run.interrupted = False
    is_to_go = run.gone or run.pod.metadata.deletion_timestamp is not None
    if is_to_go and not run.is_static:
        stopping.finish_stop(world, kubelet, run)
    else:
        _recreate(world, kubelet, run)


def _recreate(world: "World", kubelet: KubeletState, run: PodRun) -> None:
    if run.posted is not None and run.posted.phase in FINISHED:
        return
    run.verdict, run.grace = None, -1
    text = "Pod sandbox changed, it will be killed and re-created."
    event(world, run, "Normal", "SandboxChanged", text)
    run.ip = ""
    for each in run.runs():
        each.attempt += 1
        each.stage, each.ready = "waiting", False
        forget_failure(each)
    world.kubelets.new_sandbox(world, kubelet, run, 0)
    report(world, kubelet, run)
