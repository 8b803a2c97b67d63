"""A whole ClusterLab of processes for the tests that need one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clusterlab.running import House


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
