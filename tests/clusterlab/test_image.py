"""The image holds what runs, and nothing of the machine that it was built on."""

import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from clusterlab.runtime.limits import INCOMING_BYTES_MAX
from tests.clusterlab.running import ROOT

STEPS = [
    line.removeprefix("RUN ")
    for line in (ROOT / "Dockerfile").read_text().splitlines()
    if line.startswith("RUN ")
]
PLANTED = (
    ".git/config", ".venv/bin/python", ".run/secret", ".run/clusterlab.sqlite3", ".env",
    "node_modules/esbuild/bin", "static/vendor/old.js", "staticfiles/old.js", "tests/__init__.py",
    "clusterlab/__pycache__/urls.pyc", "locale/ko/LC_MESSAGES/django.mo", ".ruff_cache/x",
)  # fmt: skip
"""What lies about on a developer's machine."""
NEEDED = (
    "manage.py", "clusterlab/settings.py", "simulation/lab/lab.py", "static/js/main.js",
    "templates/lab.html", "locale/ko/LC_MESSAGES/django.po", "tools/words.py", "tools/vendor.mjs",
    "package-lock.json", "requirements.txt", "requirements-node.txt",
)  # fmt: skip


def ignored(path: str) -> bool:
    """Tell whether Docker leaves a path out, for the kinds of patterns that the file has."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    parts = path.split("/")
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    for pattern in patterns:
        anywhere = pattern.startswith("**/")
        for each in above:
            name = each.rpartition("/")[2] if anywhere else each
            wanted = pattern.removeprefix("**/")
            if name.count("/") == wanted.count("/") and fnmatchcase(name, wanted):
                return True
    return False


def test_nothing_of_a_developer_s_machine_comes_into_the_image() -> None:
    assert [path for path in PLANTED if not ignored(path)] == []
    assert [path for path in NEEDED if ignored(path)] == []
    assert [path for path in NEEDED if not (ROOT / path).exists()] == []


def test_collecting_the_page_s_files_leaves_no_secret_in_a_layer(tmp_path: Path) -> None:
    """Run the image's own step, in what Docker would have copied."""
    folder = tmp_path / "image"
    for name in ("manage.py", "clusterlab", "simulation", "static", "templates", "locale"):
        source = ROOT / name
        copy = shutil.copy if source.is_file() else shutil.copytree
        folder.mkdir(exist_ok=True)
        copy(source, folder / name)
    (folder / ".venv" / "bin").mkdir(parents=True)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (step,) = (each for each in STEPS if "collectstatic" in each)
    unset = ("CLUSTERLAB_STATE", "SECRET_KEY")
    environ = {name: value for name, value in os.environ.items() if name not in unset}

    subprocess.run(
        ["sh", "-ec", step], cwd=folder, check=True, capture_output=True,
        env={**environ, "TMPDIR": str(tmp_path), "PYTHONPATH": ""},
    )  # fmt: skip

    assert list((folder / ".run").iterdir()) == [folder / ".run" / "staticfiles"]
    assert (folder / ".run" / "staticfiles" / "js" / "main.js").exists()
    assert [path for path in tmp_path.rglob("secret") if path.is_file()] == []


def test_the_environment_is_built_before_and_the_files_are_copied_after() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert re.search(r"venv \.venv.*\nCOPY \. \.\n", text), (
        "or each change installs everything anew"
    )
    assert text.index("COPY . .") < text.index("tools.vendor") < text.index("collectstatic")
    assert text.rindex("chown") < text.index("USER clusterlab")


def test_the_image_s_web_server_takes_in_what_the_page_s_bounds_say() -> None:
    image = (ROOT / "Dockerfile").read_text().replace('", "', " ")
    for text in (image, (ROOT / "compose.yaml").read_text()):
        assert f"--websocket-max-message-size {INCOMING_BYTES_MAX} " in text
        assert f"--websocket-max-frame-size {INCOMING_BYTES_MAX} " in text
