"""Disruption budgets: may this pod be evicted on purpose?

Follows pkg/registry/core/pod/storage/eviction.go and pkg/controller/disruption; the budget's
numbers are worked out from the pods when they are asked for.
"""

from simulation.kube.objects.pod import Pod
from simulation.kube.objects.policy import PodDisruptionBudget
from simulation.kube.rules.deployments import scaled_value
from simulation.kube.rules.pods import is_ready, is_terminating, matches
from simulation.kube.store import Store
from simulation.kube.writes import Refused

EXEMPT_PHASES = ("Pending", "Succeeded", "Failed")


def eviction_blocked(store: Store, pod: Pod) -> Refused | None:
    """Return why the eviction API refuses a pod, or None if it may go."""
    meta = pod.metadata
    if pod.status.phase in EXEMPT_PHASES or is_terminating(pod):
        return None
    budgets = [
        each
        for each in store.list("PodDisruptionBudget")
        if each.metadata.namespace == meta.namespace and matches(each.spec.selector, meta.labels)
    ]
    if not budgets:
        return None
    if len(budgets) > 1:
        text = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
        return Refused(500, "InternalError", text)
    budget = budgets[0]
    pods = [each for _, each in store.by("pod/namespace", meta.namespace)]
    healthy, desired = numbers(budget, pods, store)
    if not is_ready(pod) and healthy >= desired > 0:
        return None
    if healthy - desired > 0:
        return None
    name = budget.metadata.name
    return Refused(
        429,
        "TooManyRequests",
        "Cannot evict pod as it would violate the pod's disruption budget. "
        f"The disruption budget {name} needs {desired} healthy pods and has {healthy} currently",
    )


def numbers(budget: PodDisruptionBudget, pods: list[Pod], store: Store) -> tuple[int, int]:
    """Return (healthy pods, pods that must stay healthy)."""
    meant = [each for each in pods if matches(budget.spec.selector, each.metadata.labels)]
    alive = [each for each in meant if not is_terminating(each)]
    healthy = sum(map(is_ready, alive))
    spec = budget.spec
    if spec.min_available is not None:
        if isinstance(spec.min_available, int):
            return healthy, spec.min_available
        return healthy, scaled_value(spec.min_available, _expected(alive, store), round_up=True)
    expected = _expected(alive, store)
    allowed = scaled_value(spec.max_unavailable or 0, expected, round_up=True)
    return healthy, max(0, expected - allowed)


def _expected(pods: list[Pod], store: Store) -> int:
    """Return the pods there should be: what the controllers of the present ones ask for."""
    owners: dict[str, int] = {}
    loners = 0
    for pod in pods:
        owner = next((o for o in pod.metadata.owner_references if o.controller), None)
        found = (
            store.get(owner.kind, f"{pod.metadata.namespace}/{owner.name}") if owner else None
        )
        if found is None or not hasattr(found.spec, "replicas"):
            loners += 1
        else:
            owners[found.metadata.uid] = found.spec.replicas
    return sum(owners.values()) + loners
