"""The examples of the Kubernetes documentation, bundled: `apply -f https://k8s.io/examples/…`.

A lab has no network, and a journal must hold what was applied. So whoever takes a line in adds the
texts of the addresses that it names before the command is journaled.
"""

import re

import msgspec

from simulation.lab.commands import Command
from simulation.lab.commands.terminal import Kubectl
from simulation.scenarios.catalogue import example

ADDRESSES = (
    re.compile(r"^https?://(?:www\.)?(?:k8s\.io|kubernetes\.io)/examples/(?P<path>[\w./-]+)$"),
    re.compile(r"^https?://(?:www\.)?kubernetes\.io/docs/[\w/]*examples/(?P<path>[\w./-]+)$"),
    re.compile(
        r"^https://raw\.githubusercontent\.com/kubernetes/website/[\w./-]+?/content/en/examples/"
        r"(?P<path>[\w./-]+)$"
    ),
)


def fetch(address: str) -> str | None:
    """Return the text behind an address of the documentation, or None."""
    for pattern in ADDRESSES:
        found = pattern.match(address)
        if found is not None:
            return example(found["path"])
    return None


def with_examples(argv: tuple[str, ...], files: dict[str, str]) -> dict[str, str]:
    """Return the files of a command line with the examples that its words name added."""
    added = dict(files)
    for word in argv:
        for name in word.removeprefix("--filename=").removeprefix("-f=").split(","):
            text = fetch(name) if name not in added else None
            if text is not None:
                added[name] = text
    return added


def with_bundled(command: Command) -> Command:
    """Return a command with the examples that its words name among its files."""
    if not isinstance(command, Kubectl):
        return command
    files = with_examples(command.argv, command.files)
    return msgspec.structs.replace(command, files=files) if files != command.files else command
