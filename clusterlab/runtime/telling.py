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
        said = message["bytes"] = zlib.compress(text, 1)
    else:
        said, message["text"] = text, text.decode()
    if len(said) > limits.FRAME_BYTES_MAX:
        return sealed(lab, _instead(content, len(said)))
    for name in ("t", "seq", "base", "epoch", "socket"):
        if name in content:
            message[name] = content[name]
    return keys.group_channel(lab), _layer().serialize(message)


def _instead(content: dict[str, Any], size: int) -> dict[str, Any]:
    """Return what is said instead of something that no socket takes.

    A delta leaves a gap behind, and whoever folds frames asks for a snapshot; a picture of
    everything has nothing behind it, and who asked a question is told why there is no answer.
    """
    if content["t"] == "delta":
        return {name: content[name] for name in ("epoch", "base", "seq")} | {"t": "gap"}
    reason = {"key": "frame-too-large", "params": {"size": size, "limit": limits.FRAME_BYTES_MAX}}
    if content["t"] == "snapshot":
        return {"t": "trouble", "reason": reason}
    asker = {name: content[name] for name in ("id", "socket") if name in content}
    return {"t": "refused", **asker, "reason": reason}


def trouble(lab: str, key: str) -> Sealed:
    """Return what viewers are told whose lab stands still; an empty key says that it goes on."""
    reason = {"key": key, "params": {}} if key else None
    return sealed(lab, {"t": "trouble", "reason": reason})


def moved(lab: str, to: str) -> Sealed:
    """Return what viewers are told whose links open another lab now."""
    return sealed(lab, {"t": "moved", "to": to})


def publish(out: list[Sealed], reached: dict[str, int] | None = None) -> None:
    """Send everything in one round trip, and say which instants of labs were told."""
    if not out:
        return
    pipe = keys.connection().pipeline(transaction=False)
    for lab, at in (reached or {}).items():
        pipe.set(keys.reached(lab), at, ex=limits.FORGET_S)
    for channel, content in out:
        pipe.publish(channel, content)
    pipe.execute()
