"""`curl` from outside the cluster: one request, followed from door to pod."""

from typing import TYPE_CHECKING

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND
from simulation.kube.network.flows import ANSWERS, CONNECT_TIMEOUT, SILENT, TRIES_MAX
from simulation.kube.network.knowledge import knowledge_of
from simulation.kube.network.links import INTERNET
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output

if TYPE_CHECKING:
    from simulation.kube.world import World

GAVE_UP = 3 * SECOND
PHRASES = {200: "OK", 404: "Not Found", 502: "Bad Gateway", 503: "Service Temporarily Unavailable",
           504: "Gateway Time-out"}


class Hop(Record):
    """One station of a request, and what happened there."""

    at_ms: int
    place: str
    event: str


class Trace(Record):
    """What became of a request."""

    code: int
    """The HTTP status; 0 if nobody answered at all."""
    pod: str
    duration_ms: int
    hops: tuple[Hop, ...]


def split_url(url: str) -> tuple[str, str]:
    """Return (host, path) of a URL; raise CommandError if it is none."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "http", url
    if scheme not in ("http", "https"):
        raise CommandError(f"curl: (1) Protocol \"{scheme}\" not supported", 1)
    host, _, path = rest.partition("/")
    host = host.partition(":")[0]
    if not host:
        raise CommandError("curl: (3) URL rejected: No host part in the URL", 3)
    return host, "/" + path.partition("?")[0].partition("#")[0]


def trace(world: "World", url: str, host_header: str = "") -> Trace:
    """Follow one request, door by door and try by try."""
    host, path = split_url(url)
    host = host_header or host
    doors = [
        pod
        for key, pod in world.traffic.ingress_pods(world)
        if world.traffic.state.rotation.get(key)
    ]
    if not doors:
        return Trace(0, "", GAVE_UP, (Hop(0, INTERNET, "no ingress controller answers"),))
    door = world.dice.pick(doors, "request", host, path, world.now)
    machine = door.spec.node_name
    hops = [Hop(0, INTERNET, f"{host}{path}")]
    if not world.is_up(machine) or not world.links.both_ways(INTERNET, machine):
        return Trace(0, "", GAVE_UP, (*hops, Hop(0, machine, "does not answer")))
    hops.append(Hop(1, door.metadata.name, f"on {machine}"))
    found = world.traffic.lead(world, machine, knowledge_of(world, machine), host, path)
    if found is None:
        return Trace(404, "", 2, (*hops, Hop(2, door.metadata.name, "no rule for this host and path")))
    service = found.backend.rpartition(":")[0]
    hops.append(Hop(2, f"service {service}", f"{len(found.targets)} endpoints"))
    if not found.targets:
        return Trace(503, "", 2, tuple(hops))
    first = world.dice.below(len(found.targets), "endpoint", host, path, world.now)
    order = [*found.targets[first:], *found.targets[:first]]
    spent = 2
    for target in order[:TRIES_MAX]:
        if target.state == ANSWERS:
            hops.append(Hop(spent + 5, target.pod, "answered"))
            return Trace(200, target.pod, spent + 8, tuple(hops))
        silent = target.state == SILENT
        hops.append(Hop(spent, target.pod, "connect timeout" if silent else "connection refused"))
        spent += CONNECT_TIMEOUT if silent else 1
        if spent >= GAVE_UP:
            return Trace(0, "", GAVE_UP, (*hops, Hop(GAVE_UP, INTERNET, "gave up")))
    return Trace(504 if spent >= CONNECT_TIMEOUT else 502, "", spent, tuple(hops))


def curl(world: "World", words: list[str]) -> Output:
    """Answer a curl command line."""
    url, header, verbose, only_head, silent = "", "", False, False, False
    words = words[1:]
    while words:
        word = words.pop(0)
        if word in ("-H", "--header") and words:
            name, _, value = words.pop(0).partition(":")
            header = value.strip() if name.lower() == "host" else header
        elif word in ("-o", "-w", "-X", "-m", "--max-time", "--connect-timeout") and words:
            words.pop(0)
        elif word.startswith("-"):
            verbose, only_head = verbose or "v" in word, only_head or "I" in word or "i" in word
            silent = silent or "s" in word
        else:
            url = word
    if not url:
        return Output("", "curl: (2) no URL specified\n", 2)
    done = trace(world, url, header)
    if done.code == 0:
        host = split_url(url)[0]
        text = f"curl: (28) Connection timed out after {done.duration_ms} milliseconds\n"
        return Output("", "" if silent and host else text, 28)
    head = f"HTTP/1.1 {done.code} {PHRASES[done.code]}\n"
    if done.code == 200:
        body = f"{done.pod.rpartition('/')[2]} answered in {done.duration_ms} ms\n"
    else:
        body = f"<html>\r\n<head><title>{done.code} {PHRASES[done.code]}</title></head>\r\n</html>\n".replace("\r", "")
    hops = "".join(f"* {hop.at_ms:>5} ms  {hop.place}: {hop.event}\n" for hop in done.hops)
    return Output(head if only_head else body, f"{hops}< {head}" if verbose else "")
