"""What comes through a pipe into `kubectl … -f -`: the output of reads and of dry runs.

A session keeps the words that stand before the pipe; when it begins they are answered from the world
as it is then, so the journal needs no more than the line. Nothing here changes anything: what would,
is refused before (`terminal.refuse_givers`).
"""

from typing import TYPE_CHECKING

from simulation.kernel.units import Instant
from simulation.kube.limits import MANIFEST_BYTES_MAX
from simulation.kubectl import filters
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call, not_here, parse
from simulation.kubectl.plans import PLANS
from simulation.kubectl.session import STDOUT, Session
from simulation.kubectl.terminal import NAMES, first, read_by

if TYPE_CHECKING:
    from simulation.kube.world import World


class Overheard(Session):
    """A session whose lines go through a pipe: whole, and to nobody's screen."""

    heard: list[str] = []
    aside: list[str] = []

    def say(self, now: Instant, text: str, stream: str = STDOUT) -> None:
        """Keep what is printed."""
        kept = self.heard if stream == STDOUT else self.aside
        kept.append(text.removesuffix("\n") + "\n")


def fed(world: "World", session: Session) -> Output:
    """Return what the commands before a pipe print; it waits if no API server can answer one."""
    text, stderr = session.files.get("-", ""), ""
    for place, part in enumerate(session.givers):
        try:
            output = _one(world, session, list(part), text, place)
        except CommandError as problem:
            output = Output("", f"{problem.text}\n", problem.exit_code)
        if output.waits:
            return output
        # Whatever is longer than a manifest may be is refused as one, by its reader.
        text, stderr = output.stdout[: MANIFEST_BYTES_MAX + 1], stderr + output.stderr
    return Output(text, stderr)


def _one(world: "World", session: Session, words: list[str], text: str, place: int) -> Output:
    if words[0] in NAMES:
        call = parse(tuple(words))
        if call.dry_run and call.verb in PLANS:
            return _tried(world, session, call, words, text)
        return read_by(world, call, session.server)
    if place == 0 and words[0] != "cat":
        return first(world, words, session.server)
    if words[0] == "cat" and words[1:] not in ([], ["-"]):
        return _contents(words[1:], session.files)
    return Output(*_filtered(words, text))


def _filtered(words: list[str], text: str) -> tuple[str, str, int]:
    passed, status = filters.apply(words, text)
    return passed, "", status


def _contents(names: list[str], files: dict[str, str]) -> Output:
    """Return what `cat` prints of files of the editor."""
    missing = [name for name in names if name not in files]
    stderr = "".join(f"cat: {name}: No such file or directory\n" for name in missing)
    return Output(
        "".join(files[name] for name in names if name in files), stderr, 1 if missing else 0
    )


def _tried(world: "World", session: Session, call: Call, words: list[str], text: str) -> Output:
    """Return what a dry run prints."""
    heard = Overheard("", tuple(words), {**session.files, "-": text}, world.now)
    try:
        PLANS[call.verb](world, heard, call)
    except CommandError as problem:
        heard.complain(world.now, problem.text)
    if heard.acts:
        raise not_here(
            f"kubectl {call.verb} before | kubectl", f"kubectl {call.verb} on a line of its own"
        )
    heard.tell_complaints(world.now)
    return Output("".join(heard.heard), "".join(heard.aside), 1 if heard.failed else 0)
