"""The terminal: one line in, what it prints out.

A line that only reads is answered here at once. A line that changes something, or takes lab time,
is a session (`is_session`), and so is a read that no API server can answer at the moment.
"""

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.kubectl import about, changing, describe, etcdctl, events, filters, get, logs, top
from simulation.kubectl.curl import curl
from simulation.kubectl.errors import CommandError, unreachable
from simulation.kubectl.limits import (
    ARGV_WORDS_MAX,
    LINE_CHARACTERS_MAX,
    OUTPUT_CHARACTERS_MAX,
    PIPES_MAX,
)
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call, not_here, parse

if TYPE_CHECKING:
    from simulation.kube.world import World

READS: dict[str, Callable[["World", Call], Output]] = {
    "api-resources": about.api_resources,
    "api-versions": about.api_versions,
    "cluster-info": about.cluster_info,
    "config": about.config,
    "describe": describe.describe,
    "events": events.events,
    "explain": about.explain,
    "get": get.get,
    "logs": logs.logs,
    "rollout history": changing.history,
    "top node": top.top_node,
    "top pod": top.top_pod,
    "version": about.version,
}
"""Verbs that only read."""

OFFLINE = ("config", "explain", "api-resources", "api-versions", "cluster-info")
"""Verbs that need nothing from etcd."""

NAMES = ("kubectl", "k")
HERE = ("curl", "etcdctl", "watch", "clear", "help", "echo", *NAMES)
ELSEWHERE = {
    "bash": "", "cat": "kubectl get -o yaml", "cd": "", "crictl": "kubectl get pods", "docker": "kubectl get pods",
    "helm": "kubectl apply -f FILE", "ip": "", "journalctl": "kubectl logs", "kubeadm": "the page's buttons",
    "kubelet": "", "kustomize": "kubectl apply -f FILE", "ls": "kubectl get all", "minikube": "",
    "kind": "", "nano": "the editor", "nslookup": "curl http://HOST/PATH", "dig": "curl http://HOST/PATH",
    "ping": "curl http://HOST/PATH", "podman": "kubectl get pods", "sh": "", "ssh": "kubectl describe node",
    "sudo": "the same line without sudo", "systemctl": "the power switches of the page", "top": "kubectl top node",
    "vi": "kubectl edit", "vim": "kubectl edit", "wget": "curl http://HOST/PATH", "k9s": "kubectl get pods -A -w",
    "ps": "kubectl get pods", "kill": "kubectl delete pod, or the page's kill switch",
}


def split(line: str) -> list[str]:
    """Return the words of a line; raise CommandError where the shell would."""
    if len(line) > LINE_CHARACTERS_MAX:
        raise CommandError("bash: the line is too long", 1)
    scanner = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    scanner.whitespace_split = True
    scanner.commenters = "#"
    try:
        words = list(scanner)
    except ValueError:
        raise CommandError("bash: unexpected EOF while looking for matching quote", 2) from None
    if len(words) > ARGV_WORDS_MAX:
        raise CommandError("bash: the line has too many words", 1)
    return words


def pipeline(words: list[str]) -> list[list[str]]:
    """Return the commands between pipes; raise CommandError about what this shell has not."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "|":
            parts.append([])
        elif word in ("||", "&&", ";", "&", ">", ">>", "<", "<<", "|&"):
            raise not_here(f"the shell's {word}", "one command a line")
        else:
            parts[-1].append(word)
    if len(parts) > PIPES_MAX:
        raise CommandError("bash: too many pipes")
    if any(not part for part in parts) and len(parts) > 1:
        raise CommandError("bash: syntax error near unexpected token `|'", 2)
    return parts


def words_of(given: str | list[str] | tuple[str, ...]) -> list[str]:
    """Return the words of a line or of an argv."""
    return split(given) if isinstance(given, str) else list(given)


def is_session(given: str | list[str] | tuple[str, ...]) -> bool:
    """Tell whether a line changes something or takes lab time."""
    try:
        parts = pipeline(words_of(given))
        first = parts[0]
        if first[:1] == ["watch"]:
            return True
        if not first or first[0] not in NAMES:
            return False
        call = parse(tuple(first))
    except CommandError:
        return False
    return changes(call)


def changes(call: Call) -> bool:
    """Tell whether a call has to be a session."""
    if call.on("help") or call.verb == "help":
        return False
    if call.verb in READS:
        return call.on("watch") or call.on("watch-only") or call.on("follow")
    if call.verb.startswith("create ") or call.verb in ("run", "expose"):
        return not (call.flag("dry-run") == "client" and not call.given("filename") and call.verb != "expose")
    return True


def read(
    world: "World", given: str | list[str] | tuple[str, ...], server: str = ""
) -> Output:
    """Answer a line that only reads."""
    try:
        parts = pipeline(words_of(given))
        output = _first(world, parts[0], server)
        for part in parts[1:]:
            text, status = filters.apply(part, output.stdout)
            output = Output(text, output.stderr, status, output.waits)
    except CommandError as problem:
        return Output("", f"{problem.text}\n", problem.exit_code)
    if len(output.stdout) > OUTPUT_CHARACTERS_MAX:
        cut = output.stdout[:OUTPUT_CHARACTERS_MAX]
        note = "the rest was left out: it is more than this terminal shows\n"
        return Output(cut, output.stderr + note, output.exit_code)
    return output


def _first(world: "World", words: list[str], server: str) -> Output:
    if not words:
        return Output()
    name = words[0]
    if name in NAMES:
        return answer(world, parse(tuple(words)), server)
    if name == "curl":
        return curl(world, words)
    if name == "etcdctl":
        return etcdctl.etcdctl(world, words)
    if name == "echo":
        return Output(" ".join(words[1:]) + "\n")
    if name == "clear":
        return Output()
    if name == "help":
        return Output("kubectl (or k), watch kubectl …, curl URL, etcdctl endpoint status -w table; "
                      "| grep, | wc -l, | head\n")
    if name in ELSEWHERE:
        raise not_here(name, ELSEWHERE[name])
    raise CommandError(f"bash: {name}: command not found", 127)


def answer(world: "World", call: Call, server: str = "") -> Output:
    """Answer a call that only reads."""
    if call.on("help") or call.verb == "help":
        return Output(f"kubectl {call.verb}: see https://kubernetes.io/docs/reference/kubectl/\n")
    if call.verb not in READS:
        if not changes(call):
            from simulation.kubectl.making import dry_run

            return dry_run(world, call)
        return Output("", "", 0, waits=True)
    where = call.server or server
    client_only = call.verb == "version" and call.on("client")
    if call.verb not in OFFLINE and not client_only:
        if not world.api.pick(world, "internet", where):
            raise CommandError(unreachable(where))
        if not can_read(world, where) and call.verb != "version":
            return Output("", "", 0, waits=True)
    return READS[call.verb](world, call)


def can_read(world: "World", server: str) -> bool:
    """Tell whether an API server can answer a read: it asks etcd how far the log has come."""
    return world.can_write_from(server) if server else world.has_quorum()
