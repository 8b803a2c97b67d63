"""Starts a private Redis before Django's settings are read, and says aloud what was skipped.

pytest-django imports the settings before any conftest, so the address must be in the environment
earlier than that: this module is named with -p.
"""

import atexit
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

GROUPS = {
    "tests/browser/": ("BROWSER_TESTS", "tests in a browser", "Chromium"),
    "tests/clusterlab/test_postgres.py": ("POSTGRES_TESTS", "tests on Postgres", "Postgres"),
}
"""Tests whose program the machine may lack: by where they are, the variable that requires them."""
skipped: dict[str, int] = {}

FOLDER = Path(tempfile.mkdtemp(prefix="clusterlab-tests-"))
os.environ.setdefault("CLUSTERLAB_STATE", str(FOLDER / "state"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clusterlab.settings")
os.environ["REDIS_URL"] = f"unix://{FOLDER / 'valkey.sock'}"
_server = None


def start_valkey() -> None:
    """Start the server, or start it again after it was killed."""
    global _server
    import subprocess

    from clusterlab.runtime.supervisor import die_with_parent, valkey_argv, valkey_binary

    binary = valkey_binary()
    assert binary is not None, "no Redis-compatible server was found"
    socket = FOLDER / "valkey.sock"
    _server = subprocess.Popen(
        valkey_argv(binary, socket, FOLDER),
        preexec_fn=die_with_parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while not socket.exists():
        assert time.monotonic() < deadline, "valkey did not start"
        time.sleep(0.02)


def kill_valkey() -> None:
    """Kill the server as a crash would."""
    assert _server is not None
    _server.kill()
    _server.wait()
    (FOLDER / "valkey.sock").unlink(missing_ok=True)


@atexit.register
def _end() -> None:
    if _server is not None and _server.poll() is None:
        _server.kill()
        _server.wait()
    shutil.rmtree(FOLDER, ignore_errors=True)


def pytest_runtest_logreport(report: Any) -> None:
    """Count what a machine without its program skips; a skipped module is one of them."""
    for place in GROUPS:
        if report.skipped and report.nodeid.startswith(place):
            skipped[place] = skipped.get(place, 0) + 1


pytest_collectreport = pytest_runtest_logreport


def pytest_sessionfinish(session: Any) -> None:
    """Fail if something was skipped that was required."""
    if session.exitstatus in (0, 5) and any(os.environ.get(GROUPS[p][0]) for p in skipped):
        session.exitstatus = 1


def pytest_unconfigure() -> None:
    """Say in the very last lines what was skipped."""
    for line in loud_lines():
        print(line, file=sys.stderr)


def loud_lines() -> list[str]:
    """Return what has to be said about skipped tests."""
    lines = []
    for place, count in sorted(skipped.items()):
        variable, what, program = GROUPS[place]
        verdict = f"FAILED: {variable} is set, but" if os.environ.get(variable) else "ATTENTION:"
        lines.append(
            f"!!! {verdict} {count} {what} did NOT run. Is {program} there? See python -m tools.machine"
        )
    return lines


start_valkey()
