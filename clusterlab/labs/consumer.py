"""One socket: a viewer of one lab.

It owes acknowledgements for a bounded number of frames; beyond that it is sent nothing until it has
caught up, and then one merged delta instead of many. Refused messages never close it.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import redis
from asgiref.sync import sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import close_old_connections

from clusterlab.labs import limits
from clusterlab.labs.hub import Send, Watched, hub, text_message
from clusterlab.labs.protocol import Bucket, letter_of, read
from clusterlab.runtime import mailbox
from clusterlab.runtime.models import Link
from clusterlab.runtime.retention import visited
from simulation.kernel.reasons import Reason, Refused

NOT_HERE = 4404
RESUME_PERIOD_S = 0.5


@sync_to_async
def find_link(lab: str, secret: str) -> Link | None:
    """Return the link that opens a lab, if the secret is right."""
    close_old_connections()
    link = Link.objects.select_related("lab").filter(secret=secret, lab_id=lab).first()
    if link is not None:
        visited(lab)
    return link


class LabConsumer(AsyncWebsocketConsumer):
    """A viewer's socket."""

    channel_layer_alias = None

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Any]
    ) -> None:
        """Deal with what comes in, without a task and a thread's turn for each message.

        Channels' own loop has both, because a consumer may use the database anywhere. This one does
        so while it connects and nowhere else, and hundreds of viewers acknowledge every second.
        """
        self.scope, self.base_send = scope, send
        self.joined = False
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.receive":
                    await self.receive(message.get("text"), message.get("bytes"))
                else:
                    await self.dispatch(message)
        except StopConsumer:
            return
        finally:
            if self.joined:
                await hub().leave(self.lab, self)

    async def connect(self) -> None:
        """Let in who has a link; bring them up to now, from where they were if they were here."""
        self.lab = self.scope["url_route"]["kwargs"]["lab_id"]
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        link = await find_link(self.lab, query.get("k", [""])[0])
        await self.accept()
        if link is None:
            await self.tell(text_message({"t": "gone"}))
            await self.close(NOT_HERE)
            return
        self.role, self.actor = link.role, link.actor
        self.name = secrets.token_hex(6)
        self.heard_at = self.told_at = time.monotonic()
        self.resumed_at = 0.0
        self.bucket = Bucket(self.heard_at)
        self.epoch, self.sent, self.acked = -1, 0, 0
        self.lacks_snapshot = True
        self.joined = True
        told = {"t": "hello", "lab": self.lab, "role": self.role, "name": self.name}
        await self.tell(text_message(told))
        if link.lab.trouble:
            reason = {"key": "lab-stopped", "params": {}}
            await self.tell(text_message({"t": "trouble", "reason": reason}))
        try:
            watched = await hub().join(self.lab, self)
            await self._begin(watched, _number(query, "epoch"), _number(query, "seq"))
        except (redis.RedisError, OSError):
            # The hub's pulse asks again.
            await self._refuse("", Reason("out-of-reach"))

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
                await self._acknowledged(message["ack"])
                return
            if not self.bucket.take(self.heard_at):
                raise Refused("too-frequent")
            if "resync" in message or "hello" in message:
                await self._resume(message.get("hello"))
                return
            letter = letter_of(message, self.role, self.actor, self.name)
            await asyncio.to_thread(mailbox.post, self.lab, letter)
        except Refused as refused:
            await self._refuse(id, refused.reason)
        except mailbox.Overfull:
            await self._refuse(id, Reason("too-frequent"))
        except (redis.RedisError, OSError):
            # Who named a message sends it again until it is answered: an outage of seconds is none.
            if not id:
                await self._refuse("", Reason("out-of-reach"))

    async def _refuse(self, id: str, reason: Reason) -> None:
        told = {"key": reason.key, "params": reason.params}
        await self.tell(text_message({"t": "refused", "id": id, "reason": told}))

    # --- frames

    async def tell(self, send: Send) -> None:
        """Say something, as it is."""
        self.told_at = time.monotonic()
        await self.base_send(send)

    async def delta(self, epoch: int, base: int, seq: int, send: Send) -> None:
        """The lab moved on."""
        if self.lacks_snapshot:
            return
        if epoch != self.epoch or base != self.sent:
            await self._catch_up(hub().labs[self.lab])
        elif base - self.acked < limits.WINDOW_FRAMES:
            self.sent = seq
            await self.tell(send)

    async def snapshot(self, watched: Watched) -> None:
        """The lab told everything."""
        if self.lacks_snapshot:
            await self._send_all(watched, watched.everything())

    async def _send_all(self, watched: Watched, sends: list[Send]) -> None:
        if sends:
            self.lacks_snapshot = False
            self.epoch, self.sent = watched.epoch, watched.seq
            self.acked = self.sent
            for send in sends:
                await self.tell(send)

    async def _acknowledged(self, number: Any) -> None:
        if isinstance(number, int) and self.acked <= number <= self.sent:
            self.acked = number
        watched = hub().labs.get(self.lab)
        if watched is not None and not self.lacks_snapshot and watched.seq != self.sent:
            await self._catch_up(watched)

    async def _catch_up(self, watched: Watched) -> None:
        """Send one merged delta, or everything if that cannot be built."""
        if self.epoch == watched.epoch and self.sent - self.acked >= limits.WINDOW_FRAMES:
            return
        send = watched.since(self.epoch, self.sent)
        if send is not None:
            self.sent = watched.seq
            await self.tell(send)
            return
        self.lacks_snapshot = True
        await self._begin(watched, -1, -1)

    async def _begin(self, watched: Watched, epoch: int, seq: int) -> None:
        """Bring a viewer who has a frame, or nothing, up to now."""
        if epoch == watched.epoch >= 0 and seq >= 0:
            send = watched.since(epoch, seq)
            if send is not None or seq == watched.seq:
                self.lacks_snapshot = False
                self.epoch, self.acked, self.sent = epoch, seq, watched.seq
                await self.tell(send or self._heartbeat())
                return
        await self._send_all(watched, watched.everything())
        if self.lacks_snapshot:
            await hub().want_snapshot(self.lab)

    def _heartbeat(self) -> Send:
        return text_message({"t": "heartbeat", "epoch": self.epoch, "seq": self.sent})

    async def _resume(self, known: Any) -> None:
        """A viewer lost count. Everything may be asked for once in a while."""
        if self.heard_at - self.resumed_at < RESUME_PERIOD_S:
            return
        self.resumed_at = self.heard_at
        watched = hub().labs[self.lab]
        epoch, seq = -1, -1
        if isinstance(known, dict):
            found = known.get("epoch"), known.get("seq")
            if all(type(each) is int for each in found):
                epoch, seq = found
        self.lacks_snapshot = True
        await self._begin(watched, epoch, seq)


def _number(query: dict[str, list[str]], name: str) -> int:
    text = query.get(name, [""])[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1
