"""A pod's life as a table.

A pod moves through a few stages, and so does each of its containers. What a stage looks like from
outside (the container state the API shows, the word the picture uses) is written down here once;
when it is left is decided by `kubelet.py`. Everything in the State records is what the kubelet
and the container runtime of one machine remember.
"""

from simulation.kernel.records import Record, State
from simulation.kernel.units import MILLISECOND, SECOND, Duration, Instant
from simulation.kube.objects.pod import Container, Pod, PodStatus
from simulation.kube.rules import backoff

MIRROR = "kubernetes.io/config.mirror"
"""The annotation of a pod that only mirrors a file on a control plane node's disk."""

PULL_BACKOFF_FIRST: Duration = 10 * SECOND
PULL_BACKOFF_MAX: Duration = 300 * SECOND
STATUS_RETRY: Duration = 10 * SECOND
"""The kubelet's status manager tries again this often."""
TERM_MINIMUM: Duration = 2 * SECOND
"""However short the grace, SIGTERM is given this long before SIGKILL."""

SANDBOX_TIME = (150 * MILLISECOND, 450 * MILLISECOND)
"""The pod's network and cgroups."""
START_TIME = (350 * MILLISECOND, 750 * MILLISECOND)
"""Creating and starting a container; docs put the mean at 0.57 s."""
NOTICE_TIME = (50 * MILLISECOND, SECOND)
"""The kubelet lists its containers once a second."""
LOOKUP_TIME = (300 * MILLISECOND, 900 * MILLISECOND)
"""Asking a registry for a manifest."""
CLEANUP_TIME = (200 * MILLISECOND, 800 * MILLISECOND)
"""From the last process's end until the kubelet removes the pod from the API."""


class Stage(Record):
    """How a stage of a container looks."""

    failing: str = ""
    """Why a container waits that could not be started, in the API's word; else empty."""
    reality: str = "none"
    """The picture's word."""


CONTAINER_STAGES: dict[str, Stage] = {
    "waiting": Stage("", "starting"),
    "pulling": Stage("", "pulling"),
    "pull-failed": Stage("ErrImagePull", "none"),
    "pull-backoff": Stage("ImagePullBackOff", "none"),
    "never-pull": Stage("ErrImageNeverPull", "none"),
    "invalid-name": Stage("InvalidImageName", "none"),
    "config-error": Stage("CreateContainerConfigError", "none"),
    "starting": Stage("", "starting"),
    "running": Stage("", "running"),
    "stopping": Stage("", "stopping"),
    "exited": Stage("", "stopped"),
    "crash-backoff": Stage("CrashLoopBackOff", "stopped"),
}

POD_STAGES = ("admitted", "sandbox", "started", "stopping", "stopped", "removing")
"""In order: seen, network being made, containers under way, SIGTERM sent, all ended, API told."""

REALITY_ORDER = ("running", "stopping", "pulling", "starting", "stopped", "none")
"""A pod's word is the first of these that one of its containers has."""


class Ended(Record):
    """How a container ended."""

    exit_code: int
    reason: str
    started: Instant
    finished: Instant
    container_id: str


class ContainerRun(State):
    """One container of a pod on this machine."""

    name: str
    stage: str = "waiting"
    attempt: int = 0
    """Counts transitions: a timer of an earlier one is stale."""
    restarts: int = 0
    creations: int = 0
    started: Instant = 0
    ready: bool = False
    failing: str = ""
    """Why it could not be started last, in the API's word: that stands until it has started."""
    message: str = ""
    """The same as a sentence."""
    ended: Ended | None = None
    """How the present incarnation ended."""
    last: Ended | None = None
    """How the one before ended."""
    crash_delay: Duration = 0
    crash_delay_set: Instant = 0
    pull_failures: int = 0
    ended_at: Instant = -1
    """When its process ended, until the kubelet has noticed; -1 if it has."""
    ended_code: int = 0
    is_out_of_memory: bool = False
    """The kernel killed it, because memory was short."""
    held_since: Instant = -1
    """Since when a missing ConfigMap or Secret keeps it from starting."""
    is_redefined: bool = False
    """It is stopped because its image was changed, and starts again at once."""


class Verdict(Record):
    """Why a kubelet ended a pod by its own decision: reason and message of the pod's status."""

    reason: str
    message: str


class PodRun(State):
    """One pod on this machine."""

    pod: Pod
    """As the kubelet last heard of it."""
    stage: str = "admitted"
    attempt: int = 0
    sandboxes: int = 0
    ip: str = ""
    admitted: Instant = 0
    containers: dict[str, ContainerRun] = {}
    init_containers: dict[str, ContainerRun] = {}
    is_static: bool = False
    interrupted: bool = False
    """The power went while it was here, and it has not been taken up again."""
    neglected: bool = False
    """Nobody looked after it for a while: the kubelet or the container runtime did not run."""
    gone: bool = False
    """The API has forgotten it: stop it and say nothing."""
    posted: PodStatus | None = None
    posted_version: int = 0
    asked: int = 0
    """Counts reports; an answer to an earlier one is stale."""
    in_flight: bool = False
    causes: tuple[int, ...] = ()
    held_since: Instant = -1
    """Since when a missing ConfigMap or Secret keeps its volumes from being set up."""
    verdict: Verdict | None = None
    """Why the kubelet itself ended or rejected it."""
    grace: Duration = -1
    """What the kubelet gives it after SIGTERM when it ends it by itself; -1 if it does not."""

    @property
    def key(self) -> str:
        """Return namespace/name."""
        return f"{self.pod.metadata.namespace}/{self.pod.metadata.name}"

    @property
    def uid(self) -> str:
        """Return the uid of the pod."""
        return self.pod.metadata.uid

    def runs(self) -> list[ContainerRun]:
        """Return all containers, those of initialisation first."""
        return [*self.init_containers.values(), *self.containers.values()]

    def container(self, name: str) -> ContainerRun | None:
        """Return a container by name."""
        return self.containers.get(name) or self.init_containers.get(name)


class KubeletState(State):
    """What one kubelet and its container runtime remember."""

    node: str
    pods: dict[str, PodRun] = {}
    """By uid, in the order of arrival."""
    pulling: str = ""
    """What the image puller is busy with, as "pod uid/container": one pull at a time."""
    pull_queue: list[str] = []
    look_at: Instant = -1
    """When it will look at its Node, if it has reason to."""
    connected: bool = False
    listed: bool = False
    """Whether it has listed its pods since it started."""
    pressures: dict[str, Instant] = {}
    """Conditions of pressure that it reports, and when the shortage was last seen."""
    pressure_look: Instant = -1
    """When it will look at memory and disk, if it has reason to."""
    is_shutting_down: bool = False
    unschedulable: bool = False
    """Whether its Node was cordoned at its last look: a change is an event."""
    registered: bool = False
    """Whether its Node existed at some time since it started: a kubelet registers only once."""


def fails(each: ContainerRun, stage: str, message: str) -> None:
    """Note what keeps a container from starting; its status says so until it runs.

    While the kubelet tries again nothing else is known: pkg/kubelet/reason_cache.go.
    """
    each.stage, each.message = stage, message
    each.failing = CONTAINER_STAGES[stage].failing


def forget_failure(each: ContainerRun) -> None:
    """A container has started, or the kubelet that remembered its failure has ended."""
    each.failing = each.message = ""


def spec_of(run: PodRun, name: str) -> Container:
    """Return the specification of a container."""
    for container in run.pod.spec.init_containers + run.pod.spec.containers:
        if container.name == name:
            return container
    raise AssertionError(f"{run.key} has no container {name}")


def is_sidecar(container: Container) -> bool:
    """Tell whether an init container keeps running."""
    return container.restart_policy == "Always"


def restarts_after(policy: str, exit_code: int) -> bool:
    """Tell whether a container that ended is started again."""
    return policy in ("", "Always") or (policy == "OnFailure" and exit_code != 0)


def phase_of(run: PodRun) -> str:
    """Return the pod's phase by the kubelet's rules: a crash-looping pod is Running."""
    if run.verdict is not None and run.stage in ("stopped", "removing"):
        return "Failed"
    policy = run.pod.spec.restart_policy
    for container in run.pod.spec.init_containers:
        each = run.init_containers[container.name]
        if is_sidecar(container):
            if each.creations == 0:
                return "Pending"
        elif each.ended is None or each.stage != "exited":
            return "Pending"
        elif each.ended.exit_code != 0:
            return "Failed" if policy == "Never" else "Pending"
    apps = list(run.containers.values())
    if any(each.creations == 0 for each in apps):
        return "Failed" if run.stage in ("stopped", "removing") else "Pending"
    if any(each.stage in ("running", "stopping") for each in apps):
        return "Running"
    codes = [each.ended.exit_code if each.ended else 0 for each in apps]
    if run.stage not in ("stopping", "stopped", "removing") and any(
        restarts_after(policy, code) for code in codes
    ):
        return "Running"
    return "Failed" if any(codes) else "Succeeded"


CRASHES = backoff.configured()


def _failures(run: ContainerRun) -> backoff.Failures:
    return backoff.Failures(run.crash_delay, run.crash_delay_set)


def crash_delay(run: ContainerRun, finished: Instant) -> Duration:
    """Return how long after its end a container must wait; the first time not at all."""
    return backoff.wait_after(CRASHES, _failures(run), finished)


def next_crash_delay(run: ContainerRun, finished: Instant, now: Instant) -> None:
    """Count a restart: the next one waits twice as long, up to five minutes."""
    failures = backoff.counted(CRASHES, _failures(run), finished, now)
    run.crash_delay, run.crash_delay_set = failures.wait, failures.counted_at


def pull_delay(failures: int) -> Duration:
    """Return how long to wait before an image is asked for again."""
    return min(PULL_BACKOFF_FIRST << min(failures - 1, 10), PULL_BACKOFF_MAX)


def first_cause(run: PodRun) -> int:
    """Return the happening that the kubelet acts upon."""
    return run.causes[0] if run.causes else 0


def owner_of(run: PodRun) -> str:
    """Return what made a pod, or the pod itself: pods of one owner fail alike."""
    meta = run.pod.metadata
    return next((each.name for each in meta.owner_references if each.controller), meta.name)


def reality_of(run: PodRun) -> str:
    """Return the picture's word for what really happens to a pod on its machine."""
    if run.stage in ("admitted", "sandbox"):
        return "starting"
    if run.stage in ("stopped", "removing"):
        return "stopped"
    words = [CONTAINER_STAGES[each.stage].reality for each in run.runs()]
    return next((word for word in REALITY_ORDER if word in words), "none")
