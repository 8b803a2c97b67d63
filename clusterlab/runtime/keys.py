"""The names of everything in Redis, each with a bound and a time to live.

Nothing here is the truth; whatever is lost is found again in the database.
"""

from functools import cache
from typing import Any

import redis
from django.conf import settings

from clusterlab.runtime import limits


def lease(lab: str) -> str:
    """Who hosts a lab."""
    return f"cl:lease:{lab}"


def inbox(lab: str) -> str:
    """Letters to a lab."""
    return f"cl:inbox:{lab}"


def bell(host: str) -> str:
    """What wakes a host."""
    return f"cl:bell:{host}"


def serving(host: str) -> str:
    """Which lab a host is working on right now; nothing between turns."""
    return f"cl:serving:{host}"


def restarts(lab: str) -> str:
    """How often a lab that stood still was told to go on, within an hour."""
    return f"cl:restarts:{lab}"


def watched(lab: str) -> str:
    """Whether somebody looks at a lab."""
    return f"cl:watched:{lab}"


def checkpoint(lab: str) -> str:
    """The newest checkpoint, as a cache."""
    return f"cl:saved:{lab}"


def reached(lab: str) -> str:
    """The latest instant of a lab that its viewers were told of."""
    return f"cl:reached:{lab}"


def looking(lab: str) -> str:
    """Which viewers want to see which instant of a lab's past."""
    return f"cl:looking:{lab}"


def looker(lab: str) -> str:
    """Which task works a lab's past out."""
    return f"cl:looker:{lab}"


def looked(lab: str) -> str:
    """Where the work on a lab's past stopped, for whoever goes on with it."""
    return f"cl:looked:{lab}"


def opened(address: str, hour: int) -> str:
    """How many labs an address opened within an hour."""
    return f"cl:opened:{address}:{hour}"


def group(lab: str) -> str:
    """The channel-layer group of a lab."""
    return f"lab.{lab}"


def group_channel(lab: str) -> str:
    """The Redis channel of that group, as RedisPubSubChannelLayer 4.3 names it.

    Publishing straight into it costs a pipelined command instead of a round trip and a coroutine;
    the format is the layer's own, so the version is pinned and a test holds it.
    """
    return f"asgi__group__{group(lab)}"


WANTED = "cl:wanted"
"""Labs that somebody wants to run: a sorted set by when they were last asked for."""

HOSTS = "cl:hosts"
"""Hosts that are alive, by when they last said so."""

ANYBODY = bell("anybody")
"""Rung for a lab that has no host yet."""


@cache
def connection() -> Any:
    """Return the client of this process; its pool waits instead of refusing."""
    pool = redis.BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=32,
        timeout=5,
        socket_timeout=None,
        socket_connect_timeout=limits.CONNECT_S,
    )
    return redis.Redis(connection_pool=pool)
