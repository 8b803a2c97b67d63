"""From API objects to what the scheduler keeps in mind about them."""

from typing import Any

import msgspec

from simulation.kernel.records import Record
from simulation.kernel.units import Bytes, MilliCpu
from simulation.kube.objects.config import PersistentVolumeClaim
from simulation.kube.objects.meta import LabelSelector, Resources
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.policy import PodDisruptionBudget
from simulation.kube.objects.service import Service
from simulation.kube.scheduler.infos import (
    ANY_ADDRESS,
    UNREQUESTED_CPU,
    UNREQUESTED_MEMORY,
    Budget,
    HostPort,
    NodeInfo,
    PodInfo,
)
from simulation.kube.scheduler.plugins.image_locality import normalised
from simulation.kube.scheduler.terms import (
    AffinityTerm,
    NodeTerm,
    Requirement,
    Selector,
    SpreadConstraint,
    selector_of,
)
from simulation.kube.view import View

Amounts = dict[str, int]
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


class Needs(Record):
    """What the containers of a pod request, one by one."""

    containers: tuple[Amounts, ...] = ()
    init_containers: tuple[tuple[Amounts, bool], ...] = ()
    """In order, each with whether it is a sidecar."""
    overhead: Amounts = {}
    of_pod: Amounts = {}
    """Requests of the pod as a whole; they win over the sum."""


def effective_requests(needs: Needs) -> Amounts:
    """Return what a pod needs at its hungriest moment, by resource."""
    return _effective(needs, {})


def scored_requests(needs: Needs) -> tuple[MilliCpu, Bytes]:
    """Return CPU and memory as scoring counts them: no container is thought to need nothing."""
    amounts = _effective(needs, {"cpu": UNREQUESTED_CPU, "memory": UNREQUESTED_MEMORY})
    return amounts.get("cpu", 0), amounts.get("memory", 0)


def _effective(needs: Needs, missing: Amounts) -> Amounts:
    running: Amounts = {}
    for amounts in needs.containers:
        _add(running, {**missing, **amounts})
    sidecars: Amounts = {}
    starting: Amounts = {}
    for amounts, is_sidecar in needs.init_containers:
        own = {**missing, **amounts}
        if is_sidecar:
            _add(running, own)
            _add(sidecars, own)
            moment = dict(sidecars)
        else:
            moment = dict(sidecars)
            _add(moment, own)
        for resource, amount in moment.items():
            starting[resource] = max(starting.get(resource, 0), amount)
    for resource, amount in starting.items():
        running[resource] = max(running.get(resource, 0), amount)
    running.update(
        {resource: amount for resource, amount in needs.of_pod.items() if _is_of_pod(resource)}
    )
    _add(running, needs.overhead)
    return running


def _is_of_pod(resource: str) -> bool:
    return resource in ("cpu", "memory") or resource.startswith("hugepages-")


def _add(total: Amounts, more: Amounts) -> None:
    for resource, amount in more.items():
        total[resource] = total.get(resource, 0) + amount


def pod_info(pod: Pod, default_selector: Selector | None = None) -> PodInfo:
    """Return what the scheduler keeps in mind about a pod."""
    spec, meta = pod.spec, pod.metadata
    needs = _needs(pod)
    cpu, memory = scored_requests(needs)
    affinity = spec.affinity or {}
    of_nodes = affinity.get("nodeAffinity") or {}
    required = of_nodes.get(REQUIRED)
    beside = affinity.get("podAffinity") or {}
    apart = affinity.get("podAntiAffinity") or {}
    return PodInfo(
        name=meta.name,
        namespace=meta.namespace,
        uid=meta.uid,
        labels=meta.labels,
        node_name=spec.node_name,
        priority=spec.priority or 0,
        started=pod.status.start_time or 0,
        terminating=meta.deletion_timestamp is not None,
        never_preempts=spec.preemption_policy == "Never",
        requests=effective_requests(needs),
        scored_cpu=cpu,
        scored_memory=memory,
        host_ports=_host_ports(pod),
        tolerations=spec.tolerations,
        node_selector=spec.node_selector,
        required_nodes=None
        if required is None
        else tuple(_node_term(each) for each in required.get("nodeSelectorTerms") or ()),
        preferred_nodes=tuple(
            (int(each["weight"]), _node_term(each.get("preference") or {}))
            for each in of_nodes.get(PREFERRED) or ()
        ),
        required_affinity=_required(beside, pod),
        required_anti_affinity=_required(apart, pod),
        preferred_affinity=_preferred(beside, pod),
        preferred_anti_affinity=_preferred(apart, pod),
        spread=tuple(_constraint(each, pod) for each in spec.topology_spread_constraints),
        default_selector=default_selector,
        images=tuple(each.image for each in spec.init_containers + spec.containers),
        claims=_claims(pod),
    )


def _claims(pod: Pod) -> tuple[str, ...]:
    claimed = (each.get("persistentVolumeClaim") for each in pod.spec.rest.get("volumes") or ())
    return tuple(str(each.get("claimName") or "") for each in claimed if each)


def with_claims(info: PodInfo, view: View) -> PodInfo:
    """Note which claim of a pod cannot be used (volume_binding.go, podHasPVCs)."""
    for name in info.claims:
        claim = view.get(PersistentVolumeClaim, f"{info.namespace}/{name}")
        trouble = "not found" if claim is None else ""
        if claim is not None and claim.metadata.deletion_timestamp is not None:
            trouble = "is being deleted"
        if trouble:
            text = f'persistentvolumeclaim "{name}" {trouble}'
            return msgspec.structs.replace(info, claim_trouble=text)
    return info


def _needs(pod: Pod) -> Needs:
    resources = pod.spec.rest.get("resources") or {}
    return Needs(
        tuple(amounts_of(each.resources.requests) for each in pod.spec.containers),
        tuple(
            (amounts_of(each.resources.requests), each.restart_policy == "Always")
            for each in pod.spec.init_containers
        ),
        amounts_of(pod.spec.overhead) if pod.spec.overhead else {},
        {
            name: amount
            for name, amount in (resources.get("requests") or {}).items()
            if isinstance(amount, int)
        },
    )


def amounts_of(resources: Resources) -> Amounts:
    """Return the amounts that are set, by the resource's name."""
    named = {
        "cpu": resources.cpu,
        "memory": resources.memory,
        "ephemeral-storage": resources.ephemeral_storage,
        "pods": resources.pods,
    }
    return {
        **{name: amount for name, amount in named.items() if amount is not None},
        **resources.extended,
    }


def _host_ports(pod: Pod) -> tuple[HostPort, ...]:
    sidecars = tuple(each for each in pod.spec.init_containers if each.restart_policy == "Always")
    return tuple(
        (port.host_ip or ANY_ADDRESS, port.protocol, port.host_port)
        for each in sidecars + pod.spec.containers
        for port in each.ports
        if port.host_port
    )


def _requirements(given: Any) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(each["key"], each["operator"], tuple(map(str, each.get("values") or ())))
        for each in given or ()
    )


def _node_term(given: dict[str, Any]) -> NodeTerm:
    return NodeTerm(
        _requirements(given.get("matchExpressions")), _requirements(given.get("matchFields"))
    )


def _selector(given: dict[str, Any] | None) -> Selector | None:
    if given is None:
        return None
    labels = selector_of(given.get("matchLabels") or {}).requirements
    return Selector(labels + _requirements(given.get("matchExpressions")))


def _with_keys(given: dict[str, Any], pod: Pod) -> Selector | None:
    selector = _selector(given.get("labelSelector"))
    if selector is None:
        return None
    labels = pod.metadata.labels
    same = [key for key in given.get("matchLabelKeys") or () if key in labels]
    other = [key for key in given.get("mismatchLabelKeys") or () if key in labels]
    extra = [Requirement(key, "In", (labels[key],)) for key in same]
    extra += [Requirement(key, "NotIn", (labels[key],)) for key in other]
    return Selector(selector.requirements + tuple(extra))


def _affinity_term(given: dict[str, Any], pod: Pod) -> AffinityTerm:
    namespaces = tuple(given.get("namespaces") or ())
    namespace_selector = _selector(given.get("namespaceSelector"))
    if not namespaces and namespace_selector is None:
        namespaces = (pod.metadata.namespace,)
    return AffinityTerm(
        given["topologyKey"], _with_keys(given, pod), namespaces, namespace_selector
    )


def _required(given: dict[str, Any], pod: Pod) -> tuple[AffinityTerm, ...]:
    return tuple(_affinity_term(each, pod) for each in given.get(REQUIRED) or ())


def _preferred(given: dict[str, Any], pod: Pod) -> tuple[tuple[int, AffinityTerm], ...]:
    return tuple(
        (int(each["weight"]), _affinity_term(each["podAffinityTerm"], pod))
        for each in given.get(PREFERRED) or ()
    )


def _constraint(given: dict[str, Any], pod: Pod) -> SpreadConstraint:
    return SpreadConstraint(
        given["topologyKey"],
        int(given["maxSkew"]),
        _with_keys(given, pod),
        given.get("whenUnsatisfiable", "DoNotSchedule") == "DoNotSchedule",
        int(given.get("minDomains") or 1),
        given.get("nodeAffinityPolicy", "Honor") == "Honor",
        given.get("nodeTaintsPolicy", "Ignore") == "Honor",
    )


def node_facts(node: Node, info: NodeInfo) -> None:
    """Bring a NodeInfo up to date with its Node; the pods stay."""
    info.labels = node.metadata.labels
    info.taints = node.spec.taints
    info.unschedulable = node.spec.unschedulable
    info.allocatable = amounts_of(node.status.allocatable)
    info.images = {
        normalised(name): image.size_bytes for image in node.status.images for name in image.names
    }


def default_selector(pod: Pod, view: View) -> Selector | None:
    """Return the labels that all pods of the same Services and the same owner have."""
    merged: dict[str, str] = {}
    for service in view.list(Service):
        assert isinstance(service, Service), f"{service} is no Service"
        wanted = service.spec.selector
        labels = pod.metadata.labels
        if (
            service.metadata.namespace == pod.metadata.namespace
            and wanted
            and all(labels.get(key) == wanted[key] for key in wanted)
        ):
            merged.update(wanted)
    selector = selector_of(merged)
    owner = next((each for each in pod.metadata.owner_references if each.controller), None)
    if owner is not None and owner.kind in ("ReplicaSet", "StatefulSet"):
        found = view.get(owner.kind, f"{pod.metadata.namespace}/{owner.name}")
        wanted_by_owner = getattr(getattr(found, "spec", None), "selector", None)
        if isinstance(wanted_by_owner, LabelSelector):
            selector = Selector(selector.requirements + _compiled(wanted_by_owner).requirements)
    return selector if selector.requirements else None


def _compiled(selector: LabelSelector) -> Selector:
    expressions = tuple(
        Requirement(each.key, each.operator, each.values) for each in selector.match_expressions
    )
    return Selector(selector_of(selector.match_labels).requirements + expressions)


def budget_info(budget: PodDisruptionBudget) -> Budget:
    """Return a disruption budget as preemption looks at it."""
    status = budget.status
    return Budget(
        budget.metadata.namespace,
        _compiled(budget.spec.selector or LabelSelector()),
        status.disruptions_allowed,
        tuple(sorted(status.disrupted_pods)),
    )
