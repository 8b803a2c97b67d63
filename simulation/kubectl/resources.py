"""Words for resources: `po`, `deployments.apps`, `svc/web`, and the objects they mean."""

from simulation.kernel.records import Record
from simulation.kube.objects.kinds import KINDS, KindInfo
from simulation.kubectl.errors import CommandError
from simulation.kubectl.parse import Call


class Resource(Record):
    """A kind as the command line names it."""

    kind: str
    group: str
    version: str
    plural: str
    singular: str
    short_names: tuple[str, ...]
    namespaced: bool
    in_all: bool = False
    simulated: bool = True

    @property
    def full(self) -> str:
        """The plural with its group, as API errors name it: "deployments.apps"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def typed(self) -> str:
        """The singular with its group, as messages name it: "deployment.apps"."""
        return f"{self.singular}.{self.group}" if self.group else self.singular

    @property
    def located(self) -> str:
        """Group, version and plural as Go prints them: "/v1, Resource=pods"."""
        return f"{self.group}/{self.version}, Resource={self.plural}"

    @property
    def api_version(self) -> str:
        """Return "v1" or "group/version"."""
        return f"{self.group}/{self.version}" if self.group else self.version


def _of(info: KindInfo) -> Resource:
    return Resource(
        info.kind,
        info.group,
        info.version,
        info.plural,
        info.singular,
        info.short_names,
        info.namespaced,
        "all" in info.categories,
        info.simulated,
    )


RESOURCES: dict[str, Resource] = {
    each.kind: each
    for each in sorted(
        map(_of, KINDS.values()),
        key=lambda each: (each.group, each.plural),
    )
}
"""Kind to resource, in the order of `api-resources`."""

BY_NAME: dict[str, Resource] = {}
for _each in RESOURCES.values():
    for _name in (_each.plural, _each.singular, *_each.short_names):
        BY_NAME.setdefault(_name, _each)

ALL = (
    "Pod",
    "ReplicationController",
    "Service",
    "DaemonSet",
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "CronJob",
    "Job",
)
"""What `all` means, in the order of kubectl."""


def find(word: str) -> Resource:
    """Return the resource that a word means; raise CommandError if there is none."""
    name, dot, group = word.lower().partition(".")
    found = BY_NAME.get(name)
    if found is not None and dot:
        version = f"{found.version}.{found.group}"
        if group not in (found.group, version, found.version):
            found = None
    if found is None:
        raise CommandError(f'error: the server doesn\'t have a resource type "{word}"')
    return found


OLDER_VERSIONS: dict[str, tuple[str, ...]] = {
    "Event": ("events.k8s.io/v1",),
    "Gateway": ("gateway.networking.k8s.io/v1beta1",),
    "HTTPRoute": ("gateway.networking.k8s.io/v1beta1",),
    "HorizontalPodAutoscaler": ("autoscaling/v1",),
}
"""Versions that the API server takes beside the one it gives back."""


def of_kind(kind: str, api_version: str = "") -> Resource | None:
    """Return the resource of a manifest's kind, or None if Kubernetes has none of that name."""
    found = RESOURCES.get(kind)
    if found is None or not api_version:
        return found
    served = (found.api_version, *OLDER_VERSIONS.get(kind, ()))
    return found if api_version in served else None


class Target(Record):
    """One object, or all of a kind."""

    resource: Resource
    name: str = ""


def targets(call: Call, names_needed: bool = False) -> list[Target]:
    """Return what the arguments TYPE NAME…, TYPE/NAME… or TYPE,TYPE of a call mean."""
    words = list(call.args)
    if not words:
        return []
    if any("/" in word for word in words):
        return [_slashed(word, words) for word in words]
    kinds = _kinds(words[0])
    names = words[1:]
    if not names:
        if names_needed and not call.given("selector") and not call.on("all"):
            raise CommandError("error: resource(s) were provided, but no name was specified")
        return [Target(each) for each in kinds]
    if call.given("selector"):
        raise CommandError("error: name cannot be provided when a selector is specified")
    return [Target(each, name) for each in kinds for name in names]


def _slashed(word: str, words: list[str]) -> Target:
    if "/" not in word:
        raise CommandError(
            "error: there is no need to specify a resource type as a separate argument when "
            "passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' "
            "instead of 'kubectl get resource resource/<resource_name>'"
        )
    kind, _, name = word.partition("/")
    if not kind or not name or "/" in name or "," in kind:
        raise CommandError(
            "error: arguments in resource/name form may not have more than one slash"
            if "/" in name
            else "error: arguments in resource/name form must have a single resource and name"
        )
    return Target(find(kind), name)


def _kinds(word: str) -> list[Resource]:
    found: list[Resource] = []
    for each in word.split(","):
        meant = [RESOURCES[kind] for kind in ALL] if each == "all" else [find(each)]
        found += [one for one in meant if one not in found]
    return found
