"""One socket: a viewer of one lab.

It owes acknowledgements for a bounded number of frames; beyond that it is sent nothing until it has
caught up, and then one merged delta instead of many. Refused messages never close it.
"""

import asyncio
import contextlib
import secrets
import time
from typing import Any
from urllib.parse import parse_qs

import msgspec
import redis
from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import close_old_connections

from clusterlab.labs.hub import hub
from clusterlab.labs.limits import HEARTBEAT_S, SILENCE_MAX_S, WATCH_S, WINDOW_FRAMES
from clusterlab.labs.protocol import Bucket, letter_of, read
from clusterlab.runtime import mailbox
from clusterlab.runtime.models import Link
from simulation.kernel.reasons import Reason, Refused

NOT_HERE = 4404
TOO_SILENT = 4408
FRAMES = ("delta", "snapshot")
_ENCODER = msgspec.json.Encoder()


def _encode(content: dict[str, Any]) -> str:
    return _ENCODER.encode(content).decode()


@sync_to_async
def find_link(lab: str, secret: str) -> Link | None:
    """Return the link that opens a lab, if the secret is right."""
    close_old_connections()
    return Link.objects.select_related("lab").filter(secret=secret, lab_id=lab).first()


class LabConsumer(AsyncWebsocketConsumer):
    """A viewer's connection."""

    channel_layer_alias = None

    async def connect(self) -> None:
        """Let in who has a link."""
        self.lab = self.scope["url_route"]["kwargs"]["lab_id"]
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        link = await find_link(self.lab, query.get("k", [""])[0])
        await self.accept()
        self.joined = False
        if link is None:
            await self.send(_encode({"t": "gone"}))
            await self.close(NOT_HERE)
            return
        self.role = link.role
        self.name = secrets.token_hex(6)
        self.bucket = Bucket(time.monotonic())
        self.epoch, self.sent, self.acked = -1, 0, 0
        self.heard_at = time.monotonic()
        self.lacks_snapshot = True
        self.joined = True
        await self.send(
            _encode({"t": "hello", "lab": self.lab, "role": self.role, "name": self.name})
        )
        if link.lab.trouble:
            reason = {"key": "lab-stopped", "params": {}}
            await self.send(_encode({"t": "trouble", "reason": reason}))
        await hub().join(self.lab, self)
        self.pulse = asyncio.create_task(self._pulse())
        await self._wake()

    async def _wake(self) -> None:
        with contextlib.suppress(redis.RedisError, OSError):
            await hub().want_snapshot(self.lab)

    async def disconnect(self, code: int) -> None:
        """Forget the viewer."""
        if getattr(self, "joined", False):
            self.pulse.cancel()
            await hub().leave(self.lab, self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Deal with one message."""
        if not self.joined:
            return
        self.heard_at = time.monotonic()
        id = ""
        try:
            message = read(text_data, bytes_data)
            raw_id = message.get("id", "")
            id = raw_id if isinstance(raw_id, str) else ""
            if "ack" in message:
                await self._acknowledged(message)
                return
            if not self.bucket.take(self.heard_at):
                raise Refused("too-frequent")
            if "resync" in message or "hello" in message:
                await self._resume(message.get("hello"))
                return
            letter = letter_of(message, self.role, self.role, self.name)
            await asyncio.to_thread(mailbox.post, self.lab, letter)
        except Refused as refused:
            await self._refuse(id, refused.reason)
        except mailbox.Overfull:
            await self._refuse(id, Reason("too-frequent"))
        except (redis.RedisError, OSError):
            await self._refuse(id, Reason("out-of-reach"))

    async def _refuse(self, id: str, reason: Reason) -> None:
        told = {"key": reason.key, "params": reason.params}
        await self.send(_encode({"t": "refused", "id": id, "reason": told}))

    # --- frames

    async def told(self, kind: str, message: dict[str, Any], text: str) -> None:
        """The lab has something to say."""
        if kind == "snapshot":
            if self.lacks_snapshot or message["epoch"] != self.epoch:
                self.lacks_snapshot = False
                self.epoch, self.sent, self.acked = message["epoch"], message["seq"], message["seq"]
                await self.send(text)
            return
        if kind != "delta":
            await self.send(text)
            return
        if self.lacks_snapshot:
            return
        if message["epoch"] != self.epoch or message["base"] != self.sent:
            await self._catch_up()
        elif self.sent - self.acked < WINDOW_FRAMES:
            self.sent = message["seq"]
            await self.send(text)

    async def _acknowledged(self, message: dict[str, Any]) -> None:
        number = message["ack"]
        if isinstance(number, int) and self.acked <= number <= self.sent:
            self.acked = number
        watched = hub().labs.get(self.lab)
        behind = watched is not None and watched.epoch == self.epoch and watched.seq > self.sent
        if behind and not self.lacks_snapshot:
            await self._catch_up()

    async def _catch_up(self) -> None:
        """Send one merged delta, or ask for a snapshot if the hub cannot build it."""
        if self.sent - self.acked >= WINDOW_FRAMES:
            return
        text = hub().merged(self.lab, self.epoch, self.sent)
        if text is None:
            self.lacks_snapshot = True
            await self._wake()
            return
        self.sent = hub().labs[self.lab].seq
        await self.send(text)

    async def _resume(self, known: Any) -> None:
        """A viewer came back, or lost count."""
        if isinstance(known, dict) and known.get("epoch") == self.epoch:
            seq = known.get("seq")
            if isinstance(seq, int) and hub().merged(self.lab, self.epoch, seq) is not None:
                self.sent = self.acked = seq
                self.lacks_snapshot = False
                await self._catch_up()
                return
        self.lacks_snapshot = True
        await self._wake()

    async def _pulse(self) -> None:
        """Say the last number now and then, so that a lost last frame is noticed."""
        since_watch = 0.0
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            since_watch += HEARTBEAT_S
            with contextlib.suppress(redis.RedisError, OSError):
                if since_watch >= WATCH_S / 3:
                    since_watch = 0.0
                    await hub().keep_watched(self.lab)
                if self.lacks_snapshot:
                    await self._wake()
            if time.monotonic() - self.heard_at > SILENCE_MAX_S:
                await self.close(TOO_SILENT)
                return
            told = {"t": "heartbeat", "epoch": self.epoch, "seq": self.sent}
            await self.send(_encode(told))
