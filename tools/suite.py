"""Runs all tests in three parts at the same time: browsers mostly wait, the engine mostly computes.

`python -m tools.suite` shows the engine's part as it goes and the others when they are done; it ends
with the status of a part that failed, if one did. Each part has a server, a database and folders of
its own.
"""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BROWSER = "tests/browser"
LONG = tuple(f"{BROWSER}/test_{name}.py" for name in ("steady", "story", "truth"))
"""About half of the browsers' time: they wait for what takes a lab its time."""
OTHERS = (BROWSER, *(f"--ignore={path}" for path in LONG))
REST = ("tests", f"--ignore={BROWSER}")


def run(shown: tuple[str, ...] = REST, *aside: tuple[str, ...]) -> int:
    """Run all parts; print one, and the others after it. Return the status of the worst."""
    pytest = [sys.executable, "-m", "pytest", "--durations=12"]
    with ExitStack() as stack:
        parts = []
        for part in aside:
            said = stack.enter_context(tempfile.TemporaryFile())
            process = subprocess.Popen(
                [*pytest, *part], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT
            )
            stack.callback(_end, process)
            parts.append((part, process, said))
        status = subprocess.run([*pytest, *shown], cwd=ROOT).returncode
        for part, process, said in parts:
            status = process.wait() or status
            said.seek(0)
            print(f"\n{' '.join(part)}:", flush=True)
            sys.stdout.buffer.write(said.read())
            sys.stdout.buffer.flush()
    return status


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(run(REST, LONG, OTHERS))
