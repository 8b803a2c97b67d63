"""What a machine lacks is said aloud, and fails where it is required."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import bootstrap
from tools import machine

ROOT = Path(__file__).resolve().parents[2]


def test_a_browser_that_is_named_but_not_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    assert machine.chromium() is None


def test_nothing_is_installed_when_it_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_SETUP", "1")

    assert machine.install("chromium") is False


def test_skipped_browser_tests_are_named_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "skipped", {"tests/browser/": 3})
    monkeypatch.delenv("BROWSER_TESTS", raising=False)
    said = bootstrap.loud_lines()
    monkeypatch.setenv("BROWSER_TESTS", "required")
    demanded = bootstrap.loud_lines()

    assert "3 tests in a browser did NOT run" in said[0]
    assert demanded[0].startswith("!!! FAILED")


@pytest.mark.parametrize(("required", "code"), [("", 0), ("required", 1)])
def test_the_whole_run_fails_only_where_they_are_required(
    tmp_path: Path, required: str, code: int
) -> None:
    folder = tmp_path / "tests" / "browser"
    folder.mkdir(parents=True)
    (folder / "test_page.py").write_text("import pytest\npytest.skip('x', allow_module_level=True)")
    (folder / "test_other.py").write_text(
        "import pytest\n@pytest.mark.skip\ndef test_a(): ...\ndef test_b(): ..."
    )
    environ = {"BROWSER_TESTS": required, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}

    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.bootstrap", "-p", "no:django",
         "--rootdir", str(tmp_path), "-q", str(folder)],
        cwd=tmp_path, env=environ, capture_output=True, text=True,
    )  # fmt: skip

    assert told.returncode == code, told.stdout + told.stderr
    assert "2 tests in a browser did NOT run" in told.stderr.splitlines()[-1]


def test_nothing_may_be_left_out_where_a_change_lands(tmp_path: Path) -> None:
    says = 'echo "$BROWSER_TESTS $POSTGRES_TESTS"'
    for name, act in (("make", says), ("python3", "exit 0")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{act}\n")
        (tmp_path / name).chmod(0o755)

    told = subprocess.run(
        [str(ROOT / ".ci" / "run")], env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert told.stdout == "required required\n"
