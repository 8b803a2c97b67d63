"""Disruption modes of zones, and whose turn it is to be tainted NoExecute.

When so much is lost that it is more likely the control plane that is cut off, evicting would do
harm: the rate falls, or evicting stops. What the node controller remembers between its looks lives
in `NodeMemory` and dies with the process. Follows pkg/controller/nodelifecycle (ComputeZoneState,
handleDisruption, processTaintBaseEviction) and its scheduler/rate_limited_queue.go.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from simulation.kernel.records import Record, State
from simulation.kernel.units import Duration, Instant
from simulation.kube.rules.taints import NOT_READY, UNREACHABLE
from simulation.kube.settings import Settings

NOT_READY_MIN = 2
"""A zone is partly disrupted only if more than this many nodes are not ready."""
QUEUE_PASS: Duration = 100
"""The queue of nodes to be tainted is gone through this often."""
NEVER: Duration = -1
REGION = "topology.kubernetes.io/region"
ZONE = "topology.kubernetes.io/zone"
EXCLUDED = "node.kubernetes.io/exclude-disruption"
TAINT_OF = {"False": NOT_READY, "Unknown": UNREACHABLE}
"""Status of Ready to the NoExecute taint that follows from it."""


class ZoneState(StrEnum):
    """How much of a zone is lost."""

    INITIAL = "Initial"
    NORMAL = "Normal"
    PARTIAL = "PartialDisruption"
    FULL = "FullDisruption"


class Zone(State):
    """What the node controller remembers of one zone."""

    interval: Duration
    """Between two nodes that are tainted; NEVER stops it."""
    state: ZoneState = ZoneState.INITIAL
    token_at: Instant = 0
    """A token bucket that holds one: when there will be one again."""
    waiting: list[str] = []
    """Nodes that are not ready and not tainted, in the order in which they are looked at."""


class NodeMemory(State):
    """What the node controller remembers between its looks."""

    zones: dict[str, Zone] = {}
    orders: dict[str, str] = {}
    """Node to the NoExecute taint it is to have, or an empty text for none."""
    fresh_from: Instant = 0
    """No node is judged by what was noticed of it before: every one got a fresh start then."""


class Seen(Record):
    """A node as the node controller looks at it."""

    name: str
    status: str
    """Of the condition Ready, as just judged; empty if there is none."""
    zone: str = ""
    counts: bool = True
    taint: str = ""
    """The NoExecute taint for being not ready or unreachable that it has."""


def zone_of(labels: Mapping[str, str]) -> str:
    """Return the zone that a node's labels name; nodes without any share the unnamed one."""
    region, zone = labels.get(REGION, ""), labels.get(ZONE, "")
    return f"{region}/{zone}" if region or zone else ""


def counts_for_disruption(labels: Mapping[str, str]) -> bool:
    """Tell whether a node counts when the state of its zone is worked out."""
    return EXCLUDED not in labels


def state_of(ready: list[bool], unhealthy_percent: int = 55) -> ZoneState:
    """Return the state of a zone whose nodes are ready or not."""
    lost = ready.count(False)
    if lost and lost == len(ready):
        return ZoneState.FULL
    if lost > NOT_READY_MIN and lost * 100 >= unhealthy_percent * len(ready):
        return ZoneState.PARTIAL
    return ZoneState.NORMAL


def eviction_interval(state: ZoneState, size: int, settings: Settings) -> Duration:
    """Return the time between two nodes of a zone that are tainted NoExecute, or NEVER."""
    if state is ZoneState.PARTIAL:
        if size > settings.large_cluster_size_threshold:
            return settings.secondary_node_eviction_interval
        return NEVER
    return settings.node_eviction_interval


def look(memory: NodeMemory, seen: Iterable[Seen], now: Instant, settings: Settings) -> bool:
    """Look at all nodes; return whether every one of them got a fresh start.

    1. A node that is ready loses its taint, one whose state changed swaps it, both at once.
    2. The others that are not ready wait for the turn of their zone.
    3. The state of each zone sets the rate; if all zones are lost, all taints are taken back.
    """
    nodes = sorted(seen, key=lambda node: node.name)
    orders: dict[str, str] = {}
    waiting: dict[str, list[str]] = {}
    for node in nodes:
        wanted = TAINT_OF.get(node.status)
        if node.status == "True" and node.taint:
            orders[node.name] = ""
        elif wanted is None or node.taint == wanted:
            continue
        elif node.taint or memory.orders.get(node.name) == wanted:
            orders[node.name] = wanted
        else:
            waiting.setdefault(node.zone, []).append(node.name)
    memory.orders = orders
    for name in sorted({node.zone for node in nodes}):
        if name not in memory.zones:
            memory.zones[name] = Zone(settings.node_eviction_interval)
    for name, zone in memory.zones.items():
        zone.waiting = waiting.get(name, [])
    return _handle_disruption(memory, nodes, now, settings)


def _handle_disruption(
    memory: NodeMemory, nodes: list[Seen], now: Instant, settings: Settings
) -> bool:
    ready: dict[str, list[bool]] = {}
    for node in nodes:
        if node.counts:
            ready.setdefault(node.zone, []).append(node.status == "True")
    states = {zone: state_of(each, settings.unhealthy_zone_percent) for zone, each in ready.items()}
    if not states:
        return False
    were_all_lost = all(memory.zones[zone].state is ZoneState.FULL for zone in states)
    if all(state is ZoneState.FULL for state in states.values()):
        for zone in states:
            memory.zones[zone].state = ZoneState.FULL
            _set_interval(memory.zones[zone], NEVER, now)
        memory.orders = {node.name: "" for node in nodes if node.taint}
        return False
    for zone, state in states.items():
        place = memory.zones[zone]
        if place.state is not state or were_all_lost:
            place.state = state
            _set_interval(place, eviction_interval(state, len(ready[zone]), settings), now)
    if were_all_lost:
        memory.fresh_from = now
    return were_all_lost


def _set_interval(zone: Zone, interval: Duration, now: Instant) -> None:
    """Change the rate; who was waiting for a token waits for the new rate's first one."""
    if zone.interval == interval:
        return
    if zone.interval == NEVER or zone.token_at > now:
        zone.token_at = now + max(interval, 0)
    zone.interval = interval


def is_stopped(memory: NodeMemory) -> bool:
    """Tell whether all zones are lost, so that nobody is evicted (master disruption mode)."""
    return bool(memory.zones) and all(
        zone.state is ZoneState.FULL for zone in memory.zones.values()
    )


def next_turn(zone: Zone, now: Instant) -> Instant | None:
    """Return when the next waiting node of a zone is to be tainted, None if never."""
    if not zone.waiting or zone.interval == NEVER:
        return None
    return max(now + QUEUE_PASS, zone.token_at)


def take_turn(memory: NodeMemory, name: str, status: str, now: Instant) -> str:
    """Spend a token of a zone upon the first node that waits there, and return its name.

    status: what the node's Ready is now; a node that is ready again uses up its turn for nothing.
    """
    zone = memory.zones[name]
    node = zone.waiting.pop(0)
    zone.token_at = now + zone.interval
    taint = TAINT_OF.get(status)
    if taint is not None:
        memory.orders[node] = taint
    return node
