"""Strict decoding: fields that do not exist and values of the wrong type.

Follows sigs.k8s.io/json under fieldValidation=Strict, against the table of known fields.
"""

import re
from typing import Any

from simulation.kube.manifests.known_fields import inner, structures
from simulation.kube.manifests.wording import Found
from simulation.kube.rules import quantities

BASE64 = re.compile(r"[A-Za-z0-9+/]*")
LONG = frozenset(
    (
        "activeDeadlineSeconds",
        "deletionGracePeriodSeconds",
        "expirationSeconds",
        "fsGroup",
        "generation",
        "observedGeneration",
        "revision",
        "runAsGroup",
        "runAsUser",
        "seconds",
        "startingDeadlineSeconds",
        "terminationGracePeriodSeconds",
        "tolerationSeconds",
    )
)
"""Numbers that are int64 in Go; the others are int32."""


def strict(kind: str, content: dict[str, Any]) -> Found:
    """Return unknown fields and values of the wrong type; of kinds not in the table, in metadata."""
    if kind not in structures():
        return _strict("ObjectMeta", "ObjectMeta", content.get("metadata"), "metadata")
    return _strict(kind, kind, content, "") + _encoded(kind, content)


def _encoded(kind: str, content: dict[str, Any]) -> Found:
    """Return which bytes are not in base64."""
    field = {"ConfigMap": "binaryData", "Secret": "data"}.get(kind, "")
    values = content.get(field) if field else None
    found: Found = []
    for key, value in (values if isinstance(values, dict) else {}).items():
        if isinstance(value, str):
            place = _not_base64(value)
            if place is not None:
                text = f"illegal base64 data at input byte {place}"
                found.append((f"{field}.{key}", text))
    return found


def _not_base64(text: str) -> int | None:
    """Return where a text stops being base64, None if it is right."""
    bare = text.replace("\n", "").replace("\r", "")
    digits = BASE64.match(bare)
    assert digits is not None, "the pattern matches the empty text"
    end = digits.end()
    padding = bare[end:]
    if end % 4 == 0 and not padding:
        return None
    if end % 4 in (2, 3) and padding == "=" * (4 - end % 4):
        return None
    return end


def _strict(owner: str, type: str, value: Any, path: str) -> Found:
    if value is None or type == "a":
        return []
    if type.startswith("*"):
        return _strict_list(owner, type, value, path)
    if type.startswith("{"):
        return _strict_map(owner, type, value, path)
    if type == "q":
        return _quantity(path, value)
    if type in SCALARS:
        return _strict_scalar(owner, type, value, path)
    return _strict_structure(owner, type, value, path)


def _strict_list(owner: str, type: str, value: Any, path: str) -> Found:
    if not isinstance(value, list):
        return [(path, _wrong(value, owner, path, f"[]{type[1:]}"))]
    each = enumerate(value)
    return [found for n, one in each for found in _strict(owner, type[1:], one, f"{path}[{n}]")]


def _strict_map(owner: str, type: str, value: Any, path: str) -> Found:
    if not isinstance(value, dict):
        return [(path, _wrong(value, owner, path, "map[string]string"))]
    # Go names the field that holds the map, not the key within it.
    return [
        (where, text.replace(f".{path}.{key} of type", f".{path} of type"))
        for key, one in value.items()
        for where, text in _strict(owner, inner(type), "" if one is None else one, f"{path}.{key}")
    ]


def _strict_scalar(owner: str, type: str, value: Any, path: str) -> Found:
    go_type = _go_type(type, path)
    right = isinstance(value, SCALARS[type]) and (type == "b" or not isinstance(value, bool))
    if right and isinstance(value, int) and type in ("i", "x"):
        go_type = "int32" if type == "x" else go_type
        right = -RANGES[go_type] <= value < RANGES[go_type]
    return [] if right else [(path, _wrong(value, owner, path, go_type))]


def _strict_structure(owner: str, type: str, value: Any, path: str) -> Found:
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


def without_unknown(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest without its unknown fields, those that `strict` tells of."""
    of = structures().get(kind)
    if of is not None:
        return {key: _known(of[key], one) for key, one in content.items() if key in of}
    return {
        key: _known("ObjectMeta", one) if key == "metadata" else one for key, one in content.items()
    }


def _known(type: str, value: Any) -> Any:
    if type.startswith("*") and isinstance(value, list):
        return [_known(type[1:], one) for one in value]
    if type.startswith("{") and isinstance(value, dict):
        return {key: _known(inner(type), one) for key, one in value.items()}
    fields = structures().get(type, {})
    if not fields or not isinstance(value, dict):
        return value
    return {key: _known(fields[key], one) for key, one in value.items() if key in fields}


def _wrong(value: Any, owner: str, path: str, wanted: str) -> str:
    names = {
        bool: "bool",
        str: "string",
        int: "number",
        float: "number",
        list: "array",
        dict: "object",
    }
    sort = names.get(type(value), "value")
    if wanted in RANGES and sort == "number":
        # Go says the number where one was expected that is whole and fits.
        sort = f"number {_as_go_prints(value)}"
    field = re.sub(r"\[\d+\]", "", path)
    return f"json: cannot unmarshal {sort} into Go struct field {owner}.{field} of type {wanted}"


SCALARS: dict[str, Any] = {"s": str, "i": int, "b": bool, "x": str | int, "t": str | int}
RANGES = {"int32": 2**31, "int64": 2**63}


def _as_go_prints(value: int | float) -> str:
    """Print a number as it reaches the API server: whole up to 64 bits, else as Go's %g."""
    return re.sub(r"\.0(?=e|$)", "", str(value))


def _quantity(path: str, value: Any) -> Found:
    try:
        quantities.parse(value if not isinstance(value, bool | list | dict) else "?")
    except (ValueError, ArithmeticError):
        return [
            (
                path,
                "quantities must match the regular expression "
                "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
            )
        ]
    return []


def _go_type(type: str, path: str) -> str:
    """Return the Go type of a field, as the texts about wrong types name it."""
    if type != "i":
        return "bool" if type == "b" else "string"
    return "int64" if path.rpartition(".")[2] in LONG else "int32"


MAPS_OF_TEXTS = frozenset(
    (
        "annotations",
        "binaryData",
        "data",
        "labels",
        "matchLabels",
        "nodeSelector",
        "parameters",
        "stringData",
    )
)


def without_nulls(value: Any, key: str = "") -> Any:
    """Read null as Go does: as a field that is not there, an empty item, or an empty text."""
    if isinstance(value, dict):
        if key in MAPS_OF_TEXTS:
            return {name: "" if each is None else each for name, each in value.items()}
        return {name: without_nulls(each, name) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        empty: Any = "" if any(isinstance(each, str) for each in value) else {}
        return [empty if each is None else without_nulls(each) for each in value]
    return value
