"""Types lines into a lab's terminal for tests."""

from functools import cache

from simulation.kernel.units import MINUTE
from simulation.kubectl import terminal
from simulation.kubectl.errors import CommandError
from simulation.kubectl.session import DONE
from simulation.lab import commands, queries
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Applied, Lab
from simulation.scenarios.catalogue import DEFAULT, content_of
from simulation.scenarios.examples import with_examples
from simulation.scenarios.player import BORN_AT
from simulation.scenarios.script import SEED

PATIENCE = 10 * MINUTE


@cache
def _born() -> tuple[Genesis, bytes]:
    genesis = Genesis(SEED, DEFAULT, content_of(DEFAULT), BORN_AT)
    return genesis, Lab.create(genesis).freeze()


def a_lab() -> Lab:
    """Return the default lab as it opens."""
    return Lab.thaw(*_born())


class Typed:
    """What came of a line."""

    def __init__(self, stdout: str, stderr: str, status: int | None) -> None:
        self.stdout, self.stderr, self.status = stdout, stderr, status

    @property
    def text(self) -> str:
        """Everything that was printed."""
        return self.stdout + self.stderr


def typed(
    lab: Lab, line: str, files: dict[str, str] | None = None, patience: int = PATIENCE
) -> Typed:
    """Type a line as the page does: ask first, and begin a session if the answer waits."""
    try:
        argv = terminal.split(line)
    except CommandError as problem:
        return Typed("", f"{problem.text}\n", problem.exit_code)
    body = queries.answer(lab, {"ask": "kubectl", "argv": argv})
    if not body["waits"]:
        return Typed(body["stdout"], body["stderr"], body["status"])
    named = {name: text for name, text in (files or {}).items() if name in line}
    id = f"session-{lab.now}-{len(lab.sessions.state.sessions)}"
    given = {"do": "kubectl", "argv": argv, "files": with_examples(tuple(argv), named)}
    assert isinstance(lab.submit(commands.parse(given), id, "tester"), Applied)
    end = lab.now + patience
    while lab.sessions.state.sessions[id].stage != DONE and lab.now < end:
        due = lab.next_due()
        lab.advance(end if due is None else min(due, end))
    body = lab.sessions.output_since(id, 0)
    said = {"stdout": "", "stderr": ""}
    for each in body["lines"]:
        said[each["stream"]] += f"{each['text']}\n"
    return Typed(said["stdout"], said["stderr"], body["exit_code"])
