"""Answers the scheduler's conformance cases with the plugins that the lab runs.

`balanced_score_classic` has no adapter: it is the formula of versions before v1.36.
"""

from collections.abc import Callable
from typing import Any

from simulation.kube.objects.node import Taint
from simulation.kube.objects.pod import Toleration
from simulation.kube.scheduler.cycle import fit_error
from simulation.kube.scheduler.infos import Cluster, NodeInfo, PodInfo, Rejected, Skip, Verdict
from simulation.kube.scheduler.plugins.image_locality import ImageLocality, normalised
from simulation.kube.scheduler.plugins.inter_pod_affinity import InterPodAffinity
from simulation.kube.scheduler.plugins.node_affinity import NodeAffinity
from simulation.kube.scheduler.plugins.node_basics import NodeName, NodePorts, NodeUnschedulable
from simulation.kube.scheduler.plugins.node_resources import (
    balanced,
    insufficient,
    least_allocated,
    most_allocated,
    requested_to_capacity,
)
from simulation.kube.scheduler.plugins.pod_topology_spread import PodTopologySpread
from simulation.kube.scheduler.plugins.taint_toleration import TaintToleration
from simulation.kube.scheduler.pod_infos import Needs, effective_requests, scored_requests
from simulation.kube.scheduler.preemption import preempt
from simulation.kube.scheduler.terms import (
    AffinityTerm,
    NodeTerm,
    Requirement,
    Selector,
    SpreadConstraint,
    selector_of,
)

Given = dict[str, Any]
Answer = dict[str, Any]


def requirements(given: list[Given]) -> tuple[Requirement, ...]:
    return tuple(
        Requirement(each["key"], each["op"], tuple(each.get("values") or ())) for each in given
    )


def selector(given: Given | None) -> Selector | None:
    if given is None:
        return None
    labels = selector_of(given.get("match_labels") or {}).requirements
    return Selector(labels + requirements(given.get("expressions") or []))


def node_term(given: Given) -> NodeTerm:
    return NodeTerm(
        requirements(given.get("expressions") or []), requirements(given.get("fields") or [])
    )


def affinity_term(given: Given, pod: Given) -> AffinityTerm:
    chosen = selector(given.get("selector"))
    namespaces = tuple(given.get("namespaces") or ())
    namespace_selector = selector(given.get("namespace_selector"))
    if not namespaces and given.get("namespace_selector") is None:
        namespaces = (pod.get("namespace", ""),)
    if chosen is not None:
        labels = pod.get("labels") or {}
        same = given.get("match_label_keys") or ()
        other = given.get("mismatch_label_keys") or ()
        extra = [Requirement(key, "In", (labels[key],)) for key in same if key in labels]
        extra += [Requirement(key, "NotIn", (labels[key],)) for key in other if key in labels]
        chosen = Selector(chosen.requirements + tuple(extra))
    return AffinityTerm(given["topology_key"], chosen, namespaces, namespace_selector)


def affinity_terms(given: Given | None, pod: Given) -> tuple[Any, Any]:
    given = given or {}
    required = tuple(affinity_term(each, pod) for each in given.get("required") or [])
    preferred = tuple(
        (each["weight"], affinity_term(each, pod)) for each in given.get("preferred") or []
    )
    return required, preferred


def constraint(given: Given, pod: Given, gates: Given) -> SpreadConstraint:
    chosen = selector(given.get("selector"))
    if chosen is not None and gates.get("match_label_keys_enabled", True):
        labels = pod.get("labels") or {}
        keys = given.get("match_label_keys") or ()
        chosen = chosen.and_labels({key: labels[key] for key in keys if key in labels})
    policies = gates.get("node_inclusion_policy_enabled", True)
    return SpreadConstraint(
        given["topology_key"],
        given["max_skew"],
        chosen,
        given["when_unsatisfiable"] == "DoNotSchedule",
        given.get("min_domains") or 1,
        not policies or (given.get("node_affinity_policy") or "Honor") == "Honor",
        policies and given.get("node_taints_policy", "Ignore") == "Honor",
    )


def needs(given: Given, gates: Given) -> Needs:
    of_pod = gates.get("pod_level_resources_enabled", True)
    return Needs(
        containers=tuple(each.get("requests") or {} for each in given.get("containers") or []),
        init_containers=tuple(
            (each.get("requests") or {}, bool(each.get("sidecar")))
            for each in given.get("init_containers") or []
        ),
        overhead=given.get("overhead") or {},
        of_pod=(given.get("pod_level_requests") or {}) if of_pod else {},
    )


def pod_info(given: Given, gates: Given | None = None) -> PodInfo:
    wanted = needs(given, gates or {})
    cpu, memory = scored_requests(wanted)
    node_affinity = given.get("node_affinity") or {}
    terms = node_affinity.get("required")
    required, preferred = affinity_terms(given.get("pod_affinity"), given)
    required_anti, preferred_anti = affinity_terms(given.get("pod_anti_affinity"), given)
    return PodInfo(
        name=given["name"],
        namespace=given.get("namespace", ""),
        uid=given["name"],
        labels=given.get("labels") or {},
        node_name=given.get("node") or "",
        priority=given.get("priority") or 0,
        terminating=bool(given.get("terminating")),
        requests=effective_requests(wanted),
        scored_cpu=cpu,
        scored_memory=memory,
        host_ports=tuple(
            (port.get("host_ip") or "0.0.0.0", port.get("protocol") or "TCP", port["host_port"])
            for each in running(given)
            for port in each.get("ports") or []
            if port.get("host_port")
        ),
        tolerations=tuple(Toleration(**stated(each)) for each in given.get("tolerations") or []),
        node_selector=given.get("node_selector") or {},
        required_nodes=None if terms is None else tuple(map(node_term, terms)),
        preferred_nodes=preferred_nodes(node_affinity),
        required_affinity=required,
        required_anti_affinity=required_anti,
        preferred_affinity=preferred,
        preferred_anti_affinity=preferred_anti,
        spread=tuple(
            constraint(each, given, gates or {}) for each in given.get("topology_spread") or []
        ),
    )


def running(given: Given) -> list[Given]:
    """Return the containers that hold their ports all the time: sidecars do, other inits do not."""
    sidecars = [each for each in given.get("init_containers") or [] if each.get("sidecar")]
    return sidecars + (given.get("containers") or [])


def stated(given: Given) -> Given:
    """Return what is set: null is the same as absent."""
    return {key: value for key, value in given.items() if value is not None}


def preferred_nodes(given: Given) -> tuple[tuple[int, NodeTerm], ...]:
    return tuple((each["weight"], node_term(each)) for each in given.get("preferred") or [])


def node_info(given: Given) -> NodeInfo:
    return NodeInfo(
        name=given["name"],
        labels=given.get("labels") or {},
        taints=tuple(Taint(**stated(each)) for each in given.get("taints") or []),
        unschedulable=bool(given.get("unschedulable")),
        allocatable=given.get("allocatable") or {},
        images={
            normalised(name): image["size_bytes"]
            for image in given.get("images") or []
            for name in image["names"]
        },
    )


def cluster_of(given: Given, nodes: list[Given]) -> Cluster:
    infos = {each["name"]: node_info(each) for each in nodes}
    for number, each in enumerate(given.get("existing_pods") or []):
        unique = {**each, "name": f"{each['name']}.{number}"}
        if each.get("node") in infos:
            infos[each["node"]].add(pod_info(unique))
    return Cluster(tuple(infos.values()), given.get("namespaces") or {})


def status(verdict: Verdict) -> Answer:
    if verdict.ok:
        return {"status": "ok", "reasons": []}
    word = "unschedulable" if verdict.resolvable else "unresolvable"
    return {"status": word, "reasons": list(verdict.reasons)}


def judged(plugin: Any, pod: PodInfo, node: NodeInfo, cluster: Cluster) -> Answer:
    state = plugin.prepare(pod, cluster)
    if isinstance(state, Skip):
        return {"status": "skip", "reasons": []}
    if isinstance(state, Rejected):
        return {"status": "unresolvable", "reasons": [state.message]}
    return status(plugin.filter(pod, node, state))


def fit_filter(given: Given) -> Answer:
    node, pod = node_info(given["node"]), pod_info(given["pod"], given)
    for number, each in enumerate(given.get("existing_pods") or []):
        node.add(pod_info({**each, "name": f"existing-{number}"}, given))
    groups = given.get("ignored_resource_groups") or []
    short = insufficient(pod, node, (*(given.get("ignored_resources") or ()), *groups))
    verdict = Verdict(
        tuple(each.reason for each in short), not any(each.unresolvable for each in short)
    )
    details = [
        {
            "resource": each.resource,
            "requested": each.requested,
            "used": each.used,
            "capacity": each.capacity,
            "unresolvable": each.unresolvable,
        }
        for each in short
    ]
    return {**status(verdict), "insufficient": details}


def is_fit(given: Given) -> Answer:
    if given["node"] is None:
        return {"fits": False}
    pod, node = pod_info(given["pod"], given), node_info(given["node"])
    return {"fits": not insufficient(pod, node)}


def fit_score(given: Given) -> Answer:
    cluster, pod = cluster_of(given, given["nodes"]), pod_info(given["pod"])
    weights = tuple((each["name"], each["weight"]) for each in given["resources"])
    shape = tuple((each["utilization"], 10 * each["score"]) for each in given.get("shape") or [])
    strategies: dict[str, Callable[[NodeInfo], int]] = {
        "LeastAllocated": lambda node: least_allocated(pod, node, weights),
        "MostAllocated": lambda node: most_allocated(pod, node, weights),
        "RequestedToCapacityRatio": lambda node: requested_to_capacity(pod, node, weights, shape),
    }
    return {"scores": {node.name: strategies[given["strategy"]](node) for node in cluster.nodes}}


def balanced_score(given: Given) -> Answer:
    cluster, pod = cluster_of(given, given["nodes"]), pod_info(given["pod"])
    resources = tuple(each["name"] for each in given["resources"])
    if given["prescore_run"] and not any(pod.requests.get(each, 0) for each in resources):
        return {"skip": True}
    return {"scores": {node.name: balanced(pod, node, resources) for node in cluster.nodes}}


def taint_filter(given: Given) -> Answer:
    plugin = TaintToleration(given["comparison_operators_enabled"])
    return judged(plugin, pod_info(given["pod"]), node_info(given["node"]), Cluster(()))


def scores_of(plugin: Any, given: Given, pod: PodInfo, candidates: list[Given]) -> Answer:
    everything = candidates + (given.get("other_nodes") or [])
    cluster = cluster_of(given, everything)
    wanted = [each["name"] for each in candidates]
    nodes = [node for node in cluster.nodes if node.name in wanted]
    scores = plugin.scores(pod, nodes, cluster)
    if scores is None:
        return {"skip": True, "scores": {node.name: 0 for node in nodes}}
    return {"scores": {node.name: score for node, score in zip(nodes, scores, strict=True)}}


def taint_score(given: Given) -> Answer:
    plugin = TaintToleration(given["comparison_operators_enabled"])
    return scores_of(plugin, given, pod_info(given["pod"]), given["nodes"])


def affinity_plugin(given: Given) -> NodeAffinity:
    added = given.get("added_affinity") or {}
    terms = added.get("required")
    return NodeAffinity(
        None if terms is None else tuple(map(node_term, terms)), preferred_nodes(added)
    )


def node_affinity_filter(given: Given) -> Answer:
    plugin, pod = affinity_plugin(given), pod_info(given["pod"])
    state = plugin.prepare(pod, Cluster(()))
    answer: Answer = {}
    if isinstance(state, Skip):
        answer["prefilter"] = {"status": "skip", "reasons": []}
    if isinstance(state, Rejected):
        answer["prefilter"] = {"status": "unresolvable", "reasons": [state.message]}
    names = plugin.named_nodes(pod)
    if names:
        answer["prefilter_nodes"] = list(names)
    return {**status(plugin.filter(pod, node_info(given["node"]), None)), **answer}


def node_affinity_score(given: Given) -> Answer:
    pod = pod_info(given["pod"])
    if not all(term.is_valid() for _, term in pod.preferred_nodes):
        return {"error": True}
    return scores_of(affinity_plugin(given), given, pod, given["nodes"])


def per_node(plugin: Any, given: Given) -> Answer:
    cluster, pod = cluster_of(given, given["nodes"]), pod_info(given["pod"], given)
    return {"nodes": {node.name: judged(plugin, pod, node, cluster) for node in cluster.nodes}}


def pod_affinity_filter(given: Given) -> Answer:
    plugin, cluster = InterPodAffinity(), cluster_of(given, given["nodes"])
    if isinstance(plugin.prepare(pod_info(given["pod"]), cluster), Rejected):
        failed = {"status": "unresolvable", "prefilter_failed": True, "reasons": []}
        verdict = {**failed, "invalid_selector_value": True}
        return {"nodes": {node.name: verdict for node in cluster.nodes}}
    return per_node(plugin, given)


def topology_spread_score(given: Given) -> Answer:
    pod = pod_info(given["pod"], given)
    return scores_of(PodTopologySpread(), given, pod, given["candidate_nodes"])


def pod_affinity_score(given: Given) -> Answer:
    plugin = InterPodAffinity(
        given["hard_pod_affinity_weight"], given["ignore_preferred_terms_of_existing_pods"]
    )
    return scores_of(plugin, given, pod_info(given["pod"]), given["nodes"])


def host_ports_filter(given: Given) -> Answer:
    node = NodeInfo(name="m1")
    for number, each in enumerate(given.get("existing_pods") or []):
        node.add(pod_info({**each, "name": f"existing-{number}"}))
    return judged(NodePorts(), pod_info(given["pod"]), node, Cluster((node,)))


def one_node(plugin: Any, given: Given) -> Answer:
    node = node_info(given["node"])
    return judged(plugin, pod_info(given["pod"]), node, Cluster((node,)))


def image_locality_score(given: Given) -> Answer:
    images = given["pod_images"] + given["pod_init_images"] + given["pod_volume_images"]
    pod = PodInfo("p", "", images=tuple(images))
    return scores_of(ImageLocality(), given, pod, given["nodes"])


def preemption(given: Given) -> Answer:
    cluster, pod = cluster_of(given, given["nodes"]), pod_info(given["pod"])
    resolvable = [
        node.name
        for node in cluster.nodes
        if given["filter_status"].get(node.name) == "unschedulable"
    ]
    nominated, message = preempt(pod, cluster, resolvable)
    return {"nominated_node": nominated.node if nominated else None, "message": message}


def fit_error_message(given: Given) -> Answer:
    reasons = {name: tuple(each) for name, each in given["node_reasons"].items()}
    return {
        "message": fit_error(
            given["total_nodes"], reasons, given["prefilter_message"], given["postfilter_message"]
        )
    }


ADAPTERS: dict[str, Callable[[Given], Answer]] = {
    "fit_filter": fit_filter,
    "is_fit": is_fit,
    "fit_score": fit_score,
    "balanced_score": balanced_score,
    "taint_filter": taint_filter,
    "taint_score": taint_score,
    "node_affinity_filter": node_affinity_filter,
    "node_affinity_score": node_affinity_score,
    "topology_spread_filter": lambda given: per_node(PodTopologySpread(), given),
    "topology_spread_score": topology_spread_score,
    "pod_affinity_filter": pod_affinity_filter,
    "pod_affinity_score": pod_affinity_score,
    "host_ports_filter": host_ports_filter,
    "node_name_filter": lambda given: one_node(NodeName(), given),
    "unschedulable_filter": lambda given: one_node(NodeUnschedulable(), given),
    "image_locality_score": image_locality_score,
    "preemption": preemption,
    "fit_error_message": fit_error_message,
}
"""Kind of case to the function that answers it."""
