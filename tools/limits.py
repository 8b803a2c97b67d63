"""Write docs/limits.md: every bound of the project, with its reason, as the code has it.

Every ring names its bounds in its own limits.py; this reads them without importing them. With
`--check` nothing is written: it fails if the page is out of date, if a bound says no reason, or if
nothing refers to it.
"""

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "limits.md"
RINGS = ("simulation", "clusterlab")
HEAD = """# Bounds

Everything that a user, a socket or time could let grow has a bound, named in the code with its
reason. This page is generated from those names by `python -m tools.limits`.
"""


@dataclass
class Limit:
    """A bound, its value as written, and why it is what it is."""

    name: str
    value: str
    reason: str


def limits_of(source: str) -> list[Limit]:
    """Return the bounds of a limits.py; one without a text of its own shares the next one's."""
    found: list[Limit] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign):
            names = [ast.unparse(target) for target in node.targets]
            found += [Limit(name, shown(node.value), "") for name in names]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and found:
            for limit in found:
                limit.reason = limit.reason or " ".join(str(node.value.value).split())
    return found


def shown(value: ast.expr) -> str:
    """Return a value as a reader takes it in: 2_000 becomes 2,000."""
    text = ast.unparse(value)
    return re.sub(r"\d+", lambda digits: f"{int(digits[0]):,}", text) if "." not in text else text


def pages() -> list[tuple[str, list[Limit]]]:
    """Return every limits.py with what it holds, inner rings first."""
    order = ("kernel", "raft", "kube", "kubectl", "lab", "labs")
    files = [path for ring in RINGS for path in sorted((ROOT / ring).rglob("limits.py"))]
    files.sort(key=lambda path: order.index(path.parent.name) if path.parent.name in order else 99)
    return [(str(path.parent.relative_to(ROOT)), limits_of(path.read_text())) for path in files]


def written(groups: list[tuple[str, list[Limit]]]) -> str:
    """Return the page."""
    parts = [HEAD]
    for folder, limits in groups:
        rows = [f"| `{each.name}` | {each.value} | {each.reason} |" for each in limits]
        parts.append(
            "\n".join([f"## {folder}", "", "| name | bound | why |", "|---|---|---|", *rows])
        )
    return "\n".join(parts[:1]) + "\n" + "\n\n".join(parts[1:]) + "\n"


def complaints(groups: list[tuple[str, list[Limit]]]) -> list[str]:
    """Return what is wrong with the bounds themselves."""
    sources = [
        path.read_text()
        for ring in RINGS
        for path in (ROOT / ring).rglob("*.py")
        if path.name != "limits.py"
    ]
    found = []
    for folder, limits in groups:
        for each in limits:
            if not each.reason:
                found.append(f"{folder}: {each.name} says no reason")
            if not any(each.name in source for source in sources):
                found.append(f"{folder}: nothing refers to {each.name}")
    return found


def main() -> int:
    """Write the page, or check it."""
    groups = pages()
    page = written(groups)
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page)
        return 0
    wrong = complaints(groups)
    if not PAGE.exists() or PAGE.read_text() != page:
        wrong.append("docs/limits.md is out of date: python -m tools.limits")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
