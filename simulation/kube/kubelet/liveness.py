"""Probes of programs whose answers depend on more than themselves.

Most probes are worked out when a container starts (see `probes`). Whether an API server passes
its own depends on its etcd, which comes and goes while it runs: whoever knows that asks here when
the kubelet will have had enough, and tells it then.
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import Instant
from simulation.kube.kubelet import containers, probes
from simulation.kube.kubelet.stages import ContainerRun, KubeletState, PodRun, spec_of
from simulation.kube.machines import Process

if TYPE_CHECKING:
    from simulation.kube.world import World


def process_of(world: "World", node: str, container: str) -> Process | None:
    """Return the running process of a machine's container of that name, if there is one."""
    processes = world.machines[node].processes
    named = (processes[key] for key in sorted(processes))
    return next((each for each in named if each.container == container), None)


def _run_of(
    world: "World", node: str, container: str
) -> tuple[KubeletState, PodRun, ContainerRun] | None:
    process = process_of(world, node, container)
    if process is None:
        return None
    kubelet = world.kubelets.get(node)
    run = kubelet.pods.get(process.pod_uid)
    each = run.container(container) if run is not None else None
    return None if run is None or each is None else (kubelet, run, each)


def fails_at(world: "World", node: str, container: str, since: Instant) -> Instant | None:
    """Return when the liveness probe has failed too often, if it fails from an instant on."""
    found = _run_of(world, node, container)
    probe = spec_of(found[1], container).liveness_probe if found else None
    if found is None or probe is None:
        return None
    return probes.noticed_at(probe, found[2].started, since, probe.failure_threshold)


def fail(world: "World", node: str, container: str, text: str) -> None:
    """The liveness probe has failed too often: the kubelet restarts the container."""
    found = _run_of(world, node, container)
    if found is not None:
        containers.probe_failed(world, *found, "Liveness", text)
