"""Refuses large bodies of requests before Django reads them.

What says its size is refused by that; what does not is counted while it comes in.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from clusterlab.labs import limits

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]


class TooLarge(Exception):
    """More came in than any form of this site holds."""


def bounded(application: Application) -> Application:
    """Return an application that is handed no body above the bound."""

    async def bounds(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if _is_too_large(dict(scope["headers"]).get(b"content-length", b"0")):
            await _refuse(send)
            return
        # A form is small: it is here before Django begins, and Django's own handling of a body that
        # breaks off does not have to be right.
        try:
            body = await _body(receive)
        except TooLarge:
            await _refuse(send)
            return
        if body is not None:
            await application(scope, _again(body, receive), send)

    return bounds


def _is_too_large(length: bytes) -> bool:
    return not length.isdigit() or len(length) > 9 or int(length) > limits.BODY_BYTES_MAX


async def _body(receive: Receive) -> bytes | None:
    """Return the whole body, or None if whoever asked went away."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > limits.BODY_BYTES_MAX:
            raise TooLarge
        if not message.get("more_body"):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what hands a body over that was received, and then whatever comes."""
    left = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> dict[str, Any]:
        return left.pop() if left else await receive()

    return receive_again


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"too large\n"})
