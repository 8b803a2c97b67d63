"""Queueing hints: which change may help a pod that found no node.

Each plugin that ruled nodes out says which changes could make it think again; a pod is tried
again when any of them says so. Without hints every heartbeat would wake every waiting pod.
"""

from collections.abc import Callable

from simulation.kernel.records import Record
from simulation.kube.scheduler.infos import NodeInfo, PodInfo
from simulation.kube.scheduler.plugins.node_affinity import NodeAffinity
from simulation.kube.scheduler.plugins.node_basics import NodeUnschedulable
from simulation.kube.scheduler.plugins.node_resources import insufficient
from simulation.kube.scheduler.plugins.taint_toleration import TaintToleration


class Happening(Record):
    """A change in the scheduler's words.

    A node as it is now, a placed pod that came or went, or a PersistentVolumeClaim that is there.
    """

    node: NodeInfo | None = None
    node_gone: bool = False
    pod_came: PodInfo | None = None
    pod_gone: PodInfo | None = None
    claim: str = ""
    """namespace/name"""


Hint = Callable[[PodInfo, Happening], bool]


def _node_fits(pod: PodInfo, happening: Happening) -> bool:
    if happening.pod_gone is not None:
        return True
    node = happening.node
    if node is None:
        return False
    empty = NodeInfo(name=node.name, allocatable=node.allocatable)
    return not insufficient(pod, empty)


def _node_tolerable(pod: PodInfo, happening: Happening) -> bool:
    node = happening.node
    return node is not None and TaintToleration().filter(pod, node, None).ok


def _node_meant(pod: PodInfo, happening: Happening) -> bool:
    node = happening.node
    return node is not None and NodeAffinity().filter(pod, node, None).ok


def _node_open(pod: PodInfo, happening: Happening) -> bool:
    node = happening.node
    return node is not None and NodeUnschedulable().filter(pod, node, None).ok


def _port_free(pod: PodInfo, happening: Happening) -> bool:
    gone = happening.pod_gone
    return happening.node is not None or (gone is not None and bool(gone.host_ports))


def _claim_there(pod: PodInfo, happening: Happening) -> bool:
    return any(happening.claim == f"{pod.namespace}/{each}" for each in pod.claims)


def _any(pod: PodInfo, happening: Happening) -> bool:
    return True


HINTS: dict[str, Hint] = {
    "NodeUnschedulable": _node_open,
    "NodeName": lambda pod, happening: happening.node is not None,
    "TaintToleration": _node_tolerable,
    "NodeAffinity": _node_meant,
    "NodePorts": _port_free,
    "NodeResourcesFit": _node_fits,
    "VolumeBinding": _claim_there,
    "PodTopologySpread": _any,
    "InterPodAffinity": _any,
}


def may_help(plugins: tuple[str, ...], pod: PodInfo, happening: Happening) -> bool:
    """Tell whether a change could make a pod schedulable that these plugins kept waiting."""
    if not plugins:
        # There were no nodes at all.
        return happening.node is not None
    if happening.claim:
        return "VolumeBinding" in plugins and _claim_there(pod, happening)
    return any(HINTS[plugin](pod, happening) for plugin in plugins)
