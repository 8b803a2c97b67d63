"""Quantities in the API's own form, wherever a manifest holds one.

The API server reads every quantity and prints it again, so 0.5 comes back as 500m and 1024Mi as
1Gi. Structures that the simulation reads hold integers; this is for everything else: volumes,
quotas, limits, metrics.
"""

from typing import Any

from simulation.kube.manifests.known_fields import inner, structures
from simulation.kube.rules import quantities


def canonical(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest with its quantities as the API server would give them back."""
    if kind not in structures():
        return content
    found = _canonical(kind, content)
    assert isinstance(found, dict), f"a {kind} is an object"
    return found


def _canonical(type: str, value: Any) -> Any:
    if type == "q":
        return _quantity(value)
    if isinstance(value, list) and type.startswith("*"):
        return [_canonical(type[1:], each) for each in value]
    if not isinstance(value, dict):
        return value
    if type.startswith("{"):
        return {key: _canonical(inner(type), each) for key, each in value.items()}
    fields = structures().get(type, {})
    return {
        key: _canonical(fields[key], each) if key in fields else each for key, each in value.items()
    }


def _quantity(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    try:
        return quantities.canonical(value)
    except (ValueError, ArithmeticError):
        return value
