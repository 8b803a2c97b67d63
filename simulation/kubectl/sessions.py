"""Sessions: kubectl commands as clients that live in lab time.

A session is a data state machine (`session.Session`). It may have to wait for an API server that
can answer its first read; then its verb plans writes, which are sent one after the other, as kubectl
does; then it may wait for a goal. Nothing here decides what a verb does.

A session stands at the rim of the engine, as the program kubectl does outside the cluster: it reads
the world, and all that it changes is a request that is sent (`Api.send` only puts it on its way). So
a bug in what a verb does ends that command and not the lab (`_step`).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulation.kernel.reasons import Reason, Refused
from simulation.kernel.timeline import Event, Phase
from simulation.kernel.units import SECOND, Duration
from simulation.kube.apiserver import Reply
from simulation.kube.objects.kinds import AnyObject, kind_of
from simulation.kube.writes import Committed, Result
from simulation.kube.writes import Refused as RefusedWrite
from simulation.kubectl import about, applying, feeding, removing
from simulation.kubectl.errors import (
    CLIENT_TIMED_OUT,
    TIMED_OUT,
    CommandError,
    Mistyped,
    fault_of,
    internal,
    refusal_text,
)
from simulation.kubectl.failing import wrapped
from simulation.kubectl.limits import SESSIONS_KEPT_MAX, SESSIONS_MAX
from simulation.kubectl.notes import beyond_quota, note_about, places_of
from simulation.kubectl.parse import Call, parse
from simulation.kubectl.plans import CHANGES, GOALS, PLANS, VISITING, WRITES_AT_ONCE
from simulation.kubectl.reading import nobody_there, server_of
from simulation.kubectl.resources import RESOURCES
from simulation.kubectl.session import (
    DONE,
    INTERRUPTED,
    READING,
    STDERR,
    WAITING,
    WRITING,
    Act,
    Line,
    Session,
    SessionsState,
    clipped,
)
from simulation.kubectl.terminal import (
    can_read,
    notices,
    read_by,
)
from simulation.kubectl.understanding import READ_TIMEOUT, is_long, patience, understood

if TYPE_CHECKING:
    from simulation.kube.world import World

LOOK: Duration = 200
"""Between two looks of a command that waits; its lines then lag a fifth of a second at most."""
DRAIN_LOOK: Duration = SECOND
"""kubectl drain polls once a second."""

WATCHES = ("events", "followed", "watched")
"""Goals that are never reached: Ctrl-C ends them."""


class Sessions:
    """All sessions of a lab."""

    def __init__(self, state: SessionsState | None = None) -> None:
        self.state = state or SessionsState()

    # --- from outside

    def start(self, world: "World", id: str, argv: tuple[str, ...], files: dict[str, str]) -> None:
        """Begin a command; raise Refused if too many wait already."""
        self._make_room()
        session = Session(id, tuple(argv), dict(files), world.now)
        self.state.sessions[id] = session
        self._step(world, session, lambda: self._begin(world, session))

    def _begin(self, world: "World", session: Session) -> None:
        session.argv, session.givers, session.pipes, call = understood(session.argv)
        if isinstance(call, CommandError):
            session.say(world.now, call.text, STDERR)
            self._end(world, session, call.exit_code)
            return
        try:
            about.refuse_other_cluster(call)
        except CommandError as problem:
            session.say(world.now, problem.text, STDERR)
            self._end(world, session, problem.exit_code)
            return
        session.server = server_of(world, call)
        for text in notices(world, call):
            session.say(world.now, text, STDERR)
        self._hear_givers(world, session, call)

    def _hear_givers(self, world: "World", session: Session, call: Call) -> None:
        """Take in what comes through a pipe, or wait for an API server that can answer it."""
        if session.givers:
            output = feeding.fed(world, session)
            if output.waits and world.now < session.started + READ_TIMEOUT:
                session.stage = READING
                self._look_in(world, session, SECOND)
                return
            stderr = TIMED_OUT if output.waits else output.stderr
            if stderr:
                session.say(world.now, stderr, STDERR)
            session.files["-"], session.givers = output.stdout, []
        self._read(world, session, call)

    def _step(self, world: "World", session: Session, step: Callable[[], None]) -> None:
        """Take a step of a session; a bug of ours in it ends the session as an internal error.

        Nothing of the store is written within a step, so what a step leaves behind when it breaks
        is at most a request on its way, which is what Ctrl-C leaves behind too. Broken promises of
        the engine itself are assertions, and those are not caught here or anywhere.
        """
        try:
            step()
        except (AssertionError, Refused):
            raise
        except Exception as problem:
            session.fault = fault_of(problem)
            session.pipes = []
            session.complain(world.now, internal(session.fault))
            self._end(world, session, 1)

    def _make_room(self) -> None:
        sessions = self.state.sessions
        if sum(each.stage != DONE for each in sessions.values()) >= SESSIONS_MAX:
            raise Refused("too-many-sessions", limit=SESSIONS_MAX)
        for id in [id for id, each in sessions.items() if each.stage == DONE]:
            if len(sessions) < SESSIONS_KEPT_MAX:
                break
            del sessions[id]

    def cancel(self, world: "World", id: str) -> None:
        """Press Ctrl-C; what was sent already may still take effect."""
        session = self.state.sessions.get(id)
        if session is None:
            raise Refused("session-unknown")
        if session.stage != DONE:
            session.say(world.now, "^C")
            self._end(world, session, INTERRUPTED)

    def output_since(self, id: str, n: int) -> dict[str, Any]:
        """Return the lines from the n-th on, and how the session stands."""
        session = self.state.sessions.get(id)
        if session is None:
            raise Refused("session-unknown")
        first = max(0, n - session.dropped)
        reason = waiting_for(session)
        return {
            "session": id,
            "command": " ".join(session.argv),
            "lines": [
                {"at": line.at, "stream": line.stream, "text": line.text}
                for line in (*_left_out(session, n), *session.lines[first:])
            ],
            "next": session.dropped + len(session.lines),
            "done": session.stage == DONE,
            "exit_code": session.exit_code,
            "started": session.started,
            "waiting": {"key": reason.key, "params": reason.params} if reason else None,
            "problems": [
                {"file": p.file, "line": p.line, "column": p.column, "path": p.path, "text": p.text}
                for p in session.problems
            ],
        }

    # --- moving along

    def _read(self, world: "World", session: Session, call: Call) -> None:
        """Do the first read, or wait for an API server that can answer it."""
        if not world.api.pick(world, "internet", session.server):
            session.complain(world.now, nobody_there(world, session.server))
            self._end(world, session, 1)
        elif (
            call.verb in WRITES_AT_ONCE
            or call.verb.startswith("create")
            or can_read(world, session.server)
        ):
            self._plan(world, session, call)
        elif world.now >= session.started + patience(call):
            text = TIMED_OUT if patience(call) == READ_TIMEOUT else CLIENT_TIMED_OUT
            session.complain(world.now, text)
            self._end(world, session, 1)
        else:
            session.stage = READING
            self._look_in(world, session, SECOND)

    def _plan(self, world: "World", session: Session, call: Call) -> None:
        session.stage = WRITING
        try:
            plan = PLANS.get(call.verb)
            if plan is None or not is_long(call):
                self._print(world, session, call)
                return
            plan(world, session, call)
        except CommandError as problem:
            session.complain(world.now, problem.text)
            for place in places_of(session.problems):
                session.say(world.now, place, STDERR)
            session.acts, session.goal = [], ""
            session.mistyped = isinstance(problem, Mistyped)
            self._end(world, session, problem.exit_code)
            return
        self._next(world, session, call)

    def _print(self, world: "World", session: Session, call: Call) -> None:
        """Answer a read that had to wait for a quorum."""
        output = read_by(world, call, session.server)
        if output.stdout:
            session.say(world.now, output.stdout)
        if output.stderr:
            session.say(world.now, output.stderr, STDERR)
        self._end(world, session, output.exit_code)

    def _next(self, world: "World", session: Session, call: Call) -> None:
        """Send the next write, or turn to the goal, or end."""
        if session.acted < len(session.acts):
            act = session.acts[session.acted]
            reply = Reply("kubectl/answered", session.id, ("act", session.acted))
            causes = (session.asks(world),)
            session.without_quorum = not can_read(world, session.server)
            world.api.send(
                world, "kubectl", "internet", (act.write,), reply, causes, session.server
            )
            return
        if session.goal:
            session.stage = WAITING
            self._look(world, session, call)
        else:
            self._end(world, session, 1 if session.failed else 0)

    def answered(
        self, world: "World", id: str, data: tuple[str | int, ...], results: tuple[Result, ...]
    ) -> None:
        """Take the answer to a write."""
        session = self.state.sessions.get(id)
        if session is None or session.stage == DONE:
            return
        self._step(world, session, lambda: self._hear(world, session, data, results))

    def _hear(
        self,
        world: "World",
        session: Session,
        data: tuple[str | int, ...],
        results: tuple[Result, ...],
    ) -> None:
        call = parse(session.argv)
        if data[0] == "evict":
            removing.evict_answered(world, session, str(data[1]), results[0])
            self._look_in(world, session, 0)
            return
        if data[1] != session.acted:
            return
        act, result = session.acts[session.acted], results[0]
        session.acted += 1
        if isinstance(result, Committed):
            self._tell(world, session, call, act, result.object)
        elif not (
            act.if_gone == "ignore" and isinstance(result, RefusedWrite) and result.code == 404
        ):
            text = refusal_text(result, act.context, nobody_there(world, session.server))
            text = wrapped(call, RESOURCES[kind_of(act.write.object)], text)
            if call.verb in VISITING:
                session.complain_at_end(session.acted, text)
            else:
                session.complain(world.now, text)
            if session.goal == "deleted":
                key = act.write.object.metadata
                session.aims = [
                    aim for aim in session.aims if aim.key.rpartition("/")[2] != key.name
                ]
        self._next(world, session, call)

    def _tell(self, world: "World", session: Session, call: Call, act: Act, obj: AnyObject) -> None:
        """Print what was done; names and the rest of an object are those the API server gave it."""
        resource, said = RESOURCES[kind_of(obj)], act.said
        if act.word and (call.given("output") or not act.write.object.metadata.name):
            said = applying.done(world, session, call, resource, obj, act.word)
        session.say(world.now, said)
        if act.note and note_about(resource, obj):
            session.say(world.now, note_about(resource, obj), STDERR)
        if call.verb == "scale" and beyond_quota(world, resource, obj):
            session.say(world.now, beyond_quota(world, resource, obj), STDERR)

    def _look(self, world: "World", session: Session, call: Call) -> None:
        session.without_quorum = not can_read(world, session.server)
        try:
            reached = GOALS[session.goal](world, session, call)
        except CommandError as problem:
            session.complain(world.now, problem.text)
            reached = True
        if reached and session.acted < len(session.acts):
            session.stage = WRITING
            self._next(world, session, call)
        elif reached:
            self._end(world, session, 1 if session.failed else 0)
        elif session.deadline is not None and world.now >= session.deadline:
            self._give_up(world, session, call)
        else:
            self._look_in(world, session, DRAIN_LOOK if session.goal == "drained" else LOOK)

    def _give_up(self, world: "World", session: Session, call: Call) -> None:
        if session.goal == "rolled-out":
            session.complain(world.now, "error: timed out waiting for the condition")
        for aim in session.aims if session.goal in ("waited", "deleted", "recreated") else ():
            session.complain(
                world.now, f"error: timed out waiting for the condition on {aim.resource}"
            )
        self._end(world, session, 1)

    def _look_in(self, world: "World", session: Session, pause: Duration) -> None:
        session.looked += 1
        world.timeline.at(
            world.now + pause, "kubectl/look", session.id, (session.looked,), Phase.SESSION
        )

    def look(self, world: "World", event: Event) -> None:
        """Go on with a session that waits."""
        session = self.state.sessions.get(event.subject)
        if session is None or session.stage == DONE or event.data[0] != session.looked:
            return
        self._step(world, session, lambda: self._go_on(world, session))

    def _go_on(self, world: "World", session: Session) -> None:
        call = parse(session.argv)
        if session.stage == READING:
            self._hear_givers(world, session, call)
        elif session.stage == WAITING:
            self._look(world, session, call)

    def _end(self, world: "World", session: Session, exit_code: int) -> None:
        # Who was interrupted says no more.
        if exit_code != INTERRUPTED:
            session.tell_complaints(world.now)
        session.stage, session.exit_code, session.ended = DONE, exit_code, world.now
        if session.failed and session.argv and _verb(session) in CHANGES:
            causes = (session.cause,)
            params = {"command": clipped(" ".join(session.argv)), "text": session.trouble}
            world.story("asked-in-vain", f"Session/{session.id}", causes, **params)
        session.acts, session.aims, session.files = [], [], {}


def _left_out(session: Session, n: int) -> list[Line]:
    """Return the line that stands for those that are not kept any more, if somebody asks for them."""
    if n >= session.dropped:
        return []
    return [
        Line(session.started, STDERR, f"… {session.dropped - n} lines before this one are not kept")
    ]


def _verb(session: Session) -> str:
    try:
        return parse(session.argv).verb
    except CommandError:
        return ""


def waiting_for(session: Session) -> Reason | None:
    """Return what a session waits for, or None if it does not."""
    if session.stage == READING or (session.stage != DONE and session.without_quorum):
        return Reason("waiting-for-quorum", {"since": session.started})
    if session.stage == WRITING:
        return Reason("waiting-for-answer", {"since": session.started})
    if session.stage == WAITING and session.goal in WATCHES:
        return Reason("watching", {"command": clipped(" ".join(session.argv))})
    if session.stage == WAITING:
        return Reason("waiting-for-goal", {"command": clipped(" ".join(session.argv))})
    return None


HANDLERS: dict[str, Callable[["World", Event], None]] = {
    "kubectl/look": lambda world, event: world.sessions.look(world, event),
}
REPLIES: dict[str, Callable[..., None]] = {
    "kubectl/answered": lambda world, subject, data, results: world.sessions.answered(
        world, subject, data, results
    ),
}


def attach(world: "World", state: SessionsState) -> Sessions:
    """Give a world its terminal; whoever owns the world keeps the state in its checkpoint."""
    world.sessions = Sessions(state)
    world.handlers.update(HANDLERS)
    world.replies.update(REPLIES)
    return world.sessions
