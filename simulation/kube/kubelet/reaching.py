"""Whether an API server reaches a node's kubelet, for logs, exec, port-forward and the like.

These go from the API server to the kubelet and never through belief: a node that is called Ready
may refuse, and one that is called Unknown may answer.
"""

from typing import TYPE_CHECKING

from simulation.kube.kubelet.node_status import RUNTIME

if TYPE_CHECKING:
    from simulation.kube.world import World

KUBELET_PORT = 10250


def dial_error(world: "World", server: str, node: str) -> str:
    """Return what dialling a node's kubelet from an API server ends with, empty if it answers."""
    machine = world.machines.get(node)
    if machine is None:
        return f"dial tcp: lookup {node}: no such host"
    prefix = f"dial tcp {machine.address}:{KUBELET_PORT}: "
    if not machine.is_on or not world.links.both_ways(server, node):
        # Nobody answers on the wire: the neighbour's address cannot be resolved.
        return prefix + "connect: no route to host"
    if not world.kubelets.is_alive(world, node):
        return prefix + "connect: connection refused"
    return ""


def runtime_error(world: "World", node: str) -> str:
    """Return what a kubelet that answers says when its container runtime does not."""
    machine = world.machines.get(node)
    if machine is None or RUNTIME not in machine.stopped:
        return ""
    return (
        'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while '
        'dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"'
    )


def logs_error(world: "World", server: str, node: str, pod: str, container: str) -> str:
    """Return the line kubectl logs prints when a kubelet cannot be asked, empty if it can.

    pod: namespace/name.
    """
    trouble = dial_error(world, server, node)
    if not trouble:
        return ""
    machine = world.machines.get(node)
    address = machine.address if machine is not None else node
    url = f"https://{address}:{KUBELET_PORT}/containerLogs/{pod}/{container}"
    return f'Error from server: Get "{url}": {trouble}'


def exec_error(world: "World", server: str, node: str) -> str:
    """Return the line kubectl exec prints when a container cannot be entered, empty if it can."""
    trouble = dial_error(world, server, node)
    if trouble:
        return f"Error from server: error dialing backend: {trouble}"
    trouble = runtime_error(world, node)
    return f"error: Internal error occurred: {trouble}" if trouble else ""
