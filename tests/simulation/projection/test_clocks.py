"""The three clocks begin with whatever silences a node."""

import pytest

from simulation.kernel.units import SECOND
from simulation.lab import commands
from simulation.projection.clocks import clocks_row
from tests.simulation.kube.test_quota import lab


@pytest.mark.parametrize(
    "act",
    [
        {"do": "power-off", "node": "worker-2"},
        {"do": "cut", "a": "worker-2"},
        {"do": "kill-process", "node": "worker-2", "process": "kubelet"},
    ],
)
def test_the_clocks_of_a_node_that_falls_silent(act: dict) -> None:
    small = lab()
    began = small.now
    small.submit(commands.parse(act), "a", "test")

    small.advance(small.now + 70 * SECOND)

    row = clocks_row(small.world)
    assert row is not None
    assert (row["machine"], row["fault_at"], row["believed"]) == ("worker-2", began, "Unknown")
    assert row["limit_s"] == 50
    assert 40 * SECOND <= row["not_ready_at"] - began <= 60 * SECOND


def test_a_process_whose_end_silences_nobody_starts_no_clock() -> None:
    small = lab()
    act = {"do": "kill-process", "node": "worker-2", "process": "kube-proxy"}
    small.submit(commands.parse(act), "a", "test")

    small.advance(small.now + 70 * SECOND)

    assert clocks_row(small.world) is None
