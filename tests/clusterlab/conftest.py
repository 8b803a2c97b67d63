"""A whole ClusterLab of processes for the tests that need one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterlab.runtime import keys, limits
from tests.clusterlab.running import House


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosts in a test's own process move by hand: on a slow machine no lease runs out meanwhile, a
    look ends when all was looked at, and labs of other tests are wanted by nobody."""
    monkeypatch.setattr(limits, "LEASE_MS", 60_000)
    monkeypatch.setattr(limits, "TAKE_S", 60.0)
    keys.connection().delete(keys.WANTED)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A running house with one host worker and a web server."""
    running = House(tmp_path, os.environ["REDIS_URL"])
    try:
        running.migrate()
        running.start_worker()
        running.start_web()
        yield running
    finally:
        running.end()
