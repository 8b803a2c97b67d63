"""Merging manifests: what `kubectl apply` and `kubectl patch` make of two or three JSON values.

Lists whose items have a key of their own (containers by name, ports by number) are merged item by
item, as Kubernetes' strategic merge does; all others are replaced.
"""

from typing import Any

from simulation.kube.limits import MANIFEST_DEPTH_MAX
from simulation.kubectl.numbers import is_whole

MERGE_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "hostAliases": ("ip",),
    "ports": ("containerPort", "port"),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
    "topologySpreadConstraints": ("topologyKey",),
    "taints": ("key",),
}
"""List field to the key of its items; where there are two, the one that the items have."""

DIRECTIVE = "$patch"


def three_way(last: Any, new: Any, live: Any) -> Any:
    """Return the live value, with what was asked last time and is not any more removed.

    last: the manifest of the last apply, new: the present one, live: what the API server holds.
    """
    if not (isinstance(new, dict) and isinstance(live, dict)):
        return new
    last = last if isinstance(last, dict) else {}
    merged = {
        key: value for key, value in live.items() if not (key in last and new.get(key) is None)
    }
    for key, value in new.items():
        if value is None:
            continue
        if isinstance(value, list) and isinstance(live.get(key), list):
            merged[key] = _lists(key, last.get(key), value, live[key])
        else:
            merged[key] = three_way(last.get(key), value, live.get(key))
    return merged


def _key_of(field: str, *lists: Any) -> str:
    """Return the key that all items of the lists have, or an empty text."""
    items = [item for each in lists if isinstance(each, list) for item in each]
    for key in MERGE_KEYS.get(field, ()):
        if items and all(_has(key, item) for item in items):
            return key
    return ""


def _has(key: str, item: Any) -> bool:
    """Tell whether an item can be found by a key; a manifest may have a list where a name should be."""
    return isinstance(item, dict) and isinstance(item.get(key), str | int)


def _lists(field: str, last: Any, new: list[Any], live: list[Any]) -> list[Any]:
    key = _key_of(field, new, live)
    if not key:
        return new
    old = {each[key]: each for each in live}
    before = {each[key]: each for each in last or [] if _has(key, each)}
    merged = [three_way(before.get(each[key]), each, old.get(each[key], {})) for each in new]
    wanted = {each[key] for each in new}
    kept = [each for each in live if each[key] not in wanted and each[key] not in before]
    return merged + kept


def strategic(live: Any, patch: Any) -> Any:
    """Return a value with a strategic merge patch applied."""
    if not (isinstance(patch, dict) and isinstance(live, dict)):
        return patch
    if patch.get(DIRECTIVE) == "replace":
        return {key: value for key, value in patch.items() if key != DIRECTIVE}
    merged = dict(live)
    for key, value in patch.items():
        if key.startswith("$"):
            continue
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, list) and isinstance(live.get(key), list):
            merged[key] = _patched(key, live[key], value)
        elif isinstance(value, dict):
            merged[key] = strategic(live.get(key) or {}, value)
        else:
            merged[key] = value
    return merged


def _patched(field: str, live: list[Any], patch: list[Any]) -> list[Any]:
    key = _key_of(field, live, patch)
    if not key:
        return patch
    # Two items may share a key, port 53 over TCP and over UDP: a patch changes the first of them.
    merged: list[Any] = list(live)
    places: dict[str | int, list[int]] = {}
    for number, old in enumerate(live):
        places.setdefault(old[key], []).append(number)
    for each in patch:
        held = places.get(each[key])
        if each.get(DIRECTIVE) == "delete":
            for number in places.pop(each[key], ()):
                merged[number] = None
        elif held:
            merged[held[0]] = strategic(merged[held[0]], each)
        else:
            places[each[key]] = [len(merged)]
            merged.append(each)
    return [each for each in merged if each is not None]


def json_merge(live: Any, patch: Any) -> Any:
    """Return a value with a JSON merge patch (RFC 7386) applied."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(live) if isinstance(live, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = json_merge(merged.get(key), value)
    return merged


def json_patch(live: Any, operations: list[Any]) -> Any:
    """Return a value with a JSON patch (RFC 6902) applied; raise ValueError where it cannot be."""
    for operation in operations:
        if not isinstance(operation, dict) or "op" not in operation or "path" not in operation:
            raise ValueError("each operation needs op and path")
        path = [
            part.replace("~1", "/").replace("~0", "~")
            for part in str(operation["path"]).split("/")[1:]
        ]
        if len(path) > MANIFEST_DEPTH_MAX:
            # An operation that nests what the one before it nested could go down without end.
            raise ValueError(f"the path {str(operation['path'])[:200]} is too deep")
        live = _operated(live, path, str(operation["op"]), operation.get("value"))
    return live


def _operated(target: Any, path: list[str], verb: str, value: Any) -> Any:
    if not path:
        if verb == "test" and target != value:
            raise ValueError("testing value failed")
        return target if verb == "test" else value
    head, *tail = path
    if isinstance(target, list):
        place = len(target) if head == "-" else int(head) if is_whole(head) else -1
        if not 0 <= place <= len(target) or (place == len(target) and (tail or verb != "add")):
            raise ValueError(f"the index {head} is out of bounds")
        if tail or verb == "test":
            changed = _operated(target[place], tail, verb, value)
            return [*target[:place], changed, *target[place + 1 :]]
        rest = target[place + (verb != "add") :]
        return [*target[:place], *([] if verb == "remove" else [value]), *rest]
    if not isinstance(target, dict) or (head not in target and (tail or verb != "add")):
        raise ValueError(f"the path /{'/'.join(path)} does not exist")
    if not tail and verb == "remove":
        return {key: each for key, each in target.items() if key != head}
    return {**target, head: _operated(target.get(head), tail, verb, value)}
