"""The arithmetic of a rollout: how many pods of which ReplicaSet.

Follows pkg/controller/deployment (sync.go, rolling.go, progress.go) and
pkg/controller/deployment/util/deployment_util.go. Plain numbers in, plain numbers out.
"""

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Instant

ROLLING_UPDATE = "RollingUpdate"
NO_DEADLINE = 2**31 - 1


class Share(Record):
    """One ReplicaSet as a rollout sees it."""

    name: str
    replicas: int
    available: int = 0
    created: Instant = 0
    annotated_max: int | None = None
    """Annotation max-replicas: desired + surge when it was last scaled."""


class Fenceposts(Record):
    """How far a rollout may stray: pods too many, pods too few."""

    surge: int
    unavailable: int


def scaled_value(value: int | str, total: int, round_up: bool) -> int:
    """Return an absolute number for a number or a percentage; raise ValueError for neither."""
    if isinstance(value, int):
        return value
    if not value.endswith("%") or not (value.isascii() and value[:-1].lstrip("+").isdigit()):
        raise ValueError(
            f'invalid value for IntOrString: invalid type: string is not a percentage "{value}"'
        )
    product = total * int(value[:-1])
    return -(-product // 100) if round_up else product // 100


def fenceposts(max_surge: int | str, max_unavailable: int | str, desired: int) -> Fenceposts:
    """Resolve both bounds: surge rounds up, unavailable down, and they are not both zero."""
    surge = scaled_value(max_surge, desired, round_up=True)
    unavailable = scaled_value(max_unavailable, desired, round_up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return Fenceposts(surge, unavailable)


def max_unavailable(strategy: str, bounds: Fenceposts, desired: int) -> int:
    """Return how many pods may be missing; no more than there should be."""
    if strategy != ROLLING_UPDATE or desired == 0:
        return 0
    return min(bounds.unavailable, desired)


def new_replicas(strategy: str, desired: int, surge: int, new: int, total: int) -> int:
    """Return the size the new ReplicaSet should have now, all sets having `total` pods."""
    if strategy != ROLLING_UPDATE:
        return desired
    if total >= desired + surge:
        return new
    return new + min(desired + surge - total, desired - new)


def reconcile_new(strategy: str, desired: int, surge: int, new: int, total: int) -> int:
    """Return the new ReplicaSet's next size: down to what is wanted, or up as the surge allows."""
    if new == desired:
        return new
    if new > desired:
        return desired
    return new_replicas(strategy, desired, surge, new, total)


def reconcile_old(
    desired: int, unavailable: int, old: list[Share], new: Share | None
) -> dict[str, int]:
    """Return the next sizes of the old ReplicaSets: the unhealthy go first."""
    sizes = {each.name: each.replicas for each in old}
    if not sum(sizes.values()):
        return sizes
    minimum = desired - unavailable
    new_missing = (new.replicas - new.available) if new else 0
    total = sum(sizes.values()) + (new.replicas if new else 0)
    budget = total - minimum - new_missing
    if budget <= 0:
        return sizes
    sizes = clean_unhealthy(old, budget)
    remaining = [Share(each.name, sizes[each.name], each.available, each.created) for each in old]
    return scale_down_old(desired, unavailable, remaining, new)


def clean_unhealthy(old: list[Share], budget: int) -> dict[str, int]:
    """Remove pods that are not available, the oldest ReplicaSet first."""
    sizes = {each.name: each.replicas for each in old}
    for each in sorted(old, key=lambda share: (share.created, share.name)):
        if budget <= 0:
            break
        if each.replicas == 0 or each.replicas == each.available:
            continue
        removed = min(budget, each.replicas - each.available)
        if removed > 0:
            sizes[each.name] -= removed
            budget -= removed
    return sizes


def scale_down_old(
    desired: int, unavailable: int, old: list[Share], new: Share | None
) -> dict[str, int]:
    """Remove available pods as far as enough stay available, the oldest ReplicaSet first."""
    sizes = {each.name: each.replicas for each in old}
    minimum = desired - unavailable
    available = sum(each.available for each in old) + (new.available if new else 0)
    budget = available - minimum
    for each in sorted(old, key=lambda share: (share.created, share.name)):
        if budget <= 0:
            break
        removed = min(each.replicas, budget)
        sizes[each.name] -= removed
        budget -= removed
    return sizes


def fraction(share: Share, desired: int, surge: int, status_replicas: int) -> int:
    """Return by how much one ReplicaSet grows or shrinks when the Deployment is scaled."""
    if desired == 0:
        return -share.replicas
    annotated = share.annotated_max or status_replicas
    if annotated == 0:
        return 0
    size = desired + surge
    exact = share.replicas * size
    # Go's math.Round, halves away from zero, on numbers that are never negative here.
    return (2 * exact + annotated) // (2 * annotated) - share.replicas


def proportional(
    desired: int, surge: int, shares: list[Share], status_replicas: int = 0
) -> dict[str, int]:
    """Spread a change of the wanted number over the active ReplicaSets, by their sizes."""
    active = [each for each in shares if each.replicas > 0]
    total = sum(each.replicas for each in active)
    allowed = desired + surge if desired > 0 else 0
    to_add = allowed - total
    if to_add > 0:
        ordered = sorted(active, key=lambda each: (-each.replicas, -each.created, each.name))
    else:
        ordered = sorted(active, key=lambda each: (-each.replicas, each.created, each.name))
    sizes = {each.name: each.replicas for each in shares}
    added = 0
    for each in ordered:
        if to_add == 0:
            break
        left = to_add - added
        # Who comes after the last pod was given stays as it is, however much too large it was.
        part = fraction(each, desired, surge, status_replicas) if left else 0
        part = min(part, left) if to_add > 0 else max(part, left)
        sizes[each.name] += part
        added += part
    if ordered and to_add != 0:
        largest = ordered[0].name
        sizes[largest] = max(0, sizes[largest] + to_add - added)
    return sizes


class Progress(Record):
    """The numbers of a Deployment's status that progress is read from."""

    replicas: int = 0
    updated: int = 0
    ready: int = 0
    available: int = 0


def is_complete(desired: int, status: Progress) -> bool:
    """Tell whether all wanted pods are new and available and no old one is left."""
    return status.updated == status.replicas == status.available == desired


def is_progressing(old: Progress, new: Progress) -> bool:
    """Tell whether a status shows progress over an earlier one."""
    return (
        new.updated > old.updated
        or new.replicas - new.updated < old.replicas - old.updated
        or new.ready > old.ready
        or new.available > old.available
    )


def is_timed_out(
    deadline_seconds: int, now: Instant, reason: str, status: str, last_update: Instant
) -> bool:
    """Tell whether a rollout has made no progress for too long."""
    if reason == "NewReplicaSetAvailable":
        return False
    if reason == "ProgressDeadlineExceeded":
        return True
    return last_update + deadline_seconds * SECOND < now
