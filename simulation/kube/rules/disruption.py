"""Disruption budgets: their numbers, and whether a pod may be evicted on purpose.

The controller works the numbers out and writes them into the budget's status; the eviction API
decides by that status alone and spends what it grants there, so that two evictions at the same
instant cannot both take the last one. Follows pkg/controller/disruption/disruption.go and
pkg/registry/core/pod/storage/eviction.go.
"""

from typing import Protocol

import msgspec

from simulation.kernel.records import Record
from simulation.kernel.units import MINUTE, Duration, Instant
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.meta import Condition, OwnerReference
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.policy import PodDisruptionBudget, PodDisruptionBudgetStatus
from simulation.kube.rules.deployments import scaled_value
from simulation.kube.rules.pods import is_ready, is_terminating, matches, set_condition
from simulation.kube.writes import Refused

replace = msgspec.structs.replace

EXEMPT_PHASES = ("Pending", "Succeeded", "Failed")
ALLOWED = "DisruptionAllowed"
ENOUGH = "SufficientPods"
TOO_FEW = "InsufficientPods"
SYNC_FAILED = "SyncFailed"
DELETION_TIMEOUT: Duration = 2 * MINUTE
"""A pod whose eviction was granted is counted again if it was not deleted by then."""
VIOLATED = "Cannot evict pod as it would violate the pod's disruption budget."


class Lookup(Protocol):
    """Where the controllers of pods are found."""

    def get(self, kind: str, key: str) -> AnyObject | None:
        """Return an object, None if there is none."""
        ...


class Expected(Record):
    """How many pods a budget expects, and how many of them are to stay healthy."""

    pods: int
    healthy: int
    unmanaged: tuple[str, ...] = ()
    """Pods without a controller: a percentage cannot count them."""
    trouble: str = ""
    """Why the numbers cannot be worked out."""


def governs(budget: PodDisruptionBudget, pod: Pod) -> bool:
    """Tell whether a budget is about a pod."""
    same = budget.metadata.namespace == pod.metadata.namespace
    return same and matches(budget.spec.selector, pod.metadata.labels)


def expected(budget: PodDisruptionBudget, pods: list[Pod], objects: Lookup) -> Expected:
    """Return what a budget expects of the pods that it governs."""
    spec = budget.spec
    if spec.max_unavailable is None and isinstance(spec.min_available, int):
        return Expected(len(pods), spec.min_available)
    if spec.max_unavailable is None and spec.min_available is None:
        return Expected(0, 0)
    scales: dict[str, int] = {}
    unmanaged: list[str] = []
    for pod in pods:
        owner = next((o for o in pod.metadata.owner_references if o.controller), None)
        if owner is None:
            unmanaged.append(pod.metadata.name)
            continue
        found = _scale_of(owner, pod.metadata.namespace, objects)
        if found is None:
            trouble = f'found no controllers for pod "{pod.metadata.name}"'
            return Expected(0, 0, tuple(unmanaged), trouble)
        scales[found[0]] = found[1]
    count = sum(scales.values())
    if spec.max_unavailable is not None:
        missing = scaled_value(spec.max_unavailable, count, round_up=True)
        return Expected(count, max(0, count - missing), tuple(unmanaged))
    assert spec.min_available is not None, f"{budget.metadata.name} asks for nothing"
    healthy = scaled_value(spec.min_available, count, round_up=True)
    return Expected(count, healthy, tuple(unmanaged))


def _scale_of(owner: OwnerReference, namespace: str, objects: Lookup) -> tuple[str, int] | None:
    """Return uid and size of the controller that decides how many pods there are."""
    found = objects.get(owner.kind, f"{namespace}/{owner.name}")
    if found is None or found.metadata.uid != owner.uid:
        return None
    above = next((o for o in found.metadata.owner_references if o.controller), None)
    if above is not None and above.kind == "Deployment":
        return _scale_of(above, namespace, objects) or (found.metadata.uid, _replicas(found) or 0)
    replicas = _replicas(found)
    return None if replicas is None else (found.metadata.uid, replicas)


def _replicas(obj: AnyObject) -> int | None:
    replicas = getattr(getattr(obj, "spec", None), "replicas", None)
    return replicas if isinstance(replicas, int) else None


def still_disrupted(
    budget: PodDisruptionBudget, pods: list[Pod], now: Instant
) -> dict[str, Instant]:
    """Return the pods whose eviction was granted and that are about to be deleted."""
    granted = budget.status.disrupted_pods
    return {
        pod.metadata.name: granted[pod.metadata.name]
        for pod in pods
        if pod.metadata.name in granted
        and not is_terminating(pod)
        and granted[pod.metadata.name] + DELETION_TIMEOUT >= now
    }


def status_of(
    budget: PodDisruptionBudget, pods: list[Pod], wanted: Expected, now: Instant
) -> PodDisruptionBudgetStatus:
    """Return the status that follows from the pods that a budget governs."""
    if wanted.trouble:
        failed = replace(budget.status, disruptions_allowed=0)
        return _with_condition(failed, now, SYNC_FAILED, wanted.trouble)
    disrupted = still_disrupted(budget, pods, now)
    counted = [pod for pod in pods if not is_terminating(pod)]
    healthy = sum(is_ready(pod) for pod in counted if pod.metadata.name not in disrupted)
    allowed = max(0, healthy - wanted.healthy) if wanted.pods > 0 else 0
    status = replace(
        budget.status,
        disruptions_allowed=allowed,
        current_healthy=healthy,
        desired_healthy=wanted.healthy,
        expected_pods=wanted.pods,
        observed_generation=budget.metadata.generation,
        disrupted_pods=disrupted,
    )
    return _with_condition(status, now, ENOUGH if allowed else TOO_FEW)


def _with_condition(
    status: PodDisruptionBudgetStatus, now: Instant, reason: str, message: str = ""
) -> PodDisruptionBudgetStatus:
    generation = status.observed_generation
    state = "True" if reason == ENOUGH else "False"
    new = Condition(ALLOWED, state, reason, message, observed_generation=generation)
    return replace(status, conditions=set_condition(status.conditions, new, now))


def judge_eviction(
    budgets: list[PodDisruptionBudget], pod: Pod, now: Instant
) -> Refused | PodDisruptionBudget | None:
    """Return why the eviction API refuses a pod, the budget that pays for it, or None: just go.

    budgets: those that govern the pod.
    """
    if pod.status.phase in EXEMPT_PHASES or is_terminating(pod) or not budgets:
        return None
    if len(budgets) > 1:
        text = (
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does "
            "not support."
        )
        return Refused(500, "InternalError", text)
    budget = budgets[0]
    status = budget.status
    if not is_ready(pod):
        if budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow":
            return None
        if status.current_healthy >= status.desired_healthy > 0:
            return None
    cause = _refusal(budget)
    if cause:
        return Refused(429, "TooManyRequests", f"{VIOLATED} {cause}")
    left = status.disruptions_allowed - 1
    disrupted = {**status.disrupted_pods, pod.metadata.name: now}
    spent = replace(status, disruptions_allowed=left, disrupted_pods=disrupted)
    return replace(budget, status=spent if left else _with_condition(spent, now, TOO_FEW))


def _refusal(budget: PodDisruptionBudget) -> str:
    name, status = budget.metadata.name, budget.status
    if status.observed_generation < budget.metadata.generation:
        return f"The disruption budget {name} is still being processed by the server."
    if status.disruptions_allowed > 0:
        return ""
    verdict = next((each for each in status.conditions if each.type == ALLOWED), None)
    if verdict is not None and verdict.reason == SYNC_FAILED:
        return (
            f"The disruption budget {name} does not allow evicting pods currently because it "
            f"failed sync: {verdict.message}"
        )
    if status.current_healthy <= status.desired_healthy:
        return (
            f"The disruption budget {name} needs {status.desired_healthy} healthy pods and has "
            f"{status.current_healthy} currently"
        )
    reason = verdict.reason if verdict is not None else ""
    return f"The disruption budget {name} does not allow evicting pods currently ({reason})"
