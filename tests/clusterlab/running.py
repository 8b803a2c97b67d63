"""The real parts, started as processes: Valkey, host workers, Daphne, and a viewer's socket."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
import uuid
import zlib
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from clusterlab.runtime.limits import INCOMING_BYTES_MAX
from clusterlab.runtime.supervisor import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(argv: list[str], environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a part that dies with the tests."""
    return subprocess.Popen(
        [sys.executable, "-m", *argv],
        cwd=ROOT,
        env={**os.environ, **environ},
        preexec_fn=die_with_parent,
        start_new_session=True,
        **QUIET,  # type: ignore[call-overload]
    )


class House:
    """All parts of a running ClusterLab, each of which can be killed and started again."""

    def __init__(self, state: Path, redis_url: str) -> None:
        self.port = free_port()
        self.environ = {"CLUSTERLAB_STATE": str(state), "REDIS_URL": redis_url}
        self.workers: list[subprocess.Popen[bytes]] = []
        self.web: subprocess.Popen[bytes] | None = None

    def migrate(self) -> None:
        """Make the tables."""
        argv = [sys.executable, "manage.py", "migrate", "-v", "0"]
        subprocess.run(argv, cwd=ROOT, env={**os.environ, **self.environ}, check=True)

    def collect_files(self) -> None:
        """Compress the page's files, as a start does, and let the web server find them."""
        argv = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
        subprocess.run(argv, cwd=ROOT, env={**os.environ, **self.environ}, check=True)
        assert self.web is not None
        self.web.kill()
        self.web.wait()
        self.start_web()

    def start_worker(self) -> None:
        """Start one more host worker."""
        name = f"t{uuid.uuid4().hex[:8]}"
        self.workers.append(
            start(
                ["celery", "-q", "-A", "clusterlab", "worker", "-P", "threads", "-c", "1",
                 "--without-gossip", "--without-mingle", "-Q", f"host@{name}", "-n", f"{name}@%h"],
                self.environ,
            )
        )  # fmt: skip

    def start_web(self) -> None:
        """Start Daphne and wait until it answers."""
        self.web = start(
            [
                "daphne",
                "-b",
                "127.0.0.1",
                "-p",
                str(self.port),
                "--websocket-max-message-size",
                str(INCOMING_BYTES_MAX),
                "--websocket-max-frame-size",
                str(INCOMING_BYTES_MAX),
                "clusterlab.asgi:application",
            ],
            self.environ,
        )
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(self.url("/healthz")):
                return
            assert time.monotonic() < deadline, "the web server did not start"
            time.sleep(0.05)

    def url(self, path: str) -> str:
        """Return an address of the site."""
        return f"http://127.0.0.1:{self.port}{path}"

    def open_lab(self) -> "Viewer":
        """Open a lab as a visitor does, and look at it."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = opener.open(self.url("/")).read().decode()
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)
        assert token is not None
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]}).encode()
        answer = opener.open(self.url("/"), form)
        address = urllib.parse.urlparse(answer.geturl())
        lab = address.path.rpartition("/")[2]
        return Viewer(self, lab, urllib.parse.parse_qs(address.query)["k"][0])

    def open_many(self, count: int) -> list[str]:
        """Open many labs at once, past the limit of one visitor, and return their ids."""
        code = (
            "import django; django.setup()\n"
            "from clusterlab.runtime.opening import open_lab\n"
            f"for _ in range({count}): print(open_lab().lab_id)"
        )
        told = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, **self.environ},
            check=True,
            capture_output=True,
            text=True,
        )
        return told.stdout.split()

    def end(self) -> None:
        """Kill everything."""
        for process in (*self.workers, self.web):
            if process is not None:
                process.kill()
                process.wait()


class Viewer:
    """A socket of one lab that follows it as the browser does."""

    def __init__(self, house: House, lab: str, secret: str) -> None:
        self.house, self.lab, self.secret = house, lab, secret
        self.state: dict[str, dict[str, Any]] = {}
        self.epoch = self.seq = self.at = -1
        self.told: list[dict[str, Any]] = []
        self.connection: ClientConnection | None = None
        self.acknowledges = True
        self.connect()

    def connect(self) -> None:
        """Connect, or connect again and go on where it was."""
        url = f"ws://127.0.0.1:{self.house.port}/ws/lab/{self.lab}?k={self.secret}"
        if self.epoch >= 0:
            url += f"&epoch={self.epoch}&seq={self.seq}"
        origin = f"http://127.0.0.1:{self.house.port}"
        self.connection = connect(url, origin=origin, max_size=None)  # type: ignore[arg-type]

    def send(self, message: dict[str, Any] | str) -> None:
        """Say something."""
        assert self.connection is not None
        self.connection.send(message if isinstance(message, str) else json.dumps(message))

    def listen(self, seconds: float) -> Iterator[dict[str, Any]]:
        """Yield what comes in, folding frames, for so many seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.connection is not None
            try:
                raw = self.connection.recv(timeout=0.05)
            except TimeoutError:
                continue
            message = json.loads(zlib.decompress(raw) if isinstance(raw, bytes) else raw)
            self._fold(message)
            yield message

    def _fold(self, message: dict[str, Any]) -> None:
        if message["t"] == "snapshot":
            self.state = message["state"]
        elif message["t"] == "delta":
            if (message["epoch"], message["base"]) != (self.epoch, self.seq):
                self.send({"resync": True})
                return
            for table, key, _, row in message["d"]:
                if row is None:
                    self.state.get(table, {}).pop(key, None)
                else:
                    self.state.setdefault(table, {})[key] = row
        else:
            self.told.append(message)
            return
        self.epoch, self.seq, self.at = message["epoch"], message["seq"], message["at"]
        if self.acknowledges:
            self.send({"ack": self.seq})

    def until(self, what: Callable[[dict[str, Any]], Any], seconds: float = 10) -> dict[str, Any]:
        """Listen until a message satisfies; fail after so many seconds."""
        for message in self.listen(seconds):
            if what(message):
                return message
        raise AssertionError(f"nothing of the kind came within {seconds} s")

    def ask(self, message: dict[str, Any], seconds: float = 10) -> dict[str, Any]:
        """Send a request, again under the same id until it is answered, and return the answer."""
        id = message.setdefault("id", uuid.uuid4().hex)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                self.send(message)
                return self.until(
                    lambda m: m.get("id") == id and m["t"] in ("applied", "refused", "answer"), 2
                )
            except (AssertionError, OSError, ConnectionError, EOFError):
                pass
            except Exception as problem:
                if "Connection" not in type(problem).__name__:
                    raise
            with contextlib.suppress(Exception):
                self.connect()
            time.sleep(0.1)
        raise AssertionError(f"{message} was not answered within {seconds} s")

    def advances_within(self, seconds: float) -> None:
        """Fail unless the lab's time moves on within so many seconds, reconnecting as a page does."""
        deadline = time.monotonic() + seconds
        first = None
        while time.monotonic() < deadline:
            try:
                for message in self.listen(0.5):
                    if message["t"] in ("delta", "snapshot"):
                        first = message["at"] if first is None else first
                        if message["at"] > first:
                            return
            except Exception:
                with contextlib.suppress(Exception):
                    self.connect()
                time.sleep(0.1)
        raise AssertionError(f"the lab did not go on within {seconds} s")
