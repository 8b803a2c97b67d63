"""Budgets and quotas."""

from typing import Any

from simulation.kernel.records import Record
from simulation.kube.objects.meta import Condition, IntOrString, KubeObject, LabelSelector


class PodDisruptionBudgetSpec(Record):
    """How many pods may be missing on purpose."""

    selector: LabelSelector | None = None
    min_available: IntOrString | None = None
    max_unavailable: IntOrString | None = None
    unhealthy_pod_eviction_policy: str | None = None


class PodDisruptionBudgetStatus(Record):
    """How many may be missing at the moment."""

    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0
    observed_generation: int = 0
    disrupted_pods: dict[str, int] = {}
    conditions: tuple[Condition, ...] = ()


class PodDisruptionBudget(KubeObject, frozen=True, gc=False, tag="PodDisruptionBudget"):
    """Limits how many pods may be missing on purpose."""

    spec: PodDisruptionBudgetSpec = PodDisruptionBudgetSpec()
    status: PodDisruptionBudgetStatus = PodDisruptionBudgetStatus()


class ResourceQuota(KubeObject, frozen=True, gc=False, tag="ResourceQuota"):
    """Limits what a namespace may hold."""

    spec: dict[str, Any] = {}
    status: dict[str, Any] = {}
