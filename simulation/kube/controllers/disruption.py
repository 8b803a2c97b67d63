"""Works out how many pods each disruption budget can spare, and writes it into its status.

Watches budgets and pods; writes the status of budgets, and takes back a DisruptionTarget condition
that nothing followed from. It evicts nobody and protects nobody: the eviction API reads what is
written here. Follows pkg/controller/disruption/disruption.go.
"""

from collections.abc import Iterable

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import MINUTE, Duration, Instant
from simulation.kube.indexes import PODS_BY_NAMESPACE, owner_uid
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import Condition
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.policy import PodDisruptionBudget
from simulation.kube.rules import disruption
from simulation.kube.rules.pods import condition, is_finished, is_ready, set_condition
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.writes import Write

replace = msgspec.structs.replace

NAMESPACE = "namespace:"
"""A key that stands for all budgets of a namespace: a pod of it changed."""
POD = "pod:"
"""A key that stands for a pod with the condition DisruptionTarget."""
STALE_AFTER: Duration = 2 * MINUTE
TARGET = "DisruptionTarget"
UNMANAGED = (
    "Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. "
    "As a result, the status of the PDB cannot be calculated correctly, which may result in "
    'undefined behavior. To account for these pods please set ".spec.minAvailable" field of the '
    "PDB to an integer value."
)


def _of_budget(change: Change) -> Iterable[str]:
    return (change.key,) if change.new is not None else ()


def _of_pod(change: Change) -> Iterable[str]:
    old, new = change.old, change.new
    if isinstance(old, Pod) and isinstance(new, Pod) and _facts(old) == _facts(new):
        return ()
    keys = [NAMESPACE + change.either.metadata.namespace]
    if new is not None and condition(new, TARGET) is not None:
        keys.append(POD + change.key)
    return tuple(keys)


def _facts(pod: Pod) -> tuple[object, ...]:
    """Return what a budget's numbers depend on."""
    target = condition(pod, TARGET)
    return (
        pod.metadata.labels,
        owner_uid(pod),
        pod.metadata.deletion_timestamp is None,
        is_ready(pod),
        target.status if target is not None else "",
    )


class DisruptionController:
    """Counts what may be missing on purpose."""

    name = "disruption"
    watches = {"PodDisruptionBudget": _of_budget, "Pod": _of_pod}

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Bring one budget, those of a namespace, or one pod's condition up to date."""
        if key.startswith(POD):
            return _stale_target(view.get(Pod, key.removeprefix(POD)), now)
        budgets: list[PodDisruptionBudget] = []
        if key.startswith(NAMESPACE):
            namespace = key.removeprefix(NAMESPACE)
            every = view.list(PodDisruptionBudget)
            budgets = [each for each in every if each.metadata.namespace == namespace]
        else:
            budget = view.get(PodDisruptionBudget, key)
            budgets = [budget] if budget is not None else []
        writes: list[Write] = []
        waits: list[Duration] = []
        for budget in budgets:
            _sync(budget, view, now, tools, writes, waits)
        return Outcome((tuple(writes),), min(waits) if waits else None)


def _sync(
    budget: PodDisruptionBudget,
    view: View,
    now: Instant,
    tools: Tools,
    writes: list[Write],
    waits: list[Duration],
) -> None:
    namespace = view.by(PODS_BY_NAMESPACE, budget.metadata.namespace)
    pods = [pod for pod in namespace if disruption.governs(budget, pod)]
    if not pods:
        tools.event(budget, "Normal", "NoPods", "No matching pods found")
    wanted = disruption.expected(budget, pods, view)
    if wanted.unmanaged:
        labels = budget.spec.selector.match_labels if budget.spec.selector else {}
        shown = ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
        tools.event(budget, "Warning", "UnmanagedPods", UNMANAGED.format(selector=shown))
    if wanted.trouble:
        text = f"Failed to calculate the number of expected pods: {wanted.trouble}"
        tools.event(budget, "Warning", "CalculateExpectedPodCountFailed", text)
    status = disruption.status_of(budget, pods, wanted, now)
    for since in status.disrupted_pods.values():
        waits.append(max(since + disruption.DELETION_TIMEOUT + 1 - now, 1))
    if status == budget.status:
        return
    params: dict[str, str | int] = {
        "budget": budget.metadata.name,
        "healthy": status.current_healthy,
        "desired": status.desired_healthy,
        "allowed": status.disruptions_allowed,
    }
    changed = replace(budget, status=status)
    version = budget.metadata.resource_version
    because = Reason("budget-counted", params)
    writes.append(Write("patch", changed, because, ("status",), require_version=version))


def _stale_target(pod: Pod | None, now: Instant) -> Outcome:
    """A pod that was to be disrupted and was not is no target any more after two minutes."""
    target = condition(pod, TARGET) if pod is not None else None
    if pod is None or target is None or target.status != "True" or is_finished(pod):
        return Outcome()
    if pod.metadata.deletion_timestamp is not None or target.reason == "TerminationByKubelet":
        return Outcome()
    due = (target.last_transition_time or 0) + STALE_AFTER
    if due > now:
        return Outcome(again_in=due - now)
    conditions = set_condition(pod.status.conditions, Condition(TARGET, "False"), now)
    changed = replace(pod, status=replace(pod.status, conditions=conditions))
    because = Reason("pod-target-no-more", {"pod": pod.metadata.name})
    uid = pod.metadata.uid
    return Outcome(((Write("patch", changed, because, ("status.conditions",), require_uid=uid),),))
