"""What charts draw is the same for who was there and for who comes later."""

from simulation.kernel.units import SECOND
from simulation.lab import commands
from simulation.lab.limits import HISTORY_SAMPLES_MAX
from simulation.projection.frame import FrameFolder
from simulation.projection.history import History
from tests.simulation.kube.test_quota import lab


def a_route(failed: int) -> dict:
    """A route of which so many thousandths of requests a second fail."""
    return {"ok": 1000, "slow": 0, "failed": {"refused": failed} if failed else {}}


def tables(failed: int, ready: int = 1) -> dict:
    """What can be seen of one route and one Deployment."""
    workload = {"kind": "Deployment", "system": False, "ready": ready, "wanted": 1}
    return {"route": {"a": a_route(failed)}, "workload": {"default/Deployment/web": workload}}


def test_only_what_changed_is_remembered_and_told() -> None:
    history = History()
    for at, failed, ready in ((0, 0, 1), (100, 0, 1), (200, 0, 0), (300, 5, 0)):
        history.take(at, tables(failed, ready))

    told = history.as_row(400)["samples"]

    assert told == [
        {
            "at": 0,
            "ok": 1000,
            "slow": 0,
            "failed": {},
            "replicas": {"default/Deployment/web": [1, 1]},
        },
        {"at": 200, "replicas": {"default/Deployment/web": [0, 1]}},
        {"at": 300, "failed": {"refused": 5}},
    ]


def test_a_long_history_gets_sparser_and_keeps_its_beginning_and_a_short_outage() -> None:
    history = History()
    for at in range(3 * HISTORY_SAMPLES_MAX):
        history.take(at, tables(failed=900 if at == 77 else at % 2))

    instants = [sample["at"] for sample in history.samples]
    assert len(instants) <= HISTORY_SAMPLES_MAX
    assert instants == sorted(set(instants))
    assert instants[0] == 0
    assert 77 in instants


def test_a_history_tells_the_fault_and_its_marks_to_who_joins() -> None:
    small = lab()
    folder = FrameFolder(small)
    folder.snapshot()
    began = small.now
    small.submit(commands.parse({"do": "power-off", "node": "worker-3"}), "a", "test")
    for _ in range(700):
        small.advance(small.now + SECOND // 10)
        folder.delta()

    told = folder.history.as_row(small.now)

    assert told["samples"][0]["at"] == began
    assert any(sample.get("slow") for sample in told["samples"])
    assert len(told["samples"]) < 30
    keys = [mark["reason"]["key"] for mark in told["marks"].values()]
    assert keys[0] == "machine-off"
    assert "node-not-ready" in keys
