"""The clusters to start from. The only place of the engine that reads files."""

from pathlib import Path

import yaml

FOLDER = Path(__file__).parent
DEFAULT = "default"


def names() -> list[str]:
    """Return the names of all scenarios."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def content_of(name: str) -> str:
    """Return the text of a scenario; raise KeyError if there is none of that name."""
    if name not in names():
        raise KeyError(name)
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def with_control_plane(content: str, count: int) -> str:
    """Return a scenario with another number of control plane nodes, in its zones in turn."""
    scenario = yaml.safe_load(content)
    zones = sorted({each["zone"] for each in scenario["controlPlane"]})
    scenario["controlPlane"] = [{"zone": zones[number % len(zones)]} for number in range(count)]
    return str(yaml.safe_dump(scenario, sort_keys=False))


def example(path: str) -> str | None:
    """Return a bundled manifest of the Kubernetes documentation by its path, or None."""
    root = (FOLDER / "examples").resolve()
    found = (root / path).resolve()
    if not found.is_relative_to(root) or not found.is_file():
        return None
    return found.read_text(encoding="utf-8")
