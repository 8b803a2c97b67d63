"""Files of the page arrive whole, compressed or not."""

import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.test import AsyncClient, override_settings

LARGEST = max(Path(settings.BASE_DIR, "static").rglob("*.js"), key=lambda path: path.stat().st_size)


@pytest.mark.parametrize("collected", [False, True])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_a_file_larger_than_a_block_arrives_whole(
    collected: bool, encoding: str, tmp_path: Path
) -> None:
    name = LARGEST.relative_to(Path(settings.BASE_DIR, "static"))
    if collected:
        argv = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
        environ = {**os.environ, "CLUSTERLAB_STATE": str(tmp_path)}
        subprocess.run(argv, cwd=settings.BASE_DIR, env=environ, check=True)
    root = tmp_path / "staticfiles"
    with override_settings(STATIC_ROOT=root, SERVESTATIC_USE_FINDERS=not collected):
        client = AsyncClient()
        answer = await client.get(f"/static/{name}", headers={"accept-encoding": encoding})

    assert answer.status_code == 200
    content = b"".join([block async for block in answer.streaming_content])
    if answer.headers.get("content-encoding") == "gzip":
        # One member only: browsers read no further than the first.
        content, rest = _first_member(content)
        assert rest == b""
    assert (encoding, collected) != ("gzip", True) or "content-encoding" in answer.headers
    assert content == LARGEST.read_bytes()


def _first_member(content: bytes) -> tuple[bytes, bytes]:
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    whole = reader.decompress(content)
    return whole, reader.unused_data
