"""Keeps one pod of a DaemonSet on every node that fits.

Watches DaemonSets, their pods and nodes. The pods are bound by the default scheduler, to the node
that the controller names in their affinity. A node's failed pod is deleted at ever longer intervals
and replaced when it is gone, because a kubelet that rejects pods would reject the next one as fast
as it comes. An update goes on only while nothing is missing and nothing is too many (`rules/daemons`).
Follows pkg/controller/daemon.
"""

from collections.abc import Iterable, Mapping

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record
from simulation.kernel.units import MINUTE, SECOND, Duration, Instant
from simulation.kube import claims
from simulation.kube.indexes import DAEMON_SETS_BY_SELECTOR, PODS_BY_OWNER
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod, Toleration
from simulation.kube.objects.workload import DaemonSet, DaemonSetStatus
from simulation.kube.rules import backoff
from simulation.kube.rules.daemons import (
    Bounds,
    Place,
    age,
    bounds,
    excess,
    places,
    replaceable,
    surged,
)
from simulation.kube.rules.names import pod_template_hash
from simulation.kube.rules.pods import (
    is_active,
    is_available,
    is_finished,
    is_ready,
    is_terminating,
    ready_since,
)
from simulation.kube.store import Change
from simulation.kube.view import View
from simulation.kube.workqueue import Note
from simulation.kube.writes import Write

replace = msgspec.structs.replace

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
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
        place_of = places(owner.spec.template, tolerations_of(owner), view.list(Node))
        newest = pod_template_hash(owner.spec.template)
        rollout = _Rollout(owner, pods, place_of, newest, now)
        notes = _forgotten(tools.notes, now)
        waits: list[Duration] = []
        writes: list[Write] = []
        for name in sorted({*pods, *place_of}):
            here = pods.get(name, [])
            if name not in place_of or not place_of[name].may_stay:
                writes += _cleared(owner, name, here)
                continue
            writes += _for_node(rollout, name, here)
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
        # What was asked for just now is expected first, as in the real controller's expectations.
        writes = [*patches, *(writes or _updated(rollout))]
        waits += _until_available(rollout)
        status = _status(rollout)
        if status != owner.status:
            because = Reason("daemonset-counted", {"daemonset": owner.metadata.name})
            writes.append(Write("patch", replace(owner, status=status), because, ("status",)))
        return Outcome((tuple(writes),), min(waits) if waits else None, notes)


class _Rollout(Record):
    """What a visit knows of a DaemonSet."""

    owner: DaemonSet
    pods: dict[str, list[Pod]]
    place_of: dict[str, Place]
    newest: str
    now: Instant

    @property
    def bounds(self) -> Bounds:
        """How far an update may go."""
        desired = sum(each.should_run for each in self.place_of.values())
        return bounds(self.owner.spec, desired)

    @property
    def is_surging(self) -> bool:
        """Whether an update may put a new pod beside an old one."""
        return self.owner.spec.update_strategy.type == "RollingUpdate" and self.bounds.surge > 0

    def is_new(self, pod: Pod) -> bool:
        """Tell whether a pod is of the newest template."""
        return pod.metadata.labels.get(HASH_LABEL) == self.newest

    def is_available(self, pod: Pod) -> bool:
        """Tell whether a pod has been ready for minReadySeconds."""
        return is_available(pod, self.owner.spec.min_ready_seconds, self.now)


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
    required = (pod.spec.affinity or {}).get("nodeAffinity", {}).get(REQUIRED, {})
    for term in required.get("nodeSelectorTerms", ()):
        for field in term.get("matchFields", ()):
            if field.get("key") == "metadata.name":
                return str(field["values"][0])
    return ""


def _pods_by_node(pods: list[Pod]) -> dict[str, list[Pod]]:
    """Return the pods of each node; one that has ended and is being deleted is none any more."""
    found: dict[str, list[Pod]] = {}
    for pod in pods:
        if not (is_finished(pod) and is_terminating(pod)):
            found.setdefault(target_node(pod), []).append(pod)
    return found


def tolerations_of(owner: DaemonSet) -> tuple[Toleration, ...]:
    """Return what the pods tolerate, with what the controller adds."""
    spec = owner.spec.template.spec
    added = (*ADDED_TOLERATIONS, NETWORK_TOLERATION) if spec.host_network else ADDED_TOLERATIONS
    return (*spec.tolerations, *(each for each in added if each not in spec.tolerations))


def _for_node(rollout: _Rollout, node: str, pods: list[Pod]) -> list[Write]:
    """Return what a node needs whose pods may stay, failed ones left aside."""
    owner, params = rollout.owner, _about(rollout.owner, node)
    running = [pod for pod in pods if is_active(pod)]
    is_empty = not running if pods and rollout.is_surging else not pods
    if is_empty and rollout.place_of[node].should_run:
        return [_created(owner, node, rollout.newest)]
    succeeded = [pod for pod in pods if _is_to_be_deleted(pod, "Succeeded")]
    surplus = excess(running, rollout.is_surging, rollout.is_new, rollout.is_available)
    return [_delete(pod, params) for pod in (*succeeded, *surplus)]


def _created(owner: DaemonSet, node: str, newest: str) -> Write:
    because = Reason("daemonset-creates", _about(owner, node))
    return Write("create", new_pod(owner, node, newest), because)


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


def _delete(pod: Pod, params: dict[str, str | int]) -> Write:
    because = Reason("daemonset-deletes", params)
    return Write("delete", pod, because, require_uid=pod.metadata.uid)


def new_pod(owner: DaemonSet, node: str, newest: str) -> Pod:
    """Return the pod of one node, with the affinity that only that node satisfies."""
    template = owner.spec.template
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    required = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    given = template.spec.affinity or {}
    of_nodes = {**(given.get("nodeAffinity") or {}), REQUIRED: required}
    affinity = {**given, "nodeAffinity": of_nodes}
    meta = ObjectMeta(
        generate_name=f"{owner.metadata.name}-",
        namespace=owner.metadata.namespace,
        labels={**template.metadata.labels, HASH_LABEL: newest},
        annotations=template.metadata.annotations,
        owner_references=(claims.controller_reference(owner),),
    )
    spec = replace(template.spec, affinity=affinity, tolerations=tolerations_of(owner))
    return Pod(metadata=meta, spec=spec)


def _updated(rollout: _Rollout) -> list[Write]:
    """Return the next step of a rolling update."""
    owner, limits = rollout.owner, rollout.bounds
    if owner.spec.update_strategy.type != "RollingUpdate":
        return []
    judges = rollout.is_new, rollout.is_available
    wanted = [name for name, place in rollout.place_of.items() if place.should_run]
    pods = {name: rollout.pods.get(name, []) for name in {**dict.fromkeys(wanted), **rollout.pods}}
    doomed, nodes = (
        surged(pods, rollout.place_of, limits.surge, *judges)
        if limits.surge
        else (replaceable(pods, limits.unavailable, *judges), [])
    )
    deletions = [_delete(pod, _about(owner, target_node(pod))) for pod in doomed]
    return [*deletions, *(_created(owner, node, rollout.newest) for node in nodes)]


def _until_available(rollout: _Rollout) -> list[Duration]:
    """Return when ready pods will have been ready for minReadySeconds."""
    wait = rollout.owner.spec.min_ready_seconds * SECOND
    ready = [ready_since(pod) for here in rollout.pods.values() for pod in here]
    return [
        since + wait - rollout.now
        for since in ready
        if since is not None and since + wait > rollout.now
    ]


def _status(rollout: _Rollout) -> DaemonSetStatus:
    """Count nodes by the oldest pod of each, also one that is on its way out."""
    desired = [name for name, place in rollout.place_of.items() if place.should_run]
    oldest = [min(rollout.pods[name], key=age) for name in desired if rollout.pods.get(name)]
    available = sum(map(rollout.is_available, oldest))
    return DaemonSetStatus(
        current_number_scheduled=len(oldest),
        desired_number_scheduled=len(desired),
        number_misscheduled=len([name for name in rollout.pods if name not in desired]),
        number_ready=sum(map(is_ready, oldest)),
        number_available=available,
        number_unavailable=len(desired) - available,
        updated_number_scheduled=sum(map(rollout.is_new, oldest)),
        observed_generation=rollout.owner.metadata.generation,
    )
