"""Measurements of the whole house: real Valkey, real host workers, real Daphne, real sockets."""

import asyncio
import gzip
import json
import logging
import os
import re
import shutil
import statistics
import tempfile
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

CLICKS = 60
MANY_LABS = 100
VIEWERS = 500
LABS_TO_LOSE = 250
WATCHED_FOR_S = 3.0
FAN_OUT_S = 8
ACK_EVERY = 10
"""As the page does."""
Row = dict[str, Any]

# Viewers that only fill the house are never read, and their sockets complain about it.
logging.getLogger("websockets").setLevel(logging.CRITICAL)


@contextmanager
def a_house(workers: int = 1) -> Iterator[Any]:
    """A running house, ended when the measurement is done."""
    from tests import bootstrap
    from tests.clusterlab.running import House

    folder = Path(tempfile.mkdtemp(prefix="clusterlab-bench-"))
    house = House(folder, os.environ["REDIS_URL"])
    try:
        house.migrate()
        for _ in range(workers):
            house.start_worker()
        house.start_web()
        yield house
    finally:
        house.end()
        bootstrap.kill_valkey()
        bootstrap.start_valkey()
        shutil.rmtree(folder, ignore_errors=True)


def percentile(figures: list[float], percent: int) -> float:
    """Return a percentile of a list of figures."""
    return statistics.quantiles(figures, n=100, method="inclusive")[percent - 1]


def clicks(viewer: Any, count: int) -> list[float]:
    """Click and wait for the frame that holds the click, so many times; in milliseconds."""
    figures = []
    for number in range(count):
        id, rps = uuid.uuid4().hex, 100 + number
        begun = time.perf_counter()
        viewer.send({"do": "load", "route": "shop.local/", "rps": rps, "id": id})
        viewer.until(lambda message, rps=rps: _holds(message, rps))
        figures.append((time.perf_counter() - begun) * 1000)
        time.sleep(0.06)
    return figures


def _holds(message: dict[str, Any], rps: int) -> bool:
    return message["t"] == "delta" and any(
        table == "route" and row and row["rps"] == rps * 1000 for table, _, _, row in message["d"]
    )


def click_to_frame(row: Callable[..., Row]) -> list[Row]:
    """From a click to its frame, alone and beside a hundred running labs."""
    rows = []
    with a_house() as house:
        viewer = house.open_lab()
        viewer.until(lambda message: message["t"] == "snapshot")
        alone = percentile(clicks(viewer, CLICKS), 95)
        rows.append(row("click → its frame, one lab, p95", alone, "ms", 100))
        _run_beside(house, MANY_LABS - 1)
        crowd = percentile(clicks(viewer, CLICKS), 95)
        rows.append(row(f"same, {MANY_LABS} labs running, p95", crowd, "ms", 250))
    return rows


def _run_beside(house: Any, count: int) -> None:
    """Let many more labs run as if somebody looked at each."""
    from clusterlab.runtime import keys

    client = keys.connection()
    labs = house.open_many(count)
    for lab in labs:
        client.set(keys.watched(lab), b"1", ex=300)
    deadline = time.perf_counter() + 60
    while any(holder is None for holder in client.mget(map(keys.lease, labs))):
        assert time.perf_counter() < deadline, "not all labs were born"
        time.sleep(0.2)
    time.sleep(WATCHED_FOR_S)


def takeover(row: Callable[..., Row]) -> list[Row]:
    """A worker is killed: until its watched lab ticks again."""
    figures = []
    with a_house(workers=2) as house:
        for _ in range(3):
            viewer = house.open_lab()
            viewer.until(lambda message: message["t"] == "snapshot")
            viewer.ask({"do": "power-off", "node": "worker-3"})
            while len(house.workers) < 2:
                house.start_worker()
                time.sleep(2.5)
            epoch = viewer.epoch
            begun = time.perf_counter()
            house.workers[0].kill()
            house.workers.pop(0).wait()
            try:
                viewer.until(
                    lambda message, epoch=epoch: message.get("epoch", epoch) > epoch
                    and message["t"] in ("snapshot", "delta"),
                    6,
                )
            except AssertionError:
                continue
            figures.append(time.perf_counter() - begun)
    return [row("a worker killed → its watched lab ticks, worst", max(figures), "s", 3.0)]


def fan_out(row: Callable[..., Row]) -> list[Row]:
    """Five hundred viewers of one lab that changes ten times a second."""
    with a_house() as house:
        owner = house.open_lab()
        owner.until(lambda message: message["t"] == "snapshot")
        late, used = asyncio.run(_crowd(house, owner))
    return [
        row(f"{VIEWERS} viewers of one lab at 10 Hz, latency p99", percentile(late, 99), "ms", 200),
        row("its share of a core in Daphne", used / FAN_OUT_S, "cores", 0.34),
    ]


async def _crowd(house: Any, owner: Any) -> tuple[list[float], float]:
    """Return how late each frame came, and what it cost the web server once all were there."""
    sent: dict[int, float] = {}
    late: list[float] = []
    url = f"ws://127.0.0.1:{house.port}/ws/lab/{owner.lab}?k={owner.secret}"

    async def view() -> None:
        origin: Any = f"http://127.0.0.1:{house.port}"
        async with connect(url, origin=origin, max_size=None, compression=None) as socket:
            async for raw in socket:
                now = time.perf_counter()
                text = str(raw)
                if text.startswith('{"t":"delta"'):
                    frame = json.loads(text)
                    if frame["seq"] % ACK_EVERY == 0:
                        await socket.send(json.dumps({"ack": frame["seq"]}))
                    for table, _, _, row in frame["d"]:
                        if table == "route" and row and row["rps"] // 1000 in sent:
                            late.append((now - sent[row["rps"] // 1000]) * 1000)

    viewers = []
    for _ in range(VIEWERS):
        viewers.append(asyncio.create_task(view()))
        await asyncio.sleep(0.004)
    await asyncio.sleep(3)
    before = _cpu_of(house.web.pid)
    for number in range(FAN_OUT_S * 10):
        rps = 1000 + number
        sent[rps] = time.perf_counter()
        owner.send({"do": "load", "route": "shop.local/", "rps": rps, "id": uuid.uuid4().hex})
        await asyncio.sleep(0.1)
    used = _cpu_of(house.web.pid) - before
    await asyncio.sleep(1)
    for viewer in viewers:
        viewer.cancel()
    return late, used


def all_labs_back(row: Callable[..., Row]) -> list[Row]:
    """One of two workers is killed: until every lab it had says something again."""
    from clusterlab.runtime import keys

    client = keys.connection()
    with a_house(workers=2) as house:
        time.sleep(2)
        labs = house.open_many(LABS_TO_LOSE)
        deadline = time.perf_counter() + 50
        while any(holder is None for holder in client.mget(map(keys.lease, labs))):
            assert time.perf_counter() < deadline, "not all labs were born"
            time.sleep(0.2)
        # Opening a lab counts as looking at it for a while; here ten are looked at.
        client.delete(*map(keys.watched, labs[10:]))
        time.sleep(WATCHED_FOR_S)
        victim = house.workers[0]
        holders = zip(labs, client.mget(map(keys.lease, labs)), strict=True)
        lost = {
            keys.group_channel(lab).encode()
            for lab, holder in holders
            if holder and holder.split(b"-")[-2] == str(victim.pid).encode()
        }
        count = len(lost)
        victim.kill()
        victim.wait()
        ears = client.pubsub(ignore_subscribe_messages=True)
        ears.psubscribe(keys.group_channel("*"))
        begun = time.perf_counter()
        while lost and time.perf_counter() - begun < 30:
            message = ears.get_message(timeout=0.1)
            if message:
                lost.discard(message["channel"])
        took = time.perf_counter() - begun
        ears.close()
    name = f"a worker killed → all its {count} labs of {LABS_TO_LOSE} tick"
    return [row(name, took, "s", 8.0)]


def page(row: Callable[..., Row]) -> list[Row]:
    """What the first load of a lab's page transfers, in Korean, whose words take more; fonts apart."""
    with a_house() as house:
        house.collect_files()
        viewer = house.open_lab()
        html = _transfer(house.url(f"/lab/{viewer.lab}?k={viewer.secret}"))
        seen: dict[str, int] = {}
        packages = json.loads(re.findall(rb'"importmap"[^>]*>(.*?)</script>', html[1])[0])[
            "imports"
        ]
        wanted = [*re.findall(rb'(?:src|href)="(/static/[^"]+)"', html[1])]
        while wanted:
            path = wanted.pop().decode()
            if path in seen or path.endswith((".woff2", ".png", ".svg")):
                continue
            size, text = _transfer(house.url(path))
            seen[path] = size
            # What is imported by import() comes when it is seen, and is no part of the first load.
            for found in re.findall(rb"""(?:from|import)\s*["'](\.[^"']+)["']""", text):
                wanted.append(urllib.parse.urljoin(path, found.decode()).encode())
            for found in re.findall(rb"""^import [^;]*?from "([a-z]+)";""", text, re.MULTILINE):
                wanted.append(packages[found.decode()].encode())
            for found in re.findall(rb"""@import\s+(?:url\()?["']([^"']+)["']""", text):
                wanted.append(urllib.parse.urljoin(path, found.decode()).encode())
    total = (html[0] + sum(seen.values())) / 1024
    return [
        row(f"first load of the page, {len(seen) + 1} files, as sent", total, "KiB", 150.0),
        row("of which the HTML", html[0] / 1024, "KiB", None),
    ]


def _transfer(url: str) -> tuple[int, bytes]:
    """Return how many bytes an address sends to a browser, and what they say."""
    request = urllib.request.Request(
        url, headers={"Accept-Encoding": "gzip", "Accept-Language": "ko"}
    )
    with urllib.request.urlopen(request) as answer:
        raw = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(raw), gzip.decompress(raw) if packed else raw


def _cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
