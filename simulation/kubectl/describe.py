"""`kubectl describe`: one object in full, and what was said about it.

Each kind is a list of (title, text) pairs, nested by indentation; the widths follow kubectl's tab
writer.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulation.kube.manifests.codec import to_json
from simulation.kube.objects.config import Event
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.objects.meta import Resources
from simulation.kube.objects.node import Node
from simulation.kube.objects.pod import Container, ContainerState, ContainerStatus, Pod
from simulation.kube.objects.service import EndpointSlice, Ingress, Service
from simulation.kube.objects.workload import DaemonSet, Deployment, ReplicaSet
from simulation.kube.rules import quantities
from simulation.kube.rules.ages import age
from simulation.kube.rules.printing import full_selector, node_roles
from simulation.kube.rules.revisions import revision_of, same_template
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import SERVICE_NAME, collect, event_object
from simulation.kubectl.resources import targets
from simulation.kubectl.tables import layout

if TYPE_CHECKING:
    from simulation.kube.world import World

NONE, UNSET = "<none>", "<unset>"
Pairs = list[tuple[str, Any]]
"""A title and its text, its lines, or the pairs below it."""


def describe(world: "World", call: Call) -> Output:
    """Print the objects that a call means, two empty lines between them."""
    wanted = targets(call)
    if not wanted:
        raise CommandError("error: You must specify the type of resource to describe. "
                           'Use "kubectl api-resources" for a complete list of supported resources.')
    found, problems = collect(world, call, wanted)
    blocks = [text_of(world, obj, call.on("show-events", True)) for _, obj in found]
    stderr = "".join(f"{text}\n" for text in problems)
    if not found and not problems:
        stderr = f"No resources found in {call.namespace} namespace.\n"
    return Output("\n\n".join(blocks), stderr, 1 if problems else 0)


def text_of(world: "World", obj: AnyObject, with_events: bool) -> str:
    """Return the description of an object."""
    pairs = _DESCRIBERS.get(kind_of(obj), _generic)(world, obj)
    lines = render(pairs)
    if with_events:
        lines += _events(world, obj)
    return "".join(f"{line}\n" for line in lines)


def render(pairs: Pairs, indent: int = 0) -> list[str]:
    """Return pairs as lines, the texts of one level aligned."""
    before = " " * indent
    width = max((len(title) + 3 for title, text in pairs if not _is_block(text)), default=0)
    lines: list[str] = []
    for title, text in pairs:
        if isinstance(text, list) and text and isinstance(text[0], tuple):
            lines += [f"{before}{title}:", *render(text, indent + 2)]
        elif isinstance(text, tuple):
            lines += [f"{before}{title}:", *(f"{before}  {line}" for line in text)]
        else:
            several = text if isinstance(text, list) else [str(text)]
            head = f"{title}:".ljust(width)
            for number, line in enumerate(several or [NONE]):
                lines.append((before + (head if number == 0 else " " * width) + line).rstrip())
    return lines


def _is_block(text: Any) -> bool:
    return isinstance(text, tuple) or (isinstance(text, list) and bool(text) and isinstance(text[0], tuple))


def _mapping(values: dict[str, str], separator: str = "=") -> list[str]:
    return [f"{key}{separator}{values[key]}" for key in sorted(values)]


def _events(world: "World", obj: AnyObject) -> list[str]:
    meta = obj.metadata
    found = [
        event_object(row) for row in world.events.about(kind_of(obj), meta.namespace, meta.name)
    ]
    if not found:
        return ["Events:  <none>"]
    rows = [["Type", "Reason", "Age", "From", "Message"], ["----", "------", "----", "----", "-------"]]
    for each in found:
        rows.append([each.type, each.reason, _seen(each, world.now), each.reporting_component, each.message.strip()])
    return ["Events:", *(f"  {line}" for line in layout(rows))]


def _seen(event: Event, now: int) -> str:
    last = age(event.last_timestamp, now)
    if event.count > 1:
        return f"{last} (x{event.count} over {age(event.first_timestamp, now)})"
    return last


def _generic(world: "World", obj: AnyObject) -> Pairs:
    content = to_json(obj, world.calendar)
    meta = obj.metadata
    pairs: Pairs = [("Name", meta.name)]
    if meta.namespace:
        pairs.append(("Namespace", meta.namespace))
    pairs += [("Labels", _mapping(meta.labels)), ("Annotations", _annotations(obj))]
    for key in sorted(content):
        if key != "metadata":
            title = "API Version" if key == "apiVersion" else _title(key)
            pairs.append((title, _tree(content[key])))
    return pairs


def _title(key: str) -> str:
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in key)
    return words[:1].upper() + words[1:]


def _tree(value: Any) -> Any:
    if isinstance(value, dict):
        return [(_title(key), _tree(value[key])) for key in sorted(value)] or NONE
    if isinstance(value, list):
        if all(not isinstance(each, dict | list) for each in value):
            return [str(each) for each in value]
        return [pair for each in value for pair in _tree(each)]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _annotations(obj: AnyObject) -> list[str]:
    hidden = "kubectl.kubernetes.io/last-applied-configuration"
    return _mapping({k: v for k, v in obj.metadata.annotations.items() if k != hidden}, ": ")


# --- pods


def _date(world: "World", instant: int | None) -> str:
    if instant is None:
        return "<unset>"
    return world.calendar.date_of(instant).strftime("%a, %d %b %Y %H:%M:%S +0000")


def _pod(world: "World", obj: AnyObject) -> Pairs:
    assert isinstance(obj, Pod)
    meta, spec, status = obj.metadata, obj.spec, obj.status
    terminating = meta.deletion_timestamp is not None
    node = f"{spec.node_name}/{status.host_ip}" if spec.node_name else NONE
    pairs: Pairs = [
        ("Name", meta.name),
        ("Namespace", meta.namespace),
        ("Priority", spec.priority or 0),
        ("Service Account", spec.service_account_name or "default"),
        ("Node", node),
        ("Start Time", _date(world, status.start_time) if status.start_time is not None else NONE),
        ("Labels", _mapping(meta.labels)),
        ("Annotations", _annotations(obj)),
    ]
    if terminating:
        pairs += [
            ("Status", f"Terminating (lasts {age(meta.deletion_timestamp, world.now)})"),
            ("Termination Grace Period", f"{meta.deletion_grace_period_seconds}s"),
        ]
    else:
        pairs.append(("Status", status.phase))
    if status.reason:
        pairs.append(("Reason", status.reason))
    if status.message:
        pairs.append(("Message", status.message))
    pairs += [
        ("IP", status.pod_ip),
        ("IPs", [("IP", each.ip) for each in status.pod_ips] or NONE),
    ]
    owner = next((each for each in meta.owner_references if each.controller), None)
    if owner is not None:
        pairs.append(("Controlled By", f"{owner.kind}/{owner.name}"))
    if spec.init_containers:
        pairs.append(("Init Containers", _containers(world, spec.init_containers, status.init_container_statuses)))
    pairs.append(("Containers", _containers(world, spec.containers, status.container_statuses)))
    conditions = [["Type", "Status"], *([each.type, each.status] for each in status.conditions)]
    pairs.append(("Conditions", tuple(layout(conditions)) if status.conditions else NONE))
    pairs += [
        ("QoS Class", status.qos_class or "BestEffort"),
        ("Node-Selectors", _mapping(spec.node_selector)),
        ("Tolerations", [_toleration(each) for each in spec.tolerations]),
    ]
    return pairs


def _toleration(toleration: Any) -> str:
    text = toleration.key or ""
    if toleration.value:
        text += f"={toleration.value}"
    if toleration.effect:
        text += f":{toleration.effect}"
    if toleration.operator == "Exists" and not toleration.value:
        text += " op=Exists"
    if toleration.toleration_seconds is not None:
        text += f" for {toleration.toleration_seconds}s"
    return text.strip()


def _containers(
    world: "World", containers: tuple[Container, ...], statuses: tuple[ContainerStatus, ...]
) -> Pairs:
    known = {each.name: each for each in statuses}
    return [(each.name, _container(world, each, known.get(each.name))) for each in containers]


def _container(world: "World", each: Container, status: ContainerStatus | None) -> Pairs:
    pairs: Pairs = []
    if status is not None:
        pairs.append(("Container ID", status.container_id))
    pairs.append(("Image", each.image))
    if status is not None:
        pairs.append(("Image ID", status.image_id))
    ports = ", ".join(f"{port.container_port}/{port.protocol}" for port in each.ports)
    pairs.append(("Port", ports or NONE))
    if each.command:
        pairs.append(("Command", each.command))
    if each.args:
        pairs.append(("Args", each.args))
    if status is not None:
        pairs += _state(world, "State", status.state)
        if status.last_state.terminated is not None:
            pairs += _state(world, "Last State", status.last_state)
        pairs += [("Ready", str(status.ready)), ("Restart Count", status.restart_count)]
    for title, amounts in (("Limits", each.resources.limits), ("Requests", each.resources.requests)):
        lines = _amounts(amounts)
        if lines:
            pairs.append((title, lines))
    for title, probe in (("Liveness", each.liveness_probe), ("Readiness", each.readiness_probe)):
        if probe is not None:
            pairs.append((title, _probe(probe)))
    environment = [f"{one.name}:  {one.value}" for one in each.env]
    pairs.append(("Environment", tuple(environment) if environment else NONE))
    return pairs


def _amounts(amounts: Resources) -> Pairs:
    found: Pairs = []
    if amounts.cpu is not None:
        found.append(("cpu", quantities.print_milli(amounts.cpu)))
    if amounts.memory is not None:
        found.append(("memory", quantities.print_bytes(amounts.memory)))
    return found


def _state(world: "World", title: str, state: ContainerState) -> Pairs:
    if state.running is not None:
        return [(title, "Running"), ("  Started", _date(world, state.running.started_at))]
    if state.terminated is not None:
        ended = state.terminated
        return [
            (title, "Terminated"),
            ("  Reason", ended.reason),
            ("  Exit Code", ended.exit_code),
            ("  Started", _date(world, ended.started_at)),
            ("  Finished", _date(world, ended.finished_at)),
        ]
    reason = state.waiting.reason if state.waiting else ""
    return [(title, "Waiting"), *([("  Reason", reason)] if reason else [])]


def _probe(probe: Any) -> str:
    if probe.http_get is not None:
        what = f"http-get http://:{probe.http_get.port}{probe.http_get.path or '/'}"
    else:
        what = next((sort for sort in ("exec", "tcpSocket", "grpc") if sort in probe.rest), "unknown")
    return (
        f"{what} delay={probe.initial_delay_seconds}s timeout={probe.timeout_seconds}s "
        f"period={probe.period_seconds}s #success={probe.success_threshold} "
        f"#failure={probe.failure_threshold}"
    )


# --- nodes


def _node(world: "World", obj: AnyObject) -> Pairs:
    assert isinstance(obj, Node)
    meta, spec, status = obj.metadata, obj.spec, obj.status
    name = meta.name
    pairs: Pairs = [
        ("Name", name),
        ("Roles", ",".join(node_roles(obj)) or NONE),
        ("Labels", _mapping(meta.labels)),
        ("Annotations", _annotations(obj)),
        ("CreationTimestamp", _date(world, meta.creation_timestamp)),
        ("Taints", [_taint(each) for each in spec.taints]),
        ("Unschedulable", str(spec.unschedulable).lower()),
    ]
    if name in world.heartbeats.state.hearts:
        renewed = _date(world, world.heartbeats.last_renewal(world, name))
        lease = [("HolderIdentity", name), ("AcquireTime", UNSET), ("RenewTime", renewed)]
        pairs.append(("Lease", lease))
    rows = [["Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"]]
    rows += [
        [
            each.type, each.status, _date(world, each.last_heartbeat_time),
            _date(world, each.last_transition_time), each.reason, each.message,
        ]
        for each in status.conditions
    ]
    pairs.append(("Conditions", tuple(layout(rows))))
    pairs.append(("Addresses", [(each.type, each.address) for each in status.addresses]))
    pairs.append(("Capacity", _capacity(status.capacity)))
    pairs.append(("Allocatable", _capacity(status.allocatable)))
    info = status.node_info
    pairs.append(
        (
            "System Info",
            [
                ("Machine ID", info.machine_id),
                ("Kernel Version", info.kernel_version),
                ("OS Image", info.os_image),
                ("Operating System", info.operating_system),
                ("Architecture", info.architecture),
                ("Container Runtime Version", info.container_runtime_version),
                ("Kubelet Version", info.kubelet_version),
            ],
        )
    )
    pairs += [("PodCIDR", spec.pod_cidr), *_node_pods(world, obj)]
    return pairs


def _taint(taint: Any) -> str:
    value = f"={taint.value}" if taint.value else ""
    return f"{taint.key}{value}:{taint.effect}"


def _capacity(amounts: Resources) -> Pairs:
    pairs = _amounts(amounts)
    if amounts.pods is not None:
        pairs.append(("pods", amounts.pods))
    return pairs


def _node_pods(world: "World", node: Node) -> Pairs:
    pods = [
        pod
        for _, pod in world.store.by("pod/node", node.metadata.name)
        if isinstance(pod, Pod) and pod.status.phase not in ("Succeeded", "Failed")
    ]
    cpu_all = node.status.allocatable.cpu or 1
    memory_all = node.status.allocatable.memory or 1
    rows = [
        ["Namespace", "Name", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age"],
        ["---------", "----", "------------", "----------", "---------------", "-------------", "---"],
    ]
    totals = [0, 0, 0, 0]
    for pod in pods:
        used = _sums(pod)
        totals = [a + b for a, b in zip(totals, used, strict=True)]
        rows.append(
            [
                pod.metadata.namespace, pod.metadata.name, *_shares(used, cpu_all, memory_all),
                age(pod.metadata.creation_timestamp, world.now),
            ]
        )
    cpu, cpu_limit, memory, memory_limit = _shares(totals, cpu_all, memory_all)
    sums = [["Resource", "Requests", "Limits"], ["--------", "--------", "------"],
            ["cpu", cpu, cpu_limit], ["memory", memory, memory_limit]]
    return [
        ("Non-terminated Pods", (f"({len(pods)} in total)", *layout(rows))),
        (
            "Allocated resources",
            ("(Total limits may be over 100 percent, i.e., overcommitted.)", *layout(sums)),
        ),
    ]


def _sums(pod: Pod) -> list[int]:
    each = [container.resources for container in pod.spec.containers]
    return [
        sum(one.requests.cpu or 0 for one in each),
        sum(one.limits.cpu or 0 for one in each),
        sum(one.requests.memory or 0 for one in each),
        sum(one.limits.memory or 0 for one in each),
    ]


def _shares(used: list[int], cpu_all: int, memory_all: int) -> list[str]:
    cpu = [f"{quantities.print_milli(each)} ({each * 100 // cpu_all}%)" for each in used[:2]]
    memory = [f"{quantities.print_bytes(each)} ({each * 100 // memory_all}%)" for each in used[2:]]
    return [*cpu, *memory]


# --- workloads


def _template(world: "World", template: Any) -> Pairs:
    return [
        ("Labels", _mapping(template.metadata.labels)),
        ("Containers", _containers(world, template.spec.containers, ())),
        ("Node-Selectors", _mapping(template.spec.node_selector)),
        ("Tolerations", [_toleration(each) for each in template.spec.tolerations]),
    ]


def _head(world: "World", obj: AnyObject, with_date: bool = True) -> Pairs:
    meta = obj.metadata
    pairs: Pairs = [("Name", meta.name), ("Namespace", meta.namespace)]
    if with_date:
        pairs.append(("CreationTimestamp", _date(world, meta.creation_timestamp)))
    return [*pairs, ("Labels", _mapping(meta.labels)), ("Annotations", _annotations(obj))]


def _deployment(world: "World", obj: AnyObject) -> Pairs:
    assert isinstance(obj, Deployment)
    spec, status = obj.spec, obj.status
    pairs = _head(world, obj)
    pairs += [
        ("Selector", full_selector(spec.selector)),
        (
            "Replicas",
            f"{spec.replicas} desired | {status.updated_replicas} updated | {status.replicas} total | "
            f"{status.available_replicas} available | {status.unavailable_replicas} unavailable",
        ),
        ("StrategyType", spec.strategy.type),
        ("MinReadySeconds", spec.min_ready_seconds),
    ]
    rolling = spec.strategy.rolling_update
    if rolling is not None:
        text = f"{rolling.max_unavailable} max unavailable, {rolling.max_surge} max surge"
        pairs.append(("RollingUpdateStrategy", text))
    pairs.append(("Pod Template", _template(world, spec.template)))
    rows = [["Type", "Status", "Reason"], ["----", "------", "------"]]
    rows += [[each.type, each.status, each.reason] for each in status.conditions]
    pairs.append(("Conditions", tuple(layout(rows))))
    owned = [
        each
        for _, each in world.store.by("replicaset/owner", obj.metadata.uid)
        if isinstance(each, ReplicaSet)
    ]
    new = [each for each in owned if same_template(each, spec.template)]
    old = sorted(
        (each for each in owned if each not in new and each.spec.replicas), key=revision_of
    )
    pairs += [("OldReplicaSets", _counts(old)), ("NewReplicaSet", _counts(new))]
    return pairs


def _counts(replicasets: list[ReplicaSet]) -> str:
    return ", ".join(
        f"{each.metadata.name} ({each.status.replicas}/{each.spec.replicas} replicas created)"
        for each in replicasets
    ) or NONE


def _replicaset(world: "World", obj: AnyObject) -> Pairs:
    assert isinstance(obj, ReplicaSet)
    pairs = _head(world, obj, with_date=False)
    pairs.insert(2, ("Selector", full_selector(obj.spec.selector)))
    owner = next((each for each in obj.metadata.owner_references if each.controller), None)
    if owner is not None:
        pairs.append(("Controlled By", f"{owner.kind}/{owner.name}"))
    pairs.append(("Replicas", f"{obj.status.replicas} current / {obj.spec.replicas} desired"))
    pods = [pod for _, pod in world.store.by("pod/owner", obj.metadata.uid)]
    pairs += [("Pods Status", _pods_status(pods)), ("Pod Template", _template(world, obj.spec.template))]
    return pairs


def _daemonset(world: "World", obj: AnyObject) -> Pairs:
    assert isinstance(obj, DaemonSet)
    status = obj.status
    pairs = _head(world, obj, with_date=False)
    pairs.insert(2, ("Selector", full_selector(obj.spec.selector)))
    pods = [pod for _, pod in world.store.by("pod/owner", obj.metadata.uid)]
    pairs += [
        ("Desired Number of Nodes Scheduled", status.desired_number_scheduled),
        ("Current Number of Nodes Scheduled", status.current_number_scheduled),
        ("Number of Nodes Scheduled with Available Pods", status.number_available),
        ("Number of Nodes Misscheduled", status.number_misscheduled),
        ("Pods Status", _pods_status(pods)),
        ("Pod Template", _template(world, obj.spec.template)),
    ]
    return pairs


def _pods_status(pods: list[AnyObject]) -> str:
    count = {"Running": 0, "Pending": 0, "Succeeded": 0, "Failed": 0}
    for pod in pods:
        if isinstance(pod, Pod):
            count[pod.status.phase] = count.get(pod.status.phase, 0) + 1
    return (
        f"{count['Running']} Running / {count['Pending']} Waiting / {count['Succeeded']} Succeeded / "
        f"{count['Failed']} Failed"
    )


# --- services


def _service(world: "World", obj: AnyObject) -> Pairs:
    assert isinstance(obj, Service)
    spec = obj.spec
    pairs = _head(world, obj, with_date=False)
    pairs += [
        ("Selector", ",".join(_mapping(spec.selector or {})) or NONE),
        ("Type", spec.type),
        ("IP Family Policy", "SingleStack"),
        ("IP Families", "IPv4"),
        ("IP", spec.cluster_ip),
        ("IPs", spec.cluster_ip),
    ]
    for port in spec.ports:
        pairs += [
            ("Port", f"{port.name or UNSET}  {port.port}/{port.protocol}"),
            ("TargetPort", f"{port.target_port}/{port.protocol}"),
        ]
        if port.node_port:
            pairs.append(("NodePort", f"{port.name or UNSET}  {port.node_port}/{port.protocol}"))
        pairs.append(("Endpoints", _endpoints(world, obj, port.name)))
    pairs += [
        ("Session Affinity", spec.session_affinity or "None"),
        ("Internal Traffic Policy", spec.internal_traffic_policy or "Cluster"),
    ]
    return pairs


def _endpoints(world: "World", service: AnyObject, port_name: str) -> str:
    key = f"{service.metadata.namespace}/{service.metadata.name}"
    found: list[str] = []
    for _, each in world.store.by("slice/service", key):
        assert isinstance(each, EndpointSlice), f"{each} is no slice of {SERVICE_NAME}"
        ports = [port.port for port in each.ports if port.name == port_name]
        for endpoint in each.endpoints:
            if endpoint.conditions.ready is not False:
                found += [f"{address}:{port}" for address in endpoint.addresses for port in ports]
    shown = ",".join(sorted(found)[:3])
    return (f"{shown} + {len(found) - 3} more..." if len(found) > 3 else shown) or ""


def _ingress(world: "World", obj: AnyObject) -> Pairs:
    assert isinstance(obj, Ingress)
    given = [each.ip or each.hostname for each in obj.status.load_balancer.ingress]
    meta = obj.metadata
    pairs: Pairs = [
        ("Name", meta.name),
        ("Labels", _mapping(meta.labels)),
        ("Namespace", meta.namespace),
        ("Address", ",".join(given)),
        ("Ingress Class", obj.spec.ingress_class_name or NONE),
        ("Default backend", _backend(world, meta.namespace, obj.spec.default_backend)),
    ]
    rows = [["Host", "Path", "Backends"], ["----", "----", "--------"]]
    for rule in obj.spec.rules:
        rows.append([rule.host or "*", "", ""])
        for path in rule.http.paths if rule.http else ():
            rows.append(["", path.path or "/", _backend(world, meta.namespace, path.backend)])
    pairs += [("Rules", tuple(layout(rows))), ("Annotations", _annotations(obj))]
    return pairs


def _backend(world: "World", namespace: str, backend: Any) -> str:
    if backend is None or backend.service is None:
        return "<default>"
    named = backend.service
    port = named.port.name or named.port.number
    service = world.store.get("Service", f"{namespace}/{named.name}")
    if service is None:
        return f'{named.name}:{port} (<error: services "{named.name}" not found>)'
    return f"{named.name}:{port} ({_endpoints(world, service, named.port.name)})"


_DESCRIBERS: dict[str, Callable[["World", AnyObject], Pairs]] = {
    "DaemonSet": _daemonset,
    "Deployment": _deployment,
    "Ingress": _ingress,
    "Node": _node,
    "Pod": _pod,
    "ReplicaSet": _replicaset,
    "Service": _service,
}
