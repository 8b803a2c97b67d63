"""Scripts, read: what a lab played as text consists of.

A line is a kubectl command as the terminal takes it, an act upon reality (`power-off worker-3`), a
request (`request http://shop.local/cart`) or time (`wait 50s`, `settle`). What each line prints
follows it. A file whose commands start with "$ " holds what they printed, too: such a golden script
can be played again and compared.
"""

import re
from collections.abc import Iterator

from simulation.kernel.records import Record
from simulation.kernel.units import Duration
from simulation.kube.controllers import RECONCILERS
from simulation.kube.objects.kinds import KINDS
from simulation.kubectl import request, terminal
from simulation.kubectl.durations import duration
from simulation.kubectl.errors import CommandError, NotHere
from simulation.kubectl.parse import parse
from simulation.lab.commands.words import VERBS, understood
from simulation.scenarios.catalogue import DEFAULT, names

SEED = 7
LINES_MAX = 5_000
"""A script that a person writes; a generated one is a program."""
CONTROL_PLANE_MAX = 7
"""Every write must reach a majority; beyond seven nobody runs etcd."""
HEADERS = ("control-plane", "scenario", "seed", "story")
"""What comments before the first command can set."""
WHOLE = re.compile(r"[0-9]{1,18}")
CLIENTS = ("kube-scheduler", "kubectl", "kubelet", *(each.name for each in RECONCILERS))
"""Whose writes may be left without an answer."""
TELLABLE = (
    "*",
    "entry",
    "machine",
    "member",
    "route",
    "session",
    *CLIENTS,
    *sorted(kind.lower() for kind in KINDS),
)
"""What happenings of the story are about: objects, and what lies below them."""
PROMPT, MORE = "$ ", "> "


class Mistake(Exception):
    """The script is wrong: the line and what is wrong with it."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line, self.text = line, text


class Statement(Record):
    """One line of a script, understood."""

    line: int
    text: str
    verb: str
    words: tuple[str, ...] = ()
    stdin: str = ""
    """What stood between <<EOF and EOF."""


class Script(Record):
    """A script, understood."""

    statements: tuple[Statement, ...]
    remarks: tuple[tuple[int, str], ...]
    """(Place before a statement, comment line): they are printed again."""
    scenario: str = DEFAULT
    seed: int = SEED
    story: tuple[str, ...] = ()
    """Kinds whose part of the story is shown; "*" is all."""
    control_plane: int = 0
    """How many control plane nodes there are; 0: as many as the scenario has."""


def read(text: str) -> Script:
    """Return the script that a text means; raise Mistake."""
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        raise Mistake(LINES_MAX, f"a script has at most {LINES_MAX} lines")
    golden = any(line.startswith(PROMPT) for line in lines)
    statements: list[Statement] = []
    remarks: list[tuple[int, str]] = []
    settings: dict[str, tuple[int, str]] = {}
    numbered = iter(enumerate(lines, 1))
    for number, line in numbered:
        if line.startswith("#"):
            remarks.append((len(statements), line))
            name, value = _header(number, line, bool(statements))
            if name in settings:
                raise Mistake(
                    number, f"# {name}: stands there already, in line {settings[name][0]}"
                )
            if name:
                settings[name] = (number, value)
        elif golden and not line.startswith(PROMPT):
            continue
        elif line.strip():
            command = line.removeprefix(PROMPT).strip()
            while command.endswith("\\") and not golden:
                _, more = next(numbered, (number, ""))
                command = f"{command[:-1].rstrip()} {more.strip()}"
            statements.append(_statement(number, command, numbered, golden))
    return _script(statements, remarks, settings)


def _header(number: int, line: str, is_late: bool) -> tuple[str, str]:
    """Return (name, value) of a comment that sets something, empty for a remark; raise Mistake."""
    before, colon, value = line.removeprefix("#").partition(":")
    written = before.strip()
    name = re.sub(r"[ _]", "-", written.lower())
    if not colon or name not in HEADERS:
        return "", ""
    if written != name:
        raise Mistake(number, f"write # {name}: instead of # {written}:")
    if is_late:
        raise Mistake(number, f"# {name}: belongs before the first command")
    return name, value.strip()


def _script(
    statements: list[Statement],
    remarks: list[tuple[int, str]],
    settings: dict[str, tuple[int, str]],
) -> Script:
    line, scenario = settings.get("scenario", (0, DEFAULT))
    if scenario not in names():
        raise Mistake(line, f"there is no scenario called {scenario}")
    line, size = settings.get("control-plane", (0, ""))
    if line and not (WHOLE.fullmatch(size) and 1 <= int(size) <= CONTROL_PLANE_MAX):
        raise Mistake(line, f"a control plane has 1 to {CONTROL_PLANE_MAX} nodes, not {size}")
    line, seed = settings.get("seed", (0, str(SEED)))
    if not WHOLE.fullmatch(seed):
        raise Mistake(line, f"the seed must be a whole number, not {seed}")
    line, story = settings.get("story", (0, ""))
    shown = tuple(each.strip().lower() for each in story.split(",") if each.strip())
    unknown = [each for each in shown if each not in TELLABLE]
    if line and (unknown or not shown):
        wanted = ", ".join(sorted(TELLABLE))
        raise Mistake(
            line,
            f"no part of the story is called {', '.join(unknown) or 'nothing'}; there are: {wanted}",
        )
    return Script(tuple(statements), tuple(remarks), scenario, int(seed), shown, int(size or "0"))


def _statement(
    number: int, command: str, numbered: Iterator[tuple[int, str]], golden: bool
) -> Statement:
    text, stdin = command, ""
    heredoc = re.search(r"\s*<<-?\s*['\"]?(\w+)['\"]?\s*(?=$|\|)", command)
    if heredoc is not None:
        text = f"{command[: heredoc.start()]} {command[heredoc.end() :]}".strip()
        body = []
        for _, line in numbered:
            plain = line.removeprefix(MORE) if golden else line
            if plain.strip() == heredoc[1]:
                break
            body.append(plain.removesuffix("\n"))
        else:
            raise Mistake(number, f"{heredoc[1]} is missing at the end of what stands after <<")
        stdin = "\n".join(body) + "\n"
    try:
        words = tuple(terminal.split(text))
    except CommandError as problem:
        raise Mistake(number, problem.text) from None
    verb = words[0] if words else ""
    statement = Statement(number, command, verb, words, stdin)
    if verb in TERMINAL:
        _check_kubectl(statement)
    elif verb not in VERBS and verb not in OWN:
        known = ", ".join(sorted([*VERBS, *OWN, "kubectl", "curl", "etcdctl"]))
        raise Mistake(number, f'"{verb}" is not known here; a line begins with one of: {known}')
    else:
        _check_words(statement)
    return statement


def _check_kubectl(statement: Statement) -> None:
    try:
        first = terminal.pipeline(list(statement.words))[0]
        if first[0] in terminal.NAMES:
            parse(tuple(first))
    except NotHere:
        # No mistake of who wrote it: the line says so when its turn comes, and the rest is played.
        return
    except CommandError as problem:
        if problem.exit_code:
            raise Mistake(statement.line, problem.text) from None


TERMINAL = ("kubectl", "k", "cat", "curl", "echo", "etcdctl", "help", "watch")
OWN = {"request": (1, 3), "settle": (0, 1), "wait": (1, 1)}
"""What only scripts know, with the least and the most words behind it."""


def _check_words(statement: Statement) -> None:
    words = list(statement.words)
    try:
        if statement.verb not in OWN:
            understood(words)
            return
        least, most = OWN[statement.verb]
        if not least <= len(words) - 1 <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise CommandError(f"{statement.verb} takes {wanted} words, not {len(words) - 1}")
        if statement.verb == "request":
            request.understood(words)
        elif len(words) > 1:
            span(words[1])
    except CommandError as problem:
        raise Mistake(statement.line, problem.text) from None


def span(text: str) -> Duration:
    """Return the milliseconds of `50s`; raise CommandError."""
    try:
        length = duration(text)
    except CommandError:
        length = -1
    if length < 0:
        raise CommandError(f"{text} is no duration; write 50s, 2m or 1m30s")
    return length
