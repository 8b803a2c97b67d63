"""Rolls out a Deployment: one ReplicaSet a template, old ones shrink as the new one grows.

Watches Deployments, their ReplicaSets and, for strategy Recreate, their pods; writes ReplicaSets
and the Deployment's status. One visit scales in one direction only; every change it makes wakes
it again. Follows pkg/controller/deployment (sync.go, rolling.go, recreate.go, progress.go).
"""

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube import claims
from simulation.kube.indexes import (
    DEPLOYMENTS_BY_SELECTOR,
    PODS_BY_OWNER,
    REPLICA_SETS_BY_OWNER,
)
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import Condition, LabelSelector, ObjectMeta
from simulation.kube.objects.workload import (
    Deployment,
    DeploymentStatus,
    ReplicaSet,
    ReplicaSetSpec,
)
from simulation.kube.rules import deployments as rules
from simulation.kube.rules.names import HASH_LABEL, pod_template_hash
from simulation.kube.rules.pods import REPLICA_FAILURE, condition, is_finished, set_condition
from simulation.kube.rules.revisions import (
    DESIRED,
    MAX,
    REVISION,
    annotated,
    copied,
    newest_annotations,
    revision_of,
    same_template,
)
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace

NEWS = {
    "NewReplicaSetAvailable": "rollout-finished",
    "ProgressDeadlineExceeded": "rollout-stuck",
}
"""A new reason of the condition Progressing, and what that says of the rollout."""
PAUSED = Condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
"""While it is paused the clock of its deadline stands still."""
RESUMED = Condition("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed")


class DeploymentController:
    """Keeps the ReplicaSets of a Deployment in step with its template and its size."""

    name = "deployment"
    watches = {
        "Deployment": lambda change: (change.key,),
        "ReplicaSet": claims.concerned("Deployment"),
    }

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Find or create the new ReplicaSet, scale one direction, report how far it got."""
        if key.startswith(claims.ORPHAN):
            return Outcome(also=claims.wanted_by(key, view, ReplicaSet, DEPLOYMENTS_BY_SELECTOR))
        deployment = view.get(Deployment, key)
        if deployment is None or deployment.metadata.deletion_timestamp is not None:
            return Outcome()
        sets, patches = claims.claimed(deployment, view, REPLICA_SETS_BY_OWNER)
        if patches:
            # What is adopted gets another version; the next visit goes on with that.
            return Outcome((patches,))
        rollout = Rollout(deployment, sets, now, tools)
        return rollout.next_step(view)


class Rollout:
    """One look at a Deployment and its ReplicaSets."""

    def __init__(
        self, deployment: Deployment, sets: list[ReplicaSet], now: Instant, tools: Tools
    ) -> None:
        self.deployment, self.now, self.tools = deployment, now, tools
        self.sets = sorted(sets, key=_age)
        template = deployment.spec.template
        self.new = next((each for each in self.sets if same_template(each, template)), None)
        self.old = [each for each in self.sets if each is not self.new]
        strategy = deployment.spec.strategy
        rolling = strategy.rolling_update
        surge = rolling.max_surge if rolling else "25%"
        unavailable = rolling.max_unavailable if rolling else "25%"
        self.desired = deployment.spec.replicas
        self.bounds = rules.fenceposts(surge, unavailable, self.desired)
        self.is_rolling = strategy.type == rules.ROLLING_UPDATE
        self.surge = self.bounds.surge if self.is_rolling else 0
        self.unavailable = rules.max_unavailable(strategy.type, self.bounds, self.desired)

    def next_step(self, view: View) -> Outcome:
        """Return the writes of this visit: annotations alone, or scaling and then the status."""
        synced = self._synced()
        if synced is not None:
            # It gets another version; the next visit goes on with that.
            return Outcome(((synced,),))
        writes = self._scaling(view)
        status = self.status()
        if not writes and rules.is_complete(self.desired, _progress(status)):
            writes = self.clean_up()
        if status != self.deployment.status:
            carrier = replace(self.deployment, status=status)
            writes = [*writes, self._write("patch", carrier, self._news(status), ("status",))]
        return Outcome(((*writes, *self._revision_noted()),), self._deadline_in(status))

    # --- scaling

    def _scaling(self, view: View) -> list[Write]:
        if self.deployment.spec.paused:
            return self._proportional() if self._is_scaling_event() else []
        if self.new is None:
            if not self.is_rolling and self._old_pods_remain(view):
                return self._scale_all_old_to_zero()
            return [self._creation()]
        if self._is_scaling_event():
            writes = self._proportional()
            if writes:
                return writes
        return self._rolling(self.new) if self.is_rolling else self._recreate(self.new, view)

    def _rolling(self, new: ReplicaSet) -> list[Write]:
        total = sum(each.spec.replicas for each in self.sets)
        wanted = rules.reconcile_new(
            rules.ROLLING_UPDATE, self.desired, self.surge, new.spec.replicas, total
        )
        if wanted != new.spec.replicas:
            return [self._scaled(new, wanted, "rollout-scales-new")]
        shares = [_share(each) for each in self.old]
        sizes = rules.reconcile_old(self.desired, self.unavailable, shares, _share(new))
        return [
            self._scaled(each, sizes[each.metadata.name], "rollout-scales-old")
            for each in self.old
            if sizes[each.metadata.name] != each.spec.replicas
        ]

    def _recreate(self, new: ReplicaSet, view: View) -> list[Write]:
        writes = self._scale_all_old_to_zero()
        if writes or self._old_pods_remain(view):
            return writes
        if new.spec.replicas != self.desired:
            return [self._scaled(new, self.desired, "rollout-scales-new")]
        return []

    def _scale_all_old_to_zero(self) -> list[Write]:
        running = [each for each in self.old if each.spec.replicas > 0]
        return [self._scaled(each, 0, "rollout-scales-old") for each in running]

    def _old_pods_remain(self, view: View) -> bool:
        pods = (pod for each in self.old for pod in view.by(PODS_BY_OWNER, each.metadata.uid))
        return any(not is_finished(pod) for pod in pods)

    def _is_scaling_event(self) -> bool:
        return any(
            each.spec.replicas > 0
            and each.metadata.annotations.get(DESIRED, str(self.desired)) != str(self.desired)
            for each in self.sets
        )

    def _proportional(self) -> list[Write]:
        active = [each for each in self.sets if each.spec.replicas > 0]
        if len(active) <= 1:
            target = active[0] if active else self.new
            if target is None or target.spec.replicas == self.desired:
                return self._refresh_annotations(active)
            return [self._scaled(target, self.desired, "deployment-scaled")]
        if self.new is not None and _is_saturated(self.new, self.desired):
            return self._scale_all_old_to_zero()
        if not self.is_rolling:
            return []
        shares = [_share(each) for each in active]
        status_replicas = self.deployment.status.replicas
        sizes = rules.proportional(self.desired, self.surge, shares, status_replicas)
        return [
            self._scaled(each, sizes[each.metadata.name], "deployment-scaled") for each in active
        ]

    def _refresh_annotations(self, active: list[ReplicaSet]) -> list[Write]:
        stale = [
            each for each in active if each.metadata.annotations.get(DESIRED) != str(self.desired)
        ]
        return [self._scaled(each, each.spec.replicas, "deployment-scaled") for each in stale]

    # --- writes

    def _write(
        self, verb: str, obj: Deployment | ReplicaSet, key: str, fields: tuple[str, ...] = ()
    ) -> Write:
        because = Reason(
            key,
            {
                "deployment": self.deployment.metadata.name,
                "wanted": self.desired,
                "ready": self.deployment.status.ready_replicas,
            },
        )
        uid = obj.metadata.uid if verb == "patch" else ""
        return Write(verb, obj, because, fields, require_uid=uid)

    def _scaled(self, each: ReplicaSet, size: int, key: str) -> Write:
        annotations = {**each.metadata.annotations, **self._sizes()}
        carrier = replace(
            each,
            metadata=replace(each.metadata, annotations=annotations),
            spec=replace(each.spec, replicas=size),
        )
        before, name = each.spec.replicas, each.metadata.name
        if size != before:
            way = "up" if size > before else "down"
            text = f"Scaled {way} replica set {name} from {before} to {size}"
            self.tools.event(self.deployment, "Normal", "ScalingReplicaSet", text)
        because = Reason(
            key,
            {
                "deployment": self.deployment.metadata.name,
                "replicaset": name,
                "from": before,
                "to": size,
            },
        )
        fields = ("spec.replicas", "metadata.annotations")
        version = each.metadata.resource_version
        return Write("patch", carrier, because, fields, require_version=version)

    def _sizes(self) -> dict[str, str]:
        return {DESIRED: str(self.desired), MAX: str(self.desired + self.surge)}

    def _creation(self) -> Write:
        spec = self.deployment.spec
        hash = pod_template_hash(spec.template, self.deployment.status.collision_count or 0)
        labels = {**spec.template.metadata.labels, HASH_LABEL: hash}
        selector = {**spec.selector.match_labels, HASH_LABEL: hash}
        template = replace(spec.template, metadata=replace(spec.template.metadata, labels=labels))
        total = sum(each.spec.replicas for each in self.old)
        kind = spec.strategy.type
        size = rules.new_replicas(kind, self.desired, self.surge, 0, total)
        meta = ObjectMeta(
            name=f"{self.deployment.metadata.name}-{hash}",
            namespace=self.deployment.metadata.namespace,
            labels=labels,
            annotations={
                **copied(self.deployment.metadata.annotations),
                **self._sizes(),
                REVISION: str(self._next_revision()),
            },
            owner_references=(claims.controller_reference(self.deployment),),
        )
        obj = ReplicaSet(
            api_version="apps/v1",
            metadata=meta,
            spec=ReplicaSetSpec(
                size,
                LabelSelector(selector, spec.selector.match_expressions),
                template,
                spec.min_ready_seconds,
            ),
        )
        if size:
            text = f"Scaled up replica set {meta.name} from 0 to {size}"
            self.tools.event(self.deployment, "Normal", "ScalingReplicaSet", text)
        because = Reason(
            "rollout-begins",
            {"deployment": self.deployment.metadata.name, "replicaset": meta.name, "to": size},
        )
        return Write("create", obj, because)

    def _next_revision(self) -> int:
        return max((revision_of(each) for each in self.sets), default=0) + 1

    def _synced(self) -> Write | None:
        """Return what brings the new ReplicaSet in line with its Deployment (getNewReplicaSet)."""
        if self.new is None:
            return None
        wait = self.deployment.spec.min_ready_seconds
        latest = max(map(revision_of, self.old), default=0)
        meta = self.new.metadata
        wanted = newest_annotations(self.deployment.metadata.annotations, self.new, latest)
        if wanted == meta.annotations and wait == self.new.spec.min_ready_seconds:
            return None
        carrier = replace(
            self.new,
            metadata=replace(meta, annotations=wanted),
            spec=replace(self.new.spec, min_ready_seconds=wait),
        )
        fields = ("metadata.annotations", "spec.min_ready_seconds")
        returns = revision_of(self.new) <= latest
        return self._write(
            "patch", carrier, "rollout-returns" if returns else "rollout-revision", fields
        )

    def _revision_noted(self) -> list[Write]:
        if self.new is None:
            return []
        meta, revision = self.deployment.metadata, str(revision_of(self.new))
        if meta.annotations.get(REVISION) == revision:
            return []
        annotations = {**meta.annotations, REVISION: revision}
        marked = replace(self.deployment, metadata=replace(meta, annotations=annotations))
        return [self._write("patch", marked, "rollout-revision", ("metadata.annotations",))]

    def clean_up(self) -> list[Write]:
        """Return the deletions of old ReplicaSets beyond the history limit."""
        limit = self.deployment.spec.revision_history_limit
        kept = [each for each in self.old if each.metadata.deletion_timestamp is None]
        surplus = sorted(kept, key=revision_of)[: max(0, len(kept) - limit)]
        idle = [each for each in surplus if each.spec.replicas == each.status.replicas == 0]
        return [self._write("delete", each, "rollout-history-cleaned") for each in idle]

    # --- status

    def _news(self, status: DeploymentStatus) -> str:
        """Return what a new status tells: a rollout is over, or it is stuck, or just numbers."""
        before = condition(self.deployment, "Progressing")
        after = next((each for each in status.conditions if each.type == "Progressing"), None)
        if after is None or (before is not None and before.reason == after.reason):
            return "deployment-counted"
        return NEWS.get(after.reason, "deployment-counted")

    def status(self) -> DeploymentStatus:
        """Return how far the rollout has come, with its conditions."""
        ready = sum(each.status.ready_replicas for each in self.sets)
        available = sum(each.status.available_replicas for each in self.sets)
        replicas = sum(each.status.replicas for each in self.sets)
        total = sum(each.spec.replicas for each in self.sets)
        terminating = sum(each.status.terminating_replicas or 0 for each in self.sets)
        status = DeploymentStatus(
            observed_generation=self.deployment.metadata.generation,
            replicas=replicas,
            updated_replicas=self.new.status.replicas if self.new else 0,
            ready_replicas=ready,
            available_replicas=available,
            unavailable_replicas=max(0, total - available),
            terminating_replicas=terminating,
            collision_count=self.deployment.status.collision_count,
            conditions=self.deployment.status.conditions,
        )
        conditions = self._failing(self._availability(status))
        return replace(status, conditions=self._progressing(status, conditions))

    def _failing(self, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """Hand on what keeps a ReplicaSet from its size, the new one's first."""
        newest_first = [*([self.new] if self.new else []), *self.old]
        found = (condition(each, REPLICA_FAILURE) for each in newest_first)
        failure = next((each for each in found if each is not None), None)
        if failure is None:
            return tuple(each for each in conditions if each.type != REPLICA_FAILURE)
        return self._set(conditions, failure)

    def _availability(self, status: DeploymentStatus) -> tuple[Condition, ...]:
        enough = status.available_replicas >= self.desired - self.unavailable
        new = (
            Condition(
                "Available",
                "True",
                "MinimumReplicasAvailable",
                "Deployment has minimum availability.",
            )
            if enough
            else Condition(
                "Available",
                "False",
                "MinimumReplicasUnavailable",
                "Deployment does not have minimum availability.",
            )
        )
        return self._set(status.conditions, new)

    def _progressing(
        self, status: DeploymentStatus, conditions: tuple[Condition, ...]
    ) -> tuple[Condition, ...]:
        deadline = self.deployment.spec.progress_deadline_seconds
        if deadline == rules.NO_DEADLINE:
            return tuple(each for each in conditions if each.type != "Progressing")
        current = condition(self.deployment, "Progressing")
        is_marked = current is not None and current.reason == PAUSED.reason
        if self.deployment.spec.paused:
            # A rollout that has timed out stays so (sync.go, checkPausedConditions).
            is_over = current is not None and current.reason == "ProgressDeadlineExceeded"
            return conditions if is_marked or is_over else self._set(conditions, PAUSED)
        if is_marked:
            return self._set(conditions, RESUMED)
        name = self.new.metadata.name if self.new else self.deployment.metadata.name
        what = f'ReplicaSet "{name}"' if self.new else f'Deployment "{name}"'
        done = current is not None and current.reason == "NewReplicaSetAvailable"
        if status.replicas == status.updated_replicas and done:
            return conditions
        now_status, before = _progress(status), _progress(self.deployment.status)
        if self.new is None and current is None:
            new = Condition("Progressing", "True", "NewReplicaSetCreated", f"Created new {what}")
        elif rules.is_complete(self.desired, now_status):
            text = f"{what} has successfully progressed."
            new = Condition("Progressing", "True", "NewReplicaSetAvailable", text)
        elif rules.is_progressing(before, now_status):
            new = Condition("Progressing", "True", "ReplicaSetUpdated", f"{what} is progressing.")
            rest = tuple(each for each in conditions if each.type != "Progressing")
            if current is not None and current.status == "True":
                new = replace(new, last_transition_time=current.last_transition_time)
            return (
                *rest,
                replace(
                    new,
                    last_update_time=self.now,
                    last_transition_time=new.last_transition_time or self.now,
                ),
            )
        elif current is not None and rules.is_timed_out(
            deadline, self.now, current.reason, current.status, current.last_update_time or 0
        ):
            text = f"{what} has timed out progressing."
            new = Condition("Progressing", "False", "ProgressDeadlineExceeded", text)
        else:
            return conditions
        return self._set(conditions, new)

    def _set(self, conditions: tuple[Condition, ...], new: Condition) -> tuple[Condition, ...]:
        current = next((each for each in conditions if each.type == new.type), None)
        if current is not None and (current.status, current.reason) == (new.status, new.reason):
            return conditions
        return set_condition(conditions, replace(new, last_update_time=self.now), self.now)

    def _deadline_in(self, status: DeploymentStatus) -> Duration | None:
        """Return when to look again whether the rollout has made no progress for too long."""
        progressing = next((c for c in status.conditions if c.type == "Progressing"), None)
        if progressing is None or progressing.reason in {
            "NewReplicaSetAvailable",
            "ProgressDeadlineExceeded",
            PAUSED.reason,
        }:
            return None
        seconds = self.deployment.spec.progress_deadline_seconds
        due = (progressing.last_update_time or self.now) + seconds * SECOND + 1
        return max(due - self.now, SECOND)


def _age(each: ReplicaSet) -> tuple[Instant, str]:
    return each.metadata.creation_timestamp or 0, each.metadata.name


def _share(each: ReplicaSet) -> rules.Share:
    return rules.Share(
        each.metadata.name,
        each.spec.replicas,
        each.status.available_replicas,
        each.metadata.creation_timestamp or 0,
        annotated(each, MAX),
    )


def _progress(status: DeploymentStatus) -> rules.Progress:
    return rules.Progress(
        status.replicas, status.updated_replicas, status.ready_replicas, status.available_replicas
    )


def _is_saturated(new: ReplicaSet, desired: int) -> bool:
    return (
        new.spec.replicas == desired
        and new.metadata.annotations.get(DESIRED) == str(desired)
        and new.status.available_replicas == desired
    )
