"""How much room a text takes in a message.

A message is JSON in UTF-8, and its bound is one of bytes: a letter of Korean takes three, a control
character six.
"""

import msgspec


def size_of(text: str) -> int:
    """Return the bytes of a text in a message, its quotes included."""
    return len(msgspec.json.encode(text))


def fitting(text: str, bytes_max: int) -> str:
    """Return as much of the beginning of a text as fits."""
    # Each round keeps the share that would fit if all letters took the same room.
    text = text[:bytes_max]
    while (size := size_of(text)) > bytes_max:
        text = text[: min(len(text) - 1, len(text) * bytes_max // size)]
    return text
