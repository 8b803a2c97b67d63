"""What a hub remembers of a lab, and what it can say to whom."""

import json
from typing import Any

from clusterlab.labs.hub import Watched


def a_delta(seq: int, epoch: int = 1, **rows: int) -> dict[str, Any]:
    """A frame as it comes from a host; the rows are those of one table."""
    entries = [["pod", name, None, value] for name, value in rows.items()]
    frame = {"t": "delta", "epoch": epoch, "base": seq - 1, "seq": seq, "d": entries, "messages": []}
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
