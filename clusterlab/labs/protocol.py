"""What may come in from a socket: parsed, measured, authorised. What does not fit is refused."""

from typing import Any

import msgspec

from clusterlab.labs import limits
from clusterlab.runtime.mailbox import Letter
from clusterlab.runtime.models import Link
from simulation.kernel.reasons import Refused

MAY_COMMAND = (Link.OWNER, Link.OPERATOR)
WITH_FILES = ("kubectl", "apply")
"""Commands that carry manifests."""


def read(text: str | None, raw: bytes | None) -> dict[str, Any]:
    """Return the message of a frame; raise Refused if it is none."""
    content = text.encode() if text is not None else raw or b""
    if len(content) > limits.MESSAGE_BYTES_MAX:
        raise Refused(
            "message-too-large", size_bytes=len(content), limit_bytes=limits.MESSAGE_BYTES_MAX
        )
    try:
        message = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused("message-malformed") from None
    if not isinstance(message, dict) or (b"\\u0000" in content and _has_nul(message)):
        raise Refused("message-malformed")
    if message.get("do") not in WITH_FILES and len(content) > limits.QUESTION_BYTES_MAX:
        raise Refused(
            "message-too-large", size_bytes=len(content), limit_bytes=limits.QUESTION_BYTES_MAX
        )
    return message


def _has_nul(message: Any) -> bool:
    """Tell whether a text holds the one character that Postgres does not store."""
    left = [message]
    while left:
        each = left.pop()
        if isinstance(each, str):
            if "\0" in each:
                return True
        elif isinstance(each, dict):
            left += [*each, *each.values()]
        elif isinstance(each, list):
            left += each
    return False


def letter_of(message: dict[str, Any], role: str, actor: str, socket: str) -> Letter:
    """Return the letter that a message means; raise Refused if it may not or makes no sense."""
    id = message.get("id", "")
    if not isinstance(id, str) or len(id) > limits.ID_LENGTH_MAX:
        raise Refused("message-malformed")
    if "ask" in message:
        return Letter("query", id, actor, socket, message)
    if "do" in message or "pace" in message:
        if role not in MAY_COMMAND:
            raise Refused("only-looking")
        if not id:
            raise Refused("message-malformed")
        if "do" in message:
            return Letter("command", id, actor, socket, message)
        if not isinstance(message["pace"], dict):
            raise Refused("message-malformed")
        return Letter("pace", id, actor, socket, message["pace"])
    raise Refused("message-unknown")


class Bucket:
    """Lets messages through at a rate, with a burst."""

    def __init__(self, now: float) -> None:
        self.tokens, self.at = float(limits.MESSAGES_BURST), now

    def take(self, now: float) -> bool:
        """Take a token; False if there is none."""
        self.tokens = min(
            limits.MESSAGES_BURST, self.tokens + (now - self.at) * limits.MESSAGES_PER_SECOND
        )
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True
