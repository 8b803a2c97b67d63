"""Rows of workloads: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs."""

from collections.abc import Callable
from typing import Any

from simulation.kernel.units import Instant
from simulation.kube.objects.config import Unsimulated
from simulation.kube.objects.workload import (
    CronJob,
    DaemonSet,
    Deployment,
    Job,
    ReplicaSet,
    StatefulSet,
)
from simulation.kube.rules.ages import age, human_duration, whole_seconds
from simulation.kube.rules.printing_common import (
    NONE,
    Cells,
    age_of,
    bare_selector,
    full_selector,
    selector_text,
    template_cells,
)


def _deployment(obj: Deployment, now: Instant) -> Cells:
    spec, status = obj.spec, obj.status
    return [
        obj.metadata.name,
        f"{status.ready_replicas}/{spec.replicas}",
        status.updated_replicas,
        status.available_replicas,
        age_of(obj, now),
        *template_cells(spec.template.spec.containers),
        # The only kind whose printer does not write <none> for an empty selector.
        bare_selector(spec.selector),
    ]


def _replicaset(obj: ReplicaSet, now: Instant) -> Cells:
    return [
        obj.metadata.name,
        obj.spec.replicas,
        obj.status.replicas,
        obj.status.ready_replicas,
        age_of(obj, now),
        *template_cells(obj.spec.template.spec.containers),
        full_selector(obj.spec.selector),
    ]


def _statefulset(obj: StatefulSet, now: Instant) -> Cells:
    return [
        obj.metadata.name,
        f"{obj.status.ready_replicas}/{obj.spec.replicas}",
        age_of(obj, now),
        *template_cells(obj.spec.template.spec.containers),
    ]


def _daemonset(obj: DaemonSet, now: Instant) -> Cells:
    status = obj.status
    return [
        obj.metadata.name,
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_ready,
        status.updated_number_scheduled,
        status.number_available,
        selector_text(obj.spec.template.spec.node_selector),
        age_of(obj, now),
        *template_cells(obj.spec.template.spec.containers),
        full_selector(obj.spec.selector),
    ]


def _job(obj: Job, now: Instant) -> Cells:
    spec, status = obj.spec, obj.status
    if spec.completions is not None:
        completions = f"{status.succeeded}/{spec.completions}"
    elif (spec.parallelism or 0) > 1:
        completions = f"{status.succeeded}/1 of {spec.parallelism}"
    else:
        completions = f"{status.succeeded}/1"
    duration = ""
    if status.start_time is not None:
        end = now if status.completion_time is None else status.completion_time
        duration = human_duration(whole_seconds(end - status.start_time))
    return [
        obj.metadata.name,
        _job_status(obj),
        completions,
        duration,
        age_of(obj, now),
        *template_cells(spec.template.spec.containers),
        full_selector(spec.selector),
    ]


def _job_status(obj: Job) -> str:
    true = {each.type for each in obj.status.conditions if each.status == "True"}
    if "Complete" in true:
        return "Complete"
    if "Failed" in true:
        return "Failed"
    if obj.metadata.deletion_timestamp is not None:
        return "Terminating"
    for word in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if word in true:
            return word
    return "Running"


def _cronjob(obj: CronJob, now: Instant) -> Cells:
    last = obj.status.last_schedule_time
    return [
        obj.metadata.name,
        obj.spec.schedule,
        obj.spec.time_zone or NONE,
        str(obj.spec.suspend),
        len(obj.status.active),
        NONE if last is None else age(last, now),
        age_of(obj, now),
        *template_cells(obj.spec.job_template.spec.template.spec.containers),
        full_selector(obj.spec.job_template.spec.selector),
    ]


def _replicationcontroller(obj: Unsimulated, now: Instant) -> Cells:
    spec, status = obj.rest.get("spec") or {}, obj.rest.get("status") or {}
    containers = ((spec.get("template") or {}).get("spec") or {}).get("containers") or ()
    return [
        obj.metadata.name,
        spec.get("replicas", 1),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age_of(obj, now),
        ",".join(str(each.get("name", "")) for each in containers),
        ",".join(str(each.get("image", "")) for each in containers),
        selector_text(spec.get("selector") or {}),
    ]


def _controllerrevision(obj: Unsimulated, now: Instant) -> Cells:
    owner = next((each for each in obj.metadata.owner_references if each.controller), None)
    group = "" if owner is None else owner.api_version.rpartition("/")[0]
    of_group = f".{group}" if group else ""
    controller = NONE if owner is None else f"{owner.kind.lower()}{of_group}/{owner.name}"
    return [obj.metadata.name, controller, obj.rest.get("revision", 0), age_of(obj, now)]


PRINTERS: dict[str, Callable[[Any, Instant], Cells]] = {
    "ControllerRevision": _controllerrevision,
    "CronJob": _cronjob,
    "DaemonSet": _daemonset,
    "Deployment": _deployment,
    "Job": _job,
    "ReplicaSet": _replicaset,
    "ReplicationController": _replicationcontroller,
    "StatefulSet": _statefulset,
}
