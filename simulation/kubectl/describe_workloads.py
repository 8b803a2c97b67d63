"""Workloads, described: how many pods they ask for, how many there are, and their template."""

from typing import TYPE_CHECKING, Any

from simulation.kernel.units import SECOND
from simulation.kube.indexes import PODS_BY_OWNER, REPLICA_SETS_BY_OWNER
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.workload import Deployment, ReplicaSet
from simulation.kube.rules.ages import human_duration
from simulation.kube.rules.printing import selector_text
from simulation.kube.rules.revisions import revision_of, same_template
from simulation.kubectl.describe_pods import controlled_by, date, template
from simulation.kubectl.describe_text import (
    NONE,
    UNSET,
    Json,
    Lines,
    annotations,
    labels,
    selector,
    truth,
)

if TYPE_CHECKING:
    from simulation.kube.world import World


def _head(content: Json, *between: str) -> Lines:
    """Return name, namespace, some lines of the kind's own, labels and annotations."""
    meta = content["metadata"]
    lines = [f"Name:\t{meta['name']}", f"Namespace:\t{meta.get('namespace', '')}", *between]
    lines += labels("Labels", meta.get("labels"))
    return lines + annotations("Annotations", meta.get("annotations"))


def _created(world: "World", content: Json) -> str:
    return f"CreationTimestamp:\t{date(world, content['metadata'].get('creationTimestamp'))}"


def _conditions(given: Any) -> Lines:
    if not given:
        return []
    return [
        "Conditions:",
        "  Type\tStatus\tReason",
        "  ----\t------\t------",
        *(
            f"  {each['type']} \t{each.get('status', '')}\t{each.get('reason', '')}"
            for each in given
        ),
    ]


def _pods_status(world: "World", content: Json) -> str:
    count = {"Running": 0, "Pending": 0, "Succeeded": 0, "Failed": 0}
    for _, pod in world.store.by(PODS_BY_OWNER, content["metadata"].get("uid", "")):
        if isinstance(pod, Pod):
            count[pod.status.phase] = count.get(pod.status.phase, 0) + 1
    return (
        f"Pods Status:\t{count['Running']} Running / {count['Pending']} Waiting / "
        f"{count['Succeeded']} Succeeded / {count['Failed']} Failed"
    )


def deployment(world: "World", content: Json) -> Lines:
    """Describe a Deployment."""
    spec, status = content["spec"], content.get("status") or {}
    lines = _head(content, _created(world, content))
    number = {
        name: status.get(f"{name}Replicas", 0) for name in ("updated", "available", "unavailable")
    }
    lines += [
        f"Selector:\t{selector(spec.get('selector'))}",
        f"Replicas:\t{spec.get('replicas', 1)} desired | {number['updated']} updated | "
        f"{status.get('replicas', 0)} total | {number['available']} available | "
        f"{number['unavailable']} unavailable",
        f"StrategyType:\t{spec.get('strategy', {}).get('type', '')}",
        f"MinReadySeconds:\t{spec.get('minReadySeconds', 0)}",
    ]
    rolling = spec.get("strategy", {}).get("rollingUpdate")
    if rolling:
        lines.append(
            f"RollingUpdateStrategy:\t{rolling.get('maxUnavailable')} max unavailable, "
            f"{rolling.get('maxSurge')} max surge"
        )
    lines += template(world, spec.get("template") or {})
    return lines + _conditions(status.get("conditions")) + _replicasets(world, content)


def _replicasets(world: "World", content: Json) -> Lines:
    meta = content["metadata"]
    live = world.store.get(Deployment, f"{meta.get('namespace', '')}/{meta['name']}")
    if not isinstance(live, Deployment):
        return []
    owned = [
        each
        for _, each in world.store.by(REPLICA_SETS_BY_OWNER, meta.get("uid", ""))
        if isinstance(each, ReplicaSet)
    ]
    new = [each for each in owned if same_template(each, live.spec.template)][:1]
    old = sorted((each for each in owned if each not in new), key=revision_of)
    lines = [f"OldReplicaSets:\t{_counts(old)}"]
    return [*lines, f"NewReplicaSet:\t{_counts(new)}"]


def _counts(replicasets: list[ReplicaSet]) -> str:
    return (
        ", ".join(
            f"{each.metadata.name} ({each.status.replicas}/{each.spec.replicas} replicas created)"
            for each in replicasets
        )
        or NONE
    )


def replicaset(world: "World", content: Json) -> Lines:
    """Describe a ReplicaSet."""
    spec, status = content["spec"], content.get("status") or {}
    lines = _head(content, f"Selector:\t{selector(spec.get('selector'))}")
    lines += controlled_by(content["metadata"])
    lines += [
        f"Replicas:\t{status.get('replicas', 0)} current / {spec.get('replicas', 1)} desired",
        _pods_status(world, content),
    ]
    lines += template(world, spec.get("template") or {})
    return lines + _conditions(status.get("conditions"))


def statefulset(world: "World", content: Json) -> Lines:
    """Describe a StatefulSet."""
    spec, status = content["spec"], content.get("status") or {}
    selected = f"Selector:\t{selector(spec.get('selector'))}"
    lines = _head(content, _created(world, content), selected)
    wanted = spec.get("replicas", 1)
    lines.append(f"Replicas:\t{wanted} desired | {status.get('replicas', 0)} total")
    strategy = spec.get("updateStrategy") or {}
    lines.append(f"Update Strategy:\t{strategy.get('type', '')}")
    partition = (strategy.get("rollingUpdate") or {}).get("partition")
    if partition is not None:
        lines.append(f"  Partition:\t{partition}")
    lines.append(_pods_status(world, content))
    lines += template(world, spec.get("template") or {})
    return lines + _claims(spec.get("volumeClaimTemplates") or ())


def _claims(given: Any) -> Lines:
    if not given:
        return [f"Volume Claims:\t{NONE}"]
    lines = ["Volume Claims:"]
    for each in given:
        meta, spec = each.get("metadata") or {}, each.get("spec") or {}
        asked = (spec.get("resources") or {}).get("requests") or {}
        lines += [f"  Name:\t{meta.get('name', '')}"]
        lines.append(f"  StorageClass:\t{spec.get('storageClassName') or ''}")
        lines += labels("Labels", meta.get("labels"), "  ")
        lines += annotations("Annotations", meta.get("annotations"), "  ")
        lines.append(f"  Capacity:\t{asked.get('storage', '<default>')}")
        lines.append(f"  Access Modes:\t[{' '.join(spec.get('accessModes') or ())}]")
    return lines


def daemonset(world: "World", content: Json) -> Lines:
    """Describe a DaemonSet."""
    spec, status = content["spec"], content.get("status") or {}
    nodes = (spec.get("template", {}).get("spec") or {}).get("nodeSelector") or {}
    lines = _head(
        content,
        f"Selector:\t{selector(spec.get('selector'))}",
        f"Node-Selector:\t{selector_text(nodes)}",
    )
    for title, field in (
        ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
        ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
        ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
        ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ):
        lines.append(f"{title}: {status.get(field, 0)}")
    lines.append(_pods_status(world, content))
    return lines + template(world, spec.get("template") or {})


def job(world: "World", content: Json) -> Lines:
    """Describe a Job."""
    spec, status = content["spec"], content.get("status") or {}
    chosen = selector(spec["selector"]) if spec.get("selector") else ""
    lines = _head(content, f"Selector:\t{chosen}") + controlled_by(content["metadata"])
    lines.append(f"Parallelism:\t{spec.get('parallelism', NONE)}")
    lines.append(f"Completions:\t{spec.get('completions', UNSET)}")
    for title, field in (
        ("Completion Mode", "completionMode"),
        ("Suspend", "suspend"),
        ("Backoff Limit", "backoffLimit"),
        ("TTL Seconds After Finished", "ttlSecondsAfterFinished"),
    ):
        if spec.get(field) is not None:
            text = truth(spec[field]) if field == "suspend" else spec[field]
            lines.append(f"{title}:\t{text}")
    began, ended = status.get("startTime"), status.get("completionTime")
    if began:
        lines.append(f"Start Time:\t{date(world, began)}")
    if ended:
        lines.append(f"Completed At:\t{date(world, ended)}")
    if began and ended:
        took = world.calendar.instant_of(ended) - world.calendar.instant_of(began)
        lines.append(f"Duration:\t{human_duration(took // SECOND)}")
    if spec.get("activeDeadlineSeconds") is not None:
        lines.append(f"Active Deadline Seconds:\t{spec['activeDeadlineSeconds']}s")
    ready = f" ({status['ready']} Ready)" if status.get("ready") is not None else ""
    lines.append(
        f"Pods Statuses:\t{status.get('active', 0)} Active{ready} / "
        f"{status.get('succeeded', 0)} Succeeded / {status.get('failed', 0)} Failed"
    )
    if status.get("completedIndexes"):
        lines.append(f"Completed Indexes:\t{status['completedIndexes']}")
    return lines + template(world, spec.get("template") or {})


def cronjob(world: "World", content: Json) -> Lines:
    """Describe a CronJob."""
    spec, status = content["spec"], content.get("status") or {}
    inner = (spec.get("jobTemplate") or {}).get("spec") or {}
    lines = _head(content)
    lines.append(f"Schedule:\t{spec.get('schedule', '')}")
    late = spec.get("startingDeadlineSeconds")
    lines += [
        f"Concurrency Policy:\t{spec.get('concurrencyPolicy', '')}",
        f"Suspend:\t{bool(spec.get('suspend'))}",
        f"Time Zone:\t{spec.get('timeZone') or UNSET}",
        f"Successful Job History Limit:\t{spec.get('successfulJobsHistoryLimit', 0)}",
        f"Failed Job History Limit:\t{spec.get('failedJobsHistoryLimit', 0)}",
        f"Starting Deadline Seconds:\t{UNSET if late is None else f'{late}s'}",
        f"Selector:\t{selector(inner['selector']) if inner.get('selector') else UNSET}",
        f"Parallelism:\t{inner.get('parallelism', UNSET)}",
        f"Completions:\t{inner.get('completions', UNSET)}",
    ]
    lines += template(world, inner.get("template") or {})
    last = status.get("lastScheduleTime")
    lines.append(f"Last Schedule Time:\t{date(world, last) if last else UNSET}")
    active = ", ".join(str(each.get("name")) for each in status.get("active") or ())
    lines.append(f"Active Jobs:\t{active or NONE}")
    return lines
