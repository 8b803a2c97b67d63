"""When probes find out: pure arithmetic on the grid of a probe's period.

Nothing is ticked. Given from when to when a program answers, these say at which probe the kubelet
will have noticed, with thresholds and initial delay. A program answers HTTP, TCP and gRPC where it
listens, whatever the path, and HTTP until it is known to fail; a command that looks for a file in /tmp succeeds while it is there.
"""

import re

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Duration, Instant
from simulation.kube.events import FOR_EVER, Rhythm
from simulation.kube.images import Behaviour
from simulation.kube.objects.pod import Container, Probe
from simulation.kube.shell import File

PROBE_TIME: Duration = 15
"""From sending a probe to having its answer."""

NEVER = FOR_EVER

LOOKS_FOR = re.compile(r"^(cat|ls|test -[ef]|\[ -[ef])\s+(/tmp/\S+)")
"""A command that fails unless a file is there."""

FAILS = re.compile(r"^(?:false|exit\s+0*[1-9][0-9]*)$")


class Answers(Record):
    """From when to when a probe succeeds."""

    since: Instant = NEVER
    until: Instant = NEVER


def first_probe(probe: Probe, started: Instant) -> Instant:
    """Return when a container is probed for the first time."""
    return started + probe.initial_delay_seconds * SECOND


def noticed_at(probe: Probe, started: Instant, since: Instant, threshold: int) -> Instant:
    """Return when `threshold` probes in a row have found what is so since an instant."""
    period = max(probe.period_seconds, 1) * SECOND
    first = first_probe(probe, started)
    missed = max(0, -(-(since - first) // period))
    return first + (missed + max(threshold, 1) - 1) * period + PROBE_TIME


def ready_at(probe: Probe | None, started: Instant, serves_from: Instant) -> Instant:
    """Return when a container counts as ready; without a probe as soon as it runs."""
    if probe is None:
        return started
    return noticed_at(probe, started, serves_from, probe.success_threshold)


def gives_up_at(
    probe: Probe, started: Instant, begins: Instant, answers: Answers
) -> Instant | None:
    """Return when a liveness or startup probe has failed too often, if it comes to that.

    begins: from when it is asked at all.
    """
    if begins >= NEVER:
        return None
    fails = noticed_at(probe, started, begins, probe.failure_threshold)
    if fails < answers.since:
        return fails
    if answers.until >= NEVER:
        return None
    return noticed_at(probe, started, max(begins, answers.until), probe.failure_threshold)


def failures(
    probe: Probe, started: Instant, begins: Instant, answers: Answers
) -> tuple[Rhythm | None, Rhythm | None]:
    """Return when a probe fails before it succeeds, and after that, if it does."""
    period = max(probe.period_seconds, 1) * SECOND
    first, ends = noticed_at(probe, started, begins, 1), answers.since + PROBE_TIME
    before = Rhythm(first, period, until=ends) if first < ends else None
    if answers.until >= NEVER:
        return before, None
    return before, Rhythm(noticed_at(probe, started, max(begins, answers.until), 1), period)


def answers_of(
    container: Container, probe: Probe, behaviour: Behaviour, started: Instant
) -> Answers:
    """Return from when to when the program of a container that was started passes a probe."""
    command = _command(probe)
    if command is None:
        is_known = behaviour.ports is not None and _port(probe)
        listens = not is_known or probe_port(container, probe) in (behaviour.ports or ())
        if not listens:
            return Answers()
        fails = behaviour.fails_after if probe.http_get is not None else None
        until = NEVER if fails is None else started + fails
        return Answers(started + behaviour.ready_after, until)
    wanted = LOOKS_FOR.match(command)
    if wanted is not None and behaviour.files is not None:
        there = [each for each in behaviour.files if each.path == wanted[2]]
        return _while_there(there[0], started) if there else Answers()
    return Answers() if FAILS.match(command) else Answers(started)


def _while_there(file: File, started: Instant) -> Answers:
    until = NEVER if file.until is None else started + file.until
    return Answers(started + file.since, until)


def _command(probe: Probe) -> str | None:
    """Return the shell text of an exec probe, None for another probe."""
    words = (probe.rest.get("exec") or {}).get("command")
    if not words:
        return None
    is_shell = len(words) > 2 and words[0].endswith("sh") and words[1] == "-c"
    return str(words[2]).strip() if is_shell else " ".join(map(str, words))


def probe_port(container: Container, probe: Probe) -> int:
    """Return the number of the port that a probe asks; 0 if its name is unknown or it asks none."""
    wanted = _port(probe)
    if isinstance(wanted, int):
        return wanted
    if wanted.isascii() and wanted.isdigit():
        return int(wanted)
    return next((port.container_port for port in container.ports if port.name == wanted), 0)


def _port(probe: Probe) -> int | str:
    if probe.http_get is not None:
        return probe.http_get.port
    asked = probe.rest.get("tcpSocket") or probe.rest.get("grpc") or {}
    port = asked.get("port") or 0
    return port if isinstance(port, int) else str(port)


def refusal(kind: str, container: Container, probe: Probe, ip: str) -> str:
    """Return the message of event Unhealthy for a probe that fails."""
    return f"{kind} probe failed: {_detail(container, probe, ip)}"


def failing(kind: str) -> str:
    """Return the message for a program that answers, but with an error (pkg/probe/http/http.go)."""
    return f"{kind} probe failed: HTTP probe failed with statuscode: 500"


def _detail(container: Container, probe: Probe, ip: str) -> str:
    port = probe_port(container, probe)
    refused = f"dial tcp {ip}:{port}: connect: connection refused"
    if probe.http_get is not None:
        scheme = (probe.http_get.scheme or "HTTP").lower()
        return f'Get "{scheme}://{ip}:{port}{probe.http_get.path or "/"}": {refused}'
    if "tcpSocket" in probe.rest:
        return refused
    if "grpc" in probe.rest:
        return (
            f'timeout: failed to connect service "{ip}:{port}" within {probe.timeout_seconds}s: '
            f'connection error: desc = "transport: Error while dialing: {refused}"'
        )
    wanted = LOOKS_FOR.match(_command(probe) or "")
    if wanted is None or wanted[1][0] not in "cl":
        return ""
    program = "cat: can't open '{}'" if wanted[1] == "cat" else "ls: {}"
    return f"{program.format(wanted[2])}: No such file or directory"
