"""`kubectl describe`: one object in full, and what was said about it.

Each kind says its lines with tabs between the cells; what was said about an object follows, and all
of it is aligned at the end.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.kube.manifests.codec import to_json
from simulation.kube.objects.config import Event
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.rules.ages import age
from simulation.kubectl import describe_config as config
from simulation.kubectl import describe_network, describe_nodes, describe_pods, describe_roles
from simulation.kubectl import describe_services as services
from simulation.kubectl import describe_workloads as workloads
from simulation.kubectl.describe_text import Json, Lines, aligned
from simulation.kubectl.errors import CommandError
from simulation.kubectl.notes import notes_about
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import collect, event_object, every, get, namespace_of
from simulation.kubectl.resources import Target, targets

if TYPE_CHECKING:
    from simulation.kube.world import World

WITHOUT_EVENTS = (
    *("ClusterRole", "ClusterRoleBinding", "LimitRange", "Namespace", "NetworkPolicy"),
    *("ResourceQuota", "Role", "RoleBinding", "Secret"),
)
"""Kinds of which kubectl tells no Events."""


def describe(world: "World", call: Call) -> Output:
    """Print the objects that a call means, two empty lines between them."""
    wanted = targets(call)
    if not wanted:
        raise CommandError(
            "error: You must specify the type of resource to describe. "
            'Use "kubectl api-resources" for a complete list of supported resources.'
        )
    meant = [one for each in wanted for one in _meant(world, call, each)]
    found, problems = collect(world, call, meant)
    # Events of several objects, and of what a prefix means, are only shown if asked for.
    alone = len(found) == 1 and meant == wanted and not problems
    blocks = [text_of(world, obj, call.on("show-events", alone)) for _, obj in found]
    stderr = "".join(f"{text}\n" for text in [*problems, *notes_about(found)])
    if not found and not problems:
        where = "" if call.on("all-namespaces") else f" in {call.namespace} namespace."
        stderr = f"No resources found{where}\n"
    if meant != wanted:
        return Output("".join(f"{block}\n" for block in blocks), stderr)
    return Output("\n\n".join(blocks), stderr, 1 if problems else 0)


def _meant(world: "World", call: Call, target: Target) -> list[Target]:
    """Return a target, or those whose names begin with its name if none has exactly that."""
    resource, namespace = target.resource, namespace_of(target.resource, call)
    if not target.name or get(world, resource.kind, namespace, target.name) is not None:
        return [target]
    names = [
        each.metadata.name
        for each in every(world, resource.kind)
        if each.metadata.namespace == namespace and each.metadata.name.startswith(target.name)
    ]
    return [Target(resource, name) for name in names] or [target]


def text_of(world: "World", obj: AnyObject, with_events: bool) -> str:
    """Return the description of an object."""
    kind = kind_of(obj)
    lines = _DESCRIBERS.get(kind, config.generic)(world, to_json(obj, world.calendar))
    if with_events and kind not in WITHOUT_EVENTS:
        lines += _events(world, obj)
    return aligned(lines)


def _events(world: "World", obj: AnyObject) -> Lines:
    meta = obj.metadata
    found = [
        event_object(row)
        for row in world.events.about(kind_of(obj), meta.namespace, meta.name, world.now)
    ]
    if not found:
        return ["Events:\t<none>"]
    lines = ["Events:", "  Type\tReason\tAge\tFrom\tMessage", "  ----\t------\t----\t----\t-------"]
    for each in found:
        said = each.message.strip()
        who = each.source.get("component") or each.reporting_component
        lines.append(f"  {each.type}\t{each.reason}\t{_seen(each, world.now)}\t{who}\t{said}")
    return lines


def _seen(event: Event, now: int) -> str:
    last = age(event.last_timestamp, now)
    if event.count > 1:
        return f"{last} (x{event.count} over {age(event.first_timestamp, now)})"
    return last


_DESCRIBERS: dict[str, Callable[["World", Json], Lines]] = {
    "ClusterRole": describe_roles.role,
    "ClusterRoleBinding": describe_roles.binding,
    "ConfigMap": config.configmap,
    "CronJob": workloads.cronjob,
    "DaemonSet": workloads.daemonset,
    "Deployment": workloads.deployment,
    "Endpoints": config.endpoints,
    "EndpointSlice": describe_network.endpoint_slice,
    "HorizontalPodAutoscaler": config.autoscaler,
    "Ingress": services.ingress,
    "IngressClass": services.ingress_class,
    "Job": workloads.job,
    "LimitRange": config.limit_range,
    "Namespace": config.namespace,
    "NetworkPolicy": describe_network.network_policy,
    "Node": describe_nodes.node,
    "PersistentVolumeClaim": config.claim,
    "Pod": describe_pods.pod,
    "PodDisruptionBudget": config.budget,
    "PriorityClass": config.priority_class,
    "ReplicaSet": workloads.replicaset,
    "ResourceQuota": config.quota,
    "Role": describe_roles.role,
    "RoleBinding": describe_roles.binding,
    "Secret": config.secret,
    "Service": services.service,
    "ServiceAccount": config.account,
    "StatefulSet": workloads.statefulset,
}
