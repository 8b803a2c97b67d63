"""What neither import-linter nor ruff can hold of the engine's borders."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READS_FILES = ("simulation/scenarios", "simulation/__main__.py")


def test_a_lab_comes_without_django():
    code = "import sys, simulation.lab.lab, simulation.lab; print([n for n in sys.modules if 'django' in n])"

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ended.stdout == "[]\n"


def test_nothing_else_of_the_engine_opens_a_file():
    opening = []
    for path in sorted((ROOT / "simulation").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        if name.startswith(READS_FILES):
            continue
        calls = [
            each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.Call)
        ]
        opening += [
            f"{name}:{each.lineno}"
            for each in calls
            if isinstance(each.func, ast.Name) and each.func.id == "open"
        ]

    assert opening == []
