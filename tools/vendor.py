"""Builds the packages that the page imports by name into static/vendor/, when something changed.

`python -m tools.vendor` takes the machine's Node when it is new enough, else the one that pip brings
(requirements-node.txt). What was built from the same lock and sources is left alone, so that only the
first start, and the first after a change of packages, needs a network.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "static" / "vendor"
STAMP = BUILT / ".stamp"
SOURCES = ("package.json", "package-lock.json", "tools/vendor.mjs")
NODE_MIN = 20
"""The oldest major version that is still looked after and that esbuild and npm's lock files know."""
INSTALL_TIMEOUT_S = 300


class CannotBuild(Exception):
    """A step failed; the text says which and what it said."""


def digest() -> str:
    """Return what the bundles are made from, as one hash."""
    whole = hashlib.sha256()
    for name in SOURCES:
        whole.update((ROOT / name).read_bytes())
    return whole.hexdigest()


def is_built() -> bool:
    """Tell whether the bundles were made from what lies here now."""
    return STAMP.exists() and STAMP.read_text(encoding="utf-8") == digest()


def major_of(node: str) -> int:
    """Return the major version of a Node, 0 if it does not run."""
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.match(r"v(\d+)\.", told.stdout)
    return int(found[1]) if found else 0


def find_node() -> Path | None:
    """Return the folder of a Node that is new enough and has its npm beside it."""
    folders = [Path(sys.executable).parent, *map(Path, os.get_exec_path())]
    for folder in folders:
        node, npm = folder / "node", folder / "npm"
        if node.exists() and npm.exists() and major_of(str(node)) >= NODE_MIN:
            return folder
    return None


def run(what: str, argv: list[str], path: str) -> None:
    """Run one step, or say plainly which one failed."""
    try:
        told = subprocess.run(
            argv,
            cwd=ROOT,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise CannotBuild(f"{what} failed: {problem}") from problem
    if told.returncode:
        lines = [line for line in told.stdout.splitlines() if line.strip()]
        raise CannotBuild("\n  ".join([f"{what} failed:", *lines[:6], *lines[6:][-3:]]))


def build() -> None:
    """Fetch the locked packages and bundle them."""
    path = os.environ.get("PATH", os.defpath)
    folder = find_node()
    if folder is None:
        print(f"no Node {NODE_MIN} or later here; fetching one with pip", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run("fetching Node with pip", [*pip, "-r", "requirements-node.txt"], path)
        folder = find_node()
    if folder is None:
        raise CannotBuild("Node was fetched with pip, but it does not run on this machine")
    path = f"{folder}{os.pathsep}{path}"
    print("building the browser's packages", flush=True)
    # No package's install script is needed, and none is trusted.
    npm = [str(folder / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run("fetching the browser's packages with npm", npm, path)
    run("bundling the browser's packages", [str(folder / "node"), "tools/vendor.mjs"], path)
    shutil.rmtree(ROOT / "node_modules", ignore_errors=True)
    STAMP.write_text(digest(), encoding="utf-8")


def main() -> int:
    """Build if needed; end with status 1 and the reason when that is impossible."""
    if is_built():
        return 0
    try:
        build()
    except CannotBuild as problem:
        print(f"The page cannot be built. {problem}", file=sys.stderr)
        print(
            "Is there a network? npm and pip use the registries they are set to.", file=sys.stderr
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
