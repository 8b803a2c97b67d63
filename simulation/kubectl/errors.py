"""What kubectl says when it cannot do what it was asked."""

from simulation.kube.writes import Refused, Result, Unknown, Unreachable

BALANCER = "10.0.0.10:6443"
"""The load-balanced address of all API servers."""


class CommandError(Exception):
    """The command ends here: its last words, and the status it ends with."""

    def __init__(self, text: str, exit_code: int = 1) -> None:
        super().__init__(text)
        self.text, self.exit_code = text, exit_code


class Mistyped(CommandError):
    """The line itself is wrong, whatever the cluster is like."""


class NotHere(CommandError):
    """The line is a real command, which a lab does not simulate."""


def usage(text: str, verb: str) -> CommandError:
    """Return the error of a line that was typed wrong, as cobra words it."""
    return Mistyped(f"error: {text}\nSee 'kubectl {verb} --help' for usage.".replace("  ", " "))


def usage_of(text: str, verb: str) -> CommandError:
    """Return the error of arguments that do not fit, as kubectl itself words it."""
    return Mistyped(f"error: {text}\nSee 'kubectl {verb} -h' for help and examples")


def required(*flags: str) -> CommandError:
    """Return the error of a line that lacks a flag which it must have."""
    return Mistyped(
        "error: required flag(s) " + ", ".join(f'"{each}"' for each in flags) + " not set"
    )


NO_RESOURCES = (
    "error: You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n"
    "   '<resource> <name>'\n   '<resource>'"
)
"""What a verb says that was given nothing to work on."""


def not_found(resource: str, name: str) -> CommandError:
    """Return the API server's answer about a name that does not exist."""
    return CommandError(f'Error from server (NotFound): {resource} "{name}" not found')


def refused(address: str = BALANCER) -> str:
    """Return the words about an address at which no API server listens."""
    return f"The connection to the server {address} was refused - did you specify the right host or port?"


TIMED_OUT = (
    "Error from server (Timeout): Timeout: request did not complete within the allotted timeout"
)
"""What a read without a quorum ends with, when the API server gives up."""

CLIENT_TIMED_OUT = (
    "Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while "
    "awaiting headers)"
)
"""What it ends with when --request-timeout is shorter."""


def fault_of(problem: Exception) -> str:
    """Return what is remembered of a bug of ours: what was raised, and in which function."""
    trace = problem.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "nowhere"
    if trace is not None:
        code = trace.tb_frame.f_code
        module = trace.tb_frame.f_globals.get("__name__", "")
        place = f"{module}.{code.co_name}"
    return f"{type(problem).__name__} in {place}"


def internal(fault: str) -> str:
    """Return the answer to a command that met a bug of ours, as the API server words its own."""
    return (
        f'Error from server (InternalError): an error on the server ("{fault}") has prevented the '
        "request from succeeding"
    )


def refusal_text(result: Result, context: str = "", nobody: str = "") -> str:
    """Return the line that kubectl prints about a write that was not committed.

    context: what kubectl was doing, such as 'error when creating "web.yaml"'.
    nobody: what is said if no API server could be reached.
    """
    before = f"{context}: " if context else ""
    if isinstance(result, Unreachable):
        return nobody or refused()
    if isinstance(result, Unknown):
        return f"Error from server: {before}{result.message}"
    assert isinstance(result, Refused), f"{result} is no refusal"
    if result.code == 422:
        # kubectl prints what is wrong with an object by itself: it names the object, not the file.
        return result.message
    return f"Error from server ({result.reason}): {before}{result.message}"
