"""Bodies of requests are bounded before anything reads them."""

import asyncio
from typing import Any

import pytest

from clusterlab.asgi import application
from clusterlab.labs import limits


async def asked(length: bytes | None, chunks: list[bytes]) -> tuple[int, int]:
    """Post a body, and return the status and how many chunks of it were taken."""
    headers = [(b"host", b"localhost")]
    if length is not None:
        headers.append((b"content-length", length))
    scope = {
        "type": "http", "method": "POST", "path": "/nowhere", "query_string": b"", "headers": headers,
        "server": ("localhost", 80), "client": ("127.0.0.1", 9),
    }  # fmt: skip
    left, sent = list(chunks), []

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    return sent[0]["status"], len(chunks) - len(left)


async def test_a_body_that_says_it_is_large_is_not_read() -> None:
    assert await asked(b"300000000", [b"x" * 1_000] * 3) == (413, 0)
    assert await asked(b"-1", [b"x"]) == (413, 0)


async def test_a_body_that_does_not_say_how_large_it_is_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "BODY_BYTES_MAX", 2_500)

    assert await asked(None, [b"x" * 1_000] * 9) == (413, 3)


async def test_a_form_reaches_the_site() -> None:
    status, taken = await asked(b"2000", [b"x" * 1_000] * 2)

    assert status != 413
    assert taken == 2
