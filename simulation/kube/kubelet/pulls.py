"""Images come over the network one at a time, and stay on the machine's disk.

A pull takes a look-up at the registry and then the size over the bandwidth. What cannot be pulled
is tried again after 10, 20, 40 … 300 s, and its state alternates between ErrImagePull and
ImagePullBackOff as it does in Kubernetes.
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import SECOND, Duration
from simulation.kube.images import parse_reference, profile_of
from simulation.kube.kubelet.reports import event, report
from simulation.kube.kubelet.stages import (
    LOOKUP_TIME,
    ContainerRun,
    KubeletState,
    PodRun,
    fails,
    owner_of,
    pull_delay,
    spec_of,
)
from simulation.kube.registries import is_available, pull_error

if TYPE_CHECKING:
    from simulation.kube.world import World

BACKOFF_SHOWN_AFTER: Duration = 1_200
"""The kubelet's next look at the pod, which finds the back-off and says so."""
REGISTRY_TIMEOUT: Duration = 15 * SECOND


def ensure_image(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> bool:
    """Tell whether the image can be used now; otherwise see to it."""
    container = spec_of(run, each.name)
    reference = parse_reference(container.image)
    if reference is None:
        trouble = (
            f'Failed to apply default image tag "{container.image}": couldn\'t parse image name '
            f'"{container.image}": invalid reference format'
        )
        fails(each, "invalid-name", trouble)
        event(world, run, "Warning", "InspectFailed", each.message)
        event(world, run, "Warning", "Failed", "Error: InvalidImageName")
        return False
    present = reference.name in world.machines[kubelet.node].images
    policy = container.image_pull_policy or (
        "Always" if reference.tag == "latest" else "IfNotPresent"
    )
    if present and policy != "Always":
        text = f'Container image "{container.image}" already present on machine'
        event(world, run, "Normal", "Pulled", f"{text} and can be accessed by the pod")
        return True
    if policy == "Never":
        trouble = f'Container image "{container.image}" is not present with pull policy of Never'
        fails(each, "never-pull", trouble)
        event(world, run, "Warning", "ErrImageNeverPull", each.message)
        event(world, run, "Warning", "Failed", "Error: ErrImageNeverPull")
        return False
    ask(world, kubelet, run, each)
    return False


def ask(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """Queue a pull."""
    each.attempt += 1
    each.stage = "pulling"
    image = spec_of(run, each.name).image
    event(world, run, "Normal", "Pulling", f'Pulling image "{image}"')
    kubelet.pull_queue.append(f"{run.uid}/{each.name}/{each.attempt}/{world.now}")
    _next(world, kubelet)


def _next(world: "World", kubelet: KubeletState) -> None:
    while not kubelet.pulling and kubelet.pull_queue:
        ticket = kubelet.pull_queue.pop(0)
        found = _find(kubelet, ticket)
        if found is None:
            continue
        run, each = found
        kubelet.pulling = f"{ticket}/{world.now}"
        wait = _duration(world, kubelet, run, each)
        world.timeline.at(world.now + wait, "kubelet/pulled", kubelet.node, (kubelet.pulling,))


def _find(kubelet: KubeletState, ticket: str) -> tuple[PodRun, ContainerRun] | None:
    uid, name, attempt = ticket.split("/")[:3]
    run = kubelet.pods.get(uid)
    each = run.container(name) if run is not None else None
    if run is None or each is None or each.attempt != int(attempt) or each.stage != "pulling":
        return None
    return run, each


def _duration(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> Duration:
    image = spec_of(run, each.name).image
    reference = parse_reference(image)
    assert reference is not None, f"{image} is no image name"
    if not world.links.reachable(kubelet.node, "internet"):
        return REGISTRY_TIMEOUT
    low, high = LOOKUP_TIME
    lookup = world.dice.between(low, high, "image lookup", kubelet.node, image, each.attempt)
    present = reference.name in world.machines[kubelet.node].images
    if present or not is_available(reference):
        return lookup
    size = profile_of(image, world.dice).size
    return lookup + size * SECOND // world.settings.image_bandwidth


def pulled(
    world: "World", kubelet: KubeletState, ticket: str
) -> tuple[PodRun, ContainerRun, bool] | None:
    """A pull is over; return its pod and container and whether the image is there."""
    if ticket != kubelet.pulling:
        return None
    kubelet.pulling = ""
    found = _find(kubelet, ticket)
    done = _finish(world, kubelet, *found, ticket) if found is not None else False
    _next(world, kubelet)
    return (*found, done) if found is not None else None


def _finish(
    world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun, ticket: str
) -> bool:
    image = spec_of(run, each.name).image
    reference = parse_reference(image)
    assert reference is not None, f"{image} is no image name"
    asked, begun = map(int, ticket.split("/")[3:5])
    if not world.links.reachable(kubelet.node, "internet"):
        error = (
            f'failed to pull and unpack image "{reference.name}": failed to resolve reference '
            f'"{reference.name}": dial tcp: lookup {reference.registry}: i/o timeout'
        )
        _failed(world, kubelet, run, each, f"rpc error: code = Unknown desc = {error}")
        return False
    if not is_available(reference):
        _failed(world, kubelet, run, each, pull_error(reference))
        return False
    size = profile_of(image, world.dice).size
    world.machines[kubelet.node].images[reference.name] = size
    each.pull_failures = 0
    text = (
        f'Successfully pulled image "{image}" in {_seconds(world.now - begun)} '
        f"({_seconds(world.now - asked)} including waiting). Image size: {size} bytes."
    )
    event(world, run, "Normal", "Pulled", text)
    return True


def _seconds(duration: Duration) -> str:
    if duration < SECOND:
        return f"{duration}ms"
    text = f"{duration // SECOND}.{duration % SECOND:03d}".rstrip("0").rstrip(".")
    return f"{text}s"


def _failed(
    world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun, error: str
) -> None:
    image = spec_of(run, each.name).image
    each.attempt += 1
    each.pull_failures += 1
    fails(each, "pull-failed", f'failed to pull image "{image}": {error}')
    event(world, run, "Warning", "Failed", f'Failed to pull image "{image}": {error}')
    event(world, run, "Warning", "Failed", "Error: ErrImagePull")
    if each.pull_failures == 1:
        world.story(
            "image-pull-failed", f"Pod/{run.key}", run.causes,
            pod=run.key, image=image, owner=owner_of(run),
        )  # fmt: skip
    data = (run.uid, each.name, each.attempt)
    shown = world.now + BACKOFF_SHOWN_AFTER
    world.timeline.at(shown, "kubelet/pull-backs-off", kubelet.node, data)
    again = world.now + pull_delay(each.pull_failures)
    world.timeline.at(again, "kubelet/pull-again", kubelet.node, data)
    report(world, kubelet, run)


def backs_off(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """The kubelet looks again and finds that it must wait."""
    if each.stage != "pull-failed":
        return
    image = spec_of(run, each.name).image
    fails(each, "pull-backoff", f'Back-off pulling image "{image}": {each.message}')
    event(world, run, "Normal", "BackOff", f'Back-off pulling image "{image}"')
    event(world, run, "Warning", "Failed", "Error: ImagePullBackOff")
    report(world, kubelet, run)


def again(world: "World", kubelet: KubeletState, run: PodRun, each: ContainerRun) -> None:
    """The back-off is over."""
    if each.stage in ("pull-failed", "pull-backoff"):
        ask(world, kubelet, run, each)
        report(world, kubelet, run)
