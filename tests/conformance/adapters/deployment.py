"""Asks the arithmetic of rollouts what deployment.json asks."""

from typing import Any

from simulation.kernel.calendar import Calendar
from simulation.kernel.dice import Dice
from simulation.kernel.units import SECOND
from simulation.kube.controllers.deployment import Rollout
from simulation.kube.manager import Tools
from simulation.kube.objects.meta import Condition, ObjectMeta
from simulation.kube.objects.pod import Container, PodSpec, PodTemplateSpec
from simulation.kube.objects.workload import (
    Deployment,
    DeploymentSpec,
    DeploymentStatus,
    ReplicaSet,
    ReplicaSetSpec,
    ReplicaSetStatus,
)
from simulation.kube.rules import deployments as rules
from simulation.kube.rules.revisions import REVISION
from simulation.kube.settings import Settings

Given = dict[str, Any]
NOW = 200_000_000 * SECOND
NEW = PodTemplateSpec(spec=PodSpec((Container("new"),)))
OLD = PodTemplateSpec(spec=PodSpec((Container("old"),)))


def _bounds(given: Given) -> rules.Fenceposts:
    surge, unavailable = given.get("max_surge"), given.get("max_unavailable")
    return rules.fenceposts(surge or 0, unavailable or 0, given["desired"])


def reconcile_new_rs(given: Given) -> Given:
    before, total = given["new_replicas"], given["new_replicas"] + given["old_replicas"]
    surge = _bounds(given).surge
    size = rules.reconcile_new("RollingUpdate", given["desired"], surge, before, total)
    return {"scaled": size != before, "new_replicas": size}


def _old(given: Given) -> list[rules.Share]:
    return [rules.Share("old", given["old_replicas"], given["old_available"])]


def reconcile_old_rs(given: Given) -> Given:
    new = rules.Share("new", given["new_replicas"], given["new_available"])
    unavailable = _bounds(given).unavailable
    sizes = rules.reconcile_old(given["desired"], unavailable, _old(given), new)
    return {"scaled": sizes["old"] != given["old_replicas"], "old_replicas": sizes["old"]}


def cleanup_unhealthy(given: Given) -> Given:
    sizes = rules.clean_unhealthy(_old(given), given["max_cleanup"])
    return {"cleaned": given["old_replicas"] - sizes["old"]}


def scale_down_old(given: Given) -> Given:
    unavailable = _bounds(given).unavailable
    sizes = rules.scale_down_old(given["desired"], unavailable, _old(given), None)
    return {"scaled": sizes["old"] != given["old_replicas"], "old_replicas": sizes["old"]}


def proportional_scale(given: Given) -> Given:
    calendar = Calendar(0)
    shares = [
        rules.Share(
            each["name"],
            each["replicas"],
            each.get("available", 0),
            calendar.instant_of(each["created"]),
            each["annotation_max_replicas"],
        )
        for each in given["replica_sets"]
    ]
    active = [share for share in shares if share.replicas]
    sizes = {share.name: share.replicas for share in shares}
    saturated = [
        each["name"]
        for each in given["replica_sets"]
        if each["role"] == "new"
        and each["replicas"] == given["desired"] == each["annotation_desired_replicas"]
        and each.get("available", 0) == given["desired"]
    ]
    if len(active) <= 1:
        target = active[0].name if active else _latest(given)
        sizes[target] = given["desired"]
    elif saturated:
        sizes.update({name: 0 for name in sizes if name not in saturated})
    else:
        total = sum(share.replicas for share in shares)
        surge = _bounds(given).surge if given.get("max_surge") else 0
        sizes = rules.proportional(given["desired"], surge, shares, total)
    return {"replicas": sizes}


def _latest(given: Given) -> str:
    new = [each["name"] for each in given["replica_sets"] if each["role"] == "new"]
    newest = max(given["replica_sets"], key=lambda each: str(each["created"]))
    return new[0] if new else newest["name"]


def _clean_up(given: Given) -> list[str]:
    limit = given["revision_history_limit"]
    sets = [
        ReplicaSet(
            metadata=ObjectMeta(
                name=each["name"],
                uid=each["name"],
                creation_timestamp=NOW - int(each.get("created_age_s", 0)) * SECOND,
                deletion_timestamp=NOW if each.get("deleting") else None,
                annotations={REVISION: each["revision"]} if each.get("revision") else {},
            ),
            spec=ReplicaSetSpec(each["spec_replicas"], template=OLD),
            status=ReplicaSetStatus(each["status_replicas"]),
        )
        for each in given["old_replica_sets"]
    ]
    spec = DeploymentSpec(
        replicas=0,
        template=NEW,
        revision_history_limit=rules.NO_DEADLINE if limit is None else limit,
    )
    rollout = _rollout(Deployment(spec=spec), sets)
    return [write.object.metadata.name for write in rollout.clean_up()]


def _rollout(deployment: Deployment, sets: list[ReplicaSet]) -> Rollout:
    tools = Tools(Dice(1), Settings(), lambda *_: None)
    return Rollout(deployment, sets, NOW, tools)


def history_cleanup_count(given: Given) -> Given:
    return {"deleted_count": len(_clean_up(given))}


def history_cleanup_order(given: Given) -> Given:
    return {"deleted": _clean_up(given)}


def resolve_fenceposts(given: Given) -> Given:
    try:
        bounds = _bounds(given)
    except ValueError:
        return {"error": True}
    return {"surge": bounds.surge, "unavailable": bounds.unavailable}


def new_rs_replicas(given: Given) -> Given:
    size = rules.new_replicas(
        given["strategy"],
        given["desired"],
        _bounds(given).surge,
        given["new_replicas"],
        given["all_replica_sets_total"],
    )
    return {"replicas": size}


def max_unavailable(given: Given) -> Given:
    return {
        "max_unavailable": rules.max_unavailable(
            given["strategy"], _bounds(given), given["desired"]
        )
    }


def min_available(given: Given) -> Given:
    if given["strategy"] != rules.ROLLING_UPDATE:
        return {"min_available": 0}
    missing = rules.max_unavailable(given["strategy"], _bounds(given), given["desired"])
    return {"min_available": given["desired"] - missing}


def rs_fraction(given: Given) -> Given:
    share = rules.Share(
        "rs", given["rs_replicas"], annotated_max=given["rs_annotation_max_replicas"]
    )
    surge = _bounds(given).surge
    return {"fraction": rules.fraction(share, given["desired"], surge, given["status_replicas"])}


def _progress(given: Given) -> rules.Progress:
    return rules.Progress(given["replicas"], given["updated"], given["ready"], given["available"])


def deployment_complete(given: Given) -> Given:
    return {"complete": rules.is_complete(given["desired"], _progress(given["status"]))}


def deployment_progressing(given: Given) -> Given:
    old, new = _progress(given["old_status"]), _progress(given["new_status"])
    return {"progressing": rules.is_progressing(old, new)}


def deployment_timed_out(given: Given) -> Given:
    deadline = given["progress_deadline_s"]
    condition = given["condition"]
    if deadline is None or not condition or condition["type"] != "Progressing":
        return {"timed_out": False}
    return {
        "timed_out": rules.is_timed_out(
            deadline,
            given["now_s"] * SECOND,
            condition["reason"],
            condition["status"],
            condition["last_update_s"] * SECOND,
        )
    }


def rollout_status(given: Given) -> Given:
    status, deadline = given["current_status"], given["progress_deadline_s"]
    moved = 1
    conditions = tuple(
        Condition(
            each["type"],
            each["status"],
            each["reason"],
            last_transition_time=moved,
            last_update_time=None
            if each.get("last_update_age_s") is None
            else NOW - each["last_update_age_s"] * SECOND,
        )
        for each in status["conditions"]
    )
    sets = [
        ReplicaSet(
            metadata=ObjectMeta(name=each["name"], uid=each["name"]),
            spec=ReplicaSetSpec(each["spec_replicas"], template=NEW if each["is_new"] else OLD),
            status=ReplicaSetStatus(each["replicas"], available_replicas=each["available"]),
        )
        for each in given["replica_sets"]
    ]
    deployment = Deployment(
        spec=DeploymentSpec(
            given["desired"],
            template=NEW,
            progress_deadline_seconds=rules.NO_DEADLINE if deadline is None else deadline,
        ),
        status=DeploymentStatus(
            replicas=status["replicas"],
            updated_replicas=status["updated"],
            ready_replicas=status["ready"],
            available_replicas=status["available"],
            conditions=conditions,
        ),
    )
    after = _rollout(deployment, sets).status()
    found = next((each for each in after.conditions if each.type == "Progressing"), None)
    if found is None:
        return {"progressing": None}
    return {
        "progressing": {"status": found.status, "reason": found.reason},
        "last_transition_unchanged": found.last_transition_time == moved,
        "last_update_unchanged": any(
            each.last_update_time == found.last_update_time for each in conditions
        ),
    }


ADAPTERS = {
    "reconcile_new_rs": reconcile_new_rs,
    "reconcile_old_rs": reconcile_old_rs,
    "cleanup_unhealthy": cleanup_unhealthy,
    "scale_down_old": scale_down_old,
    "proportional_scale": proportional_scale,
    "history_cleanup_count": history_cleanup_count,
    "history_cleanup_order": history_cleanup_order,
    "resolve_fenceposts": resolve_fenceposts,
    "new_rs_replicas": new_rs_replicas,
    "max_unavailable": max_unavailable,
    "min_available": min_available,
    "rs_fraction": rs_fraction,
    "deployment_complete": deployment_complete,
    "deployment_progressing": deployment_progressing,
    "deployment_timed_out": deployment_timed_out,
    "rollout_status": rollout_status,
}
