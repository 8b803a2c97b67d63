"""The manifests that `create role`, `create rolebinding` and their cluster-wide kin write.

Nobody is held to them here; they are stored and given back. Follows
staging/src/k8s.io/kubectl/pkg/cmd/create/create_role.go, create_clusterrole.go and
create_rolebinding.go.
"""

from typing import Any

from simulation.kubectl.errors import CommandError, required
from simulation.kubectl.made import Content, headed, only_name
from simulation.kubectl.parse import Call
from simulation.kubectl.resources import find

GROUP = "rbac.authorization.k8s.io"
API_VERSION = f"{GROUP}/v1"
ANY = "*"
STANDARD_VERBS = (
    *("*", "get", "delete", "list", "create", "update", "patch", "watch", "proxy"),
    *("deletecollection", "use", "bind", "escalate", "impersonate"),
)


def role(call: Call) -> Content:
    """Return the Role of `create role`, one rule for each group of the API."""
    name = only_name(call)
    verbs = _verbs(call)
    if not verbs:
        raise CommandError("error: at least one verb must be specified")
    if not call.every("resource"):
        raise CommandError("error: at least one resource must be specified")
    return headed(API_VERSION, "Role", name, rules=_rules(call, verbs))


def cluster_role(call: Call) -> Content:
    """Return the ClusterRole of `create clusterrole`: rules, or whose rules it gathers."""
    name = only_name(call)
    verbs, places = _verbs(call), list(dict.fromkeys(call.every("non-resource-url")))
    if call.given("aggregation-rule"):
        if verbs or places or call.every("resource") or call.values("resource-name"):
            raise CommandError(
                "error: aggregation rule must be specified without nonResourceURLs, verbs, resources "
                "or resourceNames"
            )
        labels = dict(each.partition("=")[::2] for each in call.every("aggregation-rule"))
        gathered = {"clusterRoleSelectors": [{"matchLabels": labels}]}
        return headed(API_VERSION, "ClusterRole", name, aggregationRule=gathered, rules=None)
    if not verbs:
        raise CommandError("error: at least one verb must be specified")
    if not call.every("resource") and not places:
        raise CommandError("error: one of resource or nonResourceURL must be specified")
    rules = _rules(call, verbs)
    if places:
        rules.append({"nonResourceURLs": places, "verbs": verbs})
    return headed(API_VERSION, "ClusterRole", name, rules=rules)


def unusual_verbs(call: Call) -> list[str]:
    """Return the verbs of a line that no resource of Kubernetes itself knows."""
    asked = _verbs(call) if call.every("resource") else []
    return [each for each in asked if each not in STANDARD_VERBS]


def _verbs(call: Call) -> list[str]:
    verbs = list(dict.fromkeys(call.every("verb")))
    return [ANY] if ANY in verbs else verbs


def _rules(call: Call, verbs: list[str]) -> list[Content]:
    """Return the rules for the resources of a line, by the names of their groups."""
    by_group: dict[str, list[str]] = {}
    for each in call.every("resource"):
        word, slash, inner = each.partition("/")
        if each == ANY:
            by_group = {"": [ANY]}
            break
        group, plural = _meant(word)
        listed = by_group.setdefault(group, [])
        if plural + slash + inner not in listed:
            listed.append(plural + slash + inner)
    names = list(dict.fromkeys(call.values("resource-name")))
    return [
        {
            "apiGroups": [group],
            **({"resourceNames": names} if names else {}),
            "resources": by_group[group],
            "verbs": verbs,
        }
        for group in sorted(by_group)
    ]


def _meant(word: str) -> tuple[str, str]:
    """Return (group, plural) of `deploy` or `deployments.apps`."""
    name, _, group = word.partition(".")
    if not name:
        raise CommandError("error: resource must be specified if apiGroup/subresource specified")
    if name == ANY:
        return group, ANY
    found = find(word)
    return found.group, found.plural


def binding(call: Call) -> Content:
    """Return the RoleBinding or ClusterRoleBinding of a line: which role, and who has it."""
    name = only_name(call)
    if call.verb == "create clusterrolebinding":
        if not call.given("clusterrole"):
            raise required("clusterrole")
    elif bool(call.flag("clusterrole")) == bool(call.flag("role")):
        raise CommandError("error: exactly one of clusterrole or role must be specified")
    kind = "Role" if call.flag("role") else "ClusterRole"
    referred = {
        "apiGroup": GROUP,
        "kind": kind,
        "name": call.flag("role") or call.flag("clusterrole"),
    }
    subjects: list[dict[str, Any]] = [
        {"apiGroup": GROUP, "kind": sort, "name": each}
        for sort, flag in (("User", "user"), ("Group", "group"))
        for each in call.values(flag)
    ]
    for account in call.values("serviceaccount"):
        namespace, _, of = account.partition(":")
        if not namespace or not of or ":" in of:
            raise CommandError("error: serviceaccount must be <namespace>:<name>")
        subjects.append({"kind": "ServiceAccount", "name": of, "namespace": namespace})
    made = "ClusterRoleBinding" if call.verb == "create clusterrolebinding" else "RoleBinding"
    content = headed(API_VERSION, made, name, roleRef=referred)
    return {**content, "subjects": subjects} if subjects else content


MADE = {
    "create clusterrole": cluster_role,
    "create clusterrolebinding": binding,
    "create role": role,
    "create rolebinding": binding,
}
"""Verb to who writes its manifest."""
