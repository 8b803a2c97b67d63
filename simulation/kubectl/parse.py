"""A kubectl command line to a Call: the verb, its arguments and its flags.

Knows which flags each verb has and nothing of what they do. What is typed wrong gets the words of
kubectl's own parser (cobra and pflag).
"""

from simulation.kernel.records import Record
from simulation.kubectl.errors import CommandError, usage

GLOBAL = "namespace:n= server:s= context= cluster= user= kubeconfig= request-timeout= v:v= help:h"
PRINTING = "output:o= show-labels sort-by= no-headers template= show-managed-fields show-kind label-columns:L="
FILES = "filename:f=* recursive:R kustomize:k="
DRY = "dry-run= field-manager= validate="
CHOICE = "selector:l= all-namespaces:A all field-selector="
EDITING = f"{CHOICE} {FILES} {DRY} output:o= overwrite resource-version= record local list"
CREATING = f"{DRY} output:o= save-config"
TEMPLATE = "image=* port= replicas:r= labels:l= env=* command restart= expose annotations= rm quiet:q stdin:i tty:t"

VERBS: dict[str, str] = {
    "annotate": EDITING,
    "api-resources": "namespaced= api-group= verbs= no-headers output:o= sort-by= cached",
    "api-versions": "",
    "apply": f"{FILES} {DRY} output:o= selector:l= prune force server-side wait=? force-conflicts all timeout= cascade= overwrite",
    "cluster-info": "",
    "config": "minify raw output:o= current",
    "cordon": f"{DRY} selector:l=",
    "create": f"{FILES} {CREATING} edit",
    "create configmap": f"{CREATING} from-literal=* from-file=*",
    "create deployment": f"{CREATING} {TEMPLATE}",
    "create ingress": f"{CREATING} rule=* class= default-backend= annotation=*",
    "create namespace": CREATING,
    "create secret": f"{CREATING} from-literal=* from-file=* type=",
    "create service": f"{CREATING} tcp=* node-port= clusterip= external-name=",
    "delete": f"{CHOICE} {FILES} now force grace-period= wait=? timeout= ignore-not-found cascade= output:o= dry-run= interactive:i",
    "describe": "selector:l= all-namespaces:A show-events=? filename:f=*",
    "diff": FILES,
    "drain": "ignore-daemonsets delete-emptydir-data delete-local-data force grace-period= timeout= "
    "selector:l= disable-eviction pod-selector= skip-wait-for-delete-timeout= dry-run=",
    "edit": f"{FILES} output:o= save-config",
    "events": "all-namespaces:A for= types= watch:w no-headers output:o=",
    "explain": "recursive api-version= output:o=",
    "expose": f"{CREATING} {FILES} name= port= target-port= protocol= type= selector:l= cluster-ip= labels= external-ip= load-balancer-ip= session-affinity=",
    "get": f"{PRINTING} {CHOICE} {FILES} watch:w watch-only ignore-not-found chunk-size= "
    "output-watch-events raw= subresource= server-print=?",
    "label": EDITING,
    "logs": "follow:f previous:p container:c= tail= since= timestamps selector:l= all-containers prefix limit-bytes= since-time=",
    "patch": f"{FILES} patch:p= type= patch-file= subresource= {DRY} output:o= local record",
    "replace": f"{FILES} force {DRY} output:o= grace-period= timeout= wait cascade= save-config",
    "rollout": "",
    "rollout history": f"{FILES} revision= selector:l= output:o=",
    "rollout pause": f"{FILES} selector:l=",
    "rollout restart": f"{FILES} selector:l= output:o=",
    "rollout resume": f"{FILES} selector:l=",
    "rollout status": f"{FILES} watch:w=? timeout= revision= selector:l=",
    "rollout undo": f"{FILES} to-revision= dry-run= selector:l= output:o=",
    "run": f"{CREATING} {TEMPLATE} overrides= attach leave-stdin-open image-pull-policy=",
    "scale": f"{FILES} replicas= current-replicas= selector:l= all timeout= output:o= dry-run= record resource-version=",
    "set": "",
    "set image": f"{FILES} all selector:l= output:o= dry-run= local record",
    "taint": f"{DRY} selector:l= all overwrite output:o=",
    "top": "",
    "top node": "selector:l= no-headers sort-by= show-capacity",
    "top pod": "selector:l= all-namespaces:A containers no-headers sort-by= sum field-selector=",
    "uncordon": f"{DRY} selector:l=",
    "version": "client output:o= short",
    "wait": f"{CHOICE} {FILES} for= timeout= output:o= local",
}
"""Verb to its flags: "name:short" is a switch, "=" takes a value, "=*" may be repeated, "=?" is a
switch that can be switched off."""

SUBVERBS = {"create", "rollout", "set", "top"}
ALIASES = {
    "top nodes": "top node", "top no": "top node", "top pods": "top pod", "top po": "top pod",
    "create deploy": "create deployment", "create cm": "create configmap", "create ns": "create namespace",
    "create svc": "create service", "create ing": "create ingress",
}
NOT_HERE = {
    "alpha": "", "attach": "kubectl logs POD", "auth": "", "autoscale": "kubectl scale",
    "certificate": "", "completion": "", "cp": "kubectl create configmap", "debug": "kubectl describe pod POD",
    "exec": "kubectl logs POD or kubectl describe pod POD", "kustomize": "kubectl apply -f FILE",
    "options": "", "plugin": "", "port-forward": "curl http://HOST/PATH",
    "proxy": "kubectl get --server cp-1", "diff": "kubectl get -o yaml", "cluster-info dump": "",
    "set env": "kubectl edit", "set resources": "kubectl edit", "set selector": "kubectl edit",
    "set serviceaccount": "kubectl edit", "set subject": "", "create job": "kubectl apply -f FILE",
    "create cronjob": "kubectl apply -f FILE", "create role": "kubectl apply -f FILE",
    "create rolebinding": "kubectl apply -f FILE", "create clusterrole": "kubectl apply -f FILE",
    "create clusterrolebinding": "kubectl apply -f FILE", "create quota": "kubectl apply -f FILE",
    "create poddisruptionbudget": "kubectl apply -f FILE", "create pdb": "kubectl apply -f FILE",
    "create priorityclass": "kubectl apply -f FILE", "create serviceaccount": "kubectl apply -f FILE",
    "create sa": "kubectl apply -f FILE", "create token": "",
}
"""Commands that kubectl has and a lab has not, and what comes near."""


class Call(Record):
    """A command line, understood."""

    verb: str
    args: tuple[str, ...] = ()
    flags: dict[str, tuple[str, ...]] = {}
    after: tuple[str, ...] = ()
    """What followed a bare "--"."""

    def flag(self, name: str, default: str = "") -> str:
        """Return the last value of a flag."""
        values = self.flags.get(name)
        return values[-1] if values else default

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a flag that may be repeated or hold commas."""
        return tuple(part for value in self.flags.get(name, ()) for part in value.split(",") if part)

    def given(self, name: str) -> bool:
        """Tell whether a flag was written at all."""
        return name in self.flags

    def on(self, name: str, default: bool = False) -> bool:
        """Tell whether a switch is on."""
        if name not in self.flags:
            return default
        return self.flag(name) in ("true", "1", "t", "T", "TRUE", "True")

    @property
    def namespace(self) -> str:
        """The namespace that was asked for, "default" if none was."""
        return self.flag("namespace") or "default"

    @property
    def server(self) -> str:
        """The control plane node that `--server` names, or an empty text."""
        text = self.flag("server").removeprefix("https://").removeprefix("http://")
        return text.partition(":")[0]


def parse(argv: tuple[str, ...]) -> Call:
    """Return what a line such as ("kubectl", "get", "pods") means; raise CommandError if nothing."""
    words = list(argv[1:] if argv and argv[0] in ("kubectl", "k") else argv)
    flags: dict[str, tuple[str, ...]] = {}
    # Global flags may stand before the verb: kubectl -n shop get pods.
    while words and words[0].startswith("-") and words[0] != "--":
        _flag(words, _known(GLOBAL), flags, "")
    if not words:
        if "help" in flags:
            return Call("help")
        raise CommandError("kubectl controls the Kubernetes cluster manager.\n\n" + OVERVIEW, 0)
    verb = _verb(words)
    known = _known(f"{VERBS[verb]} {GLOBAL}")
    if verb.startswith("top"):
        known["pod-namespace"] = ("", "value")
    args: list[str] = []
    after: tuple[str, ...] = ()
    while words:
        if words[0] == "--":
            after = tuple(words[1:])
            break
        if words[0].startswith("-") and len(words[0]) > 1:
            _flag(words, known, flags, verb)
        else:
            args.append(words.pop(0))
    return Call(verb, tuple(args), flags, after)


OVERVIEW = (
    "Commands that work here: " + ", ".join(sorted({verb.split()[0] for verb in VERBS} - {"diff"}))
)


def _verb(words: list[str]) -> str:
    verb = words.pop(0)
    if verb == "help":
        raise CommandError(OVERVIEW, 0)
    if verb in SUBVERBS and words and not words[0].startswith("-"):
        pair = ALIASES.get(f"{verb} {words[0]}", f"{verb} {words[0]}")
        if pair in VERBS:
            words.pop(0)
            return pair
        if pair in NOT_HERE:
            raise not_here(f"kubectl {pair}", NOT_HERE[pair])
        raise usage(f'unknown command "{words[0]}" for "kubectl {verb}"', verb)
    if verb in NOT_HERE:
        raise not_here(f"kubectl {verb}", NOT_HERE[verb])
    if verb not in VERBS:
        near = [each for each in sorted({v.split()[0] for v in VERBS}) if _is_near(each, verb)]
        hint = "\n\nDid you mean this?\n\t" + "\n\t".join(near) if near else ""
        raise CommandError(f'error: unknown command "{verb}" for "kubectl"{hint}')
    if verb in ("rollout", "set", "top"):
        subverbs = ", ".join(v.split()[1] for v in VERBS if v.startswith(f"{verb} "))
        raise CommandError(f"kubectl {verb}: one of {subverbs} must follow")
    return verb


def not_here(command: str, instead: str = "") -> CommandError:
    """Return the answer to a command that is real, yet not simulated."""
    hint = f", try: {instead}" if instead else ""
    return CommandError(f"{command}: real, not simulated here{hint}")


def _is_near(known: str, typed: str) -> bool:
    """Tell whether one edit, or two letters swapped, lead from one word to the other."""
    if known == typed or abs(len(known) - len(typed)) > 1:
        return False
    start = 0
    while start < min(len(known), len(typed)) and known[start] == typed[start]:
        start += 1
    left, right = known[start:], typed[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[:2][::-1] and left[2:] == right[2:])
    )


def _known(specification: str) -> dict[str, tuple[str, str]]:
    """Return flag or its short form to (long name, sort)."""
    found: dict[str, tuple[str, str]] = {}
    for word in specification.split():
        name, equals, mark = word.partition("=")
        long, _, short = name.partition(":")
        sort = {"": "value", "*": "list", "?": "switch"}[mark] if equals else "switch"
        # The verb's own flags come first: -p of `logs` is not -p of anything global.
        found.setdefault(f"--{long}", (long, sort))
        if short:
            found.setdefault(f"-{short}", (long, sort))
    return found


def _flag(
    words: list[str],
    known: dict[str, tuple[str, str]],
    flags: dict[str, tuple[str, ...]],
    verb: str,
) -> None:
    """Take one flag, or one bundle of short ones, off the words."""
    word = words.pop(0)
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        if name not in known:
            raise usage(f"unknown flag: {name}", verb)
        long, sort = known[name]
        if not equals:
            if sort == "switch":
                value = "true"
            elif long == "dry-run" and (not words or words[0].startswith("-")):
                value = "unchanged"
            elif not words:
                raise usage(f"flag needs an argument: {name}", verb)
            else:
                value = words.pop(0)
        _keep(flags, long, value)
        return
    letters = word[1:]
    while letters:
        letter, letters = letters[0], letters[1:]
        if f"-{letter}" not in known:
            raise usage(f"unknown shorthand flag: '{letter}' in {word}", verb)
        long, sort = known[f"-{letter}"]
        if sort == "switch":
            if letters.startswith("="):
                value, letters = letters[1:], ""
            else:
                value = "true"
        elif letters:
            value, letters = letters.removeprefix("="), ""
        elif words:
            value = words.pop(0)
        else:
            raise usage(f"flag needs an argument: '{letter}' in {word}", verb)
        _keep(flags, long, value)


def _keep(flags: dict[str, tuple[str, ...]], name: str, value: str) -> None:
    flags[name] = (*flags.get(name, ()), value)
