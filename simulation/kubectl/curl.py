"""`curl`, from outside the cluster or from inside a pod: what it prints about one request."""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kube.network.trace import (
    NO_NAME,
    REFUSED,
    Request,
    Trace,
    from_outside,
    from_pod,
)
from simulation.kube.objects.pod import Pod
from simulation.kubectl.errors import CommandError
from simulation.kubectl.numbers import is_whole
from simulation.kubectl.output import Output

if TYPE_CHECKING:
    from simulation.kube.world import World

PHRASES = {
    200: "OK",
    403: "Forbidden",
    404: "Not Found",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
PORTS = {"http": 80, "https": 443}
WITH_VALUE = ("-o", "-w", "-X", "-m", "--max-time", "--connect-timeout", "--retry", "-d", "--data")


class Options(Record):
    """A curl command line, understood."""

    url: str = ""
    host_header: str = ""
    is_verbose: bool = False
    head_only: bool = False
    with_head: bool = False
    is_silent: bool = False


def split_url(url: str) -> Request:
    """Return the host, port and path of a URL; raise CommandError if it is none."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "http", url
    if scheme not in PORTS:
        raise CommandError(f'curl: (1) Protocol "{scheme}" not supported', 1)
    place, _, path = rest.partition("/")
    host, colon, port = place.partition(":")
    if not host:
        raise CommandError("curl: (3) URL rejected: No host part in the URL", 3)
    if colon and not (is_whole(port) and 0 < int(port) < 65_536):
        raise CommandError(
            "curl: (3) URL rejected: Port number was not a decimal number between 0 and 65535", 3
        )
    path = "/" + path.partition("?")[0].partition("#")[0]
    return Request(host, path, int(port) if colon else PORTS[scheme])


def options_of(words: list[str]) -> Options:
    """Read the words behind `curl`."""
    url, header, verbose, only_head, with_head, silent = "", "", False, False, False, False
    words = list(words)
    while words:
        word = words.pop(0)
        if word in ("-H", "--header") and words:
            name, _, value = words.pop(0).partition(":")
            header = value.strip() if name.lower() == "host" else header
        elif word in WITH_VALUE and words:
            words.pop(0)
        elif word.startswith("--"):
            verbose, only_head = verbose or word == "--verbose", only_head or word == "--head"
            silent, with_head = silent or word == "--silent", with_head or word == "--include"
        elif word.startswith("-"):
            verbose, only_head = verbose or "v" in word, only_head or "I" in word
            silent, with_head = silent or "s" in word, with_head or "i" in word
        else:
            url = word
    return Options(url, header, verbose, only_head, with_head, silent)


def curl(world: "World", words: list[str], pod: Pod | None = None) -> Output:
    """Answer a curl command line, typed outside or in a pod."""
    options = options_of(words[1:])
    if not options.url:
        return Output("", "curl: (2) no URL specified\n", 2)
    request = split_url(options.url)
    wanted = Request(request.host, request.path, request.port, options.host_header)
    done = from_outside(world, wanted) if pod is None else from_pod(world, pod, wanted)
    if done.code == 0:
        text, status = failure(done, request)
        return Output("", "" if options.is_silent else f"{text}\n", status)
    head = f"HTTP/1.1 {done.code} {PHRASES[done.code]}\n"
    body = "" if options.head_only else body_of(done)
    shown = f"{head}\n{body}" if options.with_head else body
    hops = "".join(f"* {hop.at_ms:>5} ms  {hop.place}: {hop.event}\n" for hop in done.hops)
    return Output(
        head if options.head_only else shown, f"{hops}< {head}" if options.is_verbose else ""
    )


def body_of(done: Trace) -> str:
    """Return what the lab's programs send, and what nginx says when they cannot."""
    if done.code == 200:
        return f"{done.pod.rpartition('/')[2]} answered in {done.duration_ms} ms\n"
    return f"<html>\n<head><title>{done.code} {PHRASES[done.code]}</title></head>\n</html>\n"


def failure(done: Trace, request: Request) -> tuple[str, int]:
    """Return curl's line about a request that nobody answered, and its exit status."""
    if done.trouble == NO_NAME:
        return f"curl: (6) Could not resolve host: {request.host}", 6
    if done.trouble == REFUSED:
        where = f"{request.host} port {request.port}"
        return (
            f"curl: (7) Failed to connect to {where} after {done.duration_ms} ms: Could not connect to server",
            7,
        )
    return f"curl: (28) Connection timed out after {done.duration_ms} milliseconds", 28
