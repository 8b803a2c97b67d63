"""Small questions about pods that many parts ask."""

from simulation.kernel.units import SECOND, Instant
from simulation.kube.objects.meta import Condition, LabelSelector
from simulation.kube.objects.pod import Pod

FINISHED = ("Succeeded", "Failed")


REPLICA_FAILURE = "ReplicaFailure"
"""The condition of a ReplicaSet or Deployment whose pods cannot be created or deleted."""


def condition(obj: object, type: str) -> Condition | None:
    """Return a condition of an object's status by its type."""
    for each in obj.status.conditions:  # type: ignore[attr-defined]
        if each.type == type:
            return each
    return None


def is_ready(pod: Pod) -> bool:
    """Tell whether a pod's Ready condition is true."""
    found = condition(pod, "Ready")
    return found is not None and found.status == "True"


def ready_since(pod: Pod) -> Instant | None:
    """Return since when a pod is ready, or None if it is not."""
    found = condition(pod, "Ready")
    return found.last_transition_time if found and found.status == "True" else None


def is_available(pod: Pod, min_ready_seconds: int, now: Instant) -> bool:
    """Tell whether a pod has been ready for long enough."""
    if not is_ready(pod):
        return False
    since = ready_since(pod)
    return min_ready_seconds == 0 or (
        since is not None and since + min_ready_seconds * SECOND <= now
    )


def is_finished(pod: Pod) -> bool:
    """Tell whether a pod has run to its end."""
    return pod.status.phase in FINISHED


def is_active(pod: Pod) -> bool:
    """Tell whether a pod counts for its controller: neither finished nor being deleted."""
    return not is_finished(pod) and pod.metadata.deletion_timestamp is None


def is_terminating(pod: Pod) -> bool:
    """Tell whether a pod is being deleted."""
    return pod.metadata.deletion_timestamp is not None


def restarts(pod: Pod) -> int:
    """Return the restarts of a pod's most restarted container."""
    return max((each.restart_count for each in pod.status.container_statuses), default=0)


def matches(selector: LabelSelector | None, labels: dict[str, str]) -> bool:
    """Tell whether labels satisfy a selector; no selector matches nothing."""
    if selector is None:
        return False
    if any(labels.get(key) != value for key, value in selector.match_labels.items()):
        return False
    return all(
        _OPERATORS[each.operator](labels.get(each.key), each.values)
        for each in selector.match_expressions
    )


_OPERATORS = {
    "In": lambda value, values: value is not None and value in values,
    "NotIn": lambda value, values: value is None or value not in values,
    "Exists": lambda value, values: value is not None,
    "DoesNotExist": lambda value, values: value is None,
}


def set_condition(
    conditions: tuple[Condition, ...], new: Condition, now: Instant
) -> tuple[Condition, ...]:
    """Return the conditions with one set; its transition time moves only if its status does."""
    for number, old in enumerate(conditions):
        if old.type == new.type:
            moved = now if old.status != new.status else old.last_transition_time
            merged = Condition(
                new.type,
                new.status,
                new.reason,
                new.message,
                moved,
                new.last_heartbeat_time or old.last_heartbeat_time,
                None,
                new.last_update_time,
                new.observed_generation,
            )
            return (*conditions[:number], merged, *conditions[number + 1 :])
    fresh = Condition(
        new.type,
        new.status,
        new.reason,
        new.message,
        now,
        new.last_heartbeat_time,
        None,
        new.last_update_time,
        new.observed_generation,
    )
    return (*conditions, fresh)
