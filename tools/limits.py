"""Write docs/limits.md: every bound of the project, with its reason, as the code has it.

Every ring names its bounds in its own limits.py; this reads them without importing them. With
`--check` nothing is written: it fails if the page is out of date, if a bound says no reason, if
nothing refers to it, or if what is named like a bound stands in another file.
"""

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "limits.md"
RINGS = ("simulation", "clusterlab")
BOUND = re.compile(r"[A-Z0-9_]+_(MAX|KEPT)(_[A-Z]+)?")
"""What a bound is called: SOMETHING_MAX, SOMETHING_KEPT, perhaps with its unit."""
ELSEWHERE = ("limits.py", "settings.py")
"""Files that may name one; a setting is somebody else's choice."""
STRAYS = {
    "simulation/__main__.py": "FILE_BYTES_MAX",
    "simulation/kube/cable_faults.py": "DELAY_MAX",
    "simulation/kube/consensus.py": "ENTRIES_KEPT",
    "simulation/kube/consensus_air.py": "RECENT_MESSAGES_MAX HELD_MESSAGES_MAX",
    "simulation/kube/consensus_views.py": "LOG_ROWS_MAX",
    "simulation/kube/faults.py": "FSYNC_MAX",
    "simulation/kube/kubelet/node_status.py": "IMAGES_REPORTED_MAX",
    "simulation/kube/kubelet/stages.py": "PULL_BACKOFF_MAX",
    "simulation/kube/manifests/network_checks.py": "AFFINITY_SECONDS_MAX",
    "simulation/kube/manifests/other_checks.py": "CONTENT_MAX USER_PRIORITY_MAX",
    "simulation/kube/manifests/wording.py": "INT32_MAX",
    "simulation/kube/manifests/workload_checks.py": "CRONJOB_NAME_MAX",
    "simulation/kube/network/flows.py": "TRIES_MAX",
    "simulation/kube/scheduler/queue.py": "BACKOFF_MAX POOL_TIME_MAX",
    "simulation/kube/scheduler/terms.py": "LABEL_VALUE_LENGTH_MAX",
    "simulation/kube/server_health.py": "CACHE_KEPT",
    "simulation/kube/workqueue.py": "BACKOFF_MAX",
    "simulation/kubectl/about.py": "DEPTH_MAX",
    "simulation/kubectl/changing.py": "REPLICAS_MAX",
    "simulation/lab/lab.py": "REFUSALS_KEPT_MAX",
    "simulation/scenarios/script.py": "LINES_MAX CONTROL_PLANE_MAX",
}
"""Bounds of the engine that do not stand in their ring's limits.py yet, by file. This list only
shrinks: a name that is in its place, or gone, is taken out."""
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
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            found += [Limit(name, shown(node.value), "") for name in names_of(node)]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and found:
            for limit in found:
                limit.reason = limit.reason or " ".join(str(node.value.value).split())
    return found


def names_of(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(node, ast.AnnAssign):
        return [ast.unparse(node.target)]
    return [ast.unparse(each) for each in node.targets] if isinstance(node, ast.Assign) else []


def strays() -> dict[str, str]:
    """Return what is named like a bound outside the files for bounds, by file."""
    found = {}
    for path in sorted(path for ring in RINGS for path in (ROOT / ring).rglob("*.py")):
        if path.name in ELSEWHERE:
            continue
        names = [name for node in ast.parse(path.read_text()).body for name in names_of(node)]
        bounds = [name for name in names if BOUND.fullmatch(name)]
        if bounds:
            found[str(path.relative_to(ROOT))] = " ".join(bounds)
    return found


def astray(found: dict[str, str], known: dict[str, str]) -> list[str]:
    """Return what is wrong with bounds that stand elsewhere, of which some are known."""
    told = []
    for file in sorted({*found, *known}):
        here, listed = set(found.get(file, "").split()), set(known.get(file, "").split())
        told += [f"{file}: {name} belongs into a limits.py" for name in sorted(here - listed)]
        told += [
            f"tools/limits.py: {name} of {file} is no stray any more; take it off the list"
            for name in sorted(listed - here)
        ]
    return told


def shown(value: ast.expr) -> str:
    """Return a value as a reader takes it in: 2_000 becomes 2,000."""
    text = ast.unparse(value)
    return re.sub(r"\d+", lambda digits: f"{int(digits[0]):,}", text) if "." not in text else text


def pages() -> list[tuple[str, list[Limit]]]:
    """Return every limits.py with what it holds, inner rings first."""
    order = ("kernel", "raft", "kube", "kubectl", "lab", "runtime", "labs")
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
    wrong = complaints(groups) + astray(strays(), STRAYS)
    if not PAGE.exists() or PAGE.read_text() != page:
        wrong.append("docs/limits.md is out of date: python -m tools.limits")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
