"""The filters that compare one pod with one node's own fields: cordon, name, ports."""

from simulation.kube.objects.node import Taint
from simulation.kube.scheduler.infos import (
    ANY_ADDRESS,
    FITS,
    SKIP,
    UNSCHEDULABLE_TAINT,
    Cluster,
    HostPort,
    NodeInfo,
    PodInfo,
    Skip,
    Verdict,
)
from simulation.kube.scheduler.plugins.taint_toleration import tolerates

CORDONED = Verdict(("node(s) were unschedulable",))
OTHER_NAME = Verdict(("node(s) didn't match the requested node name",))
PORTS_TAKEN = Verdict(
    ("node(s) didn't have free ports for the requested pod ports",), resolvable=True
)


class NodeUnschedulable:
    """Keeps pods off cordoned nodes, unless they tolerate the taint of the cordon."""

    name = "NodeUnschedulable"

    def prepare(self, pod: PodInfo, cluster: Cluster) -> None:
        """Need nothing."""

    def filter(self, pod: PodInfo, node: NodeInfo, state: object) -> Verdict:
        """Reject a cordoned node."""
        cordon = Taint(key=UNSCHEDULABLE_TAINT, effect="NoSchedule")
        if node.unschedulable and not any(tolerates(each, cordon) for each in pod.tolerations):
            return CORDONED
        return FITS


class NodeName:
    """Holds a pod that names its node to that node."""

    name = "NodeName"

    def prepare(self, pod: PodInfo, cluster: Cluster) -> None:
        """Need nothing."""

    def filter(self, pod: PodInfo, node: NodeInfo, state: object) -> Verdict:
        """Reject every other node."""
        return FITS if pod.node_name in ("", node.name) else OTHER_NAME


class NodePorts:
    """Gives each port of a node to one pod."""

    name = "NodePorts"

    def prepare(self, pod: PodInfo, cluster: Cluster) -> Skip | None:
        """Skip pods that ask for no port of the node."""
        return None if pod.host_ports else SKIP

    def filter(self, pod: PodInfo, node: NodeInfo, state: object) -> Verdict:
        """Reject a node where a port is taken."""
        if not node.with_host_ports:
            return FITS
        taken = [port for other in node.pods.values() for port in other.host_ports]
        clash = any(_conflict(port, other) for port in pod.host_ports for other in taken)
        return PORTS_TAKEN if clash else FITS


def _conflict(a: HostPort, b: HostPort) -> bool:
    return a[1:] == b[1:] and (a[0] == b[0] or ANY_ADDRESS in (a[0], b[0]))
