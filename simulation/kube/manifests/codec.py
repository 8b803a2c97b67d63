"""Objects to the API's JSON and back.

Generated from the types of the structs, never written kind by kind. What no field knows is kept in
the `rest` of the structure it was found in and is given back in its place.
"""

import re
import types
import typing
from functools import cache
from typing import Any

import msgspec

from simulation.kernel.calendar import Calendar
from simulation.kube.manifests.amounts import canonical
from simulation.kube.manifests.decoding import without_nulls
from simulation.kube.manifests.yaml_text import to_yaml
from simulation.kube.objects.kinds import KINDS, AnyObject, KindInfo, Unsimulated, kind_of
from simulation.kube.objects.meta import ObjectMeta, Resources
from simulation.kube.rules import quantities

__all__ = [
    "Malformed",
    "camel",
    "fields_of",
    "from_json",
    "is_time",
    "printed_amounts",
    "to_json",
    "to_yaml",
]

SPECIAL = {
    "boot_id": "bootID",
    "cluster_ip": "clusterIP",
    "container_id": "containerID",
    "external_ips": "externalIPs",
    "host_ip": "hostIP",
    "host_ips": "hostIPs",
    "image_id": "imageID",
    "machine_id": "machineID",
    "pod_cidr": "podCIDR",
    "pod_cidrs": "podCIDRs",
    "pod_ip": "podIP",
    "pod_ips": "podIPs",
    "provider_id": "providerID",
    "system_uuid": "systemUUID",
}
ATTRIBUTES = {"ephemeral-storage": "ephemeral_storage", "memory": "memory", "pods": "pods"}
VERSION = re.compile(r"[0-9]{1,18}")
"""A resourceVersion, as far as one is read."""
TIMES = ("_timestamp", "_time")
MICRO_TIMES = ("renew_time", "acquire_time", "event_time")
"""Times that the API prints with microseconds."""
TIME_FIELDS = ("started_at", "finished_at", "time_added")
COMPACT_WHEN_ZERO = ("resource_version",)
KEPT_WHEN_EMPTY = {
    ("ReplicaSetStatus", "replicas"),
    ("DaemonSetStatus", "current_number_scheduled"),
    ("DaemonSetStatus", "desired_number_scheduled"),
    ("DaemonSetStatus", "number_misscheduled"),
    ("DaemonSetStatus", "number_ready"),
    ("DeploymentSpec", "replicas"),
    ("ReplicaSetSpec", "replicas"),
    ("ContainerStatus", "ready"),
    ("ContainerStatus", "restart_count"),
    ("ContainerStateTerminated", "exit_code"),
    ("ContainerStatus", "image"),
    ("ContainerStatus", "image_id"),
    ("CronJobSpec", "suspend"),
    ("CronJobSpec", "successful_jobs_history_limit"),
    ("CronJobSpec", "failed_jobs_history_limit"),
    ("DaemonSetSpec", "revision_history_limit"),
    ("DeploymentSpec", "progress_deadline_seconds"),
    ("DeploymentSpec", "revision_history_limit"),
    ("EndpointPort", "name"),
    ("PodDisruptionBudgetStatus", "disruptions_allowed"),
    ("PodDisruptionBudgetStatus", "current_healthy"),
    ("PodDisruptionBudgetStatus", "desired_healthy"),
    ("PodDisruptionBudgetStatus", "expected_pods"),
    ("RollingUpdateDaemonSet", "max_surge"),
    ("RollingUpdateDaemonSet", "max_unavailable"),
    ("RollingUpdateDeployment", "max_surge"),
    ("RollingUpdateDeployment", "max_unavailable"),
    ("StatefulSetSpec", "replicas"),
    ("StatefulSetSpec", "revision_history_limit"),
    ("StatefulSetSpec", "service_name"),
    ("StatefulSetStatus", "available_replicas"),
    ("StatefulSetStatus", "replicas"),
}
"""Fields that the API prints even when they are zero."""
WITHOUT_GENERATION = frozenset(
    (
        "ClusterRole",
        "ClusterRoleBinding",
        "ConfigMap",
        "Endpoints",
        "Event",
        "HorizontalPodAutoscaler",
        "Lease",
        "LimitRange",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PersistentVolumeClaim",
        "PodTemplate",
        "ResourceQuota",
        "Role",
        "RoleBinding",
        "Secret",
        "Service",
        "ServiceAccount",
        "StorageClass",
    )
)
"""Kinds whose changes of spec the API server does not count."""
PRINTED_WHEN_EMPTY = ("last_state", "load_balancer", "metadata", "resources", "state", "status")
"""Structures that the API prints even when nothing is in them: resources: {}."""


INT64 = 2**63


class Malformed(ValueError):
    """A value of the wrong type; the path says where."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(f"{path}: {text}")
        self.path, self.text = path, text


def camel(name: str) -> str:
    """Return the API's spelling of an attribute."""
    if name in SPECIAL:
        return SPECIAL[name]
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


@cache
def fields_of(struct: type) -> dict[str, tuple[str, Any]]:
    """Return API spelling to (attribute, type) of a struct, without `rest`."""
    hints = typing.get_type_hints(struct)
    return {
        camel(field.name): (field.name, hints[field.name])
        for field in msgspec.structs.fields(struct)
        if field.name not in ("rest", "actual_kind", "written")
    }


def is_time(attribute: str) -> bool:
    """Tell whether an attribute is an instant."""
    return attribute.endswith(TIMES) or attribute in TIME_FIELDS


def _optional(hint: Any) -> Any:
    """Return what is left of "X | None"."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        kept = [each for each in typing.get_args(hint) if each is not type(None)]
        return kept[0] if len(kept) == 1 else tuple(kept)
    return hint


# --- from JSON


def from_json(content: dict[str, Any], calendar: Calendar) -> AnyObject:
    """Return the object of an API JSON; raise Malformed where a type is wrong."""
    kind = str(content.get("kind", ""))
    info = KINDS.get(kind)
    content = canonical(kind, without_nulls(content))
    body = {key: value for key, value in content.items() if key != "kind"}
    if info is None or info.struct is Unsimulated or not _is_of(info, content):
        metadata = _struct(ObjectMeta, body.pop("metadata", None) or {}, "metadata", calendar)
        version = str(body.pop("apiVersion", "v1"))
        return Unsimulated(metadata, version, body, kind)
    if body.get("apiVersion") == "autoscaling/v1":
        body = _autoscaler_v2(body)
    obj = _struct(info.struct, body, "", calendar)
    return typing.cast(AnyObject, obj)


def _is_of(info: KindInfo, content: dict[str, Any]) -> bool:
    return str(content.get("apiVersion", "")).startswith(info.group)


def _autoscaler_v2(body: dict[str, Any]) -> dict[str, Any]:
    """Return an autoscaling/v1 autoscaler in the form that is stored."""
    spec = dict(body.get("spec") or {})
    wanted = spec.pop("targetCPUUtilizationPercentage", None)
    if wanted is not None:
        target = {"type": "Utilization", "averageUtilization": wanted}
        spec["metrics"] = [
            *(each for each in spec.get("metrics") or () if not _is_cpu(each)),
            {"type": "Resource", "resource": {"name": "cpu", "target": target}},
        ]
    return {**body, "apiVersion": "autoscaling/v2", "spec": spec}


def _is_cpu(metric: Any) -> bool:
    resource = metric.get("resource") if isinstance(metric, dict) else None
    return isinstance(resource, dict) and resource.get("name") == "cpu"


def _struct(struct: type, content: Any, path: str, calendar: Calendar) -> Any:
    if not isinstance(content, dict):
        raise Malformed(path, f"expected an object, got {_named(content)}")
    if struct is Resources:
        return _resources(content, path)
    known = fields_of(struct)
    values: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, value in content.items():
        if key not in known:
            rest[key] = value
        elif value is not None:
            attribute, hint = known[key]
            where = f"{path}.{key}" if path else key
            values[attribute] = _value(attribute, hint, value, where, calendar)
    if rest and "rest" in struct.__struct_fields__:  # type: ignore[attr-defined]
        values["rest"] = rest
    try:
        return struct(**values)
    except TypeError as problem:
        missing = str(problem).rpartition("'")[0].rpartition("'")[2]
        raise Malformed(f"{path}.{camel(missing)}".lstrip("."), "Required value") from None


def _value(attribute: str, hint: Any, value: Any, path: str, calendar: Calendar) -> Any:
    hint = _optional(hint)
    if is_time(attribute) and isinstance(value, str):
        try:
            return calendar.instant_of(value)
        except ValueError:
            raise Malformed(path, f"invalid time {value!r}") from None
    if attribute == "resource_version":
        return int(value) if VERSION.fullmatch(str(value)) else 0
    if isinstance(hint, tuple):
        return _scalar_union(hint, value, path)
    origin = typing.get_origin(hint)
    if origin is tuple:
        if not isinstance(value, list):
            raise Malformed(path, f"expected a list, got {_named(value)}")
        inner = typing.get_args(hint)[0]
        return tuple(
            _value("", inner, each, f"{path}[{number}]", calendar)
            for number, each in enumerate(value)
        )
    if origin is dict:
        return _mapping(hint, value, path, calendar)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return _struct(hint, value, path, calendar)
    return _scalar(hint, value, path)


def _mapping(hint: Any, value: Any, path: str, calendar: Calendar) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(path, f"expected an object, got {_named(value)}")
    inner = typing.get_args(hint)[1]
    if inner is Any:
        return value
    return {
        str(key): _value("", inner, each if each is not None else "", f"{path}.{key}", calendar)
        for key, each in value.items()
    }


def _scalar_union(hints: tuple[Any, ...], value: Any, path: str) -> Any:
    for hint in hints:
        if isinstance(value, hint) and not isinstance(value, bool):
            return value
    raise Malformed(path, f"expected a number or a string, got {_named(value)}")


def _scalar(hint: Any, value: Any, path: str) -> Any:
    if hint is Any:
        return value
    if hint is bool or isinstance(value, bool):
        if hint is bool and isinstance(value, bool):
            return value
    elif hint is int and isinstance(value, float) and abs(value) < INT64 and value == int(value):
        return int(value)
    elif isinstance(value, hint) and not (hint is int and not -INT64 <= value < INT64):
        return value
    wanted = {str: "string", int: "integer", bool: "boolean"}.get(hint, str(hint))
    raise Malformed(path, f"expected {wanted}, got {_named(value)}")


def _named(value: Any) -> str:
    names = {str: "string", int: "number", float: "number", bool: "boolean", list: "list"}
    return names.get(type(value), "object" if isinstance(value, dict) else "null")


def _resources(content: dict[str, Any], path: str) -> Resources:
    amounts: dict[str, Any] = {}
    extended: dict[str, int] = {}
    written: dict[str, str] = {}
    for name, text in content.items():
        try:
            if name == "cpu":
                amounts["cpu"] = quantities.milli(text)
            elif name in ATTRIBUTES:
                amounts[ATTRIBUTES[name]] = quantities.whole(text)
            else:
                extended[name] = quantities.whole(text)
            written[name] = quantities.canonical(text)
        except (ValueError, ArithmeticError) as problem:
            raise Malformed(f"{path}.{name}", str(problem)) from None
    usual = _resources_json(Resources(**amounts, extended=extended))
    unusual = {name: text for name, text in written.items() if usual[name] != text}
    return Resources(**amounts, extended=extended, written=unusual)


# --- to JSON


def to_json(obj: AnyObject, calendar: Calendar) -> dict[str, Any]:
    """Return the API's JSON of an object, empty fields left out as the API server does."""
    content: dict[str, Any] = {"apiVersion": obj.api_version, "kind": kind_of(obj)}
    content.update(_struct_json(obj, calendar))
    if kind_of(obj) in WITHOUT_GENERATION:
        content.get("metadata", {}).pop("generation", None)
    return content


def _struct_json(struct: Any, calendar: Calendar) -> dict[str, Any]:
    if isinstance(struct, Resources):
        return _resources_json(struct)
    content: dict[str, Any] = {}
    of: type = type(struct)
    name = of.__name__
    for key, (attribute, hint) in fields_of(of).items():
        value = getattr(struct, attribute)
        if value is None or (attribute == "api_version" and key in content):
            continue
        empty = value in ("", 0, False, (), {}) if not isinstance(value, msgspec.Struct) else False
        if empty and not (_is_chosen(hint, value) or (name, attribute) in KEPT_WHEN_EMPTY):
            continue
        printed = _json(attribute, value, calendar)
        said = _is_state(name) or attribute in PRINTED_WHEN_EMPTY
        if printed == {} and isinstance(value, msgspec.Struct) and not said:
            continue
        content[key] = printed
    for key, value in getattr(struct, "rest", {}).items():
        content.setdefault(key, value)
    return content


def _is_chosen(hint: Any, value: Any) -> bool:
    """Tell whether a zero was set on purpose: the field could have been left out instead."""
    optional = isinstance(hint, types.UnionType) and type(None) in typing.get_args(hint)
    return optional and not isinstance(value, tuple | dict)


def _is_state(name: str) -> bool:
    """Tell whether an empty structure says something: {"running": {}} does."""
    return name in ("ContainerState", "ContainerStatus")


def _json(attribute: str, value: Any, calendar: Calendar) -> Any:
    if attribute == "resource_version":
        return str(value)
    if is_time(attribute) and isinstance(value, int):
        second = calendar.rfc3339(value)
        if attribute not in MICRO_TIMES:
            return second
        return f"{second.removesuffix('Z')}.{value % 1000 * 1000:06d}Z"
    if isinstance(value, msgspec.Struct):
        return _struct_json(value, calendar)
    if isinstance(value, tuple):
        return [_json("", each, calendar) for each in value]
    if isinstance(value, dict):
        return {key: _json("", each, calendar) for key, each in value.items()}
    return value


def _resources_json(amounts: Resources) -> dict[str, str]:
    printed = {}
    if amounts.cpu is not None:
        printed["cpu"] = quantities.print_milli(amounts.cpu)
    if amounts.ephemeral_storage is not None:
        printed["ephemeral-storage"] = quantities.print_bytes(amounts.ephemeral_storage)
    if amounts.memory is not None:
        printed["memory"] = quantities.print_bytes(amounts.memory)
    if amounts.pods is not None:
        printed["pods"] = quantities.print_decimal(amounts.pods)
    for name, amount in amounts.extended.items():
        printed[name] = quantities.print_decimal(amount)
    for name, text in amounts.written.items():
        # What was written counts only as long as nobody has changed the amount.
        if name in printed and _same_amount(name, text, printed[name]):
            printed[name] = text
    return dict(sorted(printed.items()))


def _same_amount(name: str, one: str, other: str) -> bool:
    if name == "cpu":
        return quantities.milli(one) == quantities.milli(other)
    return quantities.whole(one) == quantities.whole(other)


def printed_amounts(amounts: Resources) -> dict[str, str]:
    """Return the texts of amounts of resources by their names, as the API prints them."""
    return _resources_json(amounts)
