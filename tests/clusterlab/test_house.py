"""The whole path with real parts: what is acknowledged survives the death of every process."""

import signal
import subprocess
import sys
import time
import zlib

from tests import bootstrap
from tests.clusterlab.running import ROOT, House

DIGESTS = """
import sys
import django
django.setup()
from clusterlab.runtime import archive, models
row = models.Lab.objects.get(id=sys.argv[1])
played = archive.Lab.create(archive.genesis_of(row))
archive.replay(played, row.id, 0)
stored = models.Checkpoint.objects.filter(lab_id=row.id).first()
thawed = archive.Lab.thaw(archive.genesis_of(row), bytes(stored.content))
archive.replay(thawed, row.id, stored.seq)
end = max(played.now, thawed.now) + 1000
played.advance(end)
thawed.advance(end)
ids = list(models.JournalEntry.objects.filter(lab_id=row.id).values_list("command_id", flat=True))
print(played.digest(), thawed.digest(), row.head, *ids)
"""


def test_a_visitor_is_in_a_running_lab_with_one_click(house: House) -> None:
    viewer = house.open_lab()

    first = viewer.until(lambda message: message["t"] == "snapshot")

    assert len(first["state"]["node"]) == 7
    assert viewer.until(lambda message: message["t"] == "delta")["at"] >= first["at"]


def test_bad_messages_are_refused_with_a_reason_and_the_connection_stays(house: House) -> None:
    viewer = house.open_lab()
    viewer.until(lambda message: message["t"] == "snapshot")

    viewer.send("no json at all {")
    garbage = viewer.until(lambda message: message["t"] == "refused")
    unknown = viewer.ask({"do": "set-fire-to", "node": "worker-1"})
    nobody = viewer.ask({"do": "power-off", "node": "worker-99"})
    viewer.send("[" * 50_000)
    deep = viewer.until(lambda message: message["t"] == "refused")
    for _ in range(200):
        viewer.send({"ask": "nothing", "id": "flood"})
    flood = viewer.until(
        lambda message: message["t"] == "refused" and message["reason"]["key"] == "too-frequent"
    )
    time.sleep(2)
    good = viewer.ask({"do": "power-off", "node": "worker-3"})

    assert garbage["reason"]["key"] == "message-malformed"
    assert unknown["reason"]["key"] == "command-malformed"
    assert nobody["reason"] == {"key": "machine-unknown", "params": {"node": "worker-99"}}
    assert deep["reason"]["key"] == "message-malformed"
    assert flood["t"] == "refused"
    assert good["t"] == "applied"


def test_a_lab_survives_the_death_of_every_process(house: House) -> None:
    house.start_worker()
    viewer = house.open_lab()
    viewer.until(lambda message: message["t"] == "snapshot")
    acknowledged = []

    def act(command: dict[str, object]) -> None:
        answer = viewer.ask(dict(command), seconds=15)
        assert answer["t"] == "applied", answer
        acknowledged.append(answer["id"])

    act({"do": "power-off", "node": "worker-3"})
    for worker in house.workers[:1]:
        worker.kill()
        worker.wait()
    viewer.advances_within(5)
    act({"do": "power-on", "node": "worker-3"})

    assert house.web is not None
    house.web.kill()
    house.web.wait()
    house.start_web()
    viewer.advances_within(5)
    act({"do": "cut", "a": "worker-1"})

    bootstrap.kill_valkey()
    bootstrap.start_valkey()
    viewer.advances_within(8)
    act({"do": "heal", "a": "worker-1"})
    time.sleep(11)

    told = subprocess.run(
        [sys.executable, "-c", DIGESTS, viewer.lab],
        cwd=ROOT,
        env={**__import__("os").environ, **house.environ, "PYTHONHASHSEED": "123"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    played, thawed, head, *journal = told
    assert played == thawed
    assert journal == acknowledged
    assert int(head) == len(acknowledged)


def test_a_viewer_that_reads_nothing_gets_one_merged_delta_when_it_wakes(house: House) -> None:
    viewer = house.open_lab()
    viewer.until(lambda message: message["t"] == "snapshot")
    viewer.acknowledges = False
    for number in range(40):
        viewer.send({"do": "load", "route": "shop.local/", "rps": 100 + number, "id": f"l{number}"})
        list(viewer.listen(0.12))
    owed = viewer.seq
    loaded = viewer.state["route"]["shop.local/"]["rps"]

    viewer.send({"ack": viewer.seq})
    caught_up = viewer.until(lambda message: message["t"] in ("delta", "snapshot"))

    assert loaded < 139_000, "frames went on although nothing was acknowledged"
    assert caught_up["seq"] > owed + 1
    assert viewer.state["route"]["shop.local/"]["rps"] == 139_000


def test_a_viewer_that_comes_back_gets_only_what_it_missed(house: House) -> None:
    viewer = house.open_lab()
    viewer.until(lambda message: message["t"] == "snapshot")
    viewer.until(lambda message: message["t"] == "delta")
    known = viewer.seq
    assert viewer.connection is not None

    viewer.connection.close()
    time.sleep(2.5)
    viewer.connect()
    first = viewer.until(lambda message: message["t"] in ("delta", "snapshot"))

    assert (first["t"], first["base"]) == ("delta", known)
    assert first["seq"] > known + 1


def test_a_large_snapshot_is_compressed_and_the_next_viewer_needs_no_host(house: House) -> None:
    viewer = house.open_lab()
    viewer.until(lambda message: message["t"] == "delta")
    house.workers[0].send_signal(signal.SIGSTOP)

    viewer.epoch = -1
    viewer.connect()
    assert viewer.connection is not None
    hello, snapshot = viewer.connection.recv(timeout=5), viewer.connection.recv(timeout=5)
    house.workers[0].send_signal(signal.SIGCONT)

    assert isinstance(hello, str)
    assert isinstance(snapshot, bytes)
    assert len(snapshot) < 20_000
    assert len(zlib.decompress(snapshot)) > len(snapshot) * 3
