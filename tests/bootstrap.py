"""Starts a private Redis before Django's settings are read.

pytest-django imports the settings before any conftest, so the address must be in the environment
earlier than that: this module is named with -p.
"""

import atexit
import os
import shutil
import tempfile
import time
from pathlib import Path

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


start_valkey()
