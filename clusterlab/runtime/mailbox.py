"""Letters from sockets to labs: commands, questions, pace. Posting one rings the right host."""

import time
from typing import Any

import msgspec

from clusterlab.runtime import keys, limits

_ENCODER = msgspec.json.Encoder()


class Letter(msgspec.Struct):
    """What a socket wants from a lab, and which socket it is."""

    kind: str
    """command, query, pace, snapshot or wake."""
    id: str = ""
    actor: str = ""
    socket: str = ""
    """The hub and consumer that an answer goes to; empty is everybody."""
    body: dict[str, Any] = {}


class Overfull(Exception):
    """Too many letters wait for this lab."""


_POST = """
if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('RPUSH', KEYS[1], ARGV[1])
return redis.call('EXPIRE', KEYS[1], ARGV[3])
"""
"""Looking for room and putting a letter there are one act: what is taken back would be anybody's."""


def post(lab: str, letter: Letter) -> None:
    """Put a letter into a lab's inbox and wake its host; raise Overfull if it has too many."""
    client = keys.connection()
    pipe = client.pipeline(transaction=False)
    bounds = str(limits.INBOX_MAX), str(limits.FORGET_S)
    pipe.eval(_POST, 1, keys.inbox(lab), _ENCODER.encode(letter), *bounds)
    pipe.get(keys.lease(lab))
    want(pipe, lab)
    had_room, host, *_ = pipe.execute()
    if not had_room:
        raise Overfull(lab)
    ring(host.decode() if host else "")


def ring(host: str) -> None:
    """Wake a host, or anybody if there is none."""
    client = keys.connection()
    name = keys.bell(host) if host else keys.ANYBODY
    pipe = client.pipeline(transaction=False)
    pipe.rpush(name, b"1")
    pipe.ltrim(name, -limits.RINGS_MAX, -1)
    pipe.expire(name, limits.HOST_FORGOTTEN_S)
    pipe.execute()


def watch(lab: str, seconds: int) -> None:
    """Say that somebody looks at a lab for the next seconds."""
    client = keys.connection()
    pipe = client.pipeline(transaction=False)
    pipe.set(keys.watched(lab), b"1", ex=seconds)
    want(pipe, lab)
    pipe.execute()


def want(pipe: Any, lab: str) -> None:
    """Say, as a part of a pipeline, that somebody wants a lab to run."""
    pipe.zadd(keys.WANTED, {lab: time.time()})
    pipe.zremrangebyrank(keys.WANTED, 0, -limits.WANTED_MAX - 1)
    pipe.expire(keys.WANTED, limits.ACTIVE_S)


_DECODER = msgspec.json.Decoder(Letter)


def decode(raw: bytes) -> Letter:
    """Read a letter."""
    return _DECODER.decode(raw)
