"""What a hub remembers of a lab, and what it can say to whom."""

import asyncio
import json
from typing import Any

import pytest

from clusterlab.labs.closing import CANNOT_BE_TOLD, MOVED
from clusterlab.labs.hub import Hub, Send, Watched
from clusterlab.runtime import limits


def a_delta(seq: int, epoch: int = 1, **rows: int) -> dict[str, Any]:
    """A frame as it comes from a host; the rows are those of one table."""
    entries = [["pod", name, None, value] for name, value in rows.items()]
    frame = {
        "t": "delta",
        "epoch": epoch,
        "base": seq - 1,
        "seq": seq,
        "d": entries,
        "messages": [],
    }
    return {**frame, "text": json.dumps(frame)}


def a_snapshot(seq: int, epoch: int = 1) -> dict[str, Any]:
    """A snapshot as it comes from a host."""
    return {"t": "snapshot", "epoch": epoch, "seq": seq}


def a_lab(*deltas: dict[str, Any], snapshot: int = 0) -> Watched:
    """A lab of which a snapshot and deltas came in."""
    watched = Watched()
    watched.take_snapshot(a_snapshot(snapshot), {"bytes": b"all"})
    for delta in deltas:
        watched.take_delta(delta)
    return watched


def test_a_new_socket_gets_the_snapshot_and_one_merged_delta() -> None:
    watched = a_lab(a_delta(1, web=1), a_delta(2, web=2, api=3))

    snapshot, rest = watched.everything()

    assert snapshot == {"bytes": b"all"}
    merged = json.loads(rest["text"])
    assert (merged["base"], merged["seq"]) == (0, 2)
    assert {entry[1]: entry[3] for entry in merged["d"]} == {"web": 2, "api": 3}


def test_what_was_merged_for_one_is_there_for_the_next() -> None:
    watched = a_lab(a_delta(1, web=1), a_delta(2, web=2))

    assert watched.since(1, 0) is watched.since(1, 0)


def test_a_gap_makes_what_was_before_useless() -> None:
    watched = a_lab(a_delta(1, web=1), a_delta(5, web=5))

    assert watched.everything() == []
    assert watched.since(1, 0) is None
    assert watched.since(1, 4) is not None


def test_another_epoch_makes_what_was_before_useless() -> None:
    watched = a_lab(a_delta(1, web=1))

    watched.take_snapshot(a_snapshot(0, epoch=2), {"bytes": b"new"})

    assert watched.everything() == [{"bytes": b"new"}]
    assert watched.since(1, 0) is None


class Socket:
    """A viewer that notes what it is handed."""

    def __init__(self) -> None:
        self.name, self.lacks_snapshot = "one", False
        self.deltas: list[int] = []
        self.snapshots = 0
        self.told: list[Send] = []
        self.closed = 0
        self.breaks = False

    async def tell(self, send: Send) -> None:
        if self.breaks:
            raise ValueError("too large for it")
        self.told.append(send)

    async def close(self, code: int) -> None:
        self.closed = code

    async def hang_up(self, code: int) -> None:
        self.closed = code

    async def delta(self, epoch: int, base: int, seq: int, send: Send) -> None:
        self.deltas.append(epoch)

    async def snapshot(self, watched: Watched) -> None:
        self.snapshots += 1


def watched_by(socket: Socket, watched: Watched) -> Hub:
    """A hub with one viewer of one lab."""
    hub = Hub()
    hub.labs["lab"] = watched
    watched.sockets.add(socket)  # type: ignore[arg-type]
    return hub


async def test_a_host_that_lost_the_lab_changes_nothing_and_reaches_nobody() -> None:
    socket, watched = Socket(), Watched()
    hub = watched_by(socket, watched)
    watched.take_snapshot(a_snapshot(7, epoch=2), {"bytes": b"new"})
    socket.lacks_snapshot = False

    await hub._tell({**a_delta(8, epoch=1, web=1), "lab": "lab"})
    await hub._tell({**a_snapshot(9, epoch=1), "lab": "lab", "bytes": b"old"})

    assert (watched.epoch, watched.seq) == (2, 7)
    assert watched.everything() == [{"bytes": b"new"}]
    assert (socket.deltas, socket.snapshots, socket.lacks_snapshot) == ([], 0, False)


async def test_the_host_that_has_the_lab_goes_on_reaching_everybody() -> None:
    socket, watched = Socket(), a_lab()
    hub = watched_by(socket, watched)

    await hub._tell({**a_delta(1, web=1), "lab": "lab"})
    await hub._tell({**a_delta(1, epoch=2, web=1), "lab": "lab"})

    assert socket.deltas == [1, 2]


async def test_whoever_watches_a_lab_that_was_started_over_is_told_where_it_is_and_hung_up() -> (
    None
):
    socket, watched = Socket(), a_lab()
    hub = watched_by(socket, watched)

    await hub._tell({"t": "moved", "lab": "lab", "text": "there"})

    assert [send["text"] for send in socket.told] == ["there"]
    assert socket.closed == MOVED


def test_a_snapshot_that_does_not_follow_is_needed_by_everybody() -> None:
    socket, watched = Socket(), a_lab(a_delta(1, web=1))
    watched_by(socket, watched)

    watched.take_snapshot(a_snapshot(1), {"bytes": b"the same"})
    following = socket.lacks_snapshot
    watched.take_snapshot(a_snapshot(3), {"bytes": b"later"})

    assert not following
    assert socket.lacks_snapshot


async def test_a_socket_that_cannot_be_told_is_closed_and_nobody_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, well, watched = Socket(), Socket(), Watched()
    broken.breaks = True
    hub = watched_by(broken, watched)
    watched.sockets.add(well)  # type: ignore[arg-type]
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    await hub._tell({"t": "answer", "lab": "lab", "text": "{}"})

    assert broken.closed == CANNOT_BE_TOLD
    assert broken not in watched.sockets
    assert (len(well.told), well.closed, slept) == (1, 0, [])


async def test_a_delta_that_was_too_large_to_be_told_makes_everybody_need_a_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    socket, watched = Socket(), a_lab(a_delta(1, web=1))
    hub = watched_by(socket, watched)
    asked: list[str] = []

    async def ask(lab: str) -> None:
        asked.append(lab)

    monkeypatch.setattr(hub, "want_snapshot", ask)
    await hub._tell({"t": "gap", "lab": "lab", "epoch": 1, "base": 1, "seq": 2})

    assert socket.lacks_snapshot
    assert asked == ["lab"]
    assert watched.everything() == []
    assert watched.take_snapshot(a_snapshot(2), {"bytes": b"all"})
    assert watched.everything() == [{"bytes": b"all"}]


def test_deltas_that_are_too_large_together_are_not_merged(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = a_lab(a_delta(1, web=1), a_delta(2, api=2))
    monkeypatch.setattr(limits, "FRAME_BYTES_MAX", 60)

    assert watched.since(1, 0) is None
    assert watched.since(1, 1) is not None
