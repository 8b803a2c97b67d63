"""Keeps a ReplicaSet at the number of pods it asks for.

Watches ReplicaSets and the pods they own or could own; writes pods and the ReplicaSet's status,
nothing else. A pod whose labels no longer match is released, one that is nobody's and matches is
adopted.
The decision is taken from what exists now, never from the event that woke it, so it may be called
twice, late, or after a restart and still be right. Follows pkg/controller/replicaset.
"""

import re

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube import claims
from simulation.kube.indexes import (
    PODS_BY_OWNER,
    REPLICA_SETS_BY_OWNER,
    REPLICA_SETS_BY_SELECTOR,
)
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import Condition, ObjectMeta
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.workload import ReplicaSet, ReplicaSetStatus
from simulation.kube.rules import ranking
from simulation.kube.rules.pods import (
    REPLICA_FAILURE,
    is_active,
    is_available,
    is_ready,
    is_terminating,
    ready_since,
    restarts,
    set_condition,
)
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace

BURST = 500
"""Pods created or deleted in one visit, as in kube-controller-manager."""

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"

COST = re.compile(r"-?[0-9]{1,10}")
"""controller.kubernetes.io/pod-deletion-cost, an int32; anything else counts as 0."""


class ReplicaSetController:
    """Creates missing pods and deletes superfluous ones."""

    name = "replicaset"
    watches = {"ReplicaSet": lambda change: (change.key,), "Pod": claims.concerned("ReplicaSet")}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Compare the pods there are with the number that is asked for."""
        if key.startswith(claims.ORPHAN):
            return Outcome(also=claims.wanted_by(key, view, Pod, REPLICA_SETS_BY_SELECTOR))
        owner = view.get(ReplicaSet, key)
        if owner is None or owner.metadata.deletion_timestamp is not None:
            return Outcome()
        owned, patches = claims.claimed(owner, view, PODS_BY_OWNER, is_active)
        active = [pod for pod in owned if is_active(pod)]
        missing = owner.spec.replicas - len(active)
        status = _status(owner, owned, active, now)
        status = replace(status, conditions=_failing(owner, missing, tools.refused, now))
        batches: tuple[tuple[Write, ...], ...] = ()
        if missing > 0:
            batches = _creations(owner, len(active), min(missing, BURST))
        elif missing < 0:
            batches = (_deletions(owner, active, view, min(-missing, BURST), now),)
        if status != owner.status:
            batches = (_status_write(owner, status), *batches)
        if patches:
            batches = (patches, *batches)
        return Outcome(batches, _soonest_available(owner, active, now))


def _creations(owner: ReplicaSet, have: int, count: int) -> tuple[tuple[Write, ...], ...]:
    because = Reason(
        "replicaset-creates",
        {"replicaset": owner.metadata.name, "wanted": owner.spec.replicas, "have": have},
    )
    pod = new_pod(owner)
    return tuple(
        tuple(Write("create", pod, because) for _ in range(size))
        for size in ranking.slow_start(count)
    )


def new_pod(owner: ReplicaSet) -> Pod:
    """Return a pod made from a ReplicaSet's template; the API server completes its name."""
    template = owner.spec.template
    meta = ObjectMeta(
        generate_name=f"{owner.metadata.name[:58]}-",
        namespace=owner.metadata.namespace,
        labels=template.metadata.labels,
        annotations=template.metadata.annotations,
        owner_references=(claims.controller_reference(owner),),
    )
    return Pod(metadata=meta, spec=template.spec)


def _deletions(
    owner: ReplicaSet, active: list[Pod], view: View, count: int, now: Instant
) -> tuple[Write, ...]:
    because = Reason(
        "replicaset-deletes",
        {"replicaset": owner.metadata.name, "wanted": owner.spec.replicas, "have": len(active)},
    )
    by_name = {pod.metadata.name: pod for pod in active}
    ranked = [_ranked(pod, now) for pod in active]
    related = [_ranked(pod, now) for pod in _related(owner, view)]
    doomed = ranking.to_delete(ranked, related, count)
    return tuple(Write("delete", by_name[pod.name], because, require_uid=pod.uid) for pod in doomed)


def _related(owner: ReplicaSet, view: View) -> list[Pod]:
    """Return the active pods of all ReplicaSets that share this one's owner."""
    deployment = next((o.uid for o in owner.metadata.owner_references if o.controller), "")
    siblings = view.by(REPLICA_SETS_BY_OWNER, deployment) if deployment else [owner]
    pods = [pod for each in siblings for pod in view.by(PODS_BY_OWNER, each.metadata.uid)]
    return [pod for pod in pods if is_active(pod)]


def _ranked(pod: Pod, now: Instant) -> ranking.RankedPod:
    since, created = ready_since(pod), pod.metadata.creation_timestamp
    cost = pod.metadata.annotations.get(DELETION_COST, "0")
    return ranking.RankedPod(
        pod.metadata.name,
        pod.spec.node_name,
        pod.status.phase,
        is_ready(pod),
        None if since is None else now - since,
        None if created is None else now - created,
        restarts(pod),
        deletion_cost=int(cost) if COST.fullmatch(cost) else 0,
        uid=pod.metadata.uid,
    )


def _status(
    owner: ReplicaSet, owned: list[Pod], active: list[Pod], now: Instant
) -> ReplicaSetStatus:
    labels = owner.spec.template.metadata.labels
    full = sum(labels.items() <= pod.metadata.labels.items() for pod in active)
    wait = owner.spec.min_ready_seconds
    return ReplicaSetStatus(
        replicas=len(active),
        fully_labeled_replicas=full,
        ready_replicas=sum(map(is_ready, active)),
        available_replicas=sum(is_available(pod, wait, now) for pod in active),
        terminating_replicas=sum(map(is_terminating, owned)),
        observed_generation=owner.metadata.generation,
        conditions=owner.status.conditions,
    )


def _failing(owner: ReplicaSet, missing: int, refused: str, now: Instant) -> tuple[Condition, ...]:
    """Set the condition when a pod is refused first; take it back when none is (replica_set_utils.go)."""
    conditions = owner.status.conditions
    if not refused:
        return tuple(each for each in conditions if each.type != REPLICA_FAILURE)
    if any(each.type == REPLICA_FAILURE for each in conditions):
        return conditions
    reason = "FailedCreate" if missing > 0 else "FailedDelete"
    return set_condition(conditions, Condition(REPLICA_FAILURE, "True", reason, refused), now)


def _status_write(owner: ReplicaSet, status: ReplicaSetStatus) -> tuple[Write, ...]:
    because = Reason(
        "replicaset-counted",
        {
            "replicaset": owner.metadata.name,
            "ready": status.ready_replicas,
            "wanted": owner.spec.replicas,
        },
    )
    carrier = replace(owner, status=status)
    uid = owner.metadata.uid
    return (Write("patch", carrier, because, ("status",), require_uid=uid),)


def _soonest_available(owner: ReplicaSet, active: list[Pod], now: Instant) -> Duration | None:
    """Return when the next ready pod has been ready for minReadySeconds."""
    wait = owner.spec.min_ready_seconds * SECOND
    if not wait:
        return None
    ready = [since for since in map(ready_since, active) if since is not None]
    waiting = [since + wait - now for since in ready if since + wait > now]
    return min(waiting) if waiting else None
