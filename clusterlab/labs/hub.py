"""One ear for a whole process: a single channel-layer channel that joins the groups of all labs
watched here and hands the same message to every socket.

A channel per socket costs four times as much. The hub keeps the latest deltas and one snapshot of
each lab, also for a while after its last viewer left: a socket that is slow gets one merged delta,
one that comes back gets what it missed, and a new one rarely needs the host.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

import msgspec
import redis
from channels.layers import get_channel_layer

from clusterlab.labs import limits
from clusterlab.labs.closing import CANNOT_BE_TOLD, MOVED, TOO_SILENT
from clusterlab.runtime import keys, mailbox
from clusterlab.runtime import limits as runtime_limits
from simulation.projection.changes import merge

if TYPE_CHECKING:
    from clusterlab.labs.consumer import LabConsumer

log = logging.getLogger(__name__)
SNAPSHOT_PERIOD = 1.0
_ENCODER = msgspec.json.Encoder()
Send = dict[str, Any]
"""A message of ASGI: text, or bytes if it is compressed. Made once, sent to many."""


def text_message(content: dict[str, Any]) -> Send:
    """Return the message that carries some content."""
    return {"type": "websocket.send", "text": _ENCODER.encode(content).decode()}


class Delta(msgspec.Struct, gc=False):
    """A frame as it came, not decoded unless somebody needs it merged."""

    base: int
    seq: int
    text: str


class Watched:
    """A lab that somebody of this process looks at, or looked at a moment ago."""

    def __init__(self) -> None:
        self.sockets: set[LabConsumer] = set()
        self.deltas: deque[Delta] = deque(maxlen=limits.FRAMES_KEPT)
        self.epoch, self.seq = -1, -1
        self.snapshot: tuple[int, Send] | None = None
        """The number of the latest snapshot and the message with it."""
        self.asked_at = 0.0
        self.heard_at = self.left_at = time.monotonic()
        self.merged: dict[int, Send | None] = {}
        """Merged deltas up to the latest frame, by where they begin."""

    def take_delta(self, message: dict[str, Any]) -> bool:
        """Remember a delta; one that does not follow makes what was before useless.

        One of an earlier epoch comes from a host that lost the lab and does not know it yet: it is
        not for anybody, and False is returned.
        """
        if message["epoch"] < self.epoch:
            return False
        if message["epoch"] != self.epoch or message["base"] != self.seq:
            self.deltas.clear()
            self.snapshot = None
        self.deltas.append(Delta(message["base"], message["seq"], message["text"]))
        self.epoch, self.seq = message["epoch"], message["seq"]
        self.merged.clear()
        return True

    def take_gap(self, message: dict[str, Any]) -> bool:
        """A delta was too large to be told: everybody needs a snapshot from there on."""
        if message["epoch"] < self.epoch:
            return False
        self.deltas.clear()
        self.merged.clear()
        self.snapshot = None
        self.epoch, self.seq = message["epoch"], message["seq"]
        for each in self.sockets:
            each.lacks_snapshot = True
        return True

    def take_snapshot(self, message: dict[str, Any], send: Send) -> bool:
        """Remember a snapshot; one that does not follow is needed by everybody.

        One of an earlier epoch is not for anybody, and False is returned.
        """
        if message["epoch"] < self.epoch:
            return False
        if message["epoch"] != self.epoch or message["seq"] != self.seq:
            self.deltas.clear()
            self.merged.clear()
            for each in self.sockets:
                each.lacks_snapshot = True
        self.epoch, self.seq = message["epoch"], message["seq"]
        self.snapshot = (self.seq, send)
        return True

    def since(self, epoch: int, seq: int) -> Send | None:
        """Return one delta from a frame to the latest, or None if that cannot be built."""
        if epoch != self.epoch or seq == self.seq:
            return None
        if seq not in self.merged:
            self.merged[seq] = self._merge([each for each in self.deltas if each.base >= seq], seq)
        return self.merged[seq]

    def _merge(self, missed: list[Delta], seq: int) -> Send | None:
        if not missed or missed[0].base != seq:
            return None
        if len(missed) == 1:
            return {"type": "websocket.send", "text": missed[0].text}
        delta: list[list[Any]] = []
        messages: list[Any] = []
        pace, frame = None, {}
        for each in missed:
            frame = msgspec.json.decode(each.text)
            delta = merge(delta, frame["d"])
            messages += frame["messages"]
            pace = frame.get("pace", pace)
        whole = {**frame, "base": seq, "d": delta, "messages": messages}
        if pace is not None:
            whole["pace"] = pace
        merged = text_message(whole)
        # A snapshot is compressed, and what no socket takes is of no use.
        size = len(merged["text"].encode())
        return merged if size <= runtime_limits.FRAME_BYTES_MAX else None

    def everything(self) -> list[Send]:
        """Return what brings a new socket up to the latest frame; nothing if that is not known."""
        if self.snapshot is None:
            return []
        seq, send = self.snapshot
        if seq == self.seq:
            return [send]
        rest = self.since(self.epoch, seq)
        return [] if rest is None else [send, rest]


class Hub:
    """Labs watched by this process, the task that listens for them, and their common pulse."""

    def __init__(self) -> None:
        self.layer: Any = get_channel_layer()
        self.channel = ""
        self.labs: dict[str, Watched] = {}
        self.tasks: list[asyncio.Task[None]] = []
        self.lock = asyncio.Lock()

    async def join(self, lab: str, socket: "LabConsumer") -> Watched:
        """Start telling a socket about a lab."""
        async with self.lock:
            if not self.tasks or any(task.done() for task in self.tasks):
                for task in self.tasks:
                    task.cancel()
                self.channel = await self.layer.new_channel()
                self.tasks = [
                    asyncio.create_task(self._listen()),
                    asyncio.create_task(self._pulses()),
                ]
                for known in self.labs:
                    await self.layer.group_add(keys.group(known), self.channel)
            if lab not in self.labs:
                self.labs[lab] = Watched()
                await self.layer.group_add(keys.group(lab), self.channel)
            watched = self.labs[lab]
            first = not watched.sockets
            watched.sockets.add(socket)
        if first:
            await self.keep_watched(lab)
        return watched

    async def leave(self, lab: str, socket: "LabConsumer") -> None:
        """Stop telling a socket about a lab."""
        watched = self.labs.get(lab)
        if watched is not None:
            watched.sockets.discard(socket)
            watched.left_at = time.monotonic()

    async def keep_watched(self, lab: str) -> None:
        """Say that somebody of this process looks at a lab."""
        await asyncio.to_thread(mailbox.watch, lab, limits.WATCH_S)

    async def want_snapshot(self, lab: str) -> None:
        """Ask the host for everything, at most once a second for all sockets together."""
        watched = self.labs.get(lab)
        now = time.monotonic()
        if watched is None or now - watched.asked_at < SNAPSHOT_PERIOD:
            return
        watched.asked_at = now
        with contextlib.suppress(mailbox.Overfull):
            await asyncio.to_thread(mailbox.post, lab, mailbox.Letter("snapshot"))

    # --- what comes in

    async def _listen(self) -> None:
        while True:
            try:
                message = await self.layer.receive(self.channel)
            except Exception:
                log.exception("nothing comes in")
                await asyncio.sleep(0.2)
                continue
            try:
                await self._tell(message)
            except redis.RedisError as problem:
                log.warning("redis: %s", problem)
            except Exception:
                # One lab's message keeps no other lab's waiting.
                log.exception("a message cannot be told")

    async def _tell(self, message: dict[str, Any]) -> None:
        watched = self.labs.get(message.get("lab", ""))
        if watched is None:
            return
        match message["t"]:
            case "gap":
                if watched.take_gap(message):
                    watched.heard_at = time.monotonic()
                    await self.want_snapshot(message["lab"])
            case "delta":
                if watched.take_delta(message):
                    await self._tell_delta(watched, message)
            case "snapshot":
                if watched.take_snapshot(message, _sending(message)):
                    await self._tell_snapshot(watched)
            case kind:
                await self._tell_some(watched, message, is_last=kind == "moved")

    async def _tell_delta(self, watched: Watched, message: dict[str, Any]) -> None:
        watched.heard_at = time.monotonic()
        send = _sending(message)
        for each in tuple(watched.sockets):
            told = each.delta(message["epoch"], message["base"], message["seq"], send)
            await self._guarded(watched, each, told)

    async def _tell_snapshot(self, watched: Watched) -> None:
        watched.heard_at = time.monotonic()
        for each in tuple(watched.sockets):
            await self._guarded(watched, each, each.snapshot(watched))

    async def _tell_some(self, watched: Watched, message: dict[str, Any], is_last: bool) -> None:
        """Tell whom a message is for, or everybody; after the last one nobody stays.

        Whoever stayed would keep the old lab running.
        """
        socket, send = message.get("socket", ""), _sending(message)
        for each in tuple(watched.sockets):
            if not socket or each.name == socket:
                await self._guarded(watched, each, each.tell(send))
                if is_last:
                    await self._guarded(watched, each, each.hang_up(MOVED))

    async def _guarded(
        self, watched: Watched, socket: "LabConsumer", telling: Awaitable[None]
    ) -> None:
        """Tell one socket something; if that fails it is closed, and the others go on hearing."""
        try:
            await telling
        except redis.RedisError as problem:
            # It waits for a snapshot, and the pulse asks again.
            log.warning("redis: %s", problem)
        except Exception:
            log.exception("a socket of %s cannot be told", socket.name)
            watched.sockets.discard(socket)
            with contextlib.suppress(Exception):
                await socket.close(CANNOT_BE_TOLD)

    # --- what goes on by itself

    async def _pulses(self) -> None:
        """Beat for all labs and sockets together."""
        watched_at = 0.0
        while True:
            await asyncio.sleep(limits.HEARTBEAT_S)
            now = time.monotonic()
            renew = now - watched_at >= limits.WATCH_S / 3
            if renew:
                watched_at = now
            for lab, watched in list(self.labs.items()):
                try:
                    await self._pulse(lab, watched, now, renew)
                except (redis.RedisError, OSError) as problem:
                    log.warning("redis: %s", problem)
                except Exception:
                    log.exception("pulse of %s", lab)

    async def _pulse(self, lab: str, watched: Watched, now: float, renew: bool) -> None:
        if not watched.sockets:
            if now - watched.left_at > limits.LINGER_S:
                await self._forget(lab)
            return
        for each in tuple(watched.sockets):
            if each.owes and now - each.owes_since > limits.SILENCE_MAX_S:
                await self._guarded(watched, each, each.hang_up(TOO_SILENT))
            elif now - (each.owes_since if each.owes else each.told_at) >= limits.HEARTBEAT_S - 0.1:
                # So that a lost last frame is noticed, that the line is alive, and that what was
                # answered between frames is acknowledged too.
                await self._guarded(watched, each, each.beat())
        if renew:
            await self.keep_watched(lab)
        lacking = any(each.lacks_snapshot for each in watched.sockets)
        if lacking or now - max(watched.heard_at, watched.asked_at) > limits.QUIET_S:
            await self.want_snapshot(lab)

    async def _forget(self, lab: str) -> None:
        async with self.lock:
            if self.labs[lab].sockets:
                return
            del self.labs[lab]
            with contextlib.suppress(Exception):
                await self.layer.group_discard(keys.group(lab), self.channel)


def _sending(message: dict[str, Any]) -> Send:
    """Return what a socket is handed of a message of the channel layer."""
    content = "bytes" if "bytes" in message else "text"
    return {"type": "websocket.send", content: message[content]}


_hubs: dict[Any, Hub] = {}


def hub() -> Hub:
    """Return the hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs.clear()
        _hubs[loop] = Hub()
    return _hubs[loop]
