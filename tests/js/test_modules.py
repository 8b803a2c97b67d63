"""The browser's pure modules, tested by Node's own runner."""

import subprocess
from pathlib import Path

import pytest

from tools.vendor import find_node

FOLDER = Path(__file__).parent


@pytest.mark.parametrize("module", sorted(FOLDER.glob("*.test.mjs")), ids=lambda path: path.name)
def test_a_module_of_the_browser(module: Path) -> None:
    folder = find_node()
    if folder is None:
        pytest.skip("no Node on this machine")
    argv = [str(folder / "node"), "--test", str(module)]
    told = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stdout


def test_every_module_of_the_page_can_be_read() -> None:
    folder = find_node()
    if folder is None:
        pytest.skip("no Node on this machine")
    modules = sorted((FOLDER.parents[1] / "static" / "js").rglob("*.js"))
    assert modules, "the page has modules"

    for module in modules:
        argv = [str(folder / "node"), "--input-type=module", "--check"]
        told = subprocess.run(argv, input=module.read_bytes(), capture_output=True, timeout=60)
        assert told.returncode == 0, f"{module.name}: {told.stderr.decode()}"
