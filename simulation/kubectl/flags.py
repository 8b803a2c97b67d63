"""What becomes of flags before a verb sees them, and of those that no verb reads.

Each flag of `verbs.VERBS` is read by its verb, or does no harm here (`HARMLESS`, with the reason),
or is refused (`ELSEWHERE`, with what comes near). None is taken and then forgotten: tests hold that
for every flag of every verb.

A key names a flag for all verbs ("chunk-size"), or for one ("replace wait").
"""

from simulation.kubectl.numbers import is_whole
from simulation.kubectl.verbs import APPLY

EVERYBODY = "everybody may do everything in a lab"
ONE_CONTEXT = "there is one way to reach a lab"
ONLY_WITH_RM = "it is about the deletion that --rm asks for, and --rm is refused"
ONLY_WITH_FORCE = "it is about the deletion that apply --force asks for, which is refused"

HARMLESS: dict[str, str] = {
    "allow-missing-template-keys": "templates are refused",
    "cache-dir": "nothing is kept on a disk",
    "chunk-size": "how a list is cut into requests does not show",
    "disable-compression": "how an answer is packed does not show",
    "field-manager": "who manages which field is not kept",
    "help": "read before anything else",
    "insecure-skip-tls-verify": "no certificate is looked at",
    "insecure-skip-tls-verify-backend": "no certificate is looked at",
    "kuberc": "there are no preferences to read",
    "log-flush-frequency": "kubectl's own log is not written",
    "match-server-version": "client and server have the same version",
    "pod-running-timeout": "a container that does not run is told of at once",
    "use-protocol-buffers": "how an answer is packed does not show",
    "v": "below 6 nothing that matters is logged, from there on it is refused",
    "vmodule": "kubectl's own log is not written",
    "windows-line-endings": "the page's editor knows one kind of line",
    "api-resources cached": "what was asked before is what is there now",
    "apply all": "it stands beside --prune, which is refused",
    "apply cascade": ONLY_WITH_FORCE,
    "apply force-conflicts": "nobody manages fields, so nobody is in conflict",
    "apply grace-period": ONLY_WITH_FORCE,
    "apply timeout": ONLY_WITH_FORCE,
    "apply wait": ONLY_WITH_FORCE,
    "auth can-i all-namespaces": EVERYBODY,
    "auth can-i no-headers": "it is about --list, which is refused",
    "auth can-i subresource": EVERYBODY,
    "config view flatten": "the certificates are not in files",
    "config view merge": "there is one file",
    "config view minify": ONE_CONTEXT,
    "create secret cert": "it is about the type tls, which is refused",
    "create secret key": "it is about the type tls, which is refused",
    "diff prune-allowlist": "it stands beside --prune, which is refused",
    "diff show-secrets": "what is in a Secret is never hidden here",
    "diff concurrency": "objects are compared one after the other",
    "diff force-conflicts": "nobody manages fields, so nobody is in conflict",
    "diff server-side": "the server would merge the same way",
    "exec stdin": "the programs that are known here read nothing",
    "exec tty": "the programs that are known here draw nothing",
    "plugin list name-only": "there are no plugins",
    "replace wait": "what is not gone cannot be created anew, so it always waits",
    "run detach-keys": "it is about --attach, which is refused",
    "run cascade": ONLY_WITH_RM,
    "run force": ONLY_WITH_RM,
    "run grace-period": ONLY_WITH_RM,
    "run leave-stdin-open": "it is about --stdin, which is refused",
    "run quiet": "it is about --attach, which is refused",
    "run timeout": ONLY_WITH_RM,
    "run wait": ONLY_WITH_RM,
    "set env keys": "it is about --from, which is refused",
    "set env prefix": "it is about --from, which is refused",
    **{
        f"{verb} validate": "a manifest that a command makes has no unknown field"
        for verb in (
            "create clusterrole",
            "create clusterrolebinding",
            "create configmap",
            "create cronjob",
            "create deployment",
            "create ingress",
            "create job",
            "create namespace",
            "create poddisruptionbudget",
            "create priorityclass",
            "create quota",
            "create role",
            "create rolebinding",
            "create secret",
            "create service",
            "create serviceaccount",
            "taint",
        )
    },
}
"""Flags that may be ignored, and why."""

ELSEWHERE: dict[str, str] = {
    "as": "",
    "as-group": "",
    "as-uid": "",
    "as-user-extra": "",
    "certificate-authority": "",
    "client-certificate": "",
    "client-key": "",
    "password": "",
    "profile": "",
    "profile-output": "",
    "tls-server-name": "",
    "token": "",
    "username": "",
    "warnings-as-errors": "",
    "local": "--dry-run=client",
    "resource-version": "",
    "show-managed-fields": "-o yaml",
    "subresource": "-o yaml, whose status is there to be read",
    "template": "-o jsonpath",
    "api-resources categories": "kubectl get all",
    "apply applyset": "kubectl delete -f FILE",
    "apply force": "kubectl replace --force -f FILE",
    "apply openapi-patch": "",
    "apply overwrite": "",
    "apply prune": "kubectl delete -f FILE",
    "apply prune-allowlist": "kubectl delete -f FILE",
    "auth whoami output": "kubectl auth whoami",
    "autoscale filename": "kubectl autoscale TYPE NAME --max=3",
    "autoscale kustomize": "kubectl autoscale TYPE NAME --max=3",
    "autoscale recursive": "kubectl autoscale TYPE NAME --max=3",
    "config view raw": "kubectl config view",
    "create configmap append-hash": "",
    "create raw": APPLY,
    "delete raw": "kubectl delete TYPE NAME",
    "replace raw": APPLY,
    "create edit": "the page's editor, then kubectl create -f FILE",
    "create secret append-hash": "",
    "delete interactive": "kubectl delete --dry-run=client",
    "describe filename": "kubectl describe TYPE NAME",
    "describe kustomize": "kubectl describe TYPE NAME",
    "describe recursive": "kubectl describe TYPE NAME",
    "diff prune": "",
    "edit filename": "kubectl edit TYPE NAME",
    "edit kustomize": "kubectl edit TYPE NAME",
    "edit output": "kubectl edit TYPE NAME",
    "edit output-patch": "kubectl patch",
    "edit recursive": "kubectl edit TYPE NAME",
    "edit save-config": APPLY,
    "edit validate": "kubectl edit TYPE NAME",
    "exec filename": "kubectl exec POD -- COMMAND",
    "explain api-version": "kubectl explain TYPE",
    "explain output": "kubectl explain TYPE",
    "expose override-type": "kubectl expose --dry-run=client -o yaml, then kubectl apply -f FILE",
    "expose overrides": "kubectl expose --dry-run=client -o yaml, then kubectl apply -f FILE",
    "get filename": "kubectl get TYPE NAME",
    "get kustomize": "kubectl get TYPE NAME",
    "get output-watch-events": "kubectl get -w",
    "get recursive": "kubectl get TYPE NAME",
    "get server-print": "kubectl get",
    "rollout history filename": "kubectl rollout history TYPE NAME",
    "rollout history kustomize": "kubectl rollout history TYPE NAME",
    "rollout history output": "kubectl get rs -o yaml",
    "rollout history recursive": "kubectl rollout history TYPE NAME",
    "run filename": "kubectl run NAME --image=IMAGE",
    "run kustomize": "kubectl run NAME --image=IMAGE",
    "run recursive": "kubectl run NAME --image=IMAGE",
    "run attach": "kubectl logs -f POD",
    "run override-type": "kubectl run --dry-run=client -o yaml, then kubectl apply -f FILE",
    "run overrides": "kubectl run --dry-run=client -o yaml, then kubectl apply -f FILE",
    "scale timeout": "kubectl scale, then kubectl rollout status",
    "set env overwrite": "kubectl set env --list",
    "set env resolve": "kubectl set env --list",
    "top node show-capacity": "kubectl describe node",
    "top node show-swap": "",
    "top pod show-swap": "",
    "wait output": "kubectl wait without -o",
}
"""Flags that are real and not simulated, and what comes near."""

ALWAYS_ELSEWHERE = (
    "attach",
    "completion",
    "config set-context",
    "cp",
    "debug",
    "kustomize",
    "options",
    "port-forward",
    "proxy",
)
"""Verbs that are not simulated themselves, or know no flags: theirs decide nothing."""

NUMBERS = (
    "chunk-size",
    "cpu-percent",
    "current-replicas",
    "grace-period",
    "limit-bytes",
    "max",
    "max-log-requests",
    "min",
    "node-port",
    "replicas",
    "revision",
    "skip-wait-for-delete-timeout",
    "tail",
    "to-revision",
    "value",
)
DURATIONS = ("pod-running-timeout", "since", "timeout")
"""Flags whose values are checked before anything else happens."""

WITHOUT_VALUE = {"cascade": "background", "dry-run": "unchanged", "validate": "strict"}
"""Flags that take a value only behind "=", and what they mean without one."""

DEPRECATED = {
    "cpu-percent": "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource "
    "quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    "record": "Flag --record has been deprecated, --record will be removed in the future",
}
"""What kubectl says at once about a flag that it will lose."""

PROCESS = 4711
"""The number of kubectl's process, which its own log lines name."""

LOGGED_FROM = 6
"""From this level on kubectl logs its requests, which a learner would wait for in vain."""


def refused(verb: str, flags: dict[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """Return the first flag of a line that is not simulated and what comes near, or None."""
    if verb in ALWAYS_ELSEWHERE:
        return None
    for name, values in flags.items():
        if name == "v" and is_whole(values[-1]) and int(values[-1]) >= LOGGED_FROM:
            return f"-v={values[-1]}", "kubectl get --raw PATH"
        for key in (f"{verb} {name}", name):
            if key in HARMLESS:
                break
            if key in ELSEWHERE:
                return f"--{name}", ELSEWHERE[key]
    return None
