"""Gets from the system's package manager what tests need and pip cannot bring: Chromium, Postgres.

`python -m tools.machine` installs what is missing if it may, as root or through a sudo that asks
nothing, and never fails: tests whose program is missing are skipped, and say so. NO_SETUP=1 keeps
it from touching the machine.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TRIES = 3
"""Mirrors are sometimes busy; a second try mostly succeeds."""
APT_TIMEOUT_S = 600
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium() -> str | None:
    """Return the browser that tests use: $CHROMIUM, or the one on PATH."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given if os.access(given, os.X_OK) else None
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def postgres() -> Path | None:
    """Return the folder with initdb and postgres; Debian keeps them off PATH."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _prefix() -> list[str] | None:
    """Return what makes a command run as root, or None if nothing does."""
    if os.environ.get("NO_SETUP") or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def install(package: str) -> bool:
    """Install a package, trying a few times; tell whether it is there now."""
    prefix = _prefix()
    if prefix is None:
        return False
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq",
           "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3"]  # fmt: skip
    for number in range(TRIES):
        time.sleep(5 * number)
        try:
            for step in (["update"], ["install", "-y", "--no-install-recommends", package]):
                subprocess.run(
                    [*apt, *step],
                    check=True,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    timeout=APT_TIMEOUT_S,
                )
            return True
        except subprocess.SubprocessError as problem:
            told = (getattr(problem, "stderr", None) or b"").decode(errors="replace").strip()
            print(f"installing {package}: {problem} {told[-300:]}", file=sys.stderr)
    return False


def main() -> int:
    """Install what is missing."""
    wanted: tuple[tuple[str, Callable[[], object]], ...] = (
        ("chromium", chromium),
        ("postgresql", postgres),
    )
    for package, find in wanted:
        if find() is None:
            print(f"{package} is missing; asking the package manager for it")
            install(package)
            if find() is None:
                print(f"{package} could not be installed: its tests will be skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
