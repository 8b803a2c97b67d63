"""Nodes: the API's idea of a machine. The machine itself is reality and lives elsewhere."""

from typing import Any

from simulation.kernel.records import Record
from simulation.kernel.units import Bytes, Instant
from simulation.kube.objects.meta import Condition, KubeObject, Resources


class Taint(Record):
    """What keeps pods away that do not tolerate it."""

    key: str
    effect: str = ""
    value: str = ""
    time_added: Instant | None = None


class NodeSpec(Record):
    """What was decided about a node."""

    pod_cidr: str = ""
    pod_cidrs: tuple[str, ...] = ()
    provider_id: str = ""
    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()
    rest: dict[str, Any] = {}


class NodeAddress(Record):
    """One address of a node."""

    type: str
    address: str


class NodeSystemInfo(Record):
    """What the kubelet tells of its machine."""

    architecture: str = "amd64"
    boot_id: str = ""
    container_runtime_version: str = ""
    kernel_version: str = ""
    kube_proxy_version: str = ""
    kubelet_version: str = ""
    machine_id: str = ""
    operating_system: str = "linux"
    os_image: str = ""
    system_uuid: str = ""


class ContainerImage(Record):
    """An image that is on a node."""

    names: tuple[str, ...] = ()
    size_bytes: Bytes = 0


class NodeStatus(Record):
    """What has been reported of a node."""

    capacity: Resources = Resources()
    allocatable: Resources = Resources()
    conditions: tuple[Condition, ...] = ()
    addresses: tuple[NodeAddress, ...] = ()
    node_info: NodeSystemInfo = NodeSystemInfo()
    images: tuple[ContainerImage, ...] = ()
    phase: str = ""
    rest: dict[str, Any] = {}


class Node(KubeObject, frozen=True, gc=False, tag="Node"):
    """A machine, as far as the API knows it."""

    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()
