"""What the scheduler keeps in mind about pods and nodes: kube-scheduler's PodInfo and NodeInfo.

A PodInfo is what a pod asks for, computed once. A NodeInfo is a node together with the pods that
the scheduler believes to be there, the assumed ones included; sums are kept as pods come and go,
so a cycle never adds them up again.
"""

from simulation.kernel.records import Record, State
from simulation.kernel.units import MIB, Bytes, Instant, MilliCpu
from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Toleration
from simulation.kube.scheduler.terms import AffinityTerm, NodeTerm, Selector, SpreadConstraint

UNREQUESTED_CPU: MilliCpu = 100
UNREQUESTED_MEMORY: Bytes = 200 * MIB
"""What scoring assumes of a container without requests, or all such pods would share a node."""

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"
REGION = "topology.kubernetes.io/region"
ANY_ADDRESS = "0.0.0.0"
UNSCHEDULABLE_TAINT = "node.kubernetes.io/unschedulable"

HostPort = tuple[str, str, int]
"""Address, protocol, port."""


class PodInfo(Record):
    """A pod as the scheduler sees it."""

    name: str
    namespace: str
    uid: str = ""
    labels: dict[str, str] = {}
    node_name: str = ""
    priority: int = 0
    started: Instant = 0
    terminating: bool = False
    never_preempts: bool = False
    nominated: str = ""
    """The node on which room was or is being made for it."""
    requests: dict[str, int] = {}
    scored_cpu: MilliCpu = 0
    scored_memory: Bytes = 0
    host_ports: tuple[HostPort, ...] = ()
    tolerations: tuple[Toleration, ...] = ()
    node_selector: dict[str, str] = {}
    required_nodes: tuple[NodeTerm, ...] | None = None
    preferred_nodes: tuple[tuple[int, NodeTerm], ...] = ()
    required_affinity: tuple[AffinityTerm, ...] = ()
    required_anti_affinity: tuple[AffinityTerm, ...] = ()
    preferred_affinity: tuple[tuple[int, AffinityTerm], ...] = ()
    preferred_anti_affinity: tuple[tuple[int, AffinityTerm], ...] = ()
    spread: tuple[SpreadConstraint, ...] = ()
    default_selector: Selector | None = None
    """The labels of the Services and of the ReplicaSet it belongs to: default spreading."""
    images: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    """The PersistentVolumeClaims that its volumes name."""
    claim_trouble: str = ""
    """Why one of them cannot be used, in the scheduler's words."""

    @property
    def key(self) -> str:
        """Return namespace/name."""
        return f"{self.namespace}/{self.name}"

    def has_affinity(self) -> bool:
        """Tell whether it has an opinion about the pods beside it."""
        return bool(
            self.required_affinity
            or self.required_anti_affinity
            or self.preferred_affinity
            or self.preferred_anti_affinity
        )


class NodeInfo(State):
    """A node and the pods that are or will be on it."""

    name: str
    labels: dict[str, str] = {}
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False
    allocatable: dict[str, int] = {}
    images: dict[str, Bytes] = {}
    pods: dict[str, PodInfo] = {}
    """By namespace/name, in the order of arrival."""
    requested: dict[str, int] = {}
    scored_cpu: MilliCpu = 0
    scored_memory: Bytes = 0
    with_affinity: int = 0
    with_anti_affinity: int = 0
    with_host_ports: int = 0

    def add(self, pod: PodInfo) -> None:
        """Count a pod in."""
        assert pod.key not in self.pods, f"{pod.key} is on {self.name} already"
        self.pods[pod.key] = pod
        self._count(pod, 1)

    def remove(self, key: str) -> None:
        """Count a pod out; it need not be there."""
        pod = self.pods.pop(key, None)
        if pod is not None:
            self._count(pod, -1)

    def _count(self, pod: PodInfo, sign: int) -> None:
        for resource, amount in pod.requests.items():
            self.requested[resource] = self.requested.get(resource, 0) + sign * amount
        self.scored_cpu += sign * pod.scored_cpu
        self.scored_memory += sign * pod.scored_memory
        self.with_affinity += sign * pod.has_affinity()
        self.with_anti_affinity += sign * bool(pod.required_anti_affinity)
        self.with_host_ports += sign * bool(pod.host_ports)


class Budget(Record):
    """A disruption budget as preemption sees it: which pods, and how many of them it can spare."""

    namespace: str
    selector: Selector
    allowed: int
    granted: tuple[str, ...] = ()
    """Pods whose eviction it has granted already."""

    def governs(self, pod: PodInfo) -> bool:
        """Tell whether a pod's end counts; for preemption an empty selector means nobody."""
        return (
            self.namespace == pod.namespace
            and bool(pod.labels and self.selector.requirements)
            and self.selector.matches(pod.labels)
            and pod.name not in self.granted
        )


class Cluster(Record):
    """All that a scheduling cycle may look at."""

    nodes: tuple[NodeInfo, ...]
    """In the order in which the scheduler visits them: zones take turns."""
    namespaces: dict[str, dict[str, str]] = {}
    """The labels of each namespace."""
    budgets: tuple[Budget, ...] = ()


class Verdict(Record):
    """What a filter says about a node."""

    reasons: tuple[str, ...] = ()
    resolvable: bool = False
    """Whether evicting pods could make room."""

    @property
    def ok(self) -> bool:
        """Tell whether the pod may run there."""
        return not self.reasons


FITS = Verdict()


class Skip(Record):
    """The plugin has nothing to do for this pod."""


SKIP = Skip()


class Rejected(Record):
    """The plugin rejects the pod on every node, before looking at any."""

    message: str


def default_normalised(raw: list[int], reverse: bool) -> list[int]:
    """Scale to 0..100 by the greatest, as DefaultNormalizeScore does."""
    greatest = max(raw, default=0)
    if greatest == 0:
        return [100 if reverse else 0 for _ in raw]
    scaled = [100 * score // greatest for score in raw]
    return [100 - score for score in scaled] if reverse else scaled
