"""Making room: which pods of lower priority would have to go, and from which node.

1. Only nodes whose filter failed in a way that evicting pods could mend are candidates.
2. On each, all pods of lower priority are taken away on paper; if the pod still does not fit, no.
3. They are put back as long as the pod still fits, those first whose end would violate a
   disruption budget, and of each sort the most important first: the rest are the victims.
4. The node is nominated whose victims violate the fewest budgets; among equals, whose victims
   matter least. A budget is a preference only: pods go in spite of it if nothing else helps.

Follows pkg/scheduler/framework/plugins/defaultpreemption (SelectVictimsOnNode,
filterPodsWithPDBViolation) and framework/preemption (pickOneNodeForPreemption).
"""

from simulation.kernel.records import Record
from simulation.kube.scheduler.filtering import find_fitting, fit_error
from simulation.kube.scheduler.infos import Budget, Cluster, NodeInfo, PodInfo

ROOM_IS_BEING_MADE = "not eligible due to a terminating pod on the nominated node."
NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"
PRIORITY_OFFSET = 1 << 31
"""Makes every priority positive, so that more victims are worse than fewer."""


class Nomination(Record):
    """A node and the pods that must leave it, by namespace/name."""

    node: str
    victims: tuple[str, ...]


def preempt(pod: PodInfo, cluster: Cluster, resolvable: list[str]) -> tuple[Nomination | None, str]:
    """Choose a node to make room on; or say, in kube-scheduler's words, why there is none."""
    if pod.never_preempts:
        return None, "preemption: not eligible due to preemptionPolicy=Never."
    if waits_for_room(pod, cluster, resolvable):
        return None, f"preemption: {ROOM_IS_BEING_MADE}"
    reasons: dict[str, tuple[str, ...]] = {}
    candidates: list[tuple[tuple[int, ...], Nomination]] = []
    for number, node in enumerate(cluster.nodes):
        if node.name not in resolvable:
            reasons[node.name] = (NOT_HELPFUL,)
            continue
        victims, violations, lacking = _victims(pod, node, cluster)
        if lacking:
            reasons[node.name] = lacking
        else:
            nomination = Nomination(node.name, tuple(sorted(each.key for each in victims)))
            candidates.append(((violations, *_cost(victims, number)), nomination))
    if candidates:
        return min(candidates, key=lambda candidate: candidate[0])[1], ""
    return None, f"preemption: {fit_error(len(cluster.nodes), reasons)}"


def waits_for_room(pod: PodInfo, cluster: Cluster, resolvable: list[str]) -> bool:
    """Tell whether victims on the pod's nominated node are still on their way out.

    A node that no eviction could mend is given up, and room may be made elsewhere
    (plugins/defaultpreemption, PodEligibleToPreemptOthers).
    """
    node = next((each for each in cluster.nodes if each.name == pod.nominated), None)
    if node is None or node.name not in resolvable:
        return False
    return any(other.terminating and other.priority < pod.priority for other in node.pods.values())


def _victims(
    pod: PodInfo, node: NodeInfo, cluster: Cluster
) -> tuple[list[PodInfo], int, tuple[str, ...]]:
    """Return the pods that must go and how many of them a budget wants to keep; or what is lacking."""
    lower = [other for other in node.pods.values() if other.priority < pod.priority]
    if not lower:
        return [], 0, (NO_VICTIMS,)
    lacking = _lacking(pod, node, lower, cluster)
    if lacking:
        return [], 0, lacking
    victims = list(lower)
    ordered = sorted(lower, key=lambda each: (-each.priority, each.started, each.key))
    kept = _violating(ordered, cluster.budgets)
    for other in sorted(ordered, key=lambda each: each.key not in kept):
        spared = [each for each in victims if each.key != other.key]
        if not _lacking(pod, node, spared, cluster):
            victims = spared
    return victims, sum(each.key in kept for each in victims), ()


def _violating(pods: list[PodInfo], budgets: tuple[Budget, ...]) -> list[str]:
    """Return the keys of the pods that a budget cannot spare, if the ones before them go as well."""
    left = {number: budget.allowed for number, budget in enumerate(budgets)}
    found = []
    for pod in pods:
        governing = [number for number, budget in enumerate(budgets) if budget.governs(pod)]
        for number in governing:
            left[number] -= 1
        if any(left[number] < 0 for number in governing):
            found.append(pod.key)
    return found


def _lacking(
    pod: PodInfo, node: NodeInfo, gone: list[PodInfo], cluster: Cluster
) -> tuple[str, ...]:
    emptied = without(node, [each.key for each in gone])
    nodes = tuple(emptied if each.name == node.name else each for each in cluster.nodes)
    found = find_fitting(pod, Cluster(nodes, cluster.namespaces))
    if found.rejected:
        return (found.rejected,)
    verdict = found.verdicts.get(node.name)
    return verdict.reasons if verdict else ()


def _cost(victims: list[PodInfo], number: int) -> tuple[int, ...]:
    if not victims:
        return (-PRIORITY_OFFSET, 0, 0, 0, number)
    highest = max(each.priority for each in victims)
    earliest = min(each.started for each in victims if each.priority == highest)
    total = sum(each.priority + PRIORITY_OFFSET for each in victims)
    return (highest, total, len(victims), -earliest, number)


def with_more(node: NodeInfo, pods: list[PodInfo]) -> NodeInfo:
    """Return a copy of a node that some more pods have come to."""
    copy = without(node, [each.key for each in pods])
    for pod in pods:
        copy.add(pod)
    return copy


def without(node: NodeInfo, keys: list[str]) -> NodeInfo:
    """Return a copy of a node that some pods have left."""
    copy = NodeInfo(
        name=node.name,
        labels=node.labels,
        taints=node.taints,
        unschedulable=node.unschedulable,
        allocatable=node.allocatable,
        images=node.images,
    )
    for key, pod in node.pods.items():
        if key not in keys:
            copy.add(pod)
    return copy
