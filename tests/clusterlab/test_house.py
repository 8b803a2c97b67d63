"""The whole path with real parts: what is acknowledged survives the death of every process."""

import signal
import subprocess
import sys
import time
import zlib
from typing import Any

from clusterlab.runtime import keys, telling
from tests import bootstrap
from tests.clusterlab.running import ROOT, House, Viewer

DIGESTS = """
import sys, time
import django
django.setup()
from clusterlab.runtime import archive, models
row = models.Lab.objects.get(id=sys.argv[1])
played = archive.Lab.create(archive.genesis_of(row))
archive.replay(played, row.id, 0)
deadline = time.monotonic() + 30
while True:
    stored = models.Checkpoint.objects.filter(lab_id=row.id).first()
    if stored is not None and stored.seq == row.head:
        break
    assert time.monotonic() < deadline, "no checkpoint after the last command"
    time.sleep(0.1)
thawed = archive.Lab.thaw(archive.genesis_of(row), bytes(stored.content))
archive.replay(thawed, row.id, stored.seq)
end = max(played.now, thawed.now) + 1000
played.advance(end)
thawed.advance(end)
ids = list(models.JournalEntry.objects.filter(lab_id=row.id).values_list("command_id", flat=True))
print(played.digest(), thawed.digest(), row.head, *ids)
"""


def ask_until_let_through(viewer: Viewer, message: dict[str, Any]) -> dict[str, Any]:
    """Ask again, as something new, for as long as that is too frequent."""
    deadline = time.monotonic() + 10
    while True:
        answer = viewer.ask(dict(message))
        if answer.get("reason", {}).get("key") != "too-frequent":
            return answer
        assert time.monotonic() < deadline, "it never was let through"


def wait_for_frame(ears: Any, number: int) -> None:
    """Listen until a lab has told a frame with this number or a later one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        heard = ears.get_message(timeout=0.5)
        if heard and telling._layer().deserialize(heard["data"]).get("seq", -1) >= number:
            return
    raise AssertionError("the lab did not go on")


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
    viewer.send("x" * 3_000_000)
    large = viewer.until(
        lambda message: message["t"] == "refused"
        and message["reason"]["key"] == "message-too-large"
    )
    for _ in range(120):
        viewer.send({"ask": "nothing", "id": "flood"})
    flood = viewer.until(
        lambda message: message["t"] == "refused" and message["reason"]["key"] == "too-frequent"
    )
    good = ask_until_let_through(viewer, {"do": "power-off", "node": "worker-3"})

    assert garbage["reason"]["key"] == "message-malformed"
    assert unknown["reason"]["key"] == "command-malformed"
    assert nobody["reason"] == {"key": "machine-unknown", "params": {"node": "worker-99"}}
    assert large["reason"]["params"]["size_bytes"] == 3_000_000
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
    viewer.advances_within(5)
    act({"do": "heal", "a": "worker-1"})
    # A checkpoint is due when replaying would take a while: it does sooner at full speed.
    viewer.send({"pace": {"speed": 100}, "id": "hurry"})

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
    ears = keys.connection().pubsub(ignore_subscribe_messages=True)
    ears.subscribe(keys.group_channel(viewer.lab))

    viewer.connection.close()
    wait_for_frame(ears, known + 2)
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
