"""Three clocks, from a fault until calm: the machine, what the cluster believes, the users.

They begin with the latest fault of a worker and end when every workload has what it wants again.
"""

from typing import TYPE_CHECKING, Any

from simulation.kernel.units import SECOND
from simulation.kube.machines import OFF
from simulation.kube.objects.node import Node
from simulation.kube.objects.workload import Deployment
from simulation.kube.rules.pods import condition

if TYPE_CHECKING:
    from simulation.kube.happenings import Entry
    from simulation.kube.world import World

FAULTS = ("machine-off", "network-cut")
HEARTBEATS = ("container-runtime", "kubelet")
"""Processes without which a node is no longer believed in, though its pods may go on."""


def clocks_row(world: "World") -> dict[str, Any] | None:
    """Return the row of the three clocks, or None if no fault is remembered."""
    fault = next(
        (entry for entry in reversed(world.ledger.entries.values()) if _begins(entry)),
        None,
    )
    if fault is None:
        return None
    name = str(fault.reason.params["node"])
    machine = world.machines.get(name)
    node = world.store.get(Node, name)
    ready = condition(node, "Ready") if node is not None else None
    heart = world.heartbeats.state.hearts.get(name)
    silent = heart is not None and not heart.renewing
    calm = _is_calm(world)
    return {
        "fault_at": fault.at,
        "fault": fault.reason.key,
        "machine": name,
        "role": machine.role if machine else "",
        "off": machine is not None and machine.power == OFF,
        "believed": ready.status if ready else None,
        "believed_since": ready.last_transition_time if ready else None,
        "last_heartbeat": heart.last if heart is not None and silent else None,
        "limit_s": world.settings.node_monitor_grace // SECOND,
        "not_ready_at": _first(world, fault, "node-not-ready"),
        "endpoints_gone_at": _first(world, fault, "endpoints-lost"),
        "evicted_at": _first(world, fault, "pod-evicted"),
        "calm": calm,
        "users": _users_since(world, fault),
    }


def _begins(entry: "Entry") -> bool:
    reason = entry.reason
    killed = reason.key == "process-killed" and reason.params.get("process") in HEARTBEATS
    return killed or reason.key in FAULTS


def _first(world: "World", fault: "Entry", key: str) -> int | None:
    for entry in world.ledger.since(fault.id):
        if entry.reason.key == key:
            return entry.at
    return None


def _is_calm(world: "World") -> bool:
    """Tell whether every Deployment has what it wants."""
    return all(
        each.status.available_replicas >= each.spec.replicas == each.status.replicas
        for each in world.store.list(Deployment)
    )


def _users_since(world: "World", fault: "Entry") -> dict[str, int]:
    """Return what users suffered since the fault began: the totals then and now differ by it."""
    now = world.traffic.suffered(world)
    then = world.traffic.state.suffered_at_fault.get(str(fault.id), {})
    return {cause: amount - then.get(cause, 0) for cause, amount in now.items()}
