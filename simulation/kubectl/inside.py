"""What a few programs print inside a container: those that ask who is where.

No program is run. Looking up a name and sending a request are what a cluster's network can be
understood by, so these are worked out; every image is taken to hold them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.kube.machines import own_ip
from simulation.kube.network import dns
from simulation.kube.network.trace import NO_NAME, REFUSED, Trace, from_pod
from simulation.kube.objects.pod import Pod
from simulation.kubectl.curl import body_of, curl, split_url
from simulation.kubectl.output import Output
from simulation.kubectl.parse import not_here

if TYPE_CHECKING:
    from simulation.kube.world import World

INSIDE = "nslookup NAME, curl URL, wget -qO- URL, hostname -i, cat /etc/resolv.conf"
"""What can be done in a container."""
SHELLS = ("sh", "bash", "ash", "/bin/sh", "/bin/bash")
WGET_SERVER_ERROR = 8


def run(world: "World", pod: Pod, words: tuple[str, ...]) -> Output:
    """Return what a command prints in a container; raise CommandError if it is not known here."""
    if words[0] in SHELLS and len(words) == 3 and words[1] in ("-c", "-ec") and words[2].split():
        words = tuple(words[2].split())
    program = _PROGRAMS.get(words[0].rpartition("/")[2])
    if program is None:
        raise not_here(f"kubectl exec -- {words[0]}", INSIDE)
    return program(world, pod, list(words))


def ip_of(world: "World", pod: Pod) -> str:
    """Return the address that a pod really has, as its own processes see it."""
    return own_ip(world.machines[pod.spec.node_name], pod.metadata.uid)


def _curl(world: "World", pod: Pod, words: list[str]) -> Output:
    return curl(world, words, pod)


def _wget(world: "World", pod: Pod, words: list[str]) -> Output:
    urls = [word for word in words[1:] if not word.startswith("-")]
    if not urls:
        return Output("", "wget: missing URL\n", 1)
    request = split_url(urls[-1])
    done = from_pod(world, pod, request)
    if done.code == 0:
        return Output("", f"wget: {_wget_trouble(done, request.host)}\n", 1)
    if done.code != 200:
        return Output("", f"wget: server returned error: HTTP/1.1 {done.code}\n", WGET_SERVER_ERROR)
    return Output(body_of(done))


def _wget_trouble(done: Trace, host: str) -> str:
    return {
        NO_NAME: f"bad address '{host}'",
        REFUSED: f"can't connect to remote host ({host}): Connection refused",
    }.get(done.trouble, "download timed out")


def _nslookup(world: "World", pod: Pod, words: list[str]) -> Output:
    names = [word for word in words[1:] if not word.startswith("-")]
    if not names:
        raise not_here("nslookup without a name", INSIDE)
    found = dns.lookup(world, pod, names[0])
    if found.status == dns.NOBODY:
        return Output(";; connection timed out; no servers could be reached\n\n", "", 1)
    head = f"Server:\t\t{dns.NAMESERVER}\nAddress:\t{dns.NAMESERVER}#{dns.DNS_PORT}\n\n"
    if found.alias:
        return Output(f"{head}{found.name}\tcanonical name = {found.alias}.\n\n")
    if not found.addresses:
        return Output(f"{head}** server can't find {found.name}: {found.status}\n\n", "", 1)
    lines = "".join(f"Name:\t{found.name}\nAddress: {each}\n" for each in found.addresses)
    return Output(f"{head}{lines}\n")


def _cat(world: "World", pod: Pod, words: list[str]) -> Output:
    files = {
        "/etc/resolv.conf": _resolv_conf,
        "/etc/hosts": _hosts,
        "/etc/hostname": _hostname_file,
    }
    text = files.get(words[1]) if len(words) == 2 else None
    if text is None:
        raise not_here(" ".join(words), INSIDE)
    return Output(text(world, pod))


def _resolv_conf(world: "World", pod: Pod) -> str:
    search = " ".join(dns.search_list(pod.metadata.namespace))
    return f"search {search}\nnameserver {dns.NAMESERVER}\noptions ndots:{dns.DOTS_MIN}\n"


def _hosts(world: "World", pod: Pod) -> str:
    return (
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n"
        "::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"
        "fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n"
        f"{ip_of(world, pod)}\t{pod.metadata.name}\n"
    )


def _hostname_file(world: "World", pod: Pod) -> str:
    return f"{pod.metadata.name}\n"


def _hostname(world: "World", pod: Pod, words: list[str]) -> Output:
    if words[1:] in (["-i"], ["-I"]):
        return Output(f"{ip_of(world, pod)}\n")
    return Output(_hostname_file(world, pod))


def _echo(world: "World", pod: Pod, words: list[str]) -> Output:
    return Output(" ".join(words[1:]) + "\n")


_PROGRAMS: dict[str, Callable[["World", Pod, list[str]], Output]] = {
    "cat": _cat,
    "curl": _curl,
    "echo": _echo,
    "hostname": _hostname,
    "nslookup": _nslookup,
    "wget": _wget,
}
