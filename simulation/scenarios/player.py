"""Plays a script: statement by statement, printing what each one says and the story between them."""

import re
from collections.abc import Callable

from simulation.kernel.limits import EVENTS_PER_INSTANT_MAX
from simulation.kernel.units import HOUR, MINUTE, SECOND, Duration, Instant
from simulation.kubectl import request, terminal
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import apart
from simulation.kubectl.parse import parse
from simulation.kubectl.session import DONE, SessionsState
from simulation.kubectl.sessions import WATCHES, attach
from simulation.lab import commands
from simulation.lab.commands.base import CommandRecord
from simulation.lab.commands.words import orders, understood
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Lab, RefusedCommand
from simulation.lab.notable import level_of
from simulation.scenarios.catalogue import content_of, with_control_plane
from simulation.scenarios.examples import with_examples
from simulation.scenarios.script import MORE, PROMPT, TERMINAL, Mistake, Script, Statement, span
from simulation.scenarios.telling import clock, sentence

BORN_AT = 1_763_942_400
"""Monday, 24 November 2025: a script prints the same dates whenever it is played."""
SESSION_LASTS: Duration = HOUR
"""A command that takes longer is interrupted."""
WATCH_LASTS: Duration = 30 * SECOND
"""`get -w` never ends by itself; a script presses Ctrl-C after this."""
CALM: Duration = 15 * SECOND
SETTLE_LASTS: Duration = 30 * MINUTE


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
            end = re.search(r"<<-?\s*['\"]?(\w+)", statement.text)
            for line in [*statement.stdin.splitlines(), end[1] if end else "EOF"]:
                self.say(f"{MORE}{line}")

    def _one(self, statement: Statement) -> None:
        if statement.verb in TERMINAL:
            self._terminal(statement)
        elif statement.verb == "wait":
            self._advance(self.lab.now + span(statement.words[1]))
        elif statement.verb == "settle":
            self._settle(statement)
        elif statement.verb == "request":
            self._request(statement)
        else:
            self._act(statement)

    def _act(self, statement: Statement) -> None:
        try:
            given = orders(self.lab.world, understood(list(statement.words)))
        except CommandError as problem:
            raise Mistake(statement.line, problem.text) from None
        for command in given:
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

    def _terminal(self, statement: Statement) -> None:
        words = list(statement.words)
        if terminal.is_session(words):
            self._session(statement, words)
            return
        output = terminal.read(self.lab.world, words)
        if output.waits:
            self._session(statement, words)
            return
        if output.mistyped:
            raise Mistake(statement.line, output.stderr.removesuffix("\n"))
        before, after = apart(output)
        self._print(before)
        self._print(output.stdout)
        self._print(after)

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
        endless = session.goal in WATCHES
        limit = self.lab.now + (WATCH_LASTS if endless else SESSION_LASTS)
        printed = 0
        while True:
            if session.mistyped:
                raise Mistake(statement.line, "\n".join(each.text for each in session.lines))
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
        files = {"-": statement.stdin} if statement.stdin else {}
        files = with_examples(tuple(words), files)
        for place, part in enumerate(terminal.pipeline(words)):
            for name in self._named(part):
                # What comes through a pipe is no file.
                if name in files or (name == "-" and place):
                    continue
                if name == "-":
                    raise Mistake(statement.line, "-f - needs <<EOF and what stands between")
                found = None if name.startswith(("http://", "https://")) else self.file(name)
                if found is None:
                    raise Mistake(statement.line, f"there is no file {name}")
                files.update(found)
        return files

    def _named(self, words: list[str]) -> list[str]:
        """Return the files that a command names."""
        if words[0] == "cat":
            return words[1:]
        if words[0] not in terminal.NAMES:
            return []
        call = parse(tuple(words))
        named = [name for value in call.values("filename") for name in value.split(",")]
        named += [each.rpartition("=")[2] for each in call.values("from-file")]
        return named + list(call.values("patch-file"))

    def _settle(self, statement: Statement) -> None:
        longest = span(statement.words[1]) if len(statement.words) > 1 else SETTLE_LASTS
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

    def _tell(self) -> None:
        ledger = self.lab.world.ledger
        for entry in ledger.since(self.told):
            self.told = entry.id
            if not self.story or level_of(entry.reason.key) is None:
                continue
            kind = entry.subject.partition("/")[0].lower()
            if "*" in self.story or kind in self.story:
                self.say(f"  {clock(entry.at)}  {sentence(entry.reason)}")
