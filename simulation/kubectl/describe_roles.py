"""Descriptions of roles and their bindings.

Follows describeRole and describeRoleBinding of
staging/src/k8s.io/kubectl/pkg/describe/describe.go: one line for each resource, with all that may be
done with it.
"""

from typing import TYPE_CHECKING

from simulation.kubectl.describe_text import Json, Lines, annotations, labels

if TYPE_CHECKING:
    from simulation.kube.world import World

Place = tuple[str, str, str, str]
"""A group, a resource of it, the name of an object; or an address that is no resource."""


def _headed(stored: Json) -> Lines:
    meta = stored["metadata"]
    return [
        f"Name:\t{meta['name']}",
        *labels("Labels", meta.get("labels")),
        *annotations("Annotations", meta.get("annotations")),
    ]


def role(world: "World", stored: Json) -> Lines:
    """Describe a Role or a ClusterRole."""
    allowed: dict[Place, list[str]] = {}
    for rule in stored.get("rules") or ():
        for place in _places(rule):
            verbs = allowed.setdefault(place, [])
            verbs += [each for each in rule.get("verbs") or () if each not in verbs]
    return [
        *_headed(stored),
        "PolicyRule:",
        "  Resources\tNon-Resource URLs\tResource Names\tVerbs",
        "  ---------\t-----------------\t--------------\t-----",
        *(
            f"  {_combined(place)}\t[{place[3]}]\t[{place[2]}]\t[{' '.join(allowed[place])}]"
            for place in sorted(allowed, key=lambda place: _as_text(place, allowed[place]))
        ),
    ]


def _as_text(place: Place, verbs: list[str]) -> str:
    """Return what kubectl sorts rules by: the whole rule as Go prints it, its verbs first."""
    group, resource, name, url = place
    return f"[{' '.join(verbs)}],[{group}],[{resource}],[{name}],[{url}]"


def _places(rule: Json) -> list[Place]:
    found: list[Place] = [
        (group, resource, name, "")
        for group in rule.get("apiGroups") or ()
        for resource in rule.get("resources") or ()
        for name in rule.get("resourceNames") or ("",)
    ]
    return found + [("", "", "", url) for url in rule.get("nonResourceURLs") or ()]


def _combined(place: Place) -> str:
    group, resource, *_ = place
    name, slash, inner = resource.partition("/")
    return f"{name}.{group}{slash}{inner}" if group else resource


def binding(world: "World", stored: Json) -> Lines:
    """Describe a RoleBinding or a ClusterRoleBinding."""
    given = stored.get("roleRef") or {}
    return [
        *_headed(stored),
        "Role:",
        f"  Kind:\t{given.get('kind', '')}",
        f"  Name:\t{given.get('name', '')}",
        "Subjects:",
        "  Kind\tName\tNamespace",
        "  ----\t----\t---------",
        *(
            f"  {each.get('kind', '')}\t{each.get('name', '')}\t{each.get('namespace', '')}"
            for each in stored.get("subjects") or ()
        ),
    ]
