"""What a shell command in a container does, read off its text; nothing is executed.

Of the steps of a script these are followed: `sleep`, `exit`, `echo`, `touch`, `rm`, `> FILE`, loops
that never end, and `nc` or `httpd` with a port. What any other program prints is not known, and
then the script does not tell all.
"""

import re
import shlex

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Duration

ENDLESS = re.compile(r"\bwhile\b|\bfor\s*\(\(|sleep\s+(inf|infinity)|tail\s+-f|\buntil\b|\bexec\b")
SLEEP = re.compile(r"\bsleep\s+([0-9]+(?:\.[0-9]+)?)\s*([smhd]?)")
EXIT = re.compile(r"\bexit\s+([0-9]+)")
SLEEP_UNITS = {"": SECOND, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}
LISTENER = re.compile(r"\b(?:httpd|nc|ncat)\b[^;&|]*?\s-\w*p\s*([0-9]+)")
HANDED_OVER = re.compile(r"\bexec\s+(?!sleep\b|tail\b)")
STEP = re.compile(r"(?:[^;&|\n\"']|\"[^\"]*\"|'[^']*')+")
WRITES = re.compile(r"(?<![0-9&])>>?\s*(/[^\s]+)")
LOOP = re.compile(r"^(?:while\s+(?:true|:|\[ 1 \])|for\s*\(\(.*\)\))")
SILENT = ("sleep", "touch", "rm", "mkdir", "true", "false", ":", "trap", "exec", "set", "tail")
EXPANDED = re.compile(r"[$`*]")


class File(Record):
    """A file that a program makes: how long after its start it is there."""

    path: str
    since: Duration
    until: Duration | None = None


class Said(Record):
    """A line that a program prints so long after its start, and then perhaps again and again."""

    after: Duration
    text: str
    every: Duration = 0


class Script(Record):
    """What a script will do."""

    is_endless: bool
    lasts: Duration
    exit_code: int
    ports: tuple[int, ...]
    hands_over: bool
    """It becomes another program by exec."""
    files: tuple[File, ...]
    says: tuple[Said, ...]
    tells_all: bool
    """Whether `says` is all that it prints."""


PORT_DIGITS, CODE_DIGITS, SPAN_DIGITS = 5, 18, 12
FOREVER: Duration = 100 * 365 * 24 * 3_600 * SECOND
"""Nobody waits longer for a program than a hundred years."""


def read(text: str) -> Script:
    """Follow a script from step to step."""
    slept = min(sum(_span(number, unit) for number, unit in SLEEP.findall(text)), FOREVER)
    exits = EXIT.findall(text)
    code = _code(exits[-1]) if exits else int(text.strip().endswith("false"))
    hands_over = HANDED_OVER.search(text) is not None
    says, tells_all = _says(text)
    return Script(
        is_endless=bool(ENDLESS.search(text) or LISTENER.search(text)),
        lasts=slept,
        exit_code=code,
        ports=tuple(int(port) for port in LISTENER.findall(text) if len(port) <= PORT_DIGITS),
        hands_over=hands_over,
        files=_files(text),
        says=says,
        tells_all=tells_all and not hands_over,
    )


def _code(text: str) -> int:
    # A shell that cannot read the number says so and ends with 2.
    return int(text) % 256 if len(text) <= CODE_DIGITS else 2


def _span(number: str, unit: str) -> Duration:
    if len(number.partition(".")[0]) > SPAN_DIGITS:
        return FOREVER
    return min(int(float(number) * SLEEP_UNITS[unit]), FOREVER)


def _steps(text: str) -> list[str]:
    steps = (step.strip() for step in STEP.findall(text.replace("2>&1", "")))
    return [re.sub(r"^(?:do|then)\s+", "", step) for step in steps if step]


def _slept(step: str) -> Duration:
    found = SLEEP.match(step)
    return _span(found[1], found[2]) if found else 0


def _files(text: str) -> tuple[File, ...]:
    """Return which files a script makes, and when it removes them again."""
    found: dict[str, File] = {}
    elapsed = 0
    for step in _steps(text):
        elapsed += _slept(step)
        program, *paths = step.split()
        written = WRITES.search(step)
        made = paths if program == "touch" else [written[1]] if written else []
        for path in made:
            found.setdefault(path, File(path, elapsed))
        for path in paths if program == "rm" else ():
            if path in found:
                found[path] = File(path, found[path].since, elapsed)
    return tuple(found.values())


def _says(text: str) -> tuple[tuple[Said, ...], bool]:
    """Return what a script prints, and whether that is all."""
    said: list[Said] = []
    elapsed, looped_from, before, is_known = 0, -1, 0, "||" not in text
    for step in _steps(text):
        program = step.split()[0]
        if program == "exit" and looped_from < 0:
            break
        if LOOP.match(step):
            looped_from, before = elapsed, len(said)
        elif program == "done":
            # What comes behind an endless loop is never reached.
            break
        elif program == "echo":
            line = _echoed(step)
            is_known = is_known and line is not None
            if line is not None and not WRITES.search(step):
                said.append(Said(elapsed, line))
        elif program not in SILENT:
            is_known = False
        elapsed += _slept(step)
    if looped_from < 0:
        return tuple(said), is_known
    every = elapsed - looped_from
    again = [Said(each.after, each.text, every) for each in said[before:]] if every else []
    return (*said[:before], *again), is_known and every > 0


def _echoed(step: str) -> str | None:
    """Return what an echo prints, None if that depends on what is not known."""
    step = WRITES.sub("", step)
    if EXPANDED.search(re.sub(r"'[^']*'", "", step)):
        return None
    try:
        words = shlex.split(step)
    except ValueError:
        return None
    return " ".join(word for word in words[1:] if word not in ("-n", "-e"))
