"""Keeps one pod of a DaemonSet on every node that fits.

Watches DaemonSets, their pods and nodes. The pods are bound by the default scheduler, to the node
that the controller names in their affinity. A node's failed pod is deleted at ever longer intervals
and replaced when it is gone, because a kubelet that rejects pods would reject the next one as fast
as it comes. Follows pkg/controller/daemon; of the rolling update the part with maxUnavailable.
"""

from collections.abc import Iterable, Mapping

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.units import MINUTE, SECOND, Duration, Instant
from simulation.kube import claims
from simulation.kube.indexes import DAEMON_SETS_BY_SELECTOR, PODS_BY_OWNER
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod, Toleration
from simulation.kube.objects.workload import DaemonSet, DaemonSetStatus
from simulation.kube.rules import backoff
from simulation.kube.rules.deployments import scaled_value
from simulation.kube.rules.names import pod_template_hash
from simulation.kube.rules.pods import is_active, is_ready, is_terminating
from simulation.kube.rules.taints import tolerated
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.workqueue import Note
from simulation.kube.writes import Write

replace = msgspec.structs.replace

HASH_LABEL = "controller-revision-hash"
ALL = "*"
"""The key that stands for every DaemonSet: a node came, went or changed."""

FAILED_PODS = backoff.Backoff(SECOND, 15 * MINUTE)
"""daemon_controller.go: failedPodsBackoff, for each node."""

ADDED_TOLERATIONS = (
    Toleration("node.kubernetes.io/not-ready", "Exists", "", "NoExecute"),
    Toleration("node.kubernetes.io/unreachable", "Exists", "", "NoExecute"),
    Toleration("node.kubernetes.io/disk-pressure", "Exists", "", "NoSchedule"),
    Toleration("node.kubernetes.io/memory-pressure", "Exists", "", "NoSchedule"),
    Toleration("node.kubernetes.io/pid-pressure", "Exists", "", "NoSchedule"),
    Toleration("node.kubernetes.io/unschedulable", "Exists", "", "NoSchedule"),
)
NETWORK_TOLERATION = Toleration(
    "node.kubernetes.io/network-unavailable", "Exists", "", "NoSchedule"
)


def _node_matters(change: Change) -> Iterable[str]:
    old, new = change.old, change.new
    if old is None or new is None:
        return (ALL,)
    assert isinstance(old, Node) and isinstance(new, Node), "the watch is on nodes"
    same = old.spec == new.spec and old.metadata.labels == new.metadata.labels
    return () if same else (ALL,)


class DaemonSetController:
    """Creates the pods that are missing and deletes those that should not be."""

    name = "daemonset"
    watches = {
        "DaemonSet": lambda change: (change.key,),
        "Node": _node_matters,
        "Pod": claims.concerned("DaemonSet"),
    }

    def reconcile(self, key: str, view: View, now: Instant, tools: Tools) -> Outcome:
        """Compare the nodes that should have a pod with those that have one."""
        if key == ALL:
            return Outcome(also=tuple(each for each, _ in view.items(DaemonSet)))
        if key.startswith(claims.ORPHAN):
            return Outcome(also=claims.wanted_by(key, view, Pod, DAEMON_SETS_BY_SELECTOR))
        owner = view.get(DaemonSet, key)
        if owner is None or owner.metadata.deletion_timestamp is not None:
            return Outcome()
        owned, patches = claims.claimed(owner, view, PODS_BY_OWNER)
        pods = _pods_by_node(owned)
        nodes = view.list(Node)
        tolerations = tolerations_of(owner)
        eligible = {node.metadata.name: _should_run(owner, node, tolerations) for node in nodes}
        newest = pod_template_hash(owner.spec.template)
        notes = _forgotten(tools.notes, now)
        waits: list[Duration] = []
        writes: list[Write] = list(patches)
        for name in sorted({*pods, *eligible}):
            here = pods.get(name, [])
            if not eligible.get(name, False):
                writes += _cleared(owner, name, here)
                continue
            writes += _for_node(owner, name, here, newest)
            failed = [pod for pod in here if _is_to_be_deleted(pod, "Failed")]
            if not failed:
                continue
            note = f"{owner.metadata.uid}/{owner.status.observed_generation}/{name}"
            failures = backoff.Failures(*tools.notes.get(note, ()))
            if now < failures.counted_at + backoff.wait_after(FAILED_PODS, failures, now):
                waits.append(failures.wait)
                continue
            counted = backoff.counted(FAILED_PODS, failures, now, now)
            notes[note] = (counted.wait, counted.counted_at)
            writes += [_failed(owner, name, pod, tools) for pod in failed]
        writes += _replaced(owner, pods, newest)
        status = _status(owner, pods, eligible, newest)
        if status != owner.status:
            because = Reason("daemonset-counted", {"daemonset": owner.metadata.name})
            writes.append(Write("patch", replace(owner, status=status), because, ("status",)))
        return Outcome((tuple(writes),), min(waits) if waits else None, notes)


def _forgotten(notes: Mapping[str, Note], now: Instant) -> dict[str, Note | None]:
    """Return the failures, of whichever DaemonSet, that no longer count."""
    return {
        each: None
        for each, note in notes.items()
        if backoff.is_forgotten(FAILED_PODS, backoff.Failures(*note), now)
    }


def target_node(pod: Pod) -> str:
    """Return the node a daemon pod is on or is meant for."""
    if pod.spec.node_name:
        return pod.spec.node_name
    required = (
        (pod.spec.affinity or {})
        .get("nodeAffinity", {})
        .get("requiredDuringSchedulingIgnoredDuringExecution", {})
    )
    for term in required.get("nodeSelectorTerms", ()):
        for field in term.get("matchFields", ()):
            if field.get("key") == "metadata.name":
                return str(field["values"][0])
    return ""


def _pods_by_node(pods: list[Pod]) -> dict[str, list[Pod]]:
    found: dict[str, list[Pod]] = {}
    for pod in pods:
        found.setdefault(target_node(pod), []).append(pod)
    return found


def tolerations_of(owner: DaemonSet) -> tuple[Toleration, ...]:
    """Return what the pods tolerate, with what the controller adds."""
    spec = owner.spec.template.spec
    added = (*ADDED_TOLERATIONS, NETWORK_TOLERATION) if spec.host_network else ADDED_TOLERATIONS
    return (*spec.tolerations, *(each for each in added if each not in spec.tolerations))


def _should_run(owner: DaemonSet, node: Node, tolerations: tuple[Toleration, ...]) -> bool:
    spec = owner.spec.template.spec
    labels = node.metadata.labels
    if any(labels.get(key) != value for key, value in spec.node_selector.items()):
        return False
    keeping_away = [t for t in node.spec.taints if t.effect in {"NoSchedule", "NoExecute"}]
    return all(tolerated(taint, tolerations) for taint in keeping_away)


def _for_node(owner: DaemonSet, node: str, pods: list[Pod], newest: str) -> list[Write]:
    """Return what a node needs that should have a pod, failed ones left aside."""
    params = _about(owner, node)
    if not pods:
        # A pod that has ended holds its place until it is gone.
        return [Write("create", new_pod(owner, node, newest), Reason("daemonset-creates", params))]
    succeeded = [pod for pod in pods if _is_to_be_deleted(pod, "Succeeded")]
    running = [pod for pod in pods if is_active(pod)]
    return [_delete(pod, params) for pod in (*succeeded, *sorted(running, key=_age)[1:])]


def _cleared(owner: DaemonSet, node: str, pods: list[Pod]) -> list[Write]:
    return [_delete(pod, _about(owner, node)) for pod in pods if not is_terminating(pod)]


def _is_to_be_deleted(pod: Pod, phase: str) -> bool:
    return pod.status.phase == phase and not is_terminating(pod)


def _failed(owner: DaemonSet, node: str, pod: Pod, tools: Tools) -> Write:
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    text = f"Found failed daemon pod {name} on node {node}, will try to kill it"
    tools.event(owner, "Warning", "FailedDaemonPod", text)
    because = Reason("daemonset-removes-failed", _about(owner, node))
    return Write("delete", pod, because, require_uid=pod.metadata.uid)


def _about(owner: DaemonSet, node: str) -> dict[str, str | int]:
    return {"daemonset": owner.metadata.name, "node": node}


def _age(pod: Pod) -> tuple[Instant, str]:
    return pod.metadata.creation_timestamp or 0, pod.metadata.name


def _delete(pod: Pod, params: dict[str, str | int]) -> Write:
    because = Reason("daemonset-deletes", params)
    return Write("delete", pod, because, require_uid=pod.metadata.uid)


def new_pod(owner: DaemonSet, node: str, newest: str) -> Pod:
    """Return the pod of one node, with the affinity that only that node satisfies."""
    template = owner.spec.template
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}
    meta = ObjectMeta(
        generate_name=f"{owner.metadata.name}-",
        namespace=owner.metadata.namespace,
        labels={**template.metadata.labels, HASH_LABEL: newest},
        annotations=template.metadata.annotations,
        owner_references=(claims.controller_reference(owner),),
    )
    spec = replace(template.spec, affinity=affinity, tolerations=tolerations_of(owner))
    return Pod(metadata=meta, spec=spec)


def _is_new(pod: Pod, newest: str) -> bool:
    return pod.metadata.labels.get(HASH_LABEL) == newest


def _replaced(owner: DaemonSet, pods: dict[str, list[Pod]], newest: str) -> list[Write]:
    """Return the deletions of a rolling update: those that serve nobody anyway go first."""
    if owner.spec.update_strategy.type != "RollingUpdate":
        return []
    running = [pod for each in pods.values() for pod in each if is_active(pod)]
    old = sorted((pod for pod in running if not _is_new(pod, newest)), key=_age)
    if not old:
        return []
    rolling = owner.spec.update_strategy.rolling_update
    allowed = scaled_value(rolling.max_unavailable if rolling else 1, len(pods), round_up=True)
    missing = len(pods) - sum(is_ready(pod) for pod in running)
    idle = [pod for pod in old if not is_ready(pod)]
    serving = [pod for pod in old if is_ready(pod)]
    doomed = idle + serving[: max(0, allowed - missing)]
    return [_delete(pod, _about(owner, pod.spec.node_name)) for pod in doomed]


def _status(
    owner: DaemonSet, pods: dict[str, list[Pod]], eligible: dict[str, bool], newest: str
) -> DaemonSetStatus:
    desired = [name for name, wanted in eligible.items() if wanted]
    active = {name: [pod for pod in pods.get(name, ()) if is_active(pod)] for name in desired}
    ready = sum(any(map(is_ready, each)) for each in active.values())
    misplaced = [name for name in pods if pods[name] and not eligible.get(name, False)]
    return DaemonSetStatus(
        current_number_scheduled=sum(bool(each) for each in active.values()),
        desired_number_scheduled=len(desired),
        number_misscheduled=len(misplaced),
        number_ready=ready,
        number_available=ready,
        number_unavailable=len(desired) - ready,
        updated_number_scheduled=sum(
            any(_is_new(pod, newest) for pod in each) for each in active.values()
        ),
        observed_generation=owner.metadata.generation,
    )
