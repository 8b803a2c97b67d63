"""Workloads: what keeps pods in being."""

from typing import Any

from simulation.kernel.records import Record
from simulation.kernel.units import Instant
from simulation.kube.objects.meta import (
    Condition,
    IntOrString,
    KubeObject,
    LabelSelector,
    ObjectMeta,
)
from simulation.kube.objects.pod import PodTemplateSpec
from simulation.kube.objects.service import ObjectReference


class RollingUpdateDeployment(Record):
    """How far a rollout may stray from the wanted number."""

    max_surge: IntOrString = "25%"
    max_unavailable: IntOrString = "25%"


class DeploymentStrategy(Record):
    """How old pods are replaced by new ones."""

    type: str = "RollingUpdate"
    rolling_update: RollingUpdateDeployment | None = None


class DeploymentSpec(Record):
    """What a Deployment asks for."""

    replicas: int = 1
    selector: LabelSelector = LabelSelector()
    template: PodTemplateSpec = PodTemplateSpec()
    strategy: DeploymentStrategy = DeploymentStrategy()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
    progress_deadline_seconds: int = 600
    paused: bool = False
    rest: dict[str, Any] = {}


class DeploymentStatus(Record):
    """How far a Deployment has come."""

    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    terminating_replicas: int | None = None
    collision_count: int | None = None
    conditions: tuple[Condition, ...] = ()


class Deployment(KubeObject, frozen=True, gc=False, tag="Deployment"):
    """Keeps a number of equal pods and rolls out changes to them."""

    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


class ReplicaSetSpec(Record):
    """What a ReplicaSet asks for."""

    replicas: int = 1
    selector: LabelSelector = LabelSelector()
    template: PodTemplateSpec = PodTemplateSpec()
    min_ready_seconds: int = 0
    rest: dict[str, Any] = {}


class ReplicaSetStatus(Record):
    """How far a ReplicaSet has come."""

    replicas: int = 0
    fully_labeled_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    terminating_replicas: int | None = None
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()


class ReplicaSet(KubeObject, frozen=True, gc=False, tag="ReplicaSet"):
    """Keeps a number of equal pods."""

    spec: ReplicaSetSpec = ReplicaSetSpec()
    status: ReplicaSetStatus = ReplicaSetStatus()


class RollingUpdateDaemonSet(Record):
    """How a DaemonSet replaces its pods."""

    max_surge: IntOrString = 0
    max_unavailable: IntOrString = 1


class DaemonSetUpdateStrategy(Record):
    """When a DaemonSet replaces its pods."""

    type: str = "RollingUpdate"
    rolling_update: RollingUpdateDaemonSet | None = None


class DaemonSetSpec(Record):
    """What a DaemonSet asks for."""

    selector: LabelSelector = LabelSelector()
    template: PodTemplateSpec = PodTemplateSpec()
    update_strategy: DaemonSetUpdateStrategy = DaemonSetUpdateStrategy()
    min_ready_seconds: int = 0
    revision_history_limit: int = 10
    rest: dict[str, Any] = {}


class DaemonSetStatus(Record):
    """How far a DaemonSet has come."""

    current_number_scheduled: int = 0
    desired_number_scheduled: int = 0
    number_misscheduled: int = 0
    number_ready: int = 0
    number_available: int = 0
    number_unavailable: int = 0
    updated_number_scheduled: int = 0
    observed_generation: int = 0
    collision_count: int | None = None
    conditions: tuple[Condition, ...] = ()


class DaemonSet(KubeObject, frozen=True, gc=False, tag="DaemonSet"):
    """Keeps one pod on every node that fits."""

    spec: DaemonSetSpec = DaemonSetSpec()
    status: DaemonSetStatus = DaemonSetStatus()


class RollingUpdateStatefulSetStrategy(Record):
    """Which pods of a StatefulSet are replaced."""

    partition: int | None = None
    max_unavailable: IntOrString | None = None


class StatefulSetUpdateStrategy(Record):
    """When a StatefulSet replaces its pods."""

    type: str = "RollingUpdate"
    rolling_update: RollingUpdateStatefulSetStrategy | None = None


class StatefulSetPersistentVolumeClaimRetentionPolicy(Record):
    """What becomes of a StatefulSet's claims."""

    when_deleted: str = "Retain"
    when_scaled: str = "Retain"


class StatefulSetSpec(Record):
    """What a StatefulSet asks for."""

    replicas: int = 1
    selector: LabelSelector = LabelSelector()
    template: PodTemplateSpec = PodTemplateSpec()
    service_name: str = ""
    pod_management_policy: str = "OrderedReady"
    update_strategy: StatefulSetUpdateStrategy = StatefulSetUpdateStrategy()
    revision_history_limit: int = 10
    min_ready_seconds: int = 0
    volume_claim_templates: tuple[dict[str, Any], ...] = ()
    persistent_volume_claim_retention_policy: StatefulSetPersistentVolumeClaimRetentionPolicy = (
        StatefulSetPersistentVolumeClaimRetentionPolicy()
    )
    rest: dict[str, Any] = {}


class StatefulSetStatus(Record):
    """How far a StatefulSet has come."""

    replicas: int = 0
    ready_replicas: int = 0
    current_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    observed_generation: int = 0
    current_revision: str = ""
    update_revision: str = ""
    collision_count: int | None = None
    conditions: tuple[Condition, ...] = ()
    rest: dict[str, Any] = {}


class StatefulSet(KubeObject, frozen=True, gc=False, tag="StatefulSet"):
    """Pods with names of their own."""

    spec: StatefulSetSpec = StatefulSetSpec()
    status: StatefulSetStatus = StatefulSetStatus()


class JobSpec(Record):
    """What a Job asks for."""

    template: PodTemplateSpec = PodTemplateSpec()
    completions: int | None = None
    parallelism: int | None = None
    backoff_limit: int | None = None
    suspend: bool | None = None
    selector: LabelSelector | None = None
    active_deadline_seconds: int | None = None
    ttl_seconds_after_finished: int | None = None
    completion_mode: str = ""
    manual_selector: bool | None = None
    pod_replacement_policy: str = ""
    rest: dict[str, Any] = {}


class JobStatus(Record):
    """How far a Job has come."""

    active: int = 0
    ready: int = 0
    succeeded: int = 0
    failed: int = 0
    start_time: Instant | None = None
    completion_time: Instant | None = None
    conditions: tuple[Condition, ...] = ()
    terminating: int | None = None
    completed_indexes: str = ""
    rest: dict[str, Any] = {}


class Job(KubeObject, frozen=True, gc=False, tag="Job"):
    """Pods that run until they are done."""

    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()


class JobTemplateSpec(Record):
    """What a CronJob's Jobs are made from."""

    spec: JobSpec = JobSpec()
    metadata: ObjectMeta = ObjectMeta()
    rest: dict[str, Any] = {}


class CronJobSpec(Record):
    """What a CronJob asks for."""

    schedule: str = ""
    time_zone: str | None = None
    suspend: bool = False
    job_template: JobTemplateSpec = JobTemplateSpec()
    concurrency_policy: str = "Allow"
    starting_deadline_seconds: int | None = None
    successful_jobs_history_limit: int = 3
    failed_jobs_history_limit: int = 1
    rest: dict[str, Any] = {}


class CronJobStatus(Record):
    """How far a CronJob has come."""

    last_schedule_time: Instant | None = None
    last_successful_time: Instant | None = None
    active: tuple[ObjectReference, ...] = ()
    rest: dict[str, Any] = {}


class CronJob(KubeObject, frozen=True, gc=False, tag="CronJob"):
    """Jobs by the clock."""

    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()
