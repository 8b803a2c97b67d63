"""`manage.py up`: one command, one address, and nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clusterlab.running import ROOT, free_port

READY_S = 40


def children_of(pid: int) -> list[int]:
    """Return all processes below one, at any depth."""
    told = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = {int(each): int(parent) for each, parent in map(str.split, told.stdout.splitlines())}
    below: list[int] = []
    level = [pid]
    while level:
        level = [each for each, parent in parents.items() if parent in level]
        below += level
    return below


def is_alive(pid: int) -> bool:
    """Tell whether a process still runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def up(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A started `manage.py up` with an embedded server of its own, and its port."""
    port = free_port()
    environ = {k: v for k, v in os.environ.items() if k != "REDIS_URL"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={
            **environ,
            "PORT": str(port),
            "CLUSTERLAB_STATE": str(tmp_path / "state"),
            "TMPDIR": str(tmp_path),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()


def wait_for_address(process: subprocess.Popen[str]) -> str:
    """Return the line with the address."""
    assert process.stdout is not None
    deadline = time.monotonic() + READY_S
    for line in process.stdout:
        if "http://" in line:
            return line
        assert time.monotonic() < deadline
    raise AssertionError("it ended without an address")


def test_it_prints_the_address_when_a_lab_ticks_and_ends_on_ctrl_c(up: tuple) -> None:
    process, port = up

    line = wait_for_address(process)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
        ready = answer.status
    children = children_of(process.pid)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(timeout=10)
    took = time.monotonic() - begun

    assert str(port) in line
    assert ready == 200
    assert len(children) >= 4
    assert not any(map(is_alive, children))
    assert took < 3


def test_nothing_is_left_behind_when_it_is_killed(up: tuple, tmp_path: Path) -> None:
    process, _ = up
    wait_for_address(process)
    children = children_of(process.pid)
    folders = list(tmp_path.glob("clusterlab-*"))

    process.kill()
    process.wait()
    deadline = time.monotonic() + 5
    while any(map(is_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.1)

    assert children
    assert not any(map(is_alive, children))
    assert len(folders) == 1
    assert list(tmp_path.glob("clusterlab-*")) == []


def test_a_port_that_is_taken_is_said_plainly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environ = {**os.environ, "PORT": str(port), "CLUSTERLAB_STATE": str(tmp_path)}
        told = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            timeout=READY_S,
        )

    assert told.returncode != 0
    assert f"Port {port}" in told.stderr
    assert "taken already" in told.stderr
