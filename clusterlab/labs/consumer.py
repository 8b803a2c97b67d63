"""One socket: a viewer of one lab.

It owes acknowledgements for a bounded number of frames and of bytes; beyond that it is sent no frame
until it has caught up, and then one merged delta instead of many. A refused message does not close
it; a long row of them does, and so do answers that it does not read.
"""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import redis
from asgiref.sync import sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError, close_old_connections

from clusterlab.labs import limits
from clusterlab.labs.closing import MOVED, NOT_HERE, TOO_MANY_REFUSALS, TOO_SILENT
from clusterlab.labs.hub import Send, Watched, hub, text_message
from clusterlab.labs.protocol import Bucket, letter_of, read
from clusterlab.runtime import mailbox
from clusterlab.runtime.models import Link
from clusterlab.runtime.opening import restart
from clusterlab.runtime.retention import visited
from simulation.kernel.reasons import Reason, Refused

RESUME_PERIOD_S = 0.5


@sync_to_async
def find_link(lab: str, secret: str) -> Link | None:
    """Return the link that opens a lab, if the secret is right."""
    close_old_connections()
    link = Link.find(lab, secret)
    if link is not None:
        visited(link.lab_id)
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
        self.joined = self.has_hung_up = False
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
        if link is None or link.lab_id != self.lab:
            told = {"t": "moved", "to": link.lab_id} if link else {"t": "gone"}
            await self.tell(text_message(told))
            await self.close(MOVED if link else NOT_HERE)
            return
        self.role, self.actor = link.role, link.actor
        self.name = secrets.token_hex(6)
        self.heard_at = self.told_at = time.monotonic()
        self.resumed_at = 0.0
        self.bucket, self.answers = Bucket(self.heard_at), Bucket(self.heard_at)
        """For what comes in, and for telling why it is refused: a flood is not answered in kind."""
        self.epoch, self.sent, self.acked = -1, 0, 0
        self.owed: deque[tuple[int, int]] = deque()
        """Bytes on their way, by the frame whose acknowledgement says that they arrived."""
        self.owed_bytes, self.owes_since = 0, self.heard_at
        self.refused = 0
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
        # What cannot be read costs as much as what can.
        has_token = self.bucket.take(self.heard_at)
        if not has_token and not self.answers.take(self.heard_at):
            await self._count_refusal()
            return
        id = ""
        try:
            message = read(text_data, bytes_data)
            raw_id = message.get("id", "")
            id = raw_id if isinstance(raw_id, str) else ""
            if not has_token:
                raise Refused("too-frequent")
            if "ack" in message:
                self.refused = 0
                await self._acknowledged(message["ack"])
                return
            if "resync" in message or "hello" in message:
                await self._resume(message.get("hello"))
                return
            if "restart" in message:
                await self._restart(id)
                return
            letter = letter_of(message, self.role, self.actor, self.name)
            await asyncio.to_thread(mailbox.post, self.lab, letter)
            self.refused = 0
        except Refused as refused:
            await self._refuse_one_more(id, refused.reason)
        except mailbox.Overfull:
            await self._refuse_one_more(id, Reason("too-frequent"))
        except (redis.RedisError, OSError):
            # Who named a message sends it again until it is answered: an outage of seconds is none.
            if not id:
                await self._refuse("", Reason("out-of-reach"))

    async def _restart(self, id: str) -> None:
        """Let a lab that stands still go on, if its owner asks."""
        if self.role != Link.OWNER:
            raise Refused("only-owner")
        try:
            await sync_to_async(restart)(self.lab)
        except DatabaseError:
            raise Refused("out-of-reach") from None
        await self.tell(text_message({"t": "applied", "id": id}))

    async def _refuse_one_more(self, id: str, reason: Reason) -> None:
        await self._refuse(id, reason)
        await self._count_refusal()

    async def _count_refusal(self) -> None:
        self.refused += 1
        if self.refused >= limits.REFUSALS_IN_A_ROW_MAX:
            await self.hang_up(TOO_MANY_REFUSALS)

    async def hang_up(self, code: int) -> None:
        """Close, once, and deal with nothing that is still under way."""
        if self.joined:
            self.joined, self.has_hung_up = False, True
            await hub().leave(self.lab, self)
            await self.close(code)

    async def _refuse(self, id: str, reason: Reason) -> None:
        told = {"key": reason.key, "params": reason.params}
        await self.tell(text_message({"t": "refused", "id": id, "reason": told}))

    # --- frames

    @property
    def owes(self) -> bool:
        """Tell whether it has not acknowledged everything that it was sent."""
        return self.sent != self.acked or self.owed_bytes > 0

    async def tell(self, send: Send) -> None:
        """Say something, as it is; close if it has read too little of what was said before."""
        if self.has_hung_up:
            return
        self.told_at = time.monotonic()
        if self.epoch >= 0:
            size = size_of(send)
            if self.owed_bytes and self.owed_bytes + size > limits.WINDOW_BYTES_MAX:
                await self.hang_up(TOO_SILENT)
                return
            if not self.owed_bytes:
                self.owes_since = self.told_at
            self.owed.append((self.sent, size))
            self.owed_bytes += size
        await self.base_send(send)

    async def beat(self) -> None:
        """Say which frame was the last; who reads this acknowledges it."""
        if self.has_hung_up:
            return
        self.told_at = time.monotonic()
        await self.base_send(self._heartbeat())

    def _has_room(self, send: Send) -> bool:
        """Tell whether a frame may be sent, or must wait for acknowledgements."""
        is_within = self.owed_bytes + size_of(send) <= limits.WINDOW_BYTES_MAX
        return self.sent - self.acked < limits.WINDOW_FRAMES and (is_within or not self.owed_bytes)

    async def delta(self, epoch: int, base: int, seq: int, send: Send) -> None:
        """The lab moved on."""
        if self.lacks_snapshot:
            return
        if epoch != self.epoch or base != self.sent:
            await self._catch_up(hub().labs[self.lab])
        elif self._has_room(send):
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
            self._owe_from_here()
            for send in sends:
                await self.tell(send)

    def _owe_from_here(self) -> None:
        """Frames are counted anew: what was on its way has arrived when the next one has."""
        if self.owed_bytes:
            self.owed = deque([(self.sent, self.owed_bytes)])

    async def _acknowledged(self, number: Any) -> None:
        if type(number) is int and self.acked <= number <= self.sent:
            # Saying the same again is no progress while frames are owed.
            arrived = [size for frame, size in self.owed if frame <= number]
            if number > self.acked or (arrived and self.sent == self.acked):
                self.owes_since = self.heard_at
            for size in arrived:
                self.owed.popleft()
                self.owed_bytes -= size
            self.acked = number
        watched = hub().labs.get(self.lab)
        if watched is not None and not self.lacks_snapshot and watched.seq != self.sent:
            await self._catch_up(watched)

    async def _catch_up(self, watched: Watched) -> None:
        """Send one merged delta, or everything if that cannot be built."""
        if self.epoch == watched.epoch and self.sent - self.acked >= limits.WINDOW_FRAMES:
            return
        send = watched.since(self.epoch, self.sent)
        if send is not None and not self._has_room(send):
            return
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
                self._owe_from_here()
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


def size_of(send: Send) -> int:
    """Return the bytes of a message."""
    raw = send.get("bytes")
    return len(raw) if raw is not None else len(send["text"].encode())
