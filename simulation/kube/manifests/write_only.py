"""What a manifest may say and the API server never gives back: a Secret's stringData.

Follows Convert_v1_Secret_To_core_Secret of pkg/apis/core/v1/conversion.go: what is in it goes into
data at each write, over what is there, and is validated there.
"""

from base64 import b64encode
from typing import Any


def stored(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest whose types are right with its write-only fields turned into what is stored."""
    if kind != "Secret" or not content.get("stringData"):
        return content
    texts = {key: _encoded(value or "") for key, value in content["stringData"].items()}
    kept = {key: value for key, value in content.items() if key != "stringData"}
    return {**kept, "data": {**(content.get("data") or {}), **texts}}


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()
