"""How far a rollout has come: the status of a Deployment and its conditions.

Follows pkg/controller/deployment (sync.go, progress.go). Computed from what exists now and from the
conditions that stood there before, whose times tell how long nothing has moved.
"""

import msgspec

from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.workload import Deployment, DeploymentStatus, ReplicaSet
from simulation.kube.rules import deployments as rules
from simulation.kube.rules.pods import REPLICA_FAILURE, condition, set_condition

replace = msgspec.structs.replace

Conditions = tuple[Condition, ...]

PROGRESSING = "Progressing"
COMPLETE = "NewReplicaSetAvailable"
TIMED_OUT = "ProgressDeadlineExceeded"
PAUSED = Condition(PROGRESSING, "Unknown", "DeploymentPaused", "Deployment is paused")
"""While it is paused the clock of its deadline stands still."""
RESUMED = Condition(PROGRESSING, "Unknown", "DeploymentResumed", "Deployment is resumed")
AVAILABLE = Condition(
    "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability."
)
UNAVAILABLE = Condition(
    "Available",
    "False",
    "MinimumReplicasUnavailable",
    "Deployment does not have minimum availability.",
)
NEWS = {COMPLETE: "rollout-finished", TIMED_OUT: "rollout-stuck"}
"""A new reason of the condition Progressing, and what that says of the rollout."""


def status_of(
    deployment: Deployment,
    new: ReplicaSet | None,
    old: list[ReplicaSet],
    unavailable: int,
    now: Instant,
) -> DeploymentStatus:
    """Return how far the rollout has come, with its conditions; `unavailable` pods may be missing."""
    newest_first = [*([new] if new else []), *old]
    available = sum(each.status.available_replicas for each in newest_first)
    total = sum(each.spec.replicas for each in newest_first)
    status = DeploymentStatus(
        observed_generation=deployment.metadata.generation,
        replicas=sum(each.status.replicas for each in newest_first),
        updated_replicas=new.status.replicas if new else 0,
        ready_replicas=sum(each.status.ready_replicas for each in newest_first),
        available_replicas=available,
        unavailable_replicas=max(0, total - available),
        terminating_replicas=sum(each.status.terminating_replicas or 0 for each in newest_first),
        collision_count=deployment.status.collision_count,
        conditions=deployment.status.conditions,
    )
    enough = available >= deployment.spec.replicas - unavailable
    conditions = _with(status.conditions, AVAILABLE if enough else UNAVAILABLE, now)
    conditions = _with_failure(conditions, newest_first, now)
    return replace(status, conditions=_with_progress(deployment, new, status, conditions, now))


def _with(conditions: Conditions, new: Condition, now: Instant) -> Conditions:
    """Set a condition, unless it says already what it would say (SetDeploymentCondition)."""
    current = _of_type(conditions, new.type)
    if current is not None and (current.status, current.reason) == (new.status, new.reason):
        return conditions
    return set_condition(conditions, replace(new, last_update_time=now), now)


def _of_type(conditions: Conditions, type: str) -> Condition | None:
    return next((each for each in conditions if each.type == type), None)


def _without(conditions: Conditions, type: str) -> Conditions:
    return tuple(each for each in conditions if each.type != type)


def _with_failure(
    conditions: Conditions, newest_first: list[ReplicaSet], now: Instant
) -> Conditions:
    """Hand on what keeps a ReplicaSet from its size, the new one's first."""
    found = (condition(each, REPLICA_FAILURE) for each in newest_first)
    failure = next((each for each in found if each is not None), None)
    if failure is None:
        return _without(conditions, REPLICA_FAILURE)
    return _with(conditions, failure, now)


def _with_progress(
    deployment: Deployment,
    new: ReplicaSet | None,
    status: DeploymentStatus,
    conditions: Conditions,
    now: Instant,
) -> Conditions:
    """Set the condition Progressing, as syncRolloutStatus and checkPausedConditions do."""
    if deployment.spec.progress_deadline_seconds == rules.NO_DEADLINE:
        return _without(conditions, PROGRESSING)
    current = condition(deployment, PROGRESSING)
    is_marked = current is not None and current.reason == PAUSED.reason
    if deployment.spec.paused:
        # A rollout that has timed out stays so (sync.go, checkPausedConditions).
        is_over = current is not None and current.reason == TIMED_OUT
        return conditions if is_marked or is_over else _with(conditions, PAUSED, now)
    if is_marked:
        return _with(conditions, RESUMED, now)
    if status.replicas == status.updated_replicas and current and current.reason == COMPLETE:
        return conditions
    is_moving = rules.is_progressing(progress(deployment.status), progress(status))
    said = _progress_said(deployment, new, status, current, is_moving, now)
    if said is None:
        return conditions
    if said.reason != "ReplicaSetUpdated":
        return _with(conditions, said, now)
    # Each step forward winds the clock of the deadline up again.
    since = current.last_transition_time if current and current.status == "True" else None
    moved = replace(said, last_update_time=now, last_transition_time=since or now)
    return (*_without(conditions, PROGRESSING), moved)


def _progress_said(
    deployment: Deployment,
    new: ReplicaSet | None,
    status: DeploymentStatus,
    current: Condition | None,
    is_moving: bool,
    now: Instant,
) -> Condition | None:
    """Return what is to be said of the progress, or None if what was said still holds."""
    name = new.metadata.name if new else deployment.metadata.name
    what = f'ReplicaSet "{name}"' if new else f'Deployment "{name}"'
    if new is None and current is None:
        return Condition(PROGRESSING, "True", "NewReplicaSetCreated", f"Created new {what}")
    if rules.is_complete(deployment.spec.replicas, progress(status)):
        return Condition(PROGRESSING, "True", COMPLETE, f"{what} has successfully progressed.")
    if is_moving:
        return Condition(PROGRESSING, "True", "ReplicaSetUpdated", f"{what} is progressing.")
    deadline = deployment.spec.progress_deadline_seconds
    if current is not None and rules.is_timed_out(
        deadline, now, current.reason, current.status, current.last_update_time or 0
    ):
        return Condition(PROGRESSING, "False", TIMED_OUT, f"{what} has timed out progressing.")
    return None


def progress(status: DeploymentStatus) -> rules.Progress:
    """Return the numbers of a status by which a rollout's progress is judged."""
    return rules.Progress(
        status.replicas, status.updated_replicas, status.ready_replicas, status.available_replicas
    )


def news_of(deployment: Deployment, status: DeploymentStatus) -> str:
    """Return what a new status tells: a rollout is over, or it is stuck, or just numbers."""
    before = condition(deployment, PROGRESSING)
    after = _of_type(status.conditions, PROGRESSING)
    if after is None or (before is not None and before.reason == after.reason):
        return "deployment-counted"
    return NEWS.get(after.reason, "deployment-counted")


def deadline_in(deployment: Deployment, status: DeploymentStatus, now: Instant) -> Duration | None:
    """Return when to look again whether the rollout has made no progress for too long."""
    found = _of_type(status.conditions, PROGRESSING)
    if found is None or found.reason in {COMPLETE, TIMED_OUT, PAUSED.reason}:
        return None
    seconds = deployment.spec.progress_deadline_seconds
    due = (found.last_update_time or now) + seconds * SECOND + 1
    return max(due - now, SECOND)
