"""Rolls out a Deployment: one ReplicaSet a template, old ones shrink as the new one grows.

Watches Deployments, their ReplicaSets and, for strategy Recreate, their pods; writes ReplicaSets
and the Deployment's status. One visit scales in one direction only; every change it makes wakes
it again. Follows pkg/controller/deployment (sync.go, rolling.go, recreate.go, progress.go).
"""

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import Instant
from simulation.kube import claims
from simulation.kube.indexes import (
    DEPLOYMENTS_BY_SELECTOR,
    PODS_BY_OWNER,
    REPLICA_SETS_BY_OWNER,
)
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import LabelSelector, ObjectMeta
from simulation.kube.objects.workload import (
    Deployment,
    DeploymentStatus,
    ReplicaSet,
    ReplicaSetSpec,
)
from simulation.kube.rules import deployments as rules
from simulation.kube.rules.names import HASH_LABEL, pod_template_hash
from simulation.kube.rules.pods import is_finished
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
from simulation.kube.rules.rollout_status import deadline_in, news_of, progress, status_of
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace


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
        if not writes and rules.is_complete(self.desired, progress(status)):
            writes = self.clean_up()
        if status != self.deployment.status:
            carrier = replace(self.deployment, status=status)
            writes = [
                *writes,
                self._write("patch", carrier, news_of(self.deployment, status), ("status",)),
            ]
        return Outcome(
            ((*writes, *self._revision_noted()),), deadline_in(self.deployment, status, self.now)
        )

    def status(self) -> DeploymentStatus:
        """Return how far the rollout has come, with its conditions."""
        return status_of(self.deployment, self.new, self.old, self.unavailable, self.now)

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


def _is_saturated(new: ReplicaSet, desired: int) -> bool:
    return (
        new.spec.replicas == desired
        and new.metadata.annotations.get(DESIRED) == str(desired)
        and new.status.available_replicas == desired
    )
