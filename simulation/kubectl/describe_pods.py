"""Pods and templates of pods, described: containers, volumes, tolerations."""

from typing import TYPE_CHECKING, Any

from simulation.kube.kubelet.status import qos_class
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.ages import age
from simulation.kube.rules.names import suffix
from simulation.kubectl.describe_text import (
    NONE,
    UNSET,
    Json,
    Lines,
    annotations,
    labels,
    selector,
    truth,
)

if TYPE_CHECKING:
    from simulation.kube.world import World


TOKEN_SECONDS = 3607
"""What the API server asks for: seven seconds more than an hour tell it who asked."""
MIRROR = "kubernetes.io/config.mirror"


def date(world: "World", text: Any) -> str:
    """Return an RFC 3339 time as describe prints it."""
    if not text:
        return UNSET
    instant = world.calendar.instant_of(str(text))
    return world.calendar.date_of(instant).strftime("%a, %d %b %Y %H:%M:%S +0000")


def controlled_by(meta: Json) -> Lines:
    """Return who made an object."""
    owner = next(
        (each for each in meta.get("ownerReferences") or () if each.get("controller")), None
    )
    return [] if owner is None else [f"Controlled By:\t{owner['kind']}/{owner['name']}"]


def pod(world: "World", content: Json) -> Lines:
    """Describe a Pod."""
    meta, spec, status = content["metadata"], content["spec"], content.get("status") or {}
    is_static = MIRROR in (meta.get("annotations") or {})
    if not is_static and spec.get("automountServiceAccountToken") is not False:
        spec = _with_token(world, meta, spec)
    node = spec.get("nodeName")
    lines = [f"Name:\t{meta['name']}", f"Namespace:\t{meta.get('namespace', '')}"]
    if spec.get("priority") is not None:
        lines.append(f"Priority:\t{spec['priority']}")
    if spec.get("priorityClassName"):
        lines.append(f"Priority Class Name:\t{spec['priorityClassName']}")
    if spec.get("serviceAccountName") and not is_static:
        lines.append(f"Service Account:\t{spec['serviceAccountName']}")
    lines.append(f"Node:\t{node}/{status.get('hostIP', '')}" if node else f"Node:\t{NONE}")
    if status.get("startTime"):
        lines.append(f"Start Time:\t{date(world, status['startTime'])}")
    lines += labels("Labels", meta.get("labels"))
    lines += annotations("Annotations", meta.get("annotations"))
    lines += _phase(world, meta, status)
    lines.append(f"IP:\t{status.get('podIP', '')}")
    addresses = [f"  IP:\t{each.get('ip')}" for each in status.get("podIPs") or ()]
    lines += ["IPs:", *addresses] if addresses else [f"IPs:\t{NONE}"]
    lines += controlled_by(meta)
    if status.get("nominatedNodeName"):
        lines.append(f"Nominated Node Name:\t{status['nominatedNodeName']}")
    for title, field in (("Init Containers", "initContainers"), ("Containers", "containers")):
        if spec.get(field):
            known = status.get("initContainerStatuses" if field[0] == "i" else "containerStatuses")
            lines += containers(world, title, spec[field], known or (), meta)
    lines += _conditions(spec, status)
    lines += volumes(spec.get("volumes") or ())
    lines.append(f"QoS Class:\t{status.get('qosClass') or _quality(world, meta)}")
    return lines + placement(spec)


def _with_token(world: "World", meta: Json, spec: Json) -> Json:
    """Return a pod's specification with the volume in which each pod finds its token.

    The API server adds it when a pod is created; here it is not stored, and shown all the same.
    """
    name = f"kube-api-access-{suffix(world.dice, meta.get('uid', ''), 0)}"
    mount = {
        "name": name,
        "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount",
        "readOnly": True,
    }
    sources = [
        {"serviceAccountToken": {"expirationSeconds": TOKEN_SECONDS, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt"}},
        {"downwardAPI": {}},
    ]
    found = {
        **spec,
        "volumes": [
            *(spec.get("volumes") or ()),
            {"name": name, "projected": {"sources": sources}},
        ],
    }
    for field in ("initContainers", "containers"):
        found[field] = [
            {**each, "volumeMounts": [*(each.get("volumeMounts") or ()), mount]}
            for each in spec.get(field) or ()
        ]
    return found


def _quality(world: "World", meta: Json) -> str:
    """Return the class of a pod that no kubelet has told yet."""
    live = world.store.get(Pod, f"{meta.get('namespace', '')}/{meta['name']}")
    return qos_class(live) if isinstance(live, Pod) else "BestEffort"


def _phase(world: "World", meta: Json, status: Json) -> Lines:
    lines: Lines = []
    if meta.get("deletionTimestamp") and status.get("reason") != "NodeLost":
        began = world.calendar.instant_of(meta["deletionTimestamp"])
        lines += [
            f"Status:\tTerminating (lasts {age(began, world.now)})",
            f"Termination Grace Period:\t{meta.get('deletionGracePeriodSeconds', 0)}s",
        ]
    else:
        lines.append(f"Status:\t{status.get('phase', '')}")
    for title, field in (("Reason", "reason"), ("Message", "message")):
        if status.get(field):
            lines.append(f"{title}:\t{status[field]}")
    return lines


def _conditions(spec: Json, status: Json) -> Lines:
    given = status.get("conditions") or ()
    lines: Lines = []
    if spec.get("readinessGates"):
        true = {each["type"]: each.get("status", "") for each in given}
        lines += ["Readiness Gates:", "  Type\tStatus"]
        for gate in spec["readinessGates"]:
            name = gate.get("conditionType")
            lines.append(f"  {name} \t{true.get(name, NONE)} ")
    if given:
        lines += ["Conditions:", "  Type\tStatus"]
        lines += [f"  {each['type']} \t{each.get('status', '')} " for each in given]
    return lines


def placement(spec: Json, before: str = "") -> Lines:
    """Return where a pod may run: selectors, tolerations, spreading."""
    lines = labels("Node-Selectors", spec.get("nodeSelector"), before)
    by_key = sorted(spec.get("tolerations") or (), key=lambda each: str(each.get("key") or ""))
    tolerations = [_toleration(each) for each in by_key] or [NONE]
    lines.append(f"{before}Tolerations:\t{tolerations[0]}")
    lines += [f"{before}\t{each}" for each in tolerations[1:]]
    spread = []
    for each in spec.get("topologySpreadConstraints") or ():
        text = (
            f"{each.get('topologyKey')}:{each.get('whenUnsatisfiable')} when max skew "
            f"{each.get('maxSkew')} is exceeded"
        )
        if each.get("labelSelector") is not None:
            text += f" for selector {selector(each['labelSelector'])}"
        spread.append(text)
    if spread:
        lines.append(f"{before}Topology Spread Constraints:\t{spread[0]}")
        lines += [f"{before}\t{each}" for each in spread[1:]]
    return lines


def _toleration(each: Json) -> str:
    text = str(each.get("key") or "")
    if each.get("value"):
        text += f"={each['value']}"
    if each.get("effect"):
        text += f":{each['effect']}"
    if each.get("operator") == "Exists" and not each.get("value"):
        text += " op=Exists" if text else "op=Exists"
    if each.get("tolerationSeconds") is not None:
        text += f" for {each['tolerationSeconds']}s"
    return text


def template(world: "World", given: Json) -> Lines:
    """Describe what a workload's pods are made from."""
    meta, spec = given.get("metadata") or {}, given.get("spec") or {}
    lines = ["Pod Template:", *labels("Labels", meta.get("labels"), "  ")]
    if meta.get("annotations"):
        lines += annotations("Annotations", meta["annotations"], "  ")
    if spec.get("serviceAccountName"):
        lines.append(f"  Service Account:\t{spec['serviceAccountName']}")
    if spec.get("initContainers"):
        lines += containers(world, "Init Containers", spec["initContainers"], (), None)
    lines += containers(world, "Containers", spec.get("containers") or (), (), None)
    lines += volumes(spec.get("volumes") or (), "  ")
    if spec.get("priorityClassName"):
        lines.append(f"  Priority Class Name:\t{spec['priorityClassName']}")
    return lines + placement(spec, "  ")


# --- containers


def containers(
    world: "World", title: str, given: Any, statuses: Any, pod_meta: Json | None
) -> Lines:
    """Describe containers; those of a template have no statuses and no pod."""
    before = "" if pod_meta is not None else "  "
    if not given:
        return [f"{before}{title}:\t{NONE}"]
    known = {each["name"]: each for each in statuses}
    lines = [f"{before}{title}:"]
    for each in given:
        indent = "  " if pod_meta is not None else "   "
        lines.append(f"{indent}{each['name']}:")
        status = known.get(each["name"])
        lines += _container(world, each, status, pod_meta or {})
    return lines


def _container(world: "World", each: Json, status: Json | None, pod_meta: Json) -> Lines:
    lines: Lines = []
    if status is not None:
        lines.append(f"    Container ID:\t{status.get('containerID', '')}")
    lines.append(f"    Image:\t{each.get('image', '')}")
    if status is not None:
        lines.append(f"    Image ID:\t{status.get('imageID', '')}")
    lines += _ports(each.get("ports") or ())
    for title, field in (("Command", "command"), ("Args", "args")):
        if each.get(field):
            lines.append(f"    {title}:")
            lines += [f"      {line}" for word in each[field] for line in str(word).split("\n")]
    if status is not None:
        lines += _state(world, "State", status.get("state") or {})
        if (status.get("lastState") or {}).get("terminated"):
            lines += _state(world, "Last State", status["lastState"])
        lines += [
            f"    Ready:\t{bool(status.get('ready'))}",
            f"    Restart Count:\t{status.get('restartCount', 0)}",
        ]
    for title in ("Limits", "Requests"):
        amounts = (each.get("resources") or {}).get(title.lower())
        if amounts:
            lines.append(f"    {title}:")
            lines += [f"      {name}:\t{amounts[name]}" for name in sorted(amounts)]
    for title in ("Liveness", "Readiness", "Startup"):
        probe = each.get(f"{title.lower()}Probe")
        if probe:
            lines.append(f"    {title}:\t{_probe(probe)}")
    return lines + _environment(each, pod_meta) + _mounts(each)


def _mounts(each: Json) -> Lines:
    mounts = sorted(each.get("volumeMounts") or (), key=lambda one: str(one.get("mountPath")))
    lines = ["    Mounts:" if mounts else f"    Mounts:\t{NONE}"]
    for one in mounts:
        flags = "ro" if one.get("readOnly") else "rw"
        flags += f',path="{one["subPath"]}"' if one.get("subPath") else ""
        lines.append(f"      {one.get('mountPath')} from {one.get('name')} ({flags})")
    return lines


def _ports(ports: Any) -> Lines:
    lines: Lines = []
    for title, field in (("Port", "containerPort"), ("Host Port", "hostPort")):
        texts = []
        for each in ports:
            name = f" ({each['name']})" if each.get("name") else ""
            texts.append(f"{each.get(field, 0)}/{each.get('protocol', 'TCP')}{name}")
        many = "s" if len(texts) > 1 else ""
        lines.append(f"    {title}{many}:\t{', '.join(texts) or NONE}")
    return lines


def _state(world: "World", title: str, state: Json) -> Lines:
    if "running" in state:
        started = date(world, (state["running"] or {}).get("startedAt"))
        return [f"    {title}:\tRunning", f"      Started:\t{started}"]
    ended = state.get("terminated")
    if ended is not None:
        lines = [f"    {title}:\tTerminated"]
        for name in ("Reason", "Message"):
            if ended.get(name.lower()):
                lines.append(f"      {name}:\t{ended[name.lower()]}")
        lines.append(f"      Exit Code:\t{ended.get('exitCode', 0)}")
        if ended.get("signal"):
            lines.append(f"      Signal:\t{ended['signal']}")
        return [
            *lines,
            f"      Started:\t{date(world, ended.get('startedAt'))}",
            f"      Finished:\t{date(world, ended.get('finishedAt'))}",
        ]
    reason = (state.get("waiting") or {}).get("reason")
    return [f"    {title}:\tWaiting", *([f"      Reason:\t{reason}"] if reason else [])]


def _probe(probe: Json) -> str:
    numbers = (
        f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 1)}s "
        f"period={probe.get('periodSeconds', 10)}s #success={probe.get('successThreshold', 1)} "
        f"#failure={probe.get('failureThreshold', 3)}"
    )
    if probe.get("exec") is not None:
        words = " ".join(str(each) for each in probe["exec"].get("command") or ())
        return f"exec [{words}] {numbers}"
    if probe.get("httpGet") is not None:
        get = probe["httpGet"]
        scheme, path = str(get.get("scheme") or "HTTP").lower(), str(get.get("path") or "/")
        address = f"{scheme}://{get.get('host', '')}:{get.get('port')}/{path.removeprefix('/')}"
        return f"http-get {address} {numbers}"
    if probe.get("tcpSocket") is not None:
        socket = probe["tcpSocket"]
        return f"tcp-socket {socket.get('host', '')}:{socket.get('port')} {numbers}"
    if probe.get("grpc") is not None:
        return (
            f"grpc <pod>:{probe['grpc'].get('port')} {probe['grpc'].get('service', '')} {numbers}"
        )
    return f"unknown {numbers}"


FROM_METADATA = {"metadata.name": "name", "metadata.namespace": "namespace", "metadata.uid": "uid"}


def _environment(each: Json, pod_meta: Json) -> Lines:
    lines: Lines = []
    if each.get("envFrom"):
        lines.append("    Environment Variables from:")
        for one in each["envFrom"]:
            kind, field = (
                ("Secret", "secretRef") if "secretRef" in one else ("ConfigMap", "configMapRef")
            )
            source = one.get(field) or {}
            kind += f" with prefix '{one['prefix']}'" if one.get("prefix") else ""
            lines.append(
                f"      {source.get('name', '')}\t{kind}\tOptional: {truth(source.get('optional'))}"
            )
    variables = each.get("env") or ()
    lines.append("    Environment:" if variables else f"    Environment:\t{NONE}")
    for one in variables:
        lines += _variable(one, pod_meta)
    return lines


def _variable(one: Json, pod_meta: Json) -> Lines:
    name, source = one["name"], one.get("valueFrom")
    if source is None:
        first, *others = str(one.get("value") or "").split("\n")
        return [f"      {name}:\t{first}", *(f"      \t{line}" for line in others)]
    if source.get("fieldRef"):
        path = source["fieldRef"].get("fieldPath", "")
        value = pod_meta.get(FROM_METADATA.get(path, ""), "")
        version = source["fieldRef"].get("apiVersion", "v1")
        return [f"      {name}:\t{value} ({version}:{path})"]
    if source.get("resourceFieldRef"):
        return [f"      {name}:\t ({source['resourceFieldRef'].get('resource', '')})"]
    for field, words in (("secretKeyRef", "in secret"), ("configMapKeyRef", "of config map")):
        reference = source.get(field)
        if reference:
            text = (
                f"<set to the key '{reference.get('key')}' {words} '{reference.get('name', '')}'>"
            )
            return [f"      {name}:\t{text}\tOptional: {truth(reference.get('optional'))}"]
    return [f"      {name}:\t"]


# --- volumes


def volumes(given: Any, before: str = "") -> Lines:
    """Describe volumes."""
    if not given:
        return [f"{before}Volumes:\t{NONE}"]
    lines = [f"{before}Volumes:"]
    for each in given:
        indent = "   " if before else "  "
        lines.append(f"{indent}{each.get('name')}:")
        lines += [f"    {title}:\t{text}" for title, text in _volume(each)]
    return lines


def _projected(source: Json) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for each in source.get("sources") or ():
        if each.get("secret"):
            found += [
                ("SecretName", each["secret"].get("name")),
                ("Optional", truth(each["secret"].get("optional"))),
            ]
        elif "downwardAPI" in each:
            found.append(("DownwardAPI", "true"))
        elif each.get("configMap"):
            found += [
                ("ConfigMapName", each["configMap"].get("name")),
                ("Optional", truth(each["configMap"].get("optional"))),
            ]
        elif each.get("serviceAccountToken"):
            seconds = each["serviceAccountToken"].get("expirationSeconds", 3600)
            found.append(("TokenExpirationSeconds", seconds))
    return found


def _volume(volume: Json) -> list[tuple[str, Any]]:
    name = next((each for each in volume if each != "name"), "")
    source = volume.get(name) or {}
    optional = ("Optional", truth(source.get("optional")))
    if name == "emptyDir":
        kind = "EmptyDir (a temporary directory that shares a pod's lifetime)"
        limit = source.get("sizeLimit") or UNSET
        return [("Type", kind), ("Medium", source.get("medium", "")), ("SizeLimit", limit)]
    if name == "hostPath":
        kind = "HostPath (bare host directory volume)"
        sort = source.get("type", "")
        return [("Type", kind), ("Path", source.get("path", "")), ("HostPathType", sort)]
    if name == "configMap":
        kind = "ConfigMap (a volume populated by a ConfigMap)"
        return [("Type", kind), ("Name", source.get("name", "")), optional]
    if name == "secret":
        kind = "Secret (a volume populated by a Secret)"
        return [("Type", kind), ("SecretName", source.get("secretName", "")), optional]
    if name == "persistentVolumeClaim":
        kind = (
            "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"
        )
        claim = source.get("claimName", "")
        return [("Type", kind), ("ClaimName", claim), ("ReadOnly", truth(source.get("readOnly")))]
    if name == "projected":
        kind = "Projected (a volume that contains injected data from multiple sources)"
        return [("Type", kind), *_projected(source)]
    if name == "downwardAPI":
        return [("Type", "DownwardAPI (a volume populated by information about the pod)")]
    if name == "nfs":
        return [
            ("Type", "NFS (an NFS mount that lasts the lifetime of a pod)"),
            ("Server", source.get("server", "")),
            ("Path", source.get("path", "")),
            ("ReadOnly", truth(source.get("readOnly"))),
        ]
    return [("Type", name[:1].upper() + name[1:])]
