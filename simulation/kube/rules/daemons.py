"""Where a DaemonSet's pods belong, and which of them a rolling update replaces next.

Works on what is there now. Follows NodeShouldRunDaemonPod and podsShouldBeOnNode in
pkg/controller/daemon/daemon_controller.go and rollingUpdate in update.go, which goes through nodes
in no order; here nodes whose old pod is the oldest come first.
"""

from collections.abc import Callable, Mapping, Sequence

from simulation.kernel.records import Record
from simulation.kernel.units import Instant
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod, PodTemplateSpec, Toleration
from simulation.kube.objects.workload import DaemonSetSpec, RollingUpdateDaemonSet
from simulation.kube.rules.deployments import scaled_value
from simulation.kube.rules.pods import is_ready, is_terminating
from simulation.kube.rules.taints import NO_EXECUTE, NO_SCHEDULE, tolerated
from simulation.kube.scheduler.pod_infos import pod_info

Judge = Callable[[Pod], bool]


class Place(Record):
    """What a node is to a DaemonSet."""

    should_run: bool
    may_stay: bool
    """A pod that is there already stays: only NoExecute drives it away."""


class Bounds(Record):
    """How far an update may go, in nodes."""

    surge: int
    unavailable: int


def places(
    template: PodTemplateSpec, tolerations: tuple[Toleration, ...], nodes: Sequence[Node]
) -> dict[str, Place]:
    """Return what each node is to the pods of a template."""
    wanted = pod_info(Pod(metadata=template.metadata, spec=template.spec))
    found = {}
    for node in nodes:
        name, labels = node.metadata.name, node.metadata.labels
        fits = all(labels.get(key) == value for key, value in template.spec.node_selector.items())
        terms = wanted.required_nodes
        fits = fits and (terms is None or any(term.matches(name, labels) for term in terms))
        fits = fits and template.spec.node_name in ("", name)
        hostile = {each.effect for each in node.spec.taints if not tolerated(each, tolerations)} & {
            NO_SCHEDULE,
            NO_EXECUTE,
        }
        found[name] = Place(fits and not hostile, fits and NO_EXECUTE not in hostile)
    return found


def bounds(spec: DaemonSetSpec, desired: int) -> Bounds:
    """Return the bounds of a rolling update; both zero means one at a time."""
    rolling = spec.update_strategy.rolling_update or RollingUpdateDaemonSet()
    surge = scaled_value(rolling.max_surge, desired, round_up=True)
    unavailable = scaled_value(rolling.max_unavailable, desired, round_up=True)
    return Bounds(surge, unavailable if surge or unavailable else 1)


def age(pod: Pod) -> tuple[bool, Instant, str]:
    """Order pods of a node: those that have it first, then the oldest."""
    return not pod.spec.node_name, pod.metadata.creation_timestamp or 0, pod.metadata.name


def excess(running: Sequence[Pod], surging: bool, is_new: Judge, is_available: Judge) -> list[Pod]:
    """Return which running pods of one node are too many.

    While an update surges, a node has two if the new one is not available and the old one is ready.
    """
    ordered = sorted(running, key=age)
    if not surging:
        return ordered[1:]
    new = [pod for pod in ordered if is_new(pod)]
    old = [pod for pod in ordered if not is_new(pod)]
    surplus = [*new[1:], *old[1:]]
    if new and old and (not is_ready(old[0]) or is_available(new[0])):
        surplus.append(old[0])
    return surplus


def _pairs(
    pods: Mapping[str, Sequence[Pod]], is_new: Judge
) -> list[tuple[str, Pod | None, Pod | None, bool]]:
    """Return (node, its new pod, its old pod, whether there is one of each at most)."""
    found: list[tuple[str, Pod | None, Pod | None, bool]] = []
    for node, here in pods.items():
        staying = [pod for pod in here if not is_terminating(pod)]
        new = [pod for pod in staying if is_new(pod)]
        old = [pod for pod in staying if not is_new(pod)]
        is_clear = len(new) <= 1 and len(old) <= 1
        if is_clear:
            found.append((node, new[0] if new else None, old[0] if old else None, True))
        else:
            found.append((node, None, None, False))
    return sorted(found, key=lambda each: (age(each[2]) if each[2] else (True, 0, ""), each[0]))


def replaceable(
    pods: Mapping[str, Sequence[Pod]], most: int, is_new: Judge, is_available: Judge
) -> list[Pod]:
    """Return the old pods to delete without a surge: those that serve nobody, then as many as may."""
    unavailable, idle, serving = 0, [], []
    for _, new, old, is_clear in _pairs(pods, is_new):
        if not is_clear or (new is None) == (old is None):
            unavailable += 1
        elif new is not None:
            unavailable += not is_available(new)
        elif old is not None and not is_available(old):
            unavailable += 1
            idle.append(old)
        elif old is not None:
            serving.append(old)
    return idle + serving[: max(0, most - unavailable)]


def surged(
    pods: Mapping[str, Sequence[Pod]],
    place_of: Mapping[str, Place],
    most: int,
    is_new: Judge,
    is_available: Judge,
) -> tuple[list[Pod], list[str]]:
    """Return the old pods to delete and the nodes that get a new one beside the old.

    1. An old pod goes when the new one beside it is available.
    2. An old pod that serves nobody gets a new one at once; of the others as many as may.
    3. On a node that should have none any more, a pod goes once there are enough elsewhere.
    """
    waiting = available = 0
    doomed: list[Pod] = []
    misplaced: list[Pod] = []
    at_once: list[str] = []
    candidates: list[str] = []
    for node, new, old, is_clear in _pairs(pods, is_new):
        counted = old or new
        available += counted is not None and is_available(counted)
        should_run = node in place_of and place_of[node].should_run
        if not is_clear:
            waiting += 1
        elif old is not None and new is not None:
            waiting += not is_available(new)
            doomed += [old] if is_available(new) else []
        elif old is not None and not should_run:
            (misplaced if is_available(old) else doomed).append(old)
        elif old is not None:
            (candidates if is_available(old) else at_once).append(node)
    desired = sum(each.should_run for each in place_of.values())
    doomed += misplaced[: max(0, available - desired)]
    return doomed, at_once + candidates[: max(0, most - waiting)]
