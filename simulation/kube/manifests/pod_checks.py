"""What the API server refuses of pods and of the templates that pods are made from.

Follows pkg/apis/core/validation/validation.go for the fields that learners write.
"""

from collections.abc import Callable, Sequence
from typing import Any

from simulation.kube.manifests.wording import (
    INT32_MAX,
    NOT_NEGATIVE,
    Found,
    bad,
    dns_label,
    duplicate,
    forbidden,
    label_key,
    labels,
    not_found,
    not_negative,
    one_of,
    port,
    port_name,
    port_or_name,
    required,
    selector,
    subdomain,
)
from simulation.kube.rules import quantities

Json = dict[str, Any]

RESTART_POLICIES = ("Always", "OnFailure", "Never")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
SHARED = ("cpu", "memory", "ephemeral-storage")
"""Resources of which more may be promised than there is."""
RESOURCE_TEXT = "must be a standard resource type or fully qualified"


def pod(content: Json) -> Found:
    """Return what is wrong with a Pod."""
    return pod_spec("spec", content.get("spec") or {})


def template(path: str, given: Json, claims: Sequence[str] = ()) -> Found:
    """Return what is wrong with a template of pods; claims become volumes of a StatefulSet's pods."""
    meta = given.get("metadata") or {}
    found = labels(f"{path}.metadata.labels", meta.get("labels") or {})
    for key in meta.get("annotations") or {}:
        found += label_key(f"{path}.metadata.annotations", key.lower())
    return found + pod_spec(f"{path}.spec", given.get("spec") or {}, claims)


def pod_spec(path: str, spec: Json, claims: Sequence[str] = ()) -> Found:
    """Return what is wrong with what a pod is to run."""
    volumes, found = _volumes(f"{path}.volumes", spec.get("volumes") or ())
    found += _containers(path, spec, [*volumes, *claims])
    policy = spec.get("restartPolicy")
    if policy:
        found += one_of(f"{path}.restartPolicy", policy, RESTART_POLICIES)
    found += _seconds(path, spec)
    if spec.get("dnsPolicy"):
        allowed = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
        found += one_of(f"{path}.dnsPolicy", spec["dnsPolicy"], allowed)
    for name in ("serviceAccountName", "nodeName", "priorityClassName"):
        if spec.get(name):
            found += subdomain(f"{path}.{name}", spec[name])
    found += labels(f"{path}.nodeSelector", spec.get("nodeSelector") or {})
    found += _each(f"{path}.tolerations", spec.get("tolerations"), _toleration)
    found += _each(
        f"{path}.topologySpreadConstraints", spec.get("topologySpreadConstraints"), _spread
    )
    return found + _affinity(f"{path}.affinity", spec.get("affinity") or {})


def _each(path: str, items: Any, check: Callable[[str, Json], Found]) -> Found:
    return [
        problem
        for number, item in enumerate(items or ())
        for problem in check(f"{path}[{number}]", item or {})
    ]


def _seconds(path: str, spec: Json) -> Found:
    found: Found = []
    deadline = spec.get("activeDeadlineSeconds")
    if isinstance(deadline, int) and not 1 <= deadline <= INT32_MAX:
        text = f"must be between 1 and {INT32_MAX}, inclusive"
        found.append(bad(f"{path}.activeDeadlineSeconds", deadline, text))
    return found + not_negative(path, spec, "terminationGracePeriodSeconds")


# --- volumes


def _volumes(path: str, volumes: Any) -> tuple[list[str], Found]:
    names: list[str] = []
    found: Found = []
    for number, each in enumerate(volumes):
        where = f"{path}[{number}]"
        name = each.get("name")
        if not name:
            found.append(required(f"{where}.name"))
        else:
            found += dns_label(f"{where}.name", name)
        if name and name in names:
            found.append(duplicate(f"{where}.name", name))
        names.append(name)
        sources = [source for source in each if source != "name" and each[source] is not None]
        for source in sources[1:]:
            text = "may not specify more than 1 volume type"
            found.append(forbidden(f"{where}.{source}", text))
        found += _source(where, each)
    return names, found


def _source(where: str, volume: Json) -> Found:
    for source, field in (
        ("hostPath", "path"),
        ("persistentVolumeClaim", "claimName"),
        ("secret", "secretName"),
        ("configMap", "name"),
    ):
        given = volume.get(source)
        if given is not None and not given.get(field):
            return [required(f"{where}.{source}.{field}")]
    return []


# --- containers


def _containers(path: str, spec: Json, volumes: list[str]) -> Found:
    found: Found = []
    if not spec.get("containers"):
        found.append(required(f"{path}.containers"))
    names: list[str] = []
    for field in ("containers", "initContainers"):
        for number, each in enumerate(spec.get(field) or ()):
            where = f"{path}.{field}[{number}]"
            found += _container(where, each, volumes, is_init=field == "initContainers")
            name = each.get("name")
            if name and name in names:
                found.append(duplicate(f"{where}.name", name))
            names.append(name)
    return found + _host_ports(path, spec)


def _host_ports(path: str, spec: Json) -> Found:
    found: Found = []
    taken: list[str] = []
    for number, each in enumerate(spec.get("containers") or ()):
        for place, given in enumerate(each.get("ports") or ()):
            host = given.get("hostPort") or (spec.get("hostNetwork") and given.get("containerPort"))
            if not host:
                continue
            name = f"{given.get('protocol') or 'TCP'}/{given.get('hostIP') or ''}/{host}"
            if name in taken:
                where = f"{path}.containers[{number}].ports[{place}].hostPort"
                found.append(duplicate(where, name))
            taken.append(name)
    return found


PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def _container(path: str, each: Json, volumes: list[str], is_init: bool) -> Found:
    found: Found = []
    name = each.get("name")
    found += dns_label(f"{path}.name", name) if name else [required(f"{path}.name")]
    image = each.get("image")
    if not image:
        found.append(required(f"{path}.image"))
    elif image != image.strip():
        found.append(bad(f"{path}.image", image, "must not have leading or trailing whitespace"))
    if each.get("imagePullPolicy"):
        allowed = ("Always", "IfNotPresent", "Never")
        found += one_of(f"{path}.imagePullPolicy", each["imagePullPolicy"], allowed)
    if each.get("terminationMessagePolicy"):
        policies = ("File", "FallbackToLogsOnError")
        found += one_of(
            f"{path}.terminationMessagePolicy", each["terminationMessagePolicy"], policies
        )
    found += _ports(f"{path}.ports", each.get("ports") or ())
    found += _each(f"{path}.env", each.get("env"), _variable)
    found += _mounts(f"{path}.volumeMounts", each.get("volumeMounts") or (), volumes)
    for field in PROBES:
        if each.get(field) is not None:
            found += _probe(f"{path}.{field}", each[field], field)
    for hook, handler in (each.get("lifecycle") or {}).items():
        if isinstance(handler, dict):
            found += _handler(f"{path}.lifecycle.{hook}", handler)
    if is_init and each.get("restartPolicy") is None:
        text = "may not be set for init containers without restartPolicy=Always"
        found += [
            forbidden(f"{path}.{field}", text)
            for field in (*PROBES, "lifecycle")
            if each.get(field) is not None
        ]
    return found + amounts(f"{path}.resources", each.get("resources") or {})


def _ports(path: str, ports: Any) -> Found:
    found: Found = []
    names: list[str] = []
    for number, each in enumerate(ports):
        where = f"{path}[{number}]"
        name = each.get("name")
        if name:
            found += port_name(f"{where}.name", name)
            if name in names:
                found.append(duplicate(f"{where}.name", name))
            names.append(name)
        value = each.get("containerPort")
        found += (
            port(f"{where}.containerPort", value) if value else [required(f"{where}.containerPort")]
        )
        if each.get("hostPort"):
            found += port(f"{where}.hostPort", each["hostPort"])
        if each.get("protocol"):
            found += one_of(f"{where}.protocol", each["protocol"], ("SCTP", "TCP", "UDP"))
    return found


def _variable(path: str, each: Json) -> Found:
    found: Found = [] if each.get("name") else [required(f"{path}.name")]
    source = each.get("valueFrom")
    if source is None:
        return found
    if not [name for name in source if source[name] is not None]:
        text = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
        found.append(bad(f"{path}.valueFrom", "", text))
    elif each.get("value"):
        found.append(bad(f"{path}.valueFrom", "", "may not be specified when `value` is not empty"))
    for name in ("configMapKeyRef", "secretKeyRef"):
        reference = source.get(name)
        if reference is not None and not reference.get("key"):
            found.append(required(f"{path}.valueFrom.{name}.key"))
    reference = source.get("fieldRef")
    if reference is not None and not reference.get("fieldPath"):
        found.append(required(f"{path}.valueFrom.fieldRef.fieldPath"))
    return found


def _mounts(path: str, mounts: Any, volumes: list[str]) -> Found:
    found: Found = []
    places: list[str] = []
    for number, each in enumerate(mounts):
        where = f"{path}[{number}]"
        name, place = each.get("name"), each.get("mountPath")
        if not name:
            found.append(required(f"{where}.name"))
        elif name not in volumes:
            found.append(not_found(f"{where}.name", name))
        if not place:
            found.append(required(f"{where}.mountPath"))
        elif place in places:
            found.append(bad(f"{where}.mountPath", place, "must be unique"))
        places.append(place)
    return found


def _probe(path: str, probe: Json, field: str) -> Found:
    found = _handler(path, probe)
    found += not_negative(
        path,
        probe,
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
        "terminationGracePeriodSeconds",
    )
    threshold = probe.get("successThreshold") or 1
    if field != "readinessProbe" and threshold > 1:
        found.append(bad(f"{path}.successThreshold", threshold, "must be 1"))
    return found


def _handler(path: str, owner: Json) -> Found:
    given = [name for name in HANDLERS if owner.get(name) is not None]
    if not given:
        return [required(path, "must specify a handler type")]
    found: Found = [
        forbidden(f"{path}.{name}", "may not specify more than 1 handler type")
        for name in given[1:]
    ]
    name, handler = given[0], owner[given[0]]
    where = f"{path}.{name}"
    if name == "exec" and not handler.get("command"):
        found.append(required(f"{where}.command"))
    if name in ("httpGet", "tcpSocket"):
        if handler.get("port") in (None, ""):
            found.append(bad(f"{where}.port", 0, "must be between 1 and 65535, inclusive"))
        else:
            found += port_or_name(f"{where}.port", handler["port"])
    if name == "httpGet" and handler.get("scheme"):
        found += one_of(f"{where}.scheme", handler["scheme"], ("HTTP", "HTTPS"))
    if name == "grpc":
        found += port(f"{where}.port", handler.get("port") or 0)
    return found


def amounts(path: str, resources: Json) -> Found:
    """Return what is wrong with requests and limits."""
    found: Found = []
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for field, given in (("limits", limits), ("requests", requests)):
        for name, value in given.items():
            if "/" not in name and name not in SHARED and not name.startswith("hugepages-"):
                found.append(bad(f"{path}.{field}[{name}]", name, RESOURCE_TEXT))
            if quantities.parse(value) < 0:
                where = f"{path}.{field}[{name}]"
                found.append(bad(where, quantities.canonical(value), NOT_NEGATIVE))
    for name, value in requests.items():
        asked = quantities.canonical(value)
        if name not in limits:
            if "/" in name:
                text = "Limit must be set for non overcommitable resources"
                found.append(required(f"{path}.limits", text))
            continue
        most = quantities.canonical(limits[name])
        if name in SHARED:
            if quantities.parse(value) > quantities.parse(limits[name]):
                text = f"must be less than or equal to {name} limit of {most}"
                found.append(bad(f"{path}.requests", asked, text))
        elif quantities.parse(value) != quantities.parse(limits[name]):
            found.append(bad(f"{path}.requests", asked, f"must be equal to {name} limit of {most}"))
    return found


# --- where a pod may run


def _toleration(path: str, each: Json) -> Found:
    found: Found = []
    key, operator = each.get("key"), each.get("operator") or "Equal"
    if key:
        found += label_key(f"{path}.key", key)
    elif operator != "Exists":
        text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        found.append(bad(f"{path}.operator", each.get("operator") or "", text))
    if operator not in ("Equal", "Exists"):
        found += one_of(f"{path}.operator", operator, ("Equal", "Exists"))
    if operator == "Exists" and each.get("value"):
        text = "value must be empty when `operator` is 'Exists'"
        found.append(bad(f"{path}.operator", each, text))
    effect = each.get("effect") or ""
    if each.get("tolerationSeconds") is not None and effect != "NoExecute":
        text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        found.append(bad(f"{path}.effect", effect, text))
    return found + (one_of(f"{path}.effect", effect, EFFECTS) if effect else [])


def _spread(path: str, each: Json) -> Found:
    found: Found = []
    if (each.get("maxSkew") or 0) <= 0:
        found.append(bad(f"{path}.maxSkew", each.get("maxSkew") or 0, "must be greater than zero"))
    if not each.get("topologyKey"):
        found.append(required(f"{path}.topologyKey", "can not be empty"))
    allowed = ("DoNotSchedule", "ScheduleAnyway")
    found += one_of(f"{path}.whenUnsatisfiable", each.get("whenUnsatisfiable") or "", allowed)
    return found + selector(f"{path}.labelSelector", each.get("labelSelector") or {})


HARD, SOFT = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)


def _affinity(path: str, affinity: Json) -> Found:
    found: Found = []
    node = affinity.get("nodeAffinity") or {}
    if node.get(HARD) is not None:
        where = f"{path}.nodeAffinity.{HARD}.nodeSelectorTerms"
        terms = node[HARD].get("nodeSelectorTerms")
        if not terms:
            found.append(required(where, "must have at least one node selector term"))
        found += _each(where, terms, _node_term)
    for number, each in enumerate(node.get(SOFT) or ()):
        where = f"{path}.nodeAffinity.{SOFT}[{number}]"
        found += _weight(where, each) + _node_term(
            f"{where}.preference", each.get("preference") or {}
        )
    for kind in ("podAffinity", "podAntiAffinity"):
        given = affinity.get(kind) or {}
        found += _each(f"{path}.{kind}.{HARD}", given.get(HARD), _pod_term)
        for number, each in enumerate(given.get(SOFT) or ()):
            where = f"{path}.{kind}.{SOFT}[{number}]"
            term = each.get("podAffinityTerm") or {}
            found += _weight(where, each) + _pod_term(f"{where}.podAffinityTerm", term)
    return found


def _weight(path: str, each: Json) -> Found:
    weight = each.get("weight") or 0
    right = 1 <= weight <= 100
    return [] if right else [bad(f"{path}.weight", weight, "must be in the range 1-100")]


def _node_term(path: str, term: Json) -> Found:
    found: Found = []
    for number, each in enumerate(term.get("matchExpressions") or ()):
        where = f"{path}.matchExpressions[{number}]"
        operator, values = each.get("operator") or "", each.get("values") or ()
        if operator in ("In", "NotIn") and not values:
            text = "must be specified when `operator` is 'In' or 'NotIn'"
            found.append(required(f"{where}.values", text))
        elif operator in ("Exists", "DoesNotExist") and values:
            text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            found.append(forbidden(f"{where}.values", text))
        elif operator in ("Gt", "Lt") and len(values) != 1:
            text = "must be specified single value when `operator` is 'Lt' or 'Gt'"
            found.append(required(f"{where}.values", text))
        elif operator not in ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"):
            found.append(bad(f"{where}.operator", operator, "not a valid selector operator"))
        found += label_key(f"{where}.key", str(each.get("key") or ""))
    return found


def _pod_term(path: str, term: Json) -> Found:
    found = selector(f"{path}.labelSelector", term.get("labelSelector") or {})
    key = term.get("topologyKey")
    if not key:
        return [*found, required(f"{path}.topologyKey", "can not be empty")]
    return found + label_key(f"{path}.topologyKey", key)
