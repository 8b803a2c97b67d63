"""Which of a Service's endpoints a kube-proxy uses on its node, by policy, zone and readiness.

Plain records in, addresses out. Follows pkg/proxy/topology.go (CategorizeEndpoints).
"""

from simulation.kernel.records import Record


class Candidate(Record):
    """One endpoint as a kube-proxy sees it."""

    address: str
    ready: bool = True
    serving: bool = True
    terminating: bool = False
    local: bool = False
    """Whether it is on the proxy's own node."""
    zone_hints: tuple[str, ...] = ()
    node_hints: tuple[str, ...] = ()


class Place(Record):
    """Where a kube-proxy stands."""

    node: str = ""
    zone: str | None = None
    prefers_same: bool = False
    """Whether it heeds hints that name nodes (PreferSameTrafficDistribution)."""


class Policies(Record):
    """What a Service asks for."""

    internal: str = "Cluster"
    external: str = "Cluster"
    reachable_from_outside: bool = False

    @property
    def uses_cluster(self) -> bool:
        """Tell whether any traffic may go to endpoints of other nodes."""
        return self.internal == "Cluster" or self.reachable_from_outside

    @property
    def uses_local(self) -> bool:
        """Tell whether any traffic must stay on the node."""
        return self.internal == "Local" or (
            self.external == "Local" and self.reachable_from_outside
        )


class Choice(Record):
    """The endpoints that are used."""

    cluster: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    every: tuple[str, ...] = ()
    has_any: bool = False
    """Whether the Service has a usable endpoint anywhere; without one traffic is refused."""


def choose(endpoints: list[Candidate], policies: Policies, place: Place) -> Choice:
    """Return the endpoints that a kube-proxy uses for each kind of traffic.

    1. Cluster traffic: ready endpoints, hinted ones if the hints are complete; if there is none
       that is ready, those that still serve while they terminate.
    2. Local traffic: the same on the node alone, without hints.
    3. A Service has any endpoint if one of either kind is usable on any node.
    """
    cluster: list[Candidate] = []
    if policies.uses_cluster:
        hinted = _usable_hints(endpoints, place)
        cluster = [each for each in endpoints if each.ready and _is_hinted(each, hinted, place)]
        cluster = cluster or _draining(endpoints)
    if not policies.uses_local:
        names = _addresses(cluster)
        return Choice(names, (), names, bool(names))
    here = [each for each in endpoints if each.local]
    local = [each for each in here if each.ready] or _draining(here)
    chosen = [each.address for each in (*cluster, *local)]
    every = tuple(dict.fromkeys(each.address for each in endpoints if each.address in chosen))
    has_any = bool(every) or any(each.ready for each in endpoints) or bool(_draining(endpoints))
    return Choice(_addresses(cluster), _addresses(local), every, has_any)


def _draining(endpoints: list[Candidate]) -> list[Candidate]:
    return [each for each in endpoints if each.serving and each.terminating]


def _addresses(endpoints: list[Candidate]) -> tuple[str, ...]:
    return tuple(each.address for each in endpoints)


def _usable_hints(endpoints: list[Candidate], place: Place) -> str:
    """Return which hints are heeded: "node", "zone" or none, an empty text.

    A hint that is missing on one ready endpoint, or that leaves nobody, voids all of its kind.
    """
    ready = [each for each in endpoints if each.ready]
    by_node = all(each.node_hints for each in ready)
    heeded = place.prefers_same and place.node and by_node
    if heeded and any(place.node in each.node_hints for each in ready):
        return "node"
    by_zone = all(each.zone_hints for each in ready)
    if place.zone and by_zone and any(place.zone in each.zone_hints for each in ready):
        return "zone"
    return ""


def _is_hinted(endpoint: Candidate, hinted: str, place: Place) -> bool:
    if hinted == "node":
        return place.node in endpoint.node_hints
    return hinted == "" or place.zone in endpoint.zone_hints
