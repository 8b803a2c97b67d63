"""Help: kubectl's overview, the page of a command, and what the terminal itself can do.

Says nothing about a cluster, so it is the same in every lab. The overview has the form of
k8s.io/kubectl/pkg/util/templates, but for the one line that says what is not simulated.
"""

from simulation.kubectl.flags import ALWAYS_ELSEWHERE
from simulation.kubectl.help_words import DOES, GROUPED, TRY
from simulation.kubectl.verbs import NOT_HERE, VERBS

DOCUMENTATION = "https://kubernetes.io/docs/reference/kubectl/generated/"
ABSENT = sorted(
    each for each in {*ALWAYS_ELSEWHERE, *NOT_HERE} if " " not in each and each != "options"
)
"""Commands that are real and of which nothing is simulated."""
OPTIONS = (
    'Use "kubectl options" for a list of global command-line options (applies to all commands).'
)
EXAMPLES_SHOWN = 2
"""Of a group's commands: enough to see how they are written."""
NAME_MIN, NAME_GAP = 11, 3
"""The room for a name, and what follows it, as cobra and kubectl's templates have them."""

TERMINAL = """\
Three things to try:
  kubectl get pods -o wide                    which pods there are, and on which machines
  kubectl scale deployment web --replicas=8   ask for more, and see the cluster bring it about
  power-off worker-3                          take a machine away, and see who notices, and when

What there is:
  kubectl, k       asks the cluster and changes it; kubectl help lists its commands
  watch            shows again what changes: watch kubectl get pods
  curl, request    ask as a user does: curl http://shop.local/; request shows each hop
  etcdctl          asks etcd: etcdctl endpoint status -w table
  machines         power-off, power-on, shut-down, add-worker, remove-worker,
                   add-control-plane, remove-control-plane
  cables           cut, heal, delay, slow, loss, hold, release
  disk, memory     slow-disk, fill-disk, leak
  processes        kill-process, start-process, kill-container, provoke-split-vote
  users            load
  clear            empties the terminal
  |                filters what is printed: | grep WORD, | head, | sort, | wc -l
                   or hands it on: | kubectl apply -f -

"""
"""What `help` prints in the terminal: a newcomer reads it first."""


def overview() -> str:
    """Return what `kubectl` prints when it is asked for nothing."""
    width = max(len(name) for _, names in GROUPED for name in names.split()) + NAME_GAP
    groups = [f"{title}:\n{_listed(names.split(), width)}" for title, names in GROUPED]
    return "\n".join(
        [
            "kubectl controls the Kubernetes cluster manager.\n",
            " Find more information at: https://kubernetes.io/docs/reference/kubectl/\n",
            *groups,
            f"Real, not simulated here: {', '.join(ABSENT)}\n",
            "Usage:\n  kubectl [flags] [options]\n",
            'Use "kubectl <command> --help" for more information about a given command.',
            f"{OPTIONS}\n",
        ]
    )


def page_of(verb: str) -> str:
    """Return what `kubectl VERB --help` prints: what it does, lines to try, its options, its usage."""
    if verb not in VERBS:
        return overview()
    parts = [f"{DOES[verb]}.\n"]
    if verb in ABSENT:
        parts.append("Real, not simulated here.\n")
    inner = [each for each in VERBS if each.startswith(f"{verb} ")]
    examples = TRY.get(verb) or [tried for each in inner for tried in TRY.get(each, ())]
    if examples:
        shown = [f"  # {what}\n  kubectl {line}\n" for what, line in examples[:EXAMPLES_SHOWN]]
        parts.append("Examples:\n" + "\n".join(shown))
    if inner:
        width = max(NAME_MIN, *(len(each.split()[1]) for each in inner)) + NAME_GAP
        parts.append(f"Available Commands:\n{_listed(inner, width)}")
    if VERBS[verb]:
        parts.append(_options(verb))
    parts.append(f"Usage:\n  kubectl {verb} {'SUBCOMMAND ' if inner else ''}[options]\n")
    if inner:
        parts.append(
            f'Use "kubectl {verb} <command> --help" for more information about a given command.'
        )
    return "\n".join([*parts, OPTIONS, f"More: {DOCUMENTATION}{_address(verb)}\n"])


def _listed(verbs: list[str], width: int) -> str:
    return "".join(f"  {each.split()[-1]:<{width}}{DOES[each]}\n" for each in verbs)


def _options(verb: str) -> str:
    lines = []
    for word in sorted(VERBS[verb].split()):
        name, equals, _ = word.partition("=")
        long, _, short = name.partition(":")
        lines.append(f"    {f'-{short}, ' if short else '    '}--{long}{'=' if equals else ''}\n")
    return "Options:\n" + "".join(lines)


def _address(verb: str) -> str:
    first, *rest = verb.split()
    return "".join([f"kubectl_{first}/", *(f"kubectl_{first}_{each}/" for each in rest)])
