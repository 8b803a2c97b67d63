"""The pods that a new lab is born with: they run already, and everybody knows."""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.units import Instant
from simulation.kube.images import parse_reference, profile_of, program_of
from simulation.kube.kubelet.stages import MIRROR, ContainerRun, PodRun
from simulation.kube.kubelet.status import status_of
from simulation.kube.machines import Machine, Process, next_pod_ip, process_key
from simulation.kube.objects.pod import Pod

if TYPE_CHECKING:
    from simulation.kube.world import World


def adopt(world: "World", pod: Pod, since: Instant) -> Pod:
    """Put a pod that already runs into a new lab; return it as the API would know it.

    Used once, for the state that a lab is born with: every container is started and ready.
    """
    kubelet = world.kubelets.state.kubelets[pod.spec.node_name]
    machine = world.machines[kubelet.node]
    run = PodRun(
        pod=pod,
        stage="started",
        sandboxes=1,
        ip=machine.address if pod.spec.host_network else next_pod_ip(machine),
        admitted=since,
        containers={each.name: ContainerRun(each.name) for each in pod.spec.containers},
        is_static=MIRROR in pod.metadata.annotations,
    )
    for container in pod.spec.containers:
        each = run.containers[container.name]
        each.stage, each.creations, each.started, each.ready = "running", 1, since, True
        _remember_image(world, machine, container.image)
        machine.processes[process_key(run.uid, each.name)] = _process(world, run, each, since)
    kubelet.pods[run.uid] = run
    kubelet.listed = True
    status = status_of(run, machine.address, since)
    run.pod = msgspec.structs.replace(pod, status=status)
    run.posted = status
    return run.pod


def _remember_image(world: "World", machine: Machine, image: str) -> None:
    reference = parse_reference(image)
    assert reference is not None, f"{image} is no image name"
    machine.images[reference.name] = profile_of(image, world.dice).size


def _process(world: "World", run: PodRun, each: ContainerRun, since: int) -> Process:
    container = next(c for c in run.pod.spec.containers if c.name == each.name)
    profile = profile_of(container.image, world.dice)
    return Process(
        pod_uid=run.uid,
        pod_key=run.key,
        container=each.name,
        image=container.image,
        pod_ip=run.ip,
        started=since,
        serves_from=since,
        ports=program_of(container, world.dice).ports,
        idle_cpu=profile.idle_cpu,
        memory=profile.memory,
    )
