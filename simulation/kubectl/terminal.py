"""The terminal: one line in, what it prints out.

A line that only reads is answered here at once. A line that changes something, or takes lab time,
is a session (`is_session`), and so is a read that no API server can answer at the moment.
"""

import re
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from simulation.kubectl import (
    about,
    describe,
    etcdctl,
    events,
    filters,
    get,
    logs,
    making,
    raw,
    remote,
    request,
    rollouts,
    top,
)
from simulation.kubectl.curl import curl
from simulation.kubectl.errors import CommandError, Mistyped, fault_of, internal
from simulation.kubectl.flags import DEPRECATED, PROCESS
from simulation.kubectl.helping import TERMINAL, page_of
from simulation.kubectl.limits import (
    ARGV_WORDS_MAX,
    LINE_CHARACTERS_MAX,
    OUTPUT_BYTES_MAX,
    PIPES_MAX,
)
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call, not_here, parse
from simulation.kubectl.reading import nobody_there, server_of
from simulation.kubectl.sizes import fitting

if TYPE_CHECKING:
    from simulation.kube.world import World

READS: dict[str, Callable[["World", Call], Output]] = {
    "api-resources": about.api_resources,
    "api-versions": about.api_versions,
    "cluster-info": about.cluster_info,
    "attach": remote.attach,
    "auth can-i": remote.can_i,
    "auth whoami": remote.who_am_i,
    "completion": remote.completion,
    "config current-context": about.config_names,
    "config get-clusters": about.config_names,
    "config get-contexts": about.config_contexts,
    "config get-users": about.config_names,
    "config set-context": about.config_set,
    "config use-context": about.config_use,
    "config view": about.config_view,
    "cp": remote.copy,
    "debug": remote.debug,
    "describe": describe.describe,
    "events": events.events,
    "exec": remote.execute,
    "explain": about.explain,
    "get": get.get,
    "kustomize": remote.kustomize,
    "logs": logs.logs,
    "options": remote.options,
    "plugin list": remote.plugins,
    "port-forward": remote.port_forward,
    "proxy": remote.proxy,
    "rollout history": rollouts.history,
    "top node": top.top_node,
    "top pod": top.top_pod,
    "version": about.version,
}
"""Verbs that only read."""

OFFLINE = (
    "completion",
    "config current-context",
    "config get-clusters",
    "config get-contexts",
    "config get-users",
    "config set-context",
    "config use-context",
    "config view",
    "kustomize",
    "options",
    "plugin list",
    "proxy",
)
"""Verbs that need no API server."""

WITHOUT_ETCD = ("api-resources", "api-versions", "auth can-i", "auth whoami", "explain", "version")
"""Verbs that an API server answers by itself."""

NAMES = ("kubectl", "k")
_INSTEAD = {
    "kubectl apply -f FILE": "helm helmfile kustomize skaffold tilt argocd flux terraform pulumi "
    "git",
    "kubectl get pods": "crictl ctr docker docker-compose nerdctl podman ps",
    "kubectl get pods -A -w": "k9s lens stern kubetail",
    "kubectl top node": "top htop free df du uptime vmstat iostat",
    "kubectl describe node": "ssh scp uname hostname lscpu dmesg",
    "kubectl exec POD -- nslookup NAME": "dig nslookup host",
    "curl http://HOST/PATH": "ping wget telnet nc traceroute ip ifconfig netstat ss iptables "
    "ipvsadm tcpdump http ab hey wrk k6",
    "the power switches of the page": "systemctl service reboot shutdown poweroff halt",
    "the buttons of the page": "kubeadm kubelet minikube kind k3s k3d microk8s",
    "kubectl logs": "journalctl tail less more",
    "kubectl get all": "ls ll tree find",
    "kubectl get -o yaml": "cat bat",
    "kubectl edit, or the editor": "vi vim nano emacs code ed touch",
    "kubectl get -o jsonpath, or a filter behind |": "jq yq awk sed cut grep head wc sort xargs "
    "tee",
    "-n NAMESPACE on each line": "kubens kubectx",
    "the same line without sudo": "sudo su",
    "k, which stands for kubectl": "alias unalias",
    "kubectl delete pod, or the page's kill switch": "kill killall pkill",
    "the Up key": "history",
    "time passes by itself": "sleep date",
    "kubectl explain": "man info which whereis type",
    "": "apt apt-get aws az bash bg brew calicoctl cd chmod chown cilium cp crontab env eksctl "
    "exit export fg gcloud istioctl jobs krew linkerd logout mkdir mv node npm openssl pip printenv pwd python python3 rm set sh snap source tmux unset velero whoami yum zsh",
}
"""What comes near, to the commands that are real and not here."""

ELSEWHERE = {name: instead for instead, names in _INSTEAD.items() for name in names.split()}


def split(line: str) -> list[str]:
    """Return the words of a line; raise CommandError where the shell would."""
    if len(line) > LINE_CHARACTERS_MAX:
        raise CommandError("bash: the line is too long", 1)
    _refuse_expansion(line)
    scanner = shlex.shlex(line, posix=True, punctuation_chars="|;&<>")
    scanner.whitespace_split = True
    scanner.commenters = "#"
    try:
        words = list(scanner)
    except ValueError:
        quote = "'" if line.count("'") % 2 else '"'
        raise CommandError(
            f"bash: unexpected EOF while looking for matching `{quote}'", 2
        ) from None
    if len(words) > ARGV_WORDS_MAX:
        raise CommandError("bash: the line has too many words", 1)
    return words


EXPANSIONS = (
    (
        re.compile(r"\$\("),
        "the shell's $(…)",
        "the inner command first, then its answer typed in its place",
    ),
    (
        re.compile(r"`"),
        "the shell's `…`",
        "the inner command first, then its answer typed in its place",
    ),
    (
        re.compile(r"\$(?:\{|[A-Za-z_?$!@#])"),
        "the shell's variables",
        "the value itself, or single quotes around $",
    ),
)
"""What a shell puts something in the place of, outside of single quotes."""
ASSIGNMENT = re.compile(r"\s*[A-Za-z_][A-Za-z0-9_]*=")


def _refuse_expansion(line: str) -> None:
    """Raise CommandError about what only a shell can work out; what is quoted or escaped is plain text."""
    if ASSIGNMENT.match(line):
        raise not_here("the shell's variables", "the value itself")
    bare, quote, place = "", "", 0
    while place < len(line):
        sign = line[place]
        if sign == "#" and not quote and (place == 0 or line[place - 1].isspace()):
            break
        if sign == "\\" and quote != "'":
            place += 1
        elif sign in ("'", '"') and quote in ("", sign):
            quote = "" if quote else sign
        elif quote != "'":
            bare += sign
        place += 1
    for pattern, what, instead in EXPANSIONS:
        if pattern.search(bare):
            raise not_here(what, instead)


LOOPS = ("case", "do", "done", "for", "function", "if", "until", "while")


def pipeline(words: list[str]) -> list[list[str]]:
    """Return the commands between pipes; raise CommandError about what this shell has not."""
    parts: list[list[str]] = [[]]
    if words[:1] and words[0] in LOOPS:
        raise not_here(f"the shell's {words[0]}", "one command a line")
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


def receiver(parts: list[list[str]]) -> int:
    """Return the place of the kubectl that reads what comes through a pipe as `-f -`; 0 if none does."""
    for place in range(len(parts) - 1, 0, -1):
        if parts[place][0] in NAMES:
            call = parse(tuple(parts[place]))
            if "-" in (*call.every("filename"), call.flag("patch-file")):
                return place
            raise not_here(
                f"| kubectl {call.verb} without -f -", f"kubectl {call.verb} on a line of its own"
            )
    return 0


def refuse_givers(parts: list[list[str]]) -> None:
    """Raise CommandError about what stands before a pipe into kubectl and is no read and no dry run."""
    for place, part in enumerate(parts):
        if part[0] not in NAMES:
            _refuse_giver(place, part)
            continue
        call = parse(tuple(part))
        if call.verb in READS and changes(call):
            raise not_here(
                f"kubectl {call.verb} -w before | kubectl", f"kubectl {call.verb} without -w"
            )
        if changes(call) and not call.dry_run:
            instead = f"kubectl {call.verb} on a line of its own, or with --dry-run=client -o yaml"
            raise not_here(f"kubectl {call.verb} before | kubectl", instead)


def _refuse_giver(place: int, part: list[str]) -> None:
    """Raise CommandError about a command before a pipe into kubectl that is real and not here."""
    name = part[0]
    if name == "cat":
        return
    if place:
        filters.apply(part, "")
    elif name == "watch":
        raise not_here("watch before | kubectl", "kubectl get")
    elif name in ELSEWHERE:
        raise not_here(name, ELSEWHERE[name])


def words_of(given: str | list[str] | tuple[str, ...]) -> list[str]:
    """Return the words of a line or of an argv; raise CommandError if they are too many."""
    if isinstance(given, str):
        return split(given)
    if sum(map(len, given)) > LINE_CHARACTERS_MAX:
        raise CommandError("bash: the line is too long", 1)
    if len(given) > ARGV_WORDS_MAX:
        raise CommandError("bash: the line has too many words", 1)
    return list(given)


def is_session(given: str | list[str] | tuple[str, ...]) -> bool:
    """Tell whether a line changes something or takes lab time."""
    try:
        parts = pipeline(words_of(given))
        first = parts[0]
        if first[:1] == ["watch"] or receiver(parts):
            return True
        if not first or first[0] not in NAMES:
            return False
        call = parse(tuple(first))
    except CommandError:
        return False
    return changes(call)


READS_FILES = ("filename", "from-env-file", "from-file")
"""Flags whose files come with a session."""


def changes(call: Call) -> bool:
    """Tell whether a call has to be a session."""
    if call.on("help") or call.verb == "help":
        return False
    if call.verb in READS:
        return call.on("watch") or call.on("watch-only") or call.on("follow")
    if (
        call.verb in making.MAKERS
        and call.verb not in ("autoscale", "expose")
        and not call.given("from")
    ):
        return not (call.dry_run == "client" and not any(call.given(each) for each in READS_FILES))
    return True


def read(world: "World", given: str | list[str] | tuple[str, ...], server: str = "") -> Output:
    """Answer a line that only reads."""
    try:
        output = _answered(world, words_of(given), server)
    except CommandError as problem:
        mistyped = isinstance(problem, Mistyped)
        return Output("", f"{problem.text}\n", problem.exit_code, mistyped=mistyped)
    except AssertionError:
        raise
    except Exception as problem:
        # A read changes nothing, so a bug of ours in it is no reason to stop a lab.
        return Output("", f"{internal(fault_of(problem))}\n", 1)
    cut = fitting(output.stdout, OUTPUT_BYTES_MAX)
    if len(cut) < len(output.stdout):
        note = "the rest was left out: it is more than this terminal shows\n"
        return Output(cut, output.stderr + note, output.exit_code)
    return output


def _answered(world: "World", words: list[str], server: str) -> Output:
    parts = pipeline(words)
    place = receiver(parts)
    if place:
        refuse_givers(parts[:place])
        return Output("", "", 0, waits=True)
    output = first(world, parts[0], server)
    for part in parts[1:]:
        text, status = filters.apply(part, output.stdout)
        output = Output(text, output.stderr, status, output.waits)
    return output


def first(world: "World", words: list[str], server: str) -> Output:
    """Answer the command that a line begins with."""
    if not words:
        return Output()
    name = words[0]
    if name in NAMES:
        return answer(world, parse(tuple(words)), server)
    if name == "watch":
        return Output("", "", 0, waits=True)
    if name == "curl":
        return curl(world, words)
    if name == "request":
        return request.request(world, words)
    if name == "etcdctl":
        return etcdctl.etcdctl(world, words)
    if name == "echo":
        return Output(" ".join(words[1:]) + "\n")
    if name == "clear":
        return Output()
    if name == "help":
        return Output(TERMINAL)
    if name in ELSEWHERE:
        near = ELSEWHERE[name] or "help"
        text = f"{name} is a real command, but this terminal has only kubectl, curl, etcdctl and a few more"
        raise CommandError(f"{text}; try: {near}")
    raise CommandError(f"bash: {name}: command not found", 127)


def answer(world: "World", call: Call, server: str = "") -> Output:
    """Answer a call that only reads, after what kubectl says about its flags."""
    output = read_by(world, call, server)
    said = "" if output.waits else "".join(f"{each}\n" for each in notices(world, call))
    return Output(output.stdout, said + output.stderr, output.exit_code, output.waits)


def notices(world: "World", call: Call) -> list[str]:
    """Return what kubectl says about flags before it does anything."""
    said = [text for name, text in DEPRECATED.items() if call.given(name)]
    if call.flag("dry-run") == "unchanged":
        date = world.calendar.date_of(world.now)
        said.append(
            f"W{date:%m%d %H:%M:%S}.{date.microsecond:06d} {PROCESS:>7} helpers.go:719] --dry-run is "
            "deprecated and can be replaced with --dry-run=client."
        )
    return said


def read_by(world: "World", call: Call, server: str = "") -> Output:
    """Answer a call that only reads."""
    if call.on("help") or call.verb == "help":
        return Output(page_of(call.verb))
    if changes(call):
        return Output("", "", 0, waits=True)
    if call.verb not in READS:
        return making.dry_run(world, call)
    about.refuse_other_cluster(call)
    where = server_of(world, call) or server
    client_only = call.verb == "version" and call.on("client")
    if call.verb not in OFFLINE and not client_only:
        picked = world.api.pick(world, "internet", where)
        if not picked:
            return Output(_known_alone(world, call), f"{nobody_there(world, where)}\n", 1)
        if call.verb == "get" and call.given("raw"):
            return raw.raw(world, call, picked) or Output("", "", 0, waits=True)
        if not can_read(world, where) and call.verb not in WITHOUT_ETCD:
            return Output("", "", 0, waits=True)
    return READS[call.verb](world, call)


def _known_alone(world: "World", call: Call) -> str:
    """Return what some verbs print all the same when no API server answers."""
    if call.verb == "version":
        alone = msgspec.structs.replace(call, flags={**call.flags, "client": ("true",)})
        return about.version(world, alone).stdout
    return about.HINT if call.verb == "cluster-info" else ""


def can_read(world: "World", server: str) -> bool:
    """Tell whether an API server can answer a read: it asks etcd how far the log has come."""
    return world.can_write_from(server) if server else world.has_quorum()
