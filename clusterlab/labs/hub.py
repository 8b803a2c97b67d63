"""One ear for a whole process: a single channel-layer channel that joins the groups of all labs
watched here and hands the same bytes to every socket.

A channel per socket costs four times as much. The hub keeps the latest deltas of each lab, so a
socket that is slow gets one merged delta, and one that comes back gets what it missed.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import msgspec
from channels.layers import get_channel_layer

from clusterlab.labs.limits import FRAMES_KEPT, WATCH_S
from clusterlab.runtime import keys, mailbox
from simulation.projection.changes import merge

if TYPE_CHECKING:
    from clusterlab.labs.consumer import LabConsumer

log = logging.getLogger(__name__)
SNAPSHOT_PERIOD = 1.0
_ENCODER = msgspec.json.Encoder()


class Watched:
    """A lab that somebody of this process looks at."""

    def __init__(self) -> None:
        self.sockets: set[LabConsumer] = set()
        self.deltas: deque[dict[str, Any]] = deque(maxlen=FRAMES_KEPT)
        self.epoch, self.seq, self.at = 0, 0, 0
        self.asked_at = 0.0


class Hub:
    """Labs watched by this process, and the task that listens for them."""

    def __init__(self) -> None:
        self.layer: Any = get_channel_layer()
        self.channel = ""
        self.labs: dict[str, Watched] = {}
        self.task: asyncio.Task[None] | None = None
        self.lock = asyncio.Lock()

    async def join(self, lab: str, socket: "LabConsumer") -> None:
        """Start telling a socket about a lab."""
        async with self.lock:
            if self.task is None or self.task.done():
                self.channel = await self.layer.new_channel()
                self.task = asyncio.create_task(self._listen())
                for known in self.labs:
                    await self.layer.group_add(keys.group(known), self.channel)
            if lab not in self.labs:
                self.labs[lab] = Watched()
                await self.layer.group_add(keys.group(lab), self.channel)
            self.labs[lab].sockets.add(socket)
        await self.keep_watched(lab)

    async def leave(self, lab: str, socket: "LabConsumer") -> None:
        """Stop telling a socket about a lab."""
        async with self.lock:
            watched = self.labs.get(lab)
            if watched is None:
                return
            watched.sockets.discard(socket)
            if not watched.sockets:
                del self.labs[lab]
                with contextlib.suppress(Exception):
                    await self.layer.group_discard(keys.group(lab), self.channel)

    async def keep_watched(self, lab: str) -> None:
        """Say that somebody of this process looks at a lab."""
        await asyncio.to_thread(mailbox.watch, lab, WATCH_S)

    async def want_snapshot(self, lab: str) -> None:
        """Ask the host for everything, at most once a second for all sockets together."""
        watched = self.labs.get(lab)
        now = time.monotonic()
        if watched is None or now - watched.asked_at < SNAPSHOT_PERIOD:
            return
        watched.asked_at = now
        with contextlib.suppress(mailbox.Overfull):
            await asyncio.to_thread(mailbox.post, lab, mailbox.Letter("snapshot"))

    async def _listen(self) -> None:
        while True:
            try:
                message = await self.layer.receive(self.channel)
                await self._tell(message)
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("hub")
                await asyncio.sleep(0.2)

    async def _tell(self, message: dict[str, Any]) -> None:
        watched = self.labs.get(message.get("lab", ""))
        if watched is None:
            return
        kind, text = message["t"], message["text"]
        if kind == "delta":
            frame = msgspec.json.decode(text)
            if message["epoch"] != watched.epoch or message["base"] != watched.seq:
                watched.deltas.clear()
            watched.deltas.append(frame)
            watched.epoch, watched.seq, watched.at = message["epoch"], message["seq"], frame["at"]
        elif kind == "snapshot":
            watched.epoch, watched.seq = message["epoch"], message["seq"]
        socket = message.get("socket", "")
        for each in list(watched.sockets):
            if not socket or each.name == socket:
                await each.told(kind, message, text)

    def merged(self, lab: str, epoch: int, seq: int) -> str | None:
        """Return one delta from a frame to the latest, or None if that cannot be built."""
        watched = self.labs.get(lab)
        if watched is None or watched.epoch != epoch:
            return None
        missed = [frame for frame in watched.deltas if frame["base"] >= seq]
        if not missed or missed[0]["base"] != seq:
            return None
        delta: list[list[Any]] = []
        messages: list[Any] = []
        pace = None
        for frame in missed:
            delta = merge(delta, frame["d"])
            messages += frame["messages"]
            pace = frame.get("pace", pace)
        last = missed[-1]
        whole = {**last, "base": seq, "d": delta, "messages": messages}
        if pace is not None:
            whole["pace"] = pace
        return _ENCODER.encode(whole).decode()


_hubs: dict[Any, Hub] = {}


def hub() -> Hub:
    """Return the hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs.clear()
        _hubs[loop] = Hub()
    return _hubs[loop]
