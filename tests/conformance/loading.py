"""Finds the cases and the adapter of each kind."""

import importlib
import importlib.util
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One question that the real system has answered."""

    id: str
    area: str
    kind: str
    source: str
    given: dict[str, Any]
    expect: dict[str, Any]
    adapter: Callable[[dict[str, Any]], dict[str, Any]] | None


def adapters_of(area: str) -> dict[str, Callable[[dict[str, Any]], dict[str, Any]]]:
    """Return kind to adapter for one area, empty if the area has none."""
    name = f"tests.conformance.adapters.{area}"
    if importlib.util.find_spec(name) is None:
        return {}
    return dict(importlib.import_module(name).ADAPTERS)


def load(folder: Path) -> list[Case]:
    """Read all cases of a folder, in the order of the files."""
    cases: list[Case] = []
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        adapters = adapters_of(content["area"])
        cases += [
            Case(
                row["id"],
                content["area"],
                row["kind"],
                row["src"],
                row["given"],
                {key: value for key, value in row["expect"].items() if key != "why"},
                adapters.get(row["kind"]),
            )
            for row in content["cases"]
        ]
    return cases
