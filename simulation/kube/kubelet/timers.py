"""What happens when a kubelet's timer is due: stale ones are dropped here, the rest carried out."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.kernel.timeline import Event
from simulation.kube.kubelet import (
    containers,
    node_status,
    outages,
    pressure,
    probing,
    pulls,
    shutdown,
)
from simulation.kube.kubelet.reports import report, report_again
from simulation.kube.kubelet.stages import ContainerRun, KubeletState, PodRun, first_cause
from simulation.kube.machines import next_pod_ip

if TYPE_CHECKING:
    from simulation.kube.world import World

Step = Callable[["World", KubeletState, PodRun, ContainerRun], None]
Found = tuple[KubeletState, PodRun, ContainerRun]


def _of_container(step: Step, is_reality: bool = False) -> Callable[["World", Event], None]:
    """Return a handler that ignores timers of an earlier attempt.

    is_reality: it happens on the machine itself, whether or not a kubelet is there to see it.
    """

    def handle(world: "World", happened: Event) -> None:
        found = _attempt(world, happened) if is_reality else _current(world, happened)
        if found is not None:
            step(world, *found)

    return handle


def _current(world: "World", happened: Event) -> Found | None:
    """Return whom a timer is about, if there is a kubelet that can act upon it."""
    return _attempt(world, happened) if world.kubelets.works(world, happened.subject) else None


def _attempt(world: "World", happened: Event) -> Found | None:
    kubelet = world.kubelets.state.kubelets.get(happened.subject)
    run = kubelet.pods.get(str(happened.data[0])) if kubelet is not None else None
    each = run.container(str(happened.data[1])) if run is not None else None
    if kubelet is None or run is None or each is None or each.attempt != happened.data[2]:
        return None
    return kubelet, run, each


def _current_pod(world: "World", happened: Event) -> tuple[KubeletState, PodRun] | None:
    kubelet = world.kubelets.state.kubelets.get(happened.subject)
    run = kubelet.pods.get(str(happened.data[0])) if kubelet is not None else None
    if kubelet is None or run is None or run.attempt != happened.data[2]:
        return None
    if not world.kubelets.works(world, happened.subject):
        return None
    return kubelet, run


def _sandbox_made(world: "World", happened: Event) -> None:
    found = _current_pod(world, happened)
    if found is None:
        return
    kubelet, run = found
    machine = world.machines[kubelet.node]
    run.stage = "started"
    run.sandboxes += 1
    run.ip = machine.address if run.pod.spec.host_network else next_pod_ip(machine)
    containers.advance(world, kubelet, run)
    report(world, kubelet, run)


def _mount_again(world: "World", happened: Event) -> None:
    found = _current_pod(world, happened)
    if found is not None:
        world.kubelets.mount_again(world, *found)


def _cleaned_up(world: "World", happened: Event) -> None:
    found = _current_pod(world, happened)
    if found is not None:
        world.kubelets.clean_up(world, *found)


def _report_again(world: "World", happened: Event) -> None:
    kubelet = world.kubelets.state.kubelets.get(happened.subject)
    run = kubelet.pods.get(str(happened.data[0])) if kubelet is not None else None
    if not world.kubelets.is_alive(world, happened.subject):
        return
    if kubelet is not None and run is not None and run.asked == happened.data[1]:
        report_again(world, kubelet, run)


def _pulled(world: "World", happened: Event) -> None:
    kubelet = world.kubelets.state.kubelets.get(happened.subject)
    found = pulls.pulled(world, kubelet, str(happened.data[0])) if kubelet is not None else None
    if kubelet is None or found is None or not world.kubelets.works(world, kubelet.node):
        return
    run, each, is_there = found
    if is_there:
        containers.start(world, kubelet, run, each)
    else:
        containers.advance(world, kubelet, run)
    report(world, kubelet, run)


def _process_ends(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    code = containers.exit_code_of(world, run, each)
    containers.process_ends(world, kubelet, run, each, code)


def _process_killed(world: "World", happened: Event) -> None:
    found = _attempt(world, happened)
    if found is not None:
        containers.process_ends(world, *found, int(happened.data[3]))


def _exited(world: "World", happened: Event) -> None:
    found = _current(world, happened)
    if found is not None:
        containers.exited(world, *found, int(happened.data[3]), int(happened.data[4]))


def _probe_failed(world: "World", happened: Event) -> None:
    found = _current(world, happened)
    if found is not None:
        containers.probe_failed(world, *found, str(happened.data[3]))


def _serves(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    world.traffic_changed(first_cause(run))


HANDLERS: dict[str, Callable[["World", Event], None]] = {
    "kubelet/list": outages.first_list,
    "kubelet/sandbox-made": _sandbox_made,
    "kubelet/mount-again": _mount_again,
    "kubelet/configure-again": _of_container(containers.configure_again),
    "kubelet/pulled": _pulled,
    "kubelet/pull-backs-off": _of_container(pulls.backs_off),
    "kubelet/pull-again": _of_container(pulls.again),
    "kubelet/started": _of_container(containers.started),
    "kubelet/serves": _of_container(_serves, is_reality=True),
    "kubelet/takes-memory": _of_container(containers.takes_memory, is_reality=True),
    "kubelet/ready": _of_container(probing.ready),
    "kubelet/unready": _of_container(probing.unready),
    "kubelet/probe-failed": _probe_failed,
    "kubelet/process-ends": _of_container(_process_ends, is_reality=True),
    "kubelet/process-killed": _process_killed,
    "kubelet/exited": _exited,
    "kubelet/backing-off": _of_container(containers.backing_off),
    "kubelet/restart": _of_container(containers.restart),
    "kubelet/cleaned-up": _cleaned_up,
    "kubelet/report": _report_again,
    **node_status.HANDLERS,
    **pressure.HANDLERS,
    **shutdown.HANDLERS,
}
