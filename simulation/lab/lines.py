"""What becomes of a line that is typed into the page's terminal.

A line that only reads is answered. One that changes something is handed back understood: as
commands upon reality, as words for a session, or as the object to open in the editor. So the page
needs no grammar of its own.
"""

from typing import Any

from simulation.kubectl import terminal
from simulation.kubectl.errors import CommandError
from simulation.kubectl.helping import TERMINAL
from simulation.kubectl.output import apart
from simulation.kubectl.parse import parse
from simulation.kubectl.resources import find
from simulation.lab.commands import to_json
from simulation.lab.commands.words import VERBS, orders, understood
from simulation.lab.lab import Lab

HELP_HELP = "help NAME says how one of machines, cables and the rest is written, as help cut.\n"


def taken(lab: Lab, line: str, server: str = "") -> dict[str, Any]:
    """Return what a line prints, and what the page has to do about it.

    `before`: what goes to stderr before the rest. `waits`: send `argv` as a session. `orders`: send
    these commands. `edit`: open this object.
    """
    try:
        words = terminal.split(line)
        if words == ["help"]:
            return _said(TERMINAL + HELP_HELP)
        if words[:1] == ["help"] and words[1:2] and words[1] in VERBS:
            return _said(f"{VERBS[words[1]].usage}\n")
        if words and words[0] in VERBS:
            given = orders(lab.world, understood(words))
            return _said() | {"orders": [to_json(each) for each in given]}  # type: ignore[arg-type]
        edited = _edited(words)
    except CommandError as problem:
        return _said("", f"{problem.text}\n", problem.exit_code)
    if edited:
        return _said() | {"edit": edited}
    output = terminal.read(lab.world, words, server)
    before, after = apart(output)
    said = _said(output.stdout, after, output.exit_code)
    return said | {"before": before, "waits": output.waits, "argv": words}


def _said(stdout: str = "", stderr: str = "", status: int = 0) -> dict[str, Any]:
    return {"stdout": stdout, "stderr": stderr, "status": status, "waits": False}


def _edited(words: list[str]) -> dict[str, str] | None:
    """Return the object that `kubectl edit` opens, None if the line is no such thing."""
    if len(words) < 2 or words[0] not in terminal.NAMES or words[1] != "edit":
        return None
    call = parse(tuple(words))
    if call.given("filename") or call.on("help") or not call.args:
        return None
    kind, slash, name = call.args[0].partition("/")
    resource = find(kind)
    name = name if slash else (call.args[1] if len(call.args) > 1 else "")
    if not name:
        return None
    return {
        "kind": resource.kind,
        "key": f"{call.namespace}/{name}" if resource.namespaced else name,
    }
