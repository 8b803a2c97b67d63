"""Three clocks of one fault: the machine, what the cluster believes, the users.

They belong to the latest fault that silences a node, and say of everything when it was first so:
whoever looks later, or from elsewhere, reads the same.
"""

from typing import TYPE_CHECKING, Any

from simulation.kernel.units import SECOND
from simulation.kube.aftermath import Aftermath, is_heard, suffered
from simulation.kube.machines import OFF
from simulation.kube.objects.node import Node
from simulation.kube.rules.pods import condition
from simulation.lab.anticipation import evicted_from, judged_at

if TYPE_CHECKING:
    from simulation.kube.world import World

MOMENTS = {
    "node-not-ready": "not_ready_at",
    "endpoints-lost": "endpoints_gone_at",
    "pod-evicted": "evicted_at",
    "pod-scheduled": "scheduled_at",
}
"""Consequences of a fault to the field that says when the first of their kind came."""


def clocks_row(world: "World") -> dict[str, Any] | None:
    """Return the row of the three clocks, or None if no fault is remembered."""
    mark = world.state.aftermath
    fault = world.ledger.entries.get(mark.fault) if mark is not None else None
    if mark is None or fault is None:
        return None
    name = mark.node
    machine = world.machines.get(name)
    node = world.store.get(Node, name)
    ready = condition(node, "Ready") if node is not None else None
    heart = world.heartbeats.state.hearts.get(name)
    silent = heart is not None and not heart.renewing
    judged = judged_at(world, name)
    return {
        "id": fault.id,
        "fault_at": fault.at,
        "fault": fault.reason.key,
        "process": fault.reason.params.get("process", ""),
        "machine": name,
        "role": machine.role if machine else "",
        "off": machine is not None and machine.power == OFF,
        "well": is_heard(world, name),
        "back_at": mark.back_at,
        "believed": ready.status if ready else None,
        "believed_since": ready.last_transition_time if ready else None,
        "silent": silent,
        "heartbeat_at": mark.heartbeat_at,
        "noticed": world.heartbeats.noticed_at(world, name) if judged is not None else None,
        "judged_at": judged,
        "limit_s": world.settings.node_monitor_grace // SECOND,
        "looks_s": world.settings.node_monitor_period // SECOND,
        "evicts_at": evicted_from(world, name),
        "users_at": mark.users_at,
        **_moments(world, mark),
        "over_at": mark.over_at,
        "users": _users(world, mark),
    }


def _moments(world: "World", mark: Aftermath) -> dict[str, int | None]:
    """Follow what the fault caused, and what that caused, and note what came first of each kind."""
    found: dict[str, int | None] = dict.fromkeys(MOMENTS.values())
    missing = len(found)
    caused = {mark.fault: True}
    for entry in world.ledger.since(mark.fault):
        if not missing:
            break
        if not any(cause in caused for cause in entry.causes):
            continue
        caused[entry.id] = True
        field = MOMENTS.get(entry.reason.key)
        if field is not None and found[field] is None:
            found[field] = entry.at
            missing -= 1
    return found


def _users(world: "World", mark: Aftermath) -> dict[str, Any]:
    """Return what users suffered from the fault up to now, and go on suffering a second.

    When the fault is over both stay what they are: what comes later is another story.
    """
    now = world.now if mark.over_at is None else mark.counted_at
    slow, failed = suffered(mark, now)
    return {
        "slow": slow // 1_000_000,
        "failed": failed // 1_000_000,
        "slowing": mark.hurt.all - mark.hurt.failing,
        "failing": mark.hurt.failing,
        "bare": {name: [each.had, each.until] for name, each in sorted(mark.bare.items())},
    }
