"""Addresses of Services and ports of the nodes: what is asked for, and what the allocators choose.

Follows pkg/registry/core/service/{ipallocator,portallocator} and storage/alloc.go. Whatever a Service
holds is found through the indexes of the store, so no write looks at
Services that hold none.
"""

from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.dice import Dice
from simulation.kube.indexes import EXPOSED, SERVICES_BY_ADDRESS, SERVICES_BY_EXPOSURE
from simulation.kube.objects.service import WITH_NODE_PORTS, Service, ServicePort, ServiceSpec

if TYPE_CHECKING:
    from simulation.kube.store import Store

replace = msgspec.structs.replace

ADDRESSES = IPv4Network("10.96.0.0/12")
"""The range that kubeadm gives an API server."""
NODE_PORTS = range(30086, 32768)
"""The dynamic band of 30000-32767; the first 86 are kept for static choices."""
HEADLESS = "None"


def objection(service: Service, store: "Store", key: str = "") -> str:
    """Return the API server's words about an address or a port that a Service cannot have.

    key: the Service itself, if it exists: what it holds it may keep.
    """
    spec = service.spec
    if spec.type != "ExternalName" and spec.cluster_ip not in ("", HEADLESS):
        why = _out_of_range(spec.cluster_ip) or (
            "provided IP is already allocated" if _is_held(spec.cluster_ip, store, key) else ""
        )
        if why:
            address = spec.cluster_ip
            return f'spec.clusterIPs: Invalid value: ["{address}"]: failed to allocate IP {address}: {why}'
    needs = _needs_node_ports(spec)
    if not needs and not any(port.node_port for port in spec.ports):
        return ""
    taken = _ports_held(store, key)
    for number, port in enumerate(spec.ports):
        if port.node_port in taken:
            where = f"spec.ports[{number}].nodePort"
            return f"{where}: Invalid value: {port.node_port}: provided port is already allocated"
    wanted = [number for number, port in enumerate(spec.ports) if not port.node_port]
    if needs and len(wanted) > len(_free_ports(service, taken)):
        return f"spec.ports[{wanted[-1]}].nodePort: Internal error: failed to allocate a nodePort: range is full"
    return ""


def _needs_node_ports(spec: ServiceSpec) -> bool:
    """Tell whether ports are chosen for those that ask for none (alloc.go, shouldAllocateNodePorts)."""
    if spec.type not in WITH_NODE_PORTS:
        return False
    return (
        spec.type != "LoadBalancer" or spec.rest.get("allocateLoadBalancerNodePorts") is not False
    )


def _free_ports(service: Service, held: set[int]) -> list[int]:
    """Return the node ports that can be given to a Service, in the order of their numbers."""
    asked = {port.node_port for port in service.spec.ports}
    return [port for port in NODE_PORTS if port not in held and port not in asked]


def _out_of_range(text: str) -> str:
    try:
        address = IPv4Address(text)
    except AddressValueError:
        return "the provided network does not match the current range"
    if address not in ADDRESSES:
        return "the provided network does not match the current range"
    if address in (ADDRESSES.network_address, ADDRESSES.broadcast_address):
        return (
            f"the provided IP ({address}) is not in the valid range. The range of valid IPs is "
            f"{ADDRESSES}"
        )
    return ""


def _is_held(address: str, store: "Store", key: str = "") -> bool:
    return any(each != key for each, _ in store.by(SERVICES_BY_ADDRESS, address))


def _ports_held(store: "Store", key: str = "") -> set[int]:
    exposed = store.by(SERVICES_BY_EXPOSURE, EXPOSED)
    ports = (port for each, other in exposed if each != key for port in other.spec.ports)
    return {port.node_port for port in ports if port.node_port}


def filled(service: Service, store: "Store", dice: Dice) -> Service:
    """Return a Service with the address and the ports of the nodes that it did not ask for."""
    spec = service.spec
    if spec.type != "ExternalName" and not spec.cluster_ip:
        key = f"{service.metadata.namespace}/{service.metadata.name}"
        spec = replace(spec, cluster_ip=_free_address(store, dice, key))
    if spec.cluster_ip and spec.type != "ExternalName":
        spec = replace(spec, rest={**spec.rest, "clusterIPs": [spec.cluster_ip]})
    if _needs_node_ports(spec) and not all(port.node_port for port in spec.ports):
        spec = replace(spec, ports=_with_node_ports(service, store, dice))
    return replace(service, spec=spec)


def _free_address(store: "Store", dice: Dice, key: str) -> str:
    """Return a cluster address from the dynamic band of the range."""
    attempt = 0
    while True:
        number = 256 + dice.below((1 << 16) - 512, "cluster address", key, attempt)
        address = str(ADDRESSES.network_address + number)
        if not _is_held(address, store):
            return address
        attempt += 1


def _with_node_ports(service: Service, store: "Store", dice: Dice) -> tuple[ServicePort, ...]:
    """Give each port that has none one of the free ones; `objection` has seen to it that there are."""
    free = _free_ports(service, _ports_held(store))
    ports = []
    for number, port in enumerate(service.spec.ports):
        if not port.node_port:
            choice = free.pop(dice.below(len(free), "node port", service.metadata.name, number))
            port = replace(port, node_port=choice)
        ports.append(port)
    return tuple(ports)
