"""What a session remembers: a command that changes something or takes lab time.

Plain data, so a checkpoint can be taken in the middle of a drain. Who moves it along is
`sessions`; what it does at each verb lies in the modules of the verbs.
"""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record, State
from simulation.kernel.units import Instant
from simulation.kube.manifests.reading import Problem
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.writes import Write
from simulation.kubectl import filters
from simulation.kubectl.limits import (
    LINE_BYTES_MAX,
    OUTPUT_LINES_MAX,
    SESSION_BYTES_MAX,
    STORY_COMMAND_MAX,
)
from simulation.kubectl.sizes import fitting, size_of

if TYPE_CHECKING:
    from simulation.kube.world import World

READING = "reading"
"""It waits for an API server that can answer its first read."""
WRITING = "writing"
WAITING = "waiting"
DONE = "done"

STDOUT, STDERR = "stdout", "stderr"
INTERRUPTED = 130


class Line(Record):
    """A line that was printed."""

    at: Instant
    stream: str
    text: str


class Act(Record):
    """One write, and what is said when it has been committed."""

    write: Write
    said: str
    context: str = ""
    """What kubectl says it was doing, if the write is refused."""
    if_gone: str = "error"
    """What a NotFound means: "error", or "ignore"."""
    word: str = ""
    """What was done, for verbs that print the object as the API server gives it back."""
    note: bool = False
    """Whether ClusterLab itself may have something to say when it has been committed."""


class Aim(Record):
    """An object that the session waits for."""

    kind: str
    key: str
    uid: str = ""
    resource: str = ""
    """As messages name it: "pods"."""
    said: str = ""


class Session(State):
    """One command on its way."""

    id: str
    argv: tuple[str, ...]
    files: dict[str, str]
    started: Instant
    pipes: list[tuple[str, ...]] = []
    """Filters that what it prints goes through."""
    givers: list[tuple[str, ...]] = []
    """Commands whose output it reads as its file "-", until it has read it."""
    server: str = ""
    cause: int = 0
    """Its number in the ledger; 0 until it asks the cluster for a change."""
    trouble: str = ""
    """What it complained of first, in one line."""
    stage: str = READING
    exit_code: int | None = None
    ended: Instant = 0
    lines: list[Line] = []
    held_bytes: int = 0
    """What the lines take in a message."""
    dropped: int = 0
    """Lines that were left out because there were too many."""
    problems: list[Problem] = []
    acts: list[Act] = []
    acted: int = 0
    goal: str = ""
    """Whom to ask whether the waiting is over: a key of `waiting.GOALS`."""
    aims: list[Aim] = []
    deadline: Instant | None = None
    looked: int = 0
    """Looks that have been scheduled; an older one is stale."""
    seen: int = 0
    """resourceVersion up to which a watch has printed."""
    fed_by: str = ""
    """The API server whose connection a watch hangs on."""
    silent_since: Instant = -1
    """Since when that server has been out of reach; -1 while it is not."""
    last_said: str = ""
    widths: list[int] = []
    tried: dict[str, Instant] = {}
    """Pod to when its eviction is tried again; -1 while an answer is on its way."""
    undrained: dict[str, list[str]] = {}
    """Node that a drain gave up to what was wrong."""
    complaints: list[tuple[int, str]] = []
    """Errors about manifests, in the order of the manifests' writes: they are printed last."""
    failed: bool = False
    mistyped: bool = False
    """Whether it ended because the line itself is wrong."""
    fault: str = ""
    """The bug of ours that ended it, for whoever keeps a log; empty if none did."""
    without_quorum: bool = False
    """Whether there was none when it last looked or wrote: then that is what it waits for."""

    def say(self, now: Instant, text: str, stream: str = STDOUT) -> None:
        """Print; the oldest lines go when there are too many."""
        for part in self.pipes if stream == STDOUT else ():
            text = filters.apply(list(part), text)[0]
        if self.pipes and not text:
            return
        for line in text.removesuffix("\n").split("\n"):
            line = fitting(line, LINE_BYTES_MAX)
            self.lines.append(Line(now, stream, line))
            self.held_bytes += size_of(line)
        extra = 0
        while len(self.lines) - extra > OUTPUT_LINES_MAX or self.held_bytes > SESSION_BYTES_MAX:
            self.held_bytes -= size_of(self.lines[extra].text)
            extra += 1
        del self.lines[:extra]
        self.dropped += extra

    def complain(self, now: Instant, text: str) -> None:
        """Print an error; the command will end with status 1."""
        self.say(now, text, STDERR)
        self.failed = True
        self.trouble = self.trouble or clipped(" ".join(text.split()))

    def asks(self, world: "World") -> int:
        """Return the ledger's number of what was asked for: it is told when the first write goes."""
        if not self.cause:
            command = clipped(" ".join(self.argv))
            self.cause = world.story("asked", f"Session/{self.id}", command=command)
        return self.cause

    def complain_at_end(self, place: int, text: str) -> None:
        """Keep an error for the end; place: how many of the planned writes come before it."""
        self.complaints.append((place, text))
        self.failed = True

    def tell_complaints(self, now: Instant) -> None:
        """Print the errors that were kept for the end."""
        for _, text in sorted(self.complaints, key=lambda each: each[0]):
            self.complain(now, text)
        self.complaints = []

    def act(
        self,
        verb: str,
        obj: AnyObject,
        said: str,
        fields: tuple[str, ...] = (),
        context: str = "",
        grace_seconds: int | None = None,
        propagation: str = "Background",
        if_gone: str = "error",
        word: str = "",
        note: bool = False,
    ) -> None:
        """Plan a write."""
        kind, meta = kind_of(obj), obj.metadata
        because = Reason("written-as-asked", {"verb": verb, "kind": kind, "name": meta.name})
        write = Write(
            verb, obj, because, fields, grace_seconds=grace_seconds, propagation=propagation
        )
        self.acts.append(Act(write, said, context, if_gone, word, note))


class SessionsState(State):
    """What a checkpoint keeps of the terminal's sessions."""

    sessions: dict[str, Session] = {}


def clipped(text: str) -> str:
    """Return a text as the story tells it: a patch of some kilobytes would fill the page."""
    return text if len(text) <= STORY_COMMAND_MAX else f"{text[: STORY_COMMAND_MAX - 1]}…"
