"""Pods: what should run, and what has been reported to run."""

from typing import Any

from simulation.kernel.records import Record
from simulation.kernel.units import Instant
from simulation.kube.objects.meta import Condition, IntOrString, KubeObject, ObjectMeta, Resources


class ContainerPort(Record):
    """A port that a container listens on."""

    container_port: int
    name: str = ""
    protocol: str = "TCP"
    host_port: int = 0
    host_ip: str = ""
    rest: dict[str, Any] = {}


class ResourceRequirements(Record):
    """What a container asks for and what it may use at most."""

    requests: Resources = Resources()
    limits: Resources = Resources()
    rest: dict[str, Any] = {}


class EnvVar(Record):
    """An environment variable."""

    name: str
    value: str = ""
    rest: dict[str, Any] = {}


class HttpGetAction(Record):
    """A probe by HTTP."""

    port: IntOrString
    path: str = ""
    scheme: str = ""
    rest: dict[str, Any] = {}


class Probe(Record):
    """A check of a container's health; exec, tcpSocket and grpc are kept in `rest`."""

    http_get: HttpGetAction | None = None
    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    success_threshold: int = 1
    failure_threshold: int = 3
    rest: dict[str, Any] = {}


class Container(Record):
    """One container of a pod."""

    name: str
    image: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    env: tuple[EnvVar, ...] = ()
    resources: ResourceRequirements = ResourceRequirements()
    image_pull_policy: str = ""
    readiness_probe: Probe | None = None
    liveness_probe: Probe | None = None
    startup_probe: Probe | None = None
    restart_policy: str | None = None
    rest: dict[str, Any] = {}


class Toleration(Record):
    """A taint that a pod can live with."""

    key: str = ""
    operator: str = ""
    value: str = ""
    effect: str = ""
    toleration_seconds: int | None = None


class PodReadinessGate(Record):
    """A condition that must be true for the pod to be ready."""

    condition_type: str


class PodSpec(Record):
    """What should run."""

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    node_name: str = ""
    node_selector: dict[str, str] = {}
    tolerations: tuple[Toleration, ...] = ()
    restart_policy: str = ""
    termination_grace_period_seconds: int | None = None
    service_account_name: str = ""
    host_network: bool = False
    priority: int | None = None
    priority_class_name: str = ""
    preemption_policy: str | None = None
    readiness_gates: tuple[PodReadinessGate, ...] = ()
    overhead: Resources | None = None
    affinity: dict[str, Any] | None = None
    topology_spread_constraints: tuple[dict[str, Any], ...] = ()
    scheduling_gates: tuple[dict[str, Any], ...] = ()
    rest: dict[str, Any] = {}


class ContainerStateWaiting(Record):
    """Not running yet, or again."""

    reason: str = ""
    message: str = ""


class ContainerStateRunning(Record):
    """Running."""

    started_at: Instant | None = None


class ContainerStateTerminated(Record):
    """Over."""

    exit_code: int = 0
    signal: int = 0
    reason: str = ""
    message: str = ""
    started_at: Instant | None = None
    finished_at: Instant | None = None
    container_id: str = ""


class ContainerState(Record):
    """One of three is set."""

    waiting: ContainerStateWaiting | None = None
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None


class ContainerStatus(Record):
    """What the kubelet reported of a container."""

    name: str
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()
    ready: bool = False
    restart_count: int = 0
    image: str = ""
    image_id: str = ""
    container_id: str = ""
    started: bool | None = None


class PodIP(Record):
    """One address of a pod."""

    ip: str


class HostIP(Record):
    """One address of a pod's node."""

    ip: str


class PodStatus(Record):
    """What has been reported to run."""

    phase: str = "Pending"
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    pod_ip: str = ""
    pod_ips: tuple[PodIP, ...] = ()
    host_ip: str = ""
    host_ips: tuple[HostIP, ...] = ()
    start_time: Instant | None = None
    reason: str = ""
    message: str = ""
    qos_class: str = ""
    nominated_node_name: str = ""
    observed_generation: int | None = None
    rest: dict[str, Any] = {}


class Pod(KubeObject, frozen=True, gc=False, tag="Pod"):
    """The smallest thing that is scheduled."""

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()


class PodTemplateSpec(Record):
    """What a workload's pods are made from."""

    metadata: ObjectMeta = ObjectMeta()
    spec: PodSpec = PodSpec()
