"""What comes in from outside and could not be written down again."""

from typing import Any

import msgspec

from simulation.kernel.reasons import Refused


def refuse_unwritable(given: dict[str, Any]) -> None:
    """Raise Refused if a JSON object holds half a character or a number beyond 64 bits.

    JSON can spell both ("\\ud800" and a thousand digits), and neither a journal, nor a checkpoint, nor
    an answer can hold them.
    """
    try:
        msgspec.msgpack.encode(given)
    except (UnicodeEncodeError, OverflowError, RecursionError) as problem:
        raise Refused("command-malformed", detail=type(problem).__name__) from None
