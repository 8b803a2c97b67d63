"""The runtime's tests again, on a real Postgres that is started for them."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from clusterlab.runtime.supervisor import die_with_parent
from tests.clusterlab.running import QUIET, ROOT
from tools.machine import postgres

BINARIES = postgres()
pytestmark = pytest.mark.skipif(BINARIES is None, reason="there is no Postgres on this machine")


def a_user() -> dict[str, object]:
    """Return whom Postgres runs as: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise AssertionError("root, and nobody to run Postgres as")


def wait_for(folder: Path) -> None:
    """Wait until a server answers on its socket."""
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "Postgres did not start"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """A server of its own on a socket, gone with the tests."""
    assert BINARIES is not None
    user = a_user()
    # Whoever Postgres runs as may not see root's own temporary folder.
    folder = Path(tempfile.mkdtemp(prefix="clusterlab-pg-", dir="/tmp" if user else None))
    if user:
        os.chown(folder, user["user"], user["group"])  # type: ignore[arg-type]
    make = [BINARIES / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres",
            "--no-sync", "-E", "UTF8", "--no-locale"]  # fmt: skip
    subprocess.run(make, check=True, cwd=folder, **QUIET, **user)  # type: ignore[call-overload]
    serve = [BINARIES / "postgres", "-D", folder / "data", "-k", folder, "-c", "fsync=off",
             "-c", "listen_addresses="]  # fmt: skip
    server = subprocess.Popen(
        serve,
        cwd=folder,
        preexec_fn=die_with_parent,
        **QUIET,
        **user,  # type: ignore[call-overload]
    )
    try:
        wait_for(folder)
        yield f"postgres://postgres@{urllib.parse.quote(str(folder), safe='')}/postgres"
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize(
    "tests",
    [
        ["test_runtime.py", "test_failures.py"],
        ["test_house.py::test_a_lab_survives_the_death_of_every_process"],
    ],
    ids=["journals and hosts", "the death of every process"],
)
def test_on_postgres(database_url: str, tests: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "pytest", *(f"tests/clusterlab/{each}" for each in tests)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
    )

    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-1000:]
    assert "passed" in told.stdout
