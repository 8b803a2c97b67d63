"""Runs all tests in two halves at the same time: a browser mostly waits, the engine mostly computes.

`python -m tools.suite` shows the engine's half as it goes and the browser's when it is done; it ends
with the status of the half that failed, if one did. Each half has a server, a database and folders of
its own.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BROWSER = ("tests/browser",)
REST = ("tests", "--ignore=tests/browser")


def run(aside: tuple[str, ...] = BROWSER, shown: tuple[str, ...] = REST) -> int:
    """Run both halves; print one, and the other after it. Return the status of the worse."""
    pytest = [sys.executable, "-m", "pytest", "--durations=12"]
    with tempfile.TemporaryFile() as said:
        other = subprocess.Popen([*pytest, *aside], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        try:
            status = subprocess.run([*pytest, *shown], cwd=ROOT).returncode
            other_status = other.wait()
        finally:
            if other.poll() is None:
                other.terminate()
                other.wait()
        said.seek(0)
        print(f"\n{' '.join(aside)}:", flush=True)
        sys.stdout.buffer.write(said.read())
        sys.stdout.buffer.flush()
    return status or other_status


if __name__ == "__main__":
    sys.exit(run())
