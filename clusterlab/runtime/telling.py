"""What labs say to their viewers, in the channel layer's own format, many in one round trip."""

import zlib
from functools import cache
from typing import Any

import msgspec
from channels.layers import get_channel_layer

from clusterlab.runtime import keys, limits

LARGE = ("snapshot", "moment", "answer")
"""Messages that hold a whole picture, a history, or what kubectl prints."""

Sealed = tuple[str, bytes]
"""A channel, and what is to be published on it."""

_JSON = msgspec.json.Encoder()


@cache
def _layer() -> Any:
    return get_channel_layer()


def sealed(lab: str, content: dict[str, Any]) -> Sealed:
    """Write down what a lab has to say; content["t"] says what it is."""
    text = _JSON.encode(content)
    message: dict[str, Any] = {"type": "lab.told", "lab": lab}
    if content["t"] in LARGE and len(text) > limits.PICTURE_TEXT_BYTES_MAX:
        message["bytes"] = zlib.compress(text, 1)
    else:
        message["text"] = text.decode()
    for name in ("t", "seq", "base", "epoch", "socket"):
        if name in content:
            message[name] = content[name]
    return keys.group_channel(lab), _layer().serialize(message)


def publish(out: list[Sealed]) -> None:
    """Send everything in one round trip."""
    if not out:
        return
    pipe = keys.connection().pipeline(transaction=False)
    for channel, content in out:
        pipe.publish(channel, content)
    pipe.execute()
