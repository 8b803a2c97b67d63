"""What the API server refuses, in its own words.

Two steps, as there: strict decoding (unknown fields, wrong types) against the table of known
fields, then validation of what the simulation knows of a kind. Both return (path, text); the words
follow k8s.io/apimachinery/pkg/util/validation and pkg/apis/*/validation.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from simulation.kube.manifests.known_fields import inner, structures
from simulation.kube.rules import quantities

Found = list[tuple[str, str]]

LABEL = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
DNS_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
DNS_LABEL_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
    "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
DNS_1035_TEXT = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', "
    "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
)
LABEL_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
    "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
LABEL_KEY_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
    "an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
LABEL_MAX, SUBDOMAIN_MAX, PORT_MAX = 63, 253, 65_535
GO_TYPES = {"s": "string", "i": "int32", "b": "bool"}


def strict(kind: str, content: dict[str, Any]) -> Found:
    """Return unknown fields and values of the wrong type; a kind not in the table passes."""
    return _strict(kind, kind, content, "") if kind in structures() else []


def _strict(owner: str, type: str, value: Any, path: str) -> Found:
    if value is None or type == "a":
        return []
    if type.startswith("*"):
        if not isinstance(value, list):
            return [(path, _wrong(value, owner, path, f"[]{type[1:]}"))]
        each = enumerate(value)
        return [found for n, one in each for found in _strict(owner, type[1:], one, f"{path}[{n}]")]
    if type.startswith("{"):
        if not isinstance(value, dict):
            return [(path, _wrong(value, owner, path, "map[string]string"))]
        return [
            found
            for key, one in value.items()
            for found in _strict(owner, inner(type), one if one is not None else "", f"{path}.{key}")
        ]
    if type in ("s", "i", "b"):
        wanted = {"s": str, "i": int, "b": bool}[type]
        right = isinstance(value, wanted) and (type == "b" or not isinstance(value, bool))
        return [] if right else [(path, _wrong(value, owner, path, GO_TYPES[type]))]
    if type == "q":
        return _quantity(path, value)
    if type in ("x", "t"):
        right = isinstance(value, str | int) and not isinstance(value, bool)
        return [] if right else [(path, _wrong(value, owner, path, "string"))]
    fields = structures().get(type, {})
    if not fields:
        return []
    if not isinstance(value, dict):
        return [(path, _wrong(value, owner, path, type))]
    found: Found = []
    for key, one in value.items():
        where = f"{path}.{key}" if path else key
        if key not in fields:
            found.append((where, f'unknown field "{where}"'))
        else:
            found += _strict(type, fields[key], one, where)
    return found


def _wrong(value: Any, owner: str, path: str, wanted: str) -> str:
    names = {bool: "bool", str: "string", int: "number", float: "number", list: "array", dict: "object"}
    sort = names.get(type(value), "value")
    field = re.sub(r"\[\d+\]", "", path)
    return f"json: cannot unmarshal {sort} into Go struct field {owner}.{field} of type {wanted}"


def _quantity(path: str, value: Any) -> Found:
    try:
        quantities.parse(value if not isinstance(value, bool | list | dict) else "?")
    except (ValueError, ArithmeticError):
        return [
            (path, "quantities must match the regular expression "
             "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        ]
    return []


# --- validation


def invalid(kind: str, content: dict[str, Any]) -> Found:
    """Return what is wrong with an object whose fields and types are right."""
    found = _metadata(kind, content.get("metadata") or {})
    check = _CHECKS.get(kind)
    if check is not None:
        found += check(content)
    return found


def _show(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def _bad(path: str, value: Any, text: str) -> tuple[str, str]:
    return path, f"{path}: Invalid value: {_show(value)}: {text}"


def _required(path: str, text: str = "") -> tuple[str, str]:
    return path, f"{path}: Required value" + (f": {text}" if text else "")


def _one_of(path: str, value: Any, allowed: tuple[str, ...]) -> Found:
    if value in allowed:
        return []
    listed = ", ".join(f'"{each}"' for each in sorted(allowed))
    return [(path, f"{path}: Unsupported value: {_show(value)}: supported values: {listed}")]


def _metadata(kind: str, meta: dict[str, Any]) -> Found:
    name, generate = meta.get("name"), meta.get("generateName")
    found: Found = []
    if not name and not generate:
        found.append(_required("metadata.name", "name or generateName is required"))
    elif name:
        pattern, longest, text = NAME_RULES.get(kind, (SUBDOMAIN, SUBDOMAIN_MAX, SUBDOMAIN_TEXT))
        if len(name) > longest:
            found.append(_bad("metadata.name", name, f"must be no more than {longest} characters"))
        if not pattern.fullmatch(name):
            found.append(_bad("metadata.name", name, text))
    namespace = meta.get("namespace")
    if namespace and not DNS_LABEL.fullmatch(namespace):
        found.append(_bad("metadata.namespace", namespace, DNS_LABEL_TEXT))
    found += _labels("metadata.labels", meta.get("labels") or {})
    for key in meta.get("annotations") or {}:
        found += _label_key("metadata.annotations", key)
    return found


NAME_RULES: dict[str, tuple[re.Pattern[str], int, str]] = {
    "Namespace": (DNS_LABEL, LABEL_MAX, DNS_LABEL_TEXT),
    "Service": (DNS_1035, LABEL_MAX, DNS_1035_TEXT),
    # RBAC names may hold colons; they are path segments.
    "ClusterRole": (re.compile(r"[^/%]+"), SUBDOMAIN_MAX, "may not contain '/'"),
    "ClusterRoleBinding": (re.compile(r"[^/%]+"), SUBDOMAIN_MAX, "may not contain '/'"),
    "Role": (re.compile(r"[^/%]+"), SUBDOMAIN_MAX, "may not contain '/'"),
    "RoleBinding": (re.compile(r"[^/%]+"), SUBDOMAIN_MAX, "may not contain '/'"),
}


def _label_key(path: str, key: str) -> Found:
    prefix, slash, name = key.rpartition("/")
    if slash and (not SUBDOMAIN.fullmatch(prefix) or len(prefix) > SUBDOMAIN_MAX):
        return [_bad(path, key, f"prefix part {SUBDOMAIN_TEXT}")]
    if not name:
        return [_bad(path, key, "name part must be non-empty")]
    if len(name) > LABEL_MAX:
        return [_bad(path, key, f"name part must be no more than {LABEL_MAX} characters")]
    return [] if LABEL.fullmatch(name) else [_bad(path, key, LABEL_KEY_TEXT)]


def _labels(path: str, labels: dict[str, Any]) -> Found:
    found: Found = []
    for key, value in labels.items():
        found += _label_key(path, key)
        text = str(value if value is not None else "")
        if len(text) > LABEL_MAX:
            found.append(_bad(path, text, f"must be no more than {LABEL_MAX} characters"))
        if not LABEL.fullmatch(text):
            found.append(_bad(path, text, LABEL_TEXT))
    return found


def label_problems(path: str, labels: dict[str, str]) -> Found:
    """Return what is wrong with labels that a command sets."""
    return _labels(path, labels)


def _pod(content: dict[str, Any]) -> Found:
    return _pod_spec("spec", content.get("spec") or {}, ("Always", "OnFailure", "Never"))


def _pod_spec(
    path: str, spec: dict[str, Any], restart: tuple[str, ...], claims: list[Any] | None = None
) -> Found:
    found: Found = []
    containers = spec.get("containers") or []
    if not containers:
        found.append(_required(f"{path}.containers"))
    names: list[str] = []
    volumes = [*(each.get("name") for each in spec.get("volumes") or []), *(claims or [])]
    for field in ("initContainers", "containers"):
        for number, each in enumerate(spec.get(field) or []):
            where = f"{path}.{field}[{number}]"
            found += _container(where, each, volumes)
            name = each.get("name")
            if name and name in names:
                found.append((f"{where}.name", f"{where}.name: Duplicate value: {_show(name)}"))
            names.append(name)
    policy = spec.get("restartPolicy")
    if policy:
        found += _one_of(f"{path}.restartPolicy", policy, restart)
    grace = spec.get("terminationGracePeriodSeconds")
    if grace is not None and grace < 0:
        found.append(_bad(f"{path}.terminationGracePeriodSeconds", grace, "must be greater than or equal to 0"))
    for key, value in (spec.get("nodeSelector") or {}).items():
        found += _labels(f"{path}.nodeSelector", {key: value})
    return found


def _container(path: str, each: dict[str, Any], volumes: list[Any]) -> Found:
    found: Found = []
    name = each.get("name")
    if not name:
        found.append(_required(f"{path}.name"))
    elif not DNS_LABEL.fullmatch(name) or len(name) > LABEL_MAX:
        found.append(_bad(f"{path}.name", name, DNS_LABEL_TEXT))
    image = each.get("image")
    if not image:
        found.append(_required(f"{path}.image"))
    elif image != image.strip():
        found.append(_bad(f"{path}.image", image, "must not have leading or trailing whitespace"))
    policy = each.get("imagePullPolicy")
    if policy:
        found += _one_of(f"{path}.imagePullPolicy", policy, ("Always", "IfNotPresent", "Never"))
    for number, port in enumerate(each.get("ports") or []):
        where = f"{path}.ports[{number}]"
        value = port.get("containerPort")
        if not value:
            found.append(_required(f"{where}.containerPort"))
        else:
            found += _port(f"{where}.containerPort", value)
        if port.get("protocol"):
            found += _one_of(f"{where}.protocol", port["protocol"], ("SCTP", "TCP", "UDP"))
    for number, one in enumerate(each.get("env") or []):
        if not one.get("name"):
            found.append(_required(f"{path}.env[{number}].name"))
    for number, one in enumerate(each.get("volumeMounts") or []):
        if one.get("name") not in volumes:
            where = f"{path}.volumeMounts[{number}].name"
            found.append((where, f"{where}: Not found: {_show(one.get('name', ''))}"))
    return found + _amounts(f"{path}.resources", each.get("resources") or {})


def _amounts(path: str, resources: dict[str, Any]) -> Found:
    found: Found = []
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for field, amounts in (("limits", limits), ("requests", requests)):
        for name, value in amounts.items():
            if quantities.parse(value) < 0:
                found.append(_bad(f"{path}.{field}[{name}]", str(value), "must be greater than or equal to 0"))
    for name, value in requests.items():
        if name in limits and quantities.parse(value) > quantities.parse(limits[name]):
            where = f"{path}.requests"
            text = f"must be less than or equal to {name} limit of {limits[name]}"
            found.append(_bad(where, str(value), text))
    return found


def _port(path: str, value: Any) -> Found:
    if isinstance(value, int) and not 1 <= value <= PORT_MAX:
        return [_bad(path, value, "must be between 1 and 65535, inclusive")]
    return []


def _workload(content: dict[str, Any]) -> Found:
    spec = content.get("spec") or {}
    found: Found = []
    replicas = spec.get("replicas")
    if isinstance(replicas, int) and replicas < 0:
        found.append(_bad("spec.replicas", replicas, "must be greater than or equal to 0"))
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    selector = spec.get("selector") or {}
    wanted = selector.get("matchLabels") or {}
    if not selector:
        found.append(_required("spec.selector"))
    elif not wanted and not selector.get("matchExpressions"):
        found.append(_bad("spec.selector", {}, "empty selector is invalid for deployment"))
    if any(labels.get(key) != value for key, value in wanted.items()):
        found.append(
            _bad("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
        )
    found += _labels("spec.template.metadata.labels", labels)
    # A StatefulSet's claims become volumes of its pods.
    claims = [(each.get("metadata") or {}).get("name") for each in spec.get("volumeClaimTemplates") or []]
    found += _pod_spec("spec.template.spec", template.get("spec") or {}, ("Always",), claims)
    return found + _strategy(content.get("kind", ""), spec)


def _strategy(kind: str, spec: dict[str, Any]) -> Found:
    if kind != "Deployment":
        return []
    strategy = spec.get("strategy") or {}
    found: Found = []
    if strategy.get("type"):
        found += _one_of("spec.strategy.type", strategy["type"], ("Recreate", "RollingUpdate"))
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "Recreate" and rolling:
        path = "spec.strategy.rollingUpdate"
        text = "may not be specified when strategy `type` is 'Recreate'"
        found.append((path, f"{path}: Forbidden: {text}"))
    if rolling and str(rolling.get("maxSurge", 1)) in ("0", "0%") and str(
        rolling.get("maxUnavailable", 1)
    ) in ("0", "0%"):
        path = "spec.strategy.rollingUpdate.maxUnavailable"
        found.append(_bad(path, rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0"))
    for name in ("maxSurge", "maxUnavailable"):
        value = (rolling or {}).get(name)
        if isinstance(value, str) and not re.fullmatch(r"[0-9]+%", value):
            path = f"spec.strategy.rollingUpdate.{name}"
            text = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
            found.append(_bad(path, value, text))
    return found


def _job(content: dict[str, Any]) -> Found:
    spec = content.get("spec") or {}
    return _job_template("spec", spec)


def _job_template(path: str, spec: dict[str, Any]) -> Found:
    pod = (spec.get("template") or {}).get("spec") or {}
    found = _pod_spec(f"{path}.template.spec", pod, ("OnFailure", "Never"))
    if not pod.get("restartPolicy"):
        where = f"{path}.template.spec.restartPolicy"
        found.append(
            (where, f'{where}: Required value: valid values: "OnFailure", "Never"')
        )
    return found


def _cronjob(content: dict[str, Any]) -> Found:
    spec = content.get("spec") or {}
    found = [] if spec.get("schedule") else [_required("spec.schedule")]
    return found + _job_template("spec.jobTemplate.spec", (spec.get("jobTemplate") or {}).get("spec") or {})


def _service(content: dict[str, Any]) -> Found:
    spec = content.get("spec") or {}
    found: Found = []
    sort = spec.get("type") or "ClusterIP"
    found += _one_of("spec.type", sort, ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"))
    ports = spec.get("ports") or []
    if not ports and sort != "ExternalName" and spec.get("clusterIP") != "None":
        found.append(_required("spec.ports"))
    seen: list[str] = []
    for number, each in enumerate(ports):
        where = f"spec.ports[{number}]"
        if len(ports) > 1 and not each.get("name"):
            found.append(_required(f"{where}.name"))
        name = each.get("name")
        if name and name in seen:
            found.append((f"{where}.name", f"{where}.name: Duplicate value: {_show(name)}"))
        seen.append(name)
        if each.get("port") is None:
            found.append(_required(f"{where}.port"))
        else:
            found += _port(f"{where}.port", each["port"])
        target = each.get("targetPort")
        if isinstance(target, int) and target:
            found += _port(f"{where}.targetPort", target)
        node = each.get("nodePort")
        if node and not 30_000 <= node <= 32_767:
            text = "provided port is not in the valid range. The range of valid ports is 30000-32767"
            found.append(_bad(f"{where}.nodePort", node, text))
        if each.get("protocol"):
            found += _one_of(f"{where}.protocol", each["protocol"], ("SCTP", "TCP", "UDP"))
    return found + _labels("spec.selector", spec.get("selector") or {})


def _ingress(content: dict[str, Any]) -> Found:
    spec = content.get("spec") or {}
    found: Found = []
    if not spec.get("rules") and not spec.get("defaultBackend"):
        text = "either `defaultBackend` or `rules` must be specified"
        found.append(_bad("spec", spec or {}, text))
    for number, rule in enumerate(spec.get("rules") or []):
        host = rule.get("host") or ""
        plain = host.removeprefix("*.")
        if host and not SUBDOMAIN.fullmatch(plain):
            found.append(_bad(f"spec.rules[{number}].host", host, SUBDOMAIN_TEXT))
        for place, path in enumerate((rule.get("http") or {}).get("paths") or []):
            found += _ingress_path(f"spec.rules[{number}].http.paths[{place}]", path)
    return found


def _ingress_path(where: str, path: dict[str, Any]) -> Found:
    found: Found = []
    if not path.get("pathType"):
        found.append(_required(f"{where}.pathType", "pathType must be specified"))
    else:
        allowed = ("Exact", "ImplementationSpecific", "Prefix")
        found += _one_of(f"{where}.pathType", path["pathType"], allowed)
    text = path.get("path") or ""
    if not text.startswith("/") and path.get("pathType") in ("Exact", "Prefix"):
        found.append(_bad(f"{where}.path", text, "must be an absolute path"))
    backend = path.get("backend") or {}
    service = backend.get("service")
    if service is None and not backend.get("resource"):
        found.append(_required(f"{where}.backend", "port name or number is required"))
    elif service is not None:
        if not service.get("name"):
            found.append(_required(f"{where}.backend.service.name"))
        port = service.get("port") or {}
        if not port.get("number") and not port.get("name"):
            found.append(_required(f"{where}.backend", "port name or number is required"))
    return found


def _configmap(content: dict[str, Any]) -> Found:
    found: Found = []
    for key in content.get("data") or {}:
        if not re.fullmatch(r"[-._a-zA-Z0-9]+", key):
            text = (
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
                "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
                "'[-._a-zA-Z0-9]+')"
            )
            found.append(_bad(f"data[{key}]", key, text))
    return found


_CHECKS: dict[str, Callable[[dict[str, Any]], Found]] = {
    "ConfigMap": _configmap,
    "CronJob": _cronjob,
    "DaemonSet": _workload,
    "Deployment": _workload,
    "Ingress": _ingress,
    "Job": _job,
    "Pod": _pod,
    "ReplicaSet": _workload,
    "Secret": _configmap,
    "Service": _service,
    "StatefulSet": _workload,
}
