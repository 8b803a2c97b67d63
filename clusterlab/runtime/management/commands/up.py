"""`manage.py up`: everything on one machine with one command."""

import os
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from clusterlab.runtime import limits
from clusterlab.runtime.supervisor import (
    Supervisor,
    valkey_argv,
    valkey_binary,
    wait_for,
)

READY_S = 60.0
WATCH_PERIOD_S = 0.25
CELERY = [sys.executable, "-m", "celery", "-q", "-A", "clusterlab"]
WORKER = [
    *CELERY,
    "worker",
    "-P",
    "threads",
    "--without-gossip",
    "--without-mingle",
    "-l",
    "WARNING",
]
SELF_TEST = "self-test"
"""The lab that a start waits for; nobody has a link to it."""


class Command(BaseCommand):
    """Start Valkey, workers and web server, and keep them running."""

    help = "Starts everything on one machine and prints the address when a lab really ticks."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until Ctrl-C."""
        begun = float(os.environ.get("CLUSTERLAB_BEGUN", time.time()))
        host = os.environ.get("HOST", "127.0.0.1")
        port, hosts = _port(), _host_workers()
        _check_port(host, port)
        for number in (signal.SIGTERM, signal.SIGINT):
            # Whoever starts this in the background of a script has SIGINT ignored.
            signal.signal(number, _interrupt)
        folder = Path(tempfile.mkdtemp(prefix="clusterlab-"))
        supervisor = Supervisor(settings.BASE_DIR)
        supervisor.sweep_at_the_end(folder)
        try:
            self._start(supervisor, folder, host, port)
            if not wait_for(lambda: _is_up(host, port), READY_S, supervisor.watch):
                raise CommandError("The web server did not start; see the messages above.")
            if not _a_lab_ticks(supervisor):
                raise CommandError("No lab ticks; see the messages above.")
            for number in range(2, hosts + 1):
                self._add_host(supervisor, number)
            self.stdout.write(
                f"\n  ClusterLab is running: http://{host}:{port}/"
                f"   (ready after {time.time() - begun:.1f} s; Ctrl-C ends it)\n"
            )
            self.stdout.flush()
            while True:
                supervisor.watch()
                time.sleep(WATCH_PERIOD_S)
        except KeyboardInterrupt:
            self.stdout.write("\nStopping.")
        finally:
            supervisor.stop()

    def _start(self, supervisor: Supervisor, folder: Path, host: str, port: int) -> None:
        url = os.environ.get("REDIS_URL", "")
        if not url:
            url = self._start_valkey(supervisor, folder)
        os.environ["REDIS_URL"] = url
        _use_redis(url)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        self._add_host(supervisor, 1)
        # A long replay must not hold up a host, nor what else there is to do.
        for queue, threads in (("replay", "1"), ("tasks", "2")):
            argv = [*WORKER, "-c", threads, "-Q", queue, "-n", f"{queue}{os.getpid()}@%h"]
            supervisor.add(queue, argv)
        # Not embedded in a worker: there it would be a process that nobody watches over.
        beat = [*CELERY, "beat", "-l", "WARNING", "--schedule", str(folder / "beat"), "--pidfile="]
        supervisor.add("beat", beat)
        daphne = [sys.executable, "-m", "daphne", "-b", host, "-p", str(port), "--no-server-name",
                  "-v", "0", "--websocket-max-message-size", str(limits.INCOMING_BYTES_MAX),
                  "--websocket-max-frame-size", str(limits.INCOMING_BYTES_MAX),
                  "clusterlab.asgi:application"]  # fmt: skip
        supervisor.add("web", daphne)

    def _add_host(self, supervisor: Supervisor, number: int) -> None:
        name = f"{number}-{os.getpid()}"
        queue = f"host@{name}"
        supervisor.add(queue, [*WORKER, "-c", "1", "-Q", queue, "-n", f"host{name}@%h"])

    def _start_valkey(self, supervisor: Supervisor, folder: Path) -> str:
        binary = valkey_binary()
        if binary is None:
            raise CommandError(
                "There is no Redis: set REDIS_URL, or install valkey-server or redis-server."
            )
        path = folder / "valkey.sock"
        if len(str(path)) > limits.SOCKET_PATH_MAX:
            raise CommandError(f"The path of the socket is too long: {path}")
        supervisor.add("valkey", valkey_argv(binary, path, folder), serves_others=True)
        if not wait_for(path.exists, 10.0, supervisor.watch):
            raise CommandError(f"{binary} did not start.")
        return f"unix://{path}"


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _host_workers() -> int:
    """Return how many hosts there are to be; by default a second one, which takes over at once.

    One that starts again after its death needs as long as Celery does.
    """
    text = os.environ.get("HOST_WORKERS", "2")
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= limits.HOSTS_MAX:
        raise CommandError(
            f"HOST_WORKERS must be a number from 1 to {limits.HOSTS_MAX}, not {text!r}."
        )
    return int(text)


def _check_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise CommandError(
                f"Port {port} on {host} is taken already ({problem.strerror}). "
                f"Choose another one: PORT={port + 1} make run"
            ) from None


def _is_up(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((host, port)) == 0


def _use_redis(url: str) -> None:
    """This process was set up before the server's address was known."""
    settings.REDIS_URL = url


def _a_lab_ticks(supervisor: Supervisor) -> bool:
    """Wake the lab that is kept for this test and wait for two frames of it."""
    from clusterlab.runtime import keys, mailbox
    from clusterlab.runtime.models import Lab
    from clusterlab.runtime.opening import open_lab

    ears = keys.connection().pubsub(ignore_subscribe_messages=True)
    ears.subscribe(keys.group_channel(SELF_TEST))
    if Lab.objects.filter(id=SELF_TEST).exists():
        Lab.objects.filter(id=SELF_TEST).update(trouble="", host="", falls=[])
        mailbox.watch(SELF_TEST, 30)
        mailbox.ring("")
    else:
        open_lab(id=SELF_TEST)
    heard = []

    def two_frames() -> bool:
        message = ears.get_message(timeout=0.05)
        if message:
            heard.append(message)
        return len(heard) >= 2

    ticks = wait_for(two_frames, READY_S, supervisor.watch)
    ears.close()
    client = keys.connection()
    client.zrem(keys.WANTED, SELF_TEST)
    client.delete(keys.watched(SELF_TEST))
    return ticks
