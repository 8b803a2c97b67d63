"""One row for each thing that can be seen: plain dicts, instants in lab milliseconds.

Three worlds stand side by side and are never mixed: *machine* and *link* are reality, *node*,
*pod*, *workload* and *service* are belief, *member* and *office* are the control plane.
"""

from typing import TYPE_CHECKING, Any

from simulation.kernel.units import SECOND
from simulation.kube import machines
from simulation.kube.indexes import PODS_BY_NODE, REPLICA_SETS_BY_OWNER, SLICES_BY_SERVICE
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.service import Ingress, Service
from simulation.kube.objects.workload import DaemonSet, Deployment, ReplicaSet
from simulation.kube.rules.pods import condition, is_finished, is_ready
from simulation.kube.rules.printing import pod_status
from simulation.kube.rules.revisions import revision_of
from simulation.kube.scheduler.pod_infos import pod_info
from simulation.lab.anticipation import evicted_from, judged_at

if TYPE_CHECKING:
    from simulation.kube.world import World

Row = dict[str, Any]
Rows = dict[str, Row]

SYSTEM_NAMESPACES = ("kube-system", "ingress-nginx", "kube-public", "kube-node-lease")


def machine_rows(world: "World") -> Rows:
    """Return the machines: reality."""
    load = world.traffic.load_by_uid(world)
    rows = {}
    for name, machine in sorted(world.machines.items()):
        used = machines.usage(machine, load)
        rows[name] = {
            "role": machine.role,
            "zone": machine.zone,
            "power": machine.power,
            "since": machine.since,
            "ready_at": machine.ready_at if machine.power == machines.BOOTING else None,
            "cut": world.links.is_cut(name, "*"),
            "stopped": sorted(machine.stopped),
            "cpu": machine.cpu,
            "memory": machine.memory,
            "used_cpu": used.cpu,
            "used_memory": used.memory,
        }
    return rows


def node_rows(world: "World") -> Rows:
    """Return the nodes: what is believed of the machines."""
    rows = {}
    for node in world.store.list(Node):
        name = node.metadata.name
        requested = _requested(world, name)
        ready = condition(node, "Ready")
        silent = name in world.heartbeats.state.hearts and not world.heartbeats.renewing(name)
        counted = silent and world.manager.state.holder and world.has_quorum()
        rows[name] = {
            "ready": ready.status if ready else "Unknown",
            "heartbeat": world.heartbeats.last_renewal(world, name) if silent else None,
            "noticed": world.heartbeats.noticed_at(world, name) if counted else None,
            "judged_at": judged_at(world, name),
            "evicts_at": evicted_from(world, name),
            "unschedulable": node.spec.unschedulable,
            "taints": [f"{each.key}:{each.effect}" for each in node.spec.taints],
            "requested_cpu": requested[0],
            "requested_memory": requested[1],
            "allocatable_cpu": node.status.allocatable.cpu or 0,
            "allocatable_memory": node.status.allocatable.memory or 0,
            "version": node.status.node_info.kubelet_version,
        }
    return rows


def _requested(world: "World", node: str) -> tuple[int, int]:
    cpu = memory = 0
    for _, pod in world.store.by(PODS_BY_NODE, node):
        if isinstance(pod, Pod) and not is_finished(pod):
            requests = pod_info(pod).requests
            cpu += requests.get("cpu", 0)
            memory += requests.get("memory", 0)
    return cpu, memory


def member_rows(world: "World") -> Rows:
    """Return the members of etcd, those that only learn included."""
    membership = world.consensus.membership()
    rows = world.consensus.rows(world.now)
    return {name: {**row, "votes": membership.is_voter(name)} for name, row in rows.items()}


def office_rows(world: "World") -> Rows:
    """Return who holds the three offices; of etcd's also whether anything can be written."""
    leader = world.consensus.leader()
    rows: Rows = {"etcd": {"holder": leader, "lost": not leader, "writes": world.has_quorum()}}
    for name, office in sorted(world.offices.state.offices.items()):
        lost = not office.renewing
        rows[name] = {"holder": office.holder, "since": office.since, "lost": lost}
    return rows


def owner_of(world: "World", pod: Pod) -> str:
    """Return the workload a pod belongs to: "namespace/Deployment/name"."""
    namespace = pod.metadata.namespace
    owner = next((each for each in pod.metadata.owner_references if each.controller), None)
    if owner is None:
        return ""
    if owner.kind == "ReplicaSet":
        found = world.store.get(ReplicaSet, f"{namespace}/{owner.name}")
        above = found.metadata.owner_references if found is not None else ()
        top = next((each for each in above if each.controller), None)
        if top is not None:
            return f"{namespace}/{top.kind}/{top.name}"
    return f"{namespace}/{owner.kind}/{owner.name}"


def pod_row(world: "World", key: str, pod: Pod, slot: int, services: list[str]) -> Row:
    """Return one pod: what is believed of it, and beside it what is so."""
    meta = pod.metadata
    reality = world.kubelets.reality_of(pod)
    machine = world.machines.get(pod.spec.node_name)
    is_off = machine is None or not machine.is_on
    workload = owner_of(world, pod)
    status = pod_status(pod)
    believed = bool(pod.spec.node_name) and pod.status.phase == "Running"
    requests = pod_info(pod).requests
    unheard = not is_off and not world.readers.connected(pod.spec.node_name)
    unscheduled = condition(pod, "PodScheduled") if not pod.spec.node_name else None
    return {
        "name": meta.name,
        "ns": meta.namespace,
        "uid": meta.uid,
        "workload": workload,
        "owner": next(
            (f"{each.kind}/{each.name}" for each in meta.owner_references if each.controller), ""
        ),
        "app": workload.rpartition("/")[2] or meta.name,
        "node": pod.spec.node_name,
        "unfit": unscheduled is not None and unscheduled.reason == "Unschedulable",
        "phase": pod.status.phase,
        "status": status,
        "ready": is_ready(pod),
        "restarts": sum(each.restart_count for each in pod.status.container_statuses),
        "created": meta.creation_timestamp,
        "deleting": meta.deletion_timestamp,
        "grace": meta.deletion_grace_period_seconds,
        "slot": slot,
        "services": services,
        "system": meta.namespace in SYSTEM_NAMESPACES,
        "cpu": requests.get("cpu", 0),
        "memory": requests.get("memory", 0),
        "used_cpu": world.traffic.state.load.get(key, 0),
        "ip": pod.status.pod_ip,
        "image": pod.spec.containers[0].image if pod.spec.containers else "",
        "reality": reality,
        "ghost": believed and reality in ("stopped", "none") and is_off,
        "orphan": unheard and reality == "running",
    }


def workload_rows(world: "World") -> Rows:
    """Return Deployments and DaemonSets with their numbers."""
    rows: Rows = {}
    for deployment in world.store.list(Deployment):
        meta, status = deployment.metadata, deployment.status
        sets = world.store.by(REPLICA_SETS_BY_OWNER, meta.uid)
        rows[f"{meta.namespace}/Deployment/{meta.name}"] = {
            "kind": "Deployment",
            "ns": meta.namespace,
            "name": meta.name,
            "wanted": deployment.spec.replicas,
            "replicas": status.replicas,
            "updated": status.updated_replicas,
            "ready": status.ready_replicas,
            "available": status.available_replicas,
            "stuck": _is_stuck(deployment),
            "revision": max((revision_of(each) for _, each in sets), default=0),
            "containers": [each.name for each in deployment.spec.template.spec.containers],
            "images": [each.image for each in deployment.spec.template.spec.containers],
            "system": meta.namespace in SYSTEM_NAMESPACES,
        }
    for daemonset in world.store.list(DaemonSet):
        meta, counts = daemonset.metadata, daemonset.status
        rows[f"{meta.namespace}/DaemonSet/{meta.name}"] = {
            "kind": "DaemonSet",
            "ns": meta.namespace,
            "name": meta.name,
            "wanted": counts.desired_number_scheduled,
            "replicas": counts.current_number_scheduled,
            "updated": counts.updated_number_scheduled,
            "ready": counts.number_ready,
            "available": counts.number_available,
            "revision": 1,
            "images": [each.image for each in daemonset.spec.template.spec.containers],
            "system": meta.namespace in SYSTEM_NAMESPACES,
        }
    return rows


def _is_stuck(deployment: Deployment) -> bool:
    """Tell whether a rollout has made no progress for longer than its deadline."""
    progressing = condition(deployment, "Progressing")
    return progressing is not None and progressing.reason == "ProgressDeadlineExceeded"


def service_rows(world: "World") -> Rows:
    """Return the Services with the pods that are listed behind them."""
    rows: Rows = {}
    lane = 0
    for service in world.store.list(Service):
        meta, spec = service.metadata, service.spec
        key = f"{meta.namespace}/{meta.name}"
        system = meta.namespace in SYSTEM_NAMESPACES or meta.name == "kubernetes"
        endpoints = [
            f"{each.target_ref.namespace}/{each.target_ref.name}"
            for _, one in world.store.by(SLICES_BY_SERVICE, key)
            for each in one.endpoints
            if each.conditions.ready and each.target_ref is not None
        ]
        rows[key] = {
            "name": meta.name,
            "ns": meta.namespace,
            "type": spec.type,
            "cluster_ip": spec.cluster_ip,
            "ports": [each.port for each in spec.ports],
            "selector": spec.selector or {},
            "endpoints": sorted(endpoints),
            "lane": lane,
            "system": system,
        }
        lane += not system
    return rows


def ingress_rows(world: "World") -> Rows:
    """Return the Ingresses with their rules."""
    rows: Rows = {}
    for ingress in world.store.list(Ingress):
        meta = ingress.metadata
        rules = [
            {
                "host": rule.host,
                "path": path.path,
                "path_type": path.path_type,
                "service": path.backend.service.name if path.backend.service else "",
            }
            for rule in ingress.spec.rules
            for path in (rule.http.paths if rule.http else ())
        ]
        name = ingress.spec.ingress_class_name or ""
        rows[f"{meta.namespace}/{meta.name}"] = {"rules": rules, "class": name}
    return rows


def route_rows(world: "World") -> Rows:
    """Return what users ask for and how it fares; rates in thousandths a second."""
    rows: Rows = {}
    for name, route in sorted(world.traffic.state.routes.items()):
        host, _, path = name.partition("/")
        rates = route.rates
        rows[name] = {
            "host": host,
            "path": f"/{path}",
            "service": route.service,
            "rps": route.rps * 1000,
            "ok": rates.ok,
            "slow": rates.slow,
            "failed": rates.failed,
            "latency_ms": rates.latency_ms,
            "pods": [[pod, rate] for pod, rate in rates.pods],
        }
    return rows


def totals_row(world: "World") -> Row:
    """Return what became of all requests up to the last change; the page adds rate times time."""
    state = world.traffic.state
    failed: dict[str, int] = {}
    for route in state.routes.values():
        for cause, amount in route.failed.items():
            failed[cause] = failed.get(cause, 0) + amount
    return {
        "at": state.solved_at,
        "ok": sum(each.ok for each in state.routes.values()) // 1_000_000,
        "slow": sum(each.slow for each in state.routes.values()) // 1_000_000,
        "failed": {cause: amount // 1_000_000 for cause, amount in sorted(failed.items())},
    }


def link_rows(world: "World") -> Rows:
    """Return the cables that something was done to.

    cut: nothing goes over it, or only one way; one_way: "from>to" if just that way is cut.
    delay_ms, loss: the larger of both ways. held: something waits, one way or both.
    """
    return {f"{a}|{b}": _link_row(world, a, b) for a, b in world.links.faulty_pairs()}


def _link_row(world: "World", a: str, b: str) -> Row:
    there, back = world.links.way(a, b), world.links.way(b, a)
    one_way = f"{a}>{b}" if there.cut else f"{b}>{a}"
    return {
        "cut": there.cut or back.cut,
        "one_way": one_way if there.cut != back.cut else "",
        "delay_ms": max(there.delay, back.delay),
        "loss": max(there.loss, back.loss),
        "held": there.held or back.held,
    }


def settings_row(world: "World", scenario: str, seed: int, opened: int) -> Row:
    """Return what a learner must know about this lab's clocks."""
    settings = world.settings
    return {
        "grace_s": settings.node_monitor_grace // SECOND,
        "toleration_s": settings.toleration_seconds,
        "shortened": settings.shortened(),
        "scenario": scenario,
        "seed": seed,
        "opened": opened,
    }
