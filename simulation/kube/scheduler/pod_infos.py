"""From API objects to what the scheduler keeps in mind about them."""

from simulation.kernel.records import Record
from simulation.kernel.units import Bytes, MilliCpu
from simulation.kube.scheduler.infos import UNREQUESTED_CPU, UNREQUESTED_MEMORY

Amounts = dict[str, int]


class Needs(Record):
    """What the containers of a pod request, one by one."""

    containers: tuple[Amounts, ...] = ()
    init_containers: tuple[tuple[Amounts, bool], ...] = ()
    """In order, each with whether it is a sidecar."""
    overhead: Amounts = {}
    of_pod: Amounts = {}
    """Requests of the pod as a whole; they win over the sum."""


def effective_requests(needs: Needs) -> Amounts:
    """Return what a pod needs at its hungriest moment, by resource."""
    return _effective(needs, {})


def scored_requests(needs: Needs) -> tuple[MilliCpu, Bytes]:
    """Return CPU and memory as scoring counts them: no container is thought to need nothing."""
    amounts = _effective(needs, {"cpu": UNREQUESTED_CPU, "memory": UNREQUESTED_MEMORY})
    return amounts.get("cpu", 0), amounts.get("memory", 0)


def _effective(needs: Needs, missing: Amounts) -> Amounts:
    running: Amounts = {}
    for amounts in needs.containers:
        _add(running, {**missing, **amounts})
    sidecars: Amounts = {}
    starting: Amounts = {}
    for amounts, is_sidecar in needs.init_containers:
        own = {**missing, **amounts}
        if is_sidecar:
            _add(running, own)
            _add(sidecars, own)
            moment = dict(sidecars)
        else:
            moment = dict(sidecars)
            _add(moment, own)
        for resource, amount in moment.items():
            starting[resource] = max(starting.get(resource, 0), amount)
    for resource, amount in starting.items():
        running[resource] = max(running.get(resource, 0), amount)
    running.update(
        {resource: amount for resource, amount in needs.of_pod.items() if _is_of_pod(resource)}
    )
    _add(running, needs.overhead)
    return running


def _is_of_pod(resource: str) -> bool:
    return resource in ("cpu", "memory") or resource.startswith("hugepages-")


def _add(total: Amounts, more: Amounts) -> None:
    for resource, amount in more.items():
        total[resource] = total.get(resource, 0) + amount
