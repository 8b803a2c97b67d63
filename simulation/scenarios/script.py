"""Scripts: a lab played as text.

A line is a kubectl command as the terminal takes it, an act upon reality (`power-off worker-3`), a
request (`request http://shop.local/cart`) or time (`wait 50s`, `settle`). What each line prints
follows it. A file whose commands start with "$ " holds what they printed, too: such a golden script
can be played again and compared.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from simulation.kernel.limits import EVENTS_PER_INSTANT_MAX
from simulation.kernel.records import Record
from simulation.kernel.units import HOUR, MINUTE, SECOND, Duration, Instant
from simulation.kube.network.links import EVERYTHING, INTERNET
from simulation.kube.rules.quantities import whole
from simulation.kubectl import request, terminal
from simulation.kubectl.curl import split_url
from simulation.kubectl.errors import CommandError
from simulation.kubectl.parse import Call, parse
from simulation.kubectl.session import DONE, SessionsState
from simulation.kubectl.sessions import attach
from simulation.kubectl.waiting import duration
from simulation.lab import commands
from simulation.lab.commands.base import CommandRecord
from simulation.lab.commands.cables import Cut, Delay, Heal, Hold, Loss, Release
from simulation.lab.commands.clients import Load
from simulation.lab.commands.containers import KillContainer, Leak
from simulation.lab.commands.machines import (
    AddControlPlane,
    AddWorker,
    FillDisk,
    PowerOff,
    PowerOn,
    ProvokeSplitVote,
    RemoveControlPlane,
    RemoveWorker,
    ShutDown,
    SlowDisk,
)
from simulation.lab.commands.processes import KillProcess, StartProcess
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Lab, RefusedCommand
from simulation.lab.notable import level_of
from simulation.scenarios.catalogue import DEFAULT, content_of, names, with_control_plane
from simulation.scenarios.examples import with_examples
from simulation.scenarios.telling import clock, sentence

SEED = 7
BORN_AT = 1_763_942_400
"""Monday, 24 November 2025: a script prints the same dates whenever it is played."""

LINES_MAX = 5_000
"""A script that a person writes; a generated one is a program."""
SESSION_MAX: Duration = HOUR
"""A command that takes longer is interrupted."""
WATCH_LASTS: Duration = 30 * SECOND
"""`get -w` never ends by itself; a script presses Ctrl-C after this."""
CALM: Duration = 15 * SECOND
SETTLE_MAX: Duration = 30 * MINUTE
CONTROL_PLANE_MAX = 7
"""Every write must reach a majority; beyond seven nobody runs etcd."""
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


# --- reading


def read(text: str) -> Script:
    """Return the script that a text means; raise Mistake."""
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        raise Mistake(LINES_MAX, f"a script has at most {LINES_MAX} lines")
    golden = any(line.startswith(PROMPT) for line in lines)
    statements: list[Statement] = []
    remarks: list[tuple[int, str]] = []
    settings: dict[str, str] = {}
    numbered = iter(enumerate(lines, 1))
    for number, line in numbered:
        if line.startswith("#"):
            remarks.append((len(statements), line))
            name, colon, value = line.removeprefix("#").partition(":")
            if colon and name.strip() in ("control-plane", "story", "seed", "scenario"):
                settings[name.strip()] = value.strip()
        elif golden and not line.startswith(PROMPT):
            continue
        elif line.strip():
            command = line.removeprefix(PROMPT).strip()
            while command.endswith("\\") and not golden:
                _, more = next(numbered, (number, ""))
                command = f"{command[:-1].rstrip()} {more.strip()}"
            statements.append(_statement(number, command, numbered, golden))
    return _script(statements, remarks, settings)


def _script(
    statements: list[Statement], remarks: list[tuple[int, str]], settings: dict[str, str]
) -> Script:
    scenario = settings.get("scenario", DEFAULT)
    if scenario not in names():
        raise Mistake(1, f"there is no scenario called {scenario}")
    masters = settings.get("control-plane", "0")
    if not masters.isdigit() or int(masters) > CONTROL_PLANE_MAX:
        raise Mistake(1, f"a control plane has 1 to {CONTROL_PLANE_MAX} nodes, not {masters}")
    seed = settings.get("seed", str(SEED))
    if not seed.isdigit():
        raise Mistake(1, f"the seed must be a whole number, not {seed}")
    shown = tuple(each.strip().lower() for each in settings.get("story", "").split(",") if each.strip())
    return Script(tuple(statements), tuple(remarks), scenario, int(seed), shown, int(masters))


def _statement(
    number: int, command: str, numbered: Iterator[tuple[int, str]], golden: bool
) -> Statement:
    text, stdin = command, ""
    heredoc = re.search(r"\s*<<-?\s*['\"]?(\w+)['\"]?\s*$", command)
    if heredoc is not None:
        text = command[: heredoc.start()]
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
    if verb in _TERMINAL:
        _check_kubectl(statement)
    elif verb not in _ACTS and verb not in _OWN:
        known = ", ".join(sorted([*_ACTS, *_OWN, "kubectl", "curl", "etcdctl"]))
        raise Mistake(number, f'"{verb}" is not known here; a line begins with one of: {known}')
    else:
        _check_words(statement)
    return statement


def _check_kubectl(statement: Statement) -> None:
    try:
        first = terminal.pipeline(list(statement.words))[0]
        if first[0] in terminal.NAMES:
            parse(tuple(first))
    except CommandError as problem:
        if problem.exit_code:
            raise Mistake(statement.line, problem.text) from None


_TERMINAL = ("kubectl", "k", "curl", "etcdctl", "watch")
LEAST_AND_MOST: dict[str, tuple[int, int]] = {
    "add-control-plane": (0, 0), "add-worker": (0, 0), "cut": (1, 2), "delay": (2, 3),
    "fill-disk": (2, 2), "heal": (0, 2), "hold": (1, 2), "kill-container": (1, 2),
    "kill-process": (2, 2), "leak": (2, 2), "load": (2, 2), "loss": (2, 3), "power-off": (1, 1),
    "power-on": (1, 1), "provoke-split-vote": (0, 0), "release": (1, 2),
    "remove-control-plane": (1, 1), "remove-worker": (1, 1), "request": (1, 3), "settle": (0, 1),
    "shut-down": (1, 1), "slow-disk": (2, 2), "start-process": (2, 2), "wait": (1, 1),
}
ONE_WAY = "--one-way"
ONE_WAY_VERBS = ("cut", "delay", "hold", "loss")


def _check_words(statement: Statement) -> None:
    least, most = LEAST_AND_MOST[statement.verb]
    words = [word for word in statement.words[1:] if word != ONE_WAY]
    if len(words) < len(statement.words) - 1 and statement.verb not in ONE_WAY_VERBS:
        raise Mistake(statement.line, f"{statement.verb} has no {ONE_WAY}")
    count = len(words)
    if not least <= count <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise Mistake(statement.line, f"{statement.verb} takes {wanted} words, not {count}")
    if statement.verb in ("wait", "settle") and count:
        span(statement)
    if statement.verb == "load":
        _rate(statement)
    if statement.verb in ("fill-disk", "leak"):
        _amount(statement)
    if statement.verb in UNITS:
        _measure(statement)
    if statement.verb == "request":
        try:
            request.understood(list(statement.words))
        except CommandError as problem:
            raise Mistake(statement.line, problem.text) from None


def span(statement: Statement) -> Duration:
    """Return the milliseconds of `wait 50s`; raise Mistake."""
    try:
        length = duration(statement.words[1])
    except CommandError:
        length = -1
    if length < 0:
        text = f"{statement.words[1]} is no duration; write 50s, 2m or 1m30s"
        raise Mistake(statement.line, text)
    return length


def _amount(statement: Statement) -> int:
    """Return the percent of a disk, or the bytes of a leak: `fill-disk worker-1 95`, `leak web 2Gi`."""
    text = statement.words[2]
    try:
        return int(text.removesuffix("%")) if statement.verb == "fill-disk" else whole(text)
    except ValueError:
        raise Mistake(statement.line, f"{text} is no amount; write 95% or 2Gi") from None


UNITS = {"delay": "ms", "loss": "%", "slow-disk": "ms"}


def _measure(statement: Statement) -> tuple[list[str], int]:
    """Return the ends and the number of `delay cp-1 cp-2 200ms`, `loss cp-1 30%`."""
    *ends, text = [word for word in statement.words[1:] if word != ONE_WAY]
    unit = UNITS[statement.verb]
    number = text.removesuffix(unit)
    if not number.isdigit() or len(number) > 6:
        raise Mistake(statement.line, f"{text} is no amount; write 200{unit}".replace("200%", "20%"))
    return ends, int(number)


def _ends(statement: Statement) -> dict[str, Any]:
    """Return the ends of a cable, and whether one way is meant."""
    words = [word for word in statement.words[1:] if word != ONE_WAY]
    ends = dict(zip("ab", words, strict=False))
    return {**ends, "one_way": True} if ONE_WAY in statement.words else ends


def _measured(statement: Statement, field: str) -> dict[str, Any]:
    ends, number = _measure(statement)
    return {**_ends(statement), "b": ends[1] if len(ends) > 1 else "", field: number}


RATE = re.compile(r"(\d{1,9})(/s)?")


def _rate(statement: Statement) -> tuple[int, str]:
    _, rate, route = statement.words
    if RATE.fullmatch(rate) is None:
        # The terminal of the page has them the other way round.
        rate, route = route, rate
    found = RATE.fullmatch(rate)
    if found is None:
        raise Mistake(statement.line, f"{route} is no rate; write load 500/s http://shop.local/")
    try:
        wanted = split_url(route)
    except CommandError as problem:
        raise Mistake(statement.line, problem.text) from None
    return int(found[1]), wanted.host + wanted.path


# --- acts upon reality


def _acts() -> dict[str, Callable[["Player", Statement], list[CommandRecord]]]:
    return {
        "add-control-plane": lambda player, it: [AddControlPlane()],
        "add-worker": lambda player, it: [AddWorker()],
        "cut": lambda player, it: [Cut(**_ends(it))],
        "delay": lambda player, it: [Delay(**_measured(it, "ms"))],
        "hold": lambda player, it: [Hold(**_ends(it))],
        "loss": lambda player, it: [Loss(**_measured(it, "percent"))],
        "provoke-split-vote": lambda player, it: [ProvokeSplitVote()],
        "release": lambda player, it: [Release(*it.words[1:])],
        "remove-control-plane": lambda player, it: [RemoveControlPlane(it.words[1])],
        "slow-disk": lambda player, it: [SlowDisk(it.words[1], _measure(it)[1])],
        "heal": lambda player, it: (
            [Heal(*it.words[1:])] if len(it.words) > 1 else player.all_healed()
        ),
        "fill-disk": lambda player, it: [FillDisk(it.words[1], _amount(it))],
        "kill-process": lambda player, it: [KillProcess(*it.words[1:])],
        "leak": lambda player, it: [Leak(player.pod_called(it), _amount(it))],
        "shut-down": lambda player, it: [ShutDown(it.words[1])],
        "start-process": lambda player, it: [StartProcess(*it.words[1:])],
        "kill-container": lambda player, it: [
            KillContainer(player.pod_called(it), *it.words[2:])
        ],
        "load": lambda player, it: [Load(_rate(it)[1], _rate(it)[0])],
        "power-off": lambda player, it: [PowerOff(it.words[1])],
        "power-on": lambda player, it: [PowerOn(it.words[1])],
        "remove-worker": lambda player, it: [RemoveWorker(it.words[1])],
    }


_ACTS = _acts()
_OWN = ("request", "settle", "wait")


class Player:
    """Plays a script, statement by statement."""

    def __init__(
        self,
        script: Script,
        file: Callable[[str], dict[str, str] | None],
        say: Callable[[str], None],
        seed: int | None = None,
        story: bool = False,
    ) -> None:
        """file: the files that a name of -f means, relative to the script; None if there is none."""
        self.script, self.file, self.say = script, file, say
        content = content_of(script.scenario)
        if script.control_plane:
            content = with_control_plane(content, script.control_plane)
        chosen = script.seed if seed is None else seed
        self.lab = Lab.create(Genesis(chosen, script.scenario, content, BORN_AT))
        self.story = ("*",) if story else script.story
        self.told = self.lab.world.ledger.next_id - 1
        if self.lab.world.sessions is None:
            attach(self.lab.world, SessionsState())

    def play(self) -> None:
        """Play all statements; raise Mistake where the script is wrong."""
        remarks = list(self.script.remarks)
        for place, statement in enumerate(self.script.statements):
            while remarks and remarks[0][0] <= place:
                self.say(remarks.pop(0)[1])
            self._echo(statement)
            self._one(statement)
            self._tell()
        for _, remark in remarks:
            self.say(remark)

    def _echo(self, statement: Statement) -> None:
        self.say(f"{PROMPT}{statement.text}")
        if statement.stdin:
            end = re.search(r"(\w+)['\"]?\s*$", statement.text)
            for line in [*statement.stdin.splitlines(), end[1] if end else "EOF"]:
                self.say(f"{MORE}{line}")

    def _one(self, statement: Statement) -> None:
        if statement.verb in _TERMINAL:
            self._terminal(statement)
        elif statement.verb == "wait":
            self._advance(self.lab.now + span(statement))
        elif statement.verb == "settle":
            self._settle(statement)
        elif statement.verb == "request":
            self._request(statement)
        else:
            for command in _ACTS[statement.verb](self, statement):
                self._submit(statement, command)

    def _submit(self, statement: Statement, command: CommandRecord) -> None:
        answer = self.lab.submit(command, f"line-{statement.line}", "script")  # type: ignore[arg-type]
        if isinstance(answer, RefusedCommand):
            raise Mistake(statement.line, sentence(answer.reason))

    def _advance(self, until: Instant) -> None:
        """Let time pass, telling the story as it happens."""
        while self.lab.now < until:
            progress = self.lab.advance(until, EVENTS_PER_INSTANT_MAX)
            self._tell()
            if progress.done:
                return

    # --- the terminal

    def _terminal(self, statement: Statement) -> None:
        words = list(statement.words)
        if terminal.is_session(words):
            self._session(statement, words)
            return
        output = terminal.read(self.lab.world, words)
        if output.waits:
            self._session(statement, words)
            return
        self._print(output.stdout)
        self._print(output.stderr)

    def _print(self, text: str) -> None:
        for line in text.removesuffix("\n").split("\n") if text else ():
            self.say(line)

    def _session(self, statement: Statement, words: list[str]) -> None:
        files = self._files(statement, words)
        command = commands.parse({"do": "kubectl", "argv": words, "files": files})
        self._submit(statement, command)
        sessions = self.lab.world.sessions
        session = sessions.state.sessions.get(f"line-{statement.line}")
        assert session is not None, f"the session of line {statement.line} has gone"
        endless = session.goal in ("watched", "events", "followed")
        limit = self.lab.now + (WATCH_LASTS if endless else SESSION_MAX)
        printed = 0
        while True:
            answer = sessions.output_since(session.id, printed)
            printed = answer["next"]
            for line in answer["lines"]:
                self.say(line["text"])
            self._tell()
            if session.stage == DONE:
                break
            due = self.lab.next_due()
            if due is None or due > limit:
                self.lab.advance(limit)
                sessions.cancel(self.lab.world, session.id)
            else:
                self.lab.advance(due)
        del sessions.state.sessions[session.id]

    def _files(self, statement: Statement, words: list[str]) -> dict[str, str]:
        """Return the files that a kubectl line names; raise Mistake if one is missing."""
        call = self._call(words)
        files = {"-": statement.stdin} if statement.stdin else {}
        named = [name for value in call.flags.get("filename", ()) for name in value.split(",")]
        named += [each.rpartition("=")[2] for each in call.flags.get("from-file", ())]
        named += list(call.flags.get("patch-file", ()))
        files = with_examples(tuple(words), files)
        for name in named:
            if name in files:
                continue
            if name == "-":
                raise Mistake(statement.line, "-f - needs <<EOF and what stands between")
            found = None if name.startswith(("http://", "https://")) else self.file(name)
            if found is None:
                raise Mistake(statement.line, f"there is no file {name}")
            files.update(found)
        return files

    def _call(self, words: list[str]) -> Call:
        first = terminal.pipeline(words)[0]
        return parse(tuple(first)) if first[0] in terminal.NAMES else Call(first[0])

    # --- time and requests

    def _settle(self, statement: Statement) -> None:
        longest = span(statement) if len(statement.words) > 1 else SETTLE_MAX
        end = self.lab.now + longest
        quiet_since, version = self.lab.now, self.lab.world.store.version
        while self.lab.now < end:
            self._advance(min(self.lab.now + SECOND, end))
            if self.lab.world.store.version != version or self.lab.anticipate() is not None:
                quiet_since, version = self.lab.now, self.lab.world.store.version
            elif self.lab.now >= quiet_since + CALM:
                return
        self.say(f"still unsettled after {longest // SECOND} s")

    def _request(self, statement: Statement) -> None:
        try:
            output = request.request(self.lab.world, list(statement.words))
        except CommandError as problem:
            raise Mistake(statement.line, problem.text) from None
        for line in output.stdout.splitlines():
            self.say(line)

    # --- helpers

    def all_healed(self) -> list[CommandRecord]:
        """Return what mends every cable and every disk."""
        world = self.lab.world
        seats = world.consensus.state.seats
        slow = [SlowDisk(name, 0) for name, seat in seats.items() if seat.fsync]
        return [*slow, *(self._healed(*pair) for pair in world.links.faulty_pairs())]

    def _healed(self, a: str, b: str) -> CommandRecord:
        if EVERYTHING in (a, b):
            return Heal(b if a == EVERYTHING else a)
        return Heal(b, a) if a == INTERNET else Heal(a, b)

    def pod_called(self, statement: Statement) -> str:
        """Return the key of a pod by its name, or the first of a workload's; raise Mistake."""
        try:
            return request.pod_called(self.lab.world, statement.words[1])
        except CommandError as problem:
            raise Mistake(statement.line, problem.text) from None

    def _tell(self) -> None:
        ledger = self.lab.world.ledger
        for entry in ledger.since(self.told):
            self.told = entry.id
            if not self.story or level_of(entry.reason.key) is None:
                continue
            kind = entry.subject.partition("/")[0].lower()
            if "*" in self.story or kind in self.story:
                self.say(f"  {clock(entry.at)}  {sentence(entry.reason)}")
