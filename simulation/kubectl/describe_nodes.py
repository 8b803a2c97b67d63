"""Nodes, described: conditions, amounts, and the pods that run there."""

from typing import TYPE_CHECKING, Any

from simulation.kernel.units import MINUTE
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.rules import quantities
from simulation.kube.rules.ages import age
from simulation.kube.rules.pods import is_finished
from simulation.kube.rules.printing import node_roles
from simulation.kubectl.describe_pods import date
from simulation.kubectl.describe_text import NONE, UNSET, Json, Lines, annotations, labels, truth

if TYPE_CHECKING:
    from simulation.kube.world import World

STATUS_REPORT = 5 * MINUTE
"""A kubelet posts its status that often if nothing has changed (nodeStatusReportFrequency)."""
FACTS = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)


def node(world: "World", content: Json) -> Lines:
    """Describe a Node."""
    meta, spec, status = content["metadata"], content.get("spec") or {}, content.get("status") or {}
    name = meta["name"]
    stored = world.store.get(Node, name)
    assert isinstance(stored, Node), f"{name} is a Node"
    renewed = None
    if name in world.heartbeats.state.hearts:
        renewed = world.heartbeats.last_renewal(world, name)
    lines = [f"Name:\t{name}", f"Roles:\t{','.join(node_roles(stored)) or NONE}"]
    lines += labels("Labels", meta.get("labels"))
    lines += annotations("Annotations", meta.get("annotations"))
    lines.append(f"CreationTimestamp:\t{date(world, meta.get('creationTimestamp'))}")
    taints = [_taint(each) for each in sorted(spec.get("taints") or (), key=_rank)] or [NONE]
    lines += [f"Taints:\t{taints[0]}", *(f"\t{each}" for each in taints[1:])]
    lines.append(f"Unschedulable:\t{truth(spec.get('unschedulable'))}")
    if renewed is not None:
        lines += ["Lease:", f"  HolderIdentity:\t{name}", f"  AcquireTime:\t{UNSET}"]
        lines.append(f"  RenewTime:\t{date(world, world.calendar.rfc3339(renewed))}")
    lines += _conditions(world, status.get("conditions") or (), renewed)
    lines.append("Addresses:")
    lines += [f"  {each['type']}:\t{each['address']}" for each in status.get("addresses") or ()]
    for title in ("Capacity", "Allocatable"):
        amounts = status.get(title.lower()) or {}
        lines += [f"{title}:", *(f"  {each}:\t{amounts[each]}" for each in sorted(amounts))]
    info = status.get("nodeInfo") or {}
    lines += ["System Info:", *(f"  {title}:\t{info.get(field, '')}" for title, field in FACTS)]
    if spec.get("podCIDR"):
        cidrs = spec.get("podCIDRs") or [spec["podCIDR"]]
        lines += [f"PodCIDR:\t{spec['podCIDR']}", f"PodCIDRs:\t{','.join(cidrs)}"]
    if spec.get("providerID"):
        lines.append(f"ProviderID:\t{spec['providerID']}")
    return lines + _pods(world, stored)


def _rank(taint: Json) -> tuple[str, str]:
    """Sort taints by their effect and their key (printTaintsMultilineWithIndent)."""
    return str(taint.get("effect")), str(taint.get("key"))


def _taint(taint: Json) -> str:
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key')}{value}:{taint.get('effect')}"


def _conditions(world: "World", given: Any, renewed: int | None) -> Lines:
    lines = [
        "Conditions:",
        "  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage",
        "  ----\t------\t-----------------\t------------------\t------\t-------",
    ]
    for each in given:
        seen = _posted(world, each.get("lastHeartbeatTime"), renewed)
        since = date(world, each.get("lastTransitionTime"))
        lines.append(
            f"  {each['type']} \t{each.get('status', '')} \t{seen} \t{since} "
            f"\t{each.get('reason', '')} \t{each.get('message', '')}"
        )
    return lines


def _posted(world: "World", stored: Any, renewed: int | None) -> str:
    """Return when the kubelet last posted a condition: posts that change nothing are not stored."""
    if not stored or renewed is None:
        return date(world, stored)
    posted = world.calendar.instant_of(str(stored))
    posted += max(renewed - posted, 0) // STATUS_REPORT * STATUS_REPORT
    return date(world, world.calendar.rfc3339(posted))


# --- pods


def _pods(world: "World", obj: Node) -> Lines:
    pods = [
        pod
        for _, pod in world.store.by(PODS_BY_NODE, obj.metadata.name)
        if isinstance(pod, Pod) and not is_finished(pod)
    ]
    most = obj.status.allocatable
    alls = (most.cpu or 1, most.memory or 1, most.ephemeral_storage or 1)
    lines = [
        f"Non-terminated Pods:\t({len(pods)} in total)",
        "  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge",
        "  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---",
    ]
    totals = [0] * 6
    for pod in sorted(pods, key=lambda each: (each.metadata.namespace, each.metadata.name)):
        used = _sums(pod)
        totals = [a + b for a, b in zip(totals, used, strict=True)]
        shares = "\t".join(_shares(used[:4], alls))
        old = age(pod.metadata.creation_timestamp, world.now)
        lines.append(f"  {pod.metadata.namespace}\t{pod.metadata.name}\t\t{shares}\t{old}")
    cpu, cpu_limit, memory, memory_limit, disk, disk_limit = _shares(totals, alls)
    return [
        *lines,
        "Allocated resources:",
        "  (Total limits may be over 100 percent, i.e., overcommitted.)",
        "  Resource\tRequests\tLimits",
        "  --------\t--------\t------",
        f"  cpu\t{cpu}\t{cpu_limit}",
        f"  memory\t{memory}\t{memory_limit}",
        f"  ephemeral-storage\t{disk}\t{disk_limit}",
    ]


def _sums(pod: Pod) -> list[int]:
    """Return what a pod asks for: its containers together, or its greediest init container."""
    found: list[int] = []
    for name in ("cpu", "memory", "ephemeral_storage"):
        for field in ("requests", "limits"):
            running = sum(
                getattr(getattr(each.resources, field), name) or 0
                for each in (*pod.spec.containers, *_sidecars(pod))
            )
            first = max(
                (
                    getattr(getattr(each.resources, field), name) or 0
                    for each in pod.spec.init_containers
                ),
                default=0,
            )
            found.append(max(running, first))
    return found


def _sidecars(pod: Pod) -> list[Any]:
    return [each for each in pod.spec.init_containers if each.restart_policy == "Always"]


def _shares(used: list[int], alls: tuple[int, int, int]) -> list[str]:
    texts = []
    for place, amount in enumerate(used):
        printed = quantities.print_milli(amount) if place < 2 else quantities.print_bytes(amount)
        texts.append(f"{printed} ({amount * 100 // alls[place // 2]}%)")
    return texts
