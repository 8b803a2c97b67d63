"""What a typed line means to a session: what it reads first, its command, the filters behind it."""

from simulation.kernel.units import SECOND, Duration
from simulation.kubectl import filters
from simulation.kubectl.durations import duration
from simulation.kubectl.errors import CommandError
from simulation.kubectl.numbers import is_whole
from simulation.kubectl.parse import Call, not_here, parse
from simulation.kubectl.terminal import READS, pipeline, receiver, refuse_givers

READ_TIMEOUT: Duration = 60 * SECOND
"""--request-timeout of the API server: a read without a quorum hangs until then."""

Words = tuple[str, ...]


def understood(
    argv: tuple[str, ...],
) -> tuple[tuple[str, ...], list[Words], list[Words], Call | CommandError]:
    """Return the plain kubectl words of a line, what it reads, the filters behind it, its meaning."""
    try:
        parts = pipeline(list(argv))
        place = receiver(parts)
        refuse_givers(parts[:place])
        words, *pipes = parts[place:]
        if words[:1] == ["watch"]:
            words = _watched(words[1:])
        call = parse(tuple(words))
        for part in pipes:
            if part[0] not in filters.BY_LINE and is_long(call):
                raise not_here(f"| {part[0]} behind a command that takes time", "| grep")
            filters.apply(list(part), "")
        givers = [tuple(part) for part in parts[:place]]
        return tuple(words), givers, [tuple(part) for part in pipes], call
    except CommandError as problem:
        return argv, [], [], problem


def _watched(words: list[str]) -> list[str]:
    """Turn `watch -n 1 kubectl get pods` into `kubectl get pods -w`."""
    while words and words[0].startswith("-"):
        with_value = words[0] in ("-n", "--interval")
        words = words[2 if with_value else 1 :]
    if len(words) == 1 and " " in words[0]:
        words = words[0].split()
    if words[:1] not in (["kubectl"], ["k"]) or "get" not in words:
        raise CommandError("watch: real, not simulated here, try: watch kubectl get pods")
    return words if {"-w", "--watch"} & set(words) else [*words, "-w"]


def is_long(call: Call) -> bool:
    """Tell whether a verb that can also be a plain read is a session here."""
    if call.verb not in READS:
        return True
    return call.on("watch") or call.on("watch-only") or call.on("follow")


def patience(call: Call) -> Duration:
    """Return how long the first read of a call may hang; --request-timeout=0 means no limit of its own."""
    text = call.flag("request-timeout")
    wanted = duration(f"{text}s" if is_whole(text) else text) if text else 0
    return min(wanted, READ_TIMEOUT) if wanted > 0 else READ_TIMEOUT
