"""`kubectl get --raw`: what clients ask an API server by its paths, kubectl's own caution left out.

With it a learner can ask as informers ask: a list with `resourceVersion=0` may be of any age, so an
API server answers it from its watch cache, with or without a quorum of etcd. Everything else takes
a quorum, as in kubectl without --raw. Sources: staging/apiserver/pkg/storage/cacher/delegator.go
and ready.go ("storage is (re)initializing").
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import msgspec

from simulation.kube.manifests.codec import to_json
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.view import View
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import MADE_ON_REQUEST, every, get, missing
from simulation.kubectl.resources import RESOURCES, Resource

if TYPE_CHECKING:
    from simulation.kube.world import World

CHECKS = ("/healthz", "/livez", "/readyz")
FIRST_CHECKS = ("ping", "log", "etcd")
READY_CHECKS = ("etcd-readiness", "informer-sync")
LATER_CHECKS = (
    "poststarthook/start-apiserver-admission-initializer",
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/priority-and-fairness-config-consumer",
    "poststarthook/priority-and-fairness-filter",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiextensions-controllers",
    "poststarthook/crd-informer-synced",
    "poststarthook/start-system-namespaces-controller",
    "poststarthook/start-cluster-authentication-info-controller",
    "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
    "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers",
    "poststarthook/rbac/bootstrap-roles",
    "poststarthook/scheduling/bootstrap-system-priority-classes",
    "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/bootstrap-controller",
    "poststarthook/start-kubernetes-service-cidr-controller",
    "poststarthook/aggregator-reload-proxy-client-cert",
    "poststarthook/start-kube-aggregator-informers",
    "poststarthook/apiservice-status-local-available-controller",
    "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-discovery-controller",
    "poststarthook/kube-apiserver-autoregistration",
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
)
"""What an API server asks itself, in its own order."""


class Place(msgspec.Struct, frozen=True):
    """What a path names."""

    resource: Resource
    namespace: str
    """Empty for all."""
    name: str
    """Empty for a list."""


def raw(world: "World", call: Call, server: str) -> Output | None:
    """Answer a path through an API server; None if the answer takes a quorum and there is none.

    Raise CommandError if the path names nothing, or with the API server's own refusal.
    """
    path, _, query = call.flag("raw").partition("?")
    has_quorum = world.can_write_from(server)
    if path in CHECKS:
        if not has_quorum:
            raise CommandError(_unhealthy(path))
        return Output(
            _passed(path) if "verbose" in parse_qs(query, keep_blank_values=True) else "ok"
        )
    if path == "/version":
        return Output('{\n  "major": "1",\n  "minor": "36",\n  "gitVersion": "v1.36.2"\n}')
    place = _place(path)
    any_age = parse_qs(query).get("resourceVersion") == ["0"]
    if any_age and world.server_health.has_cache(server):
        return Output(_text(world, place, View(world.store, world.api.state.servers[server].seen)))
    if has_quorum:
        return Output(_text(world, place, View(world.store)))
    if any_age and not place.name:
        raise CommandError("Error from server (TooManyRequests): storage is (re)initializing")
    return None


def _passed(path: str) -> str:
    """Return what ?verbose adds: each check that was made."""
    made = (*FIRST_CHECKS, *(READY_CHECKS if path == "/readyz" else ()), *LATER_CHECKS)
    made = (*made, "shutdown") if path == "/readyz" else made
    return "".join(f"[+]{each} ok\n" for each in made) + f"{path[1:]} check passed\n"


def _unhealthy(path: str) -> str:
    """Return what the health checks say while etcd has no quorum."""
    said = f"[+]ping ok\\n[+]log ok\\n[-]etcd failed: reason withheld\\n{path[1:]} check failed"
    return (
        f'Error from server (InternalError): an error on the server ("{said}") has prevented the '
        "request from succeeding"
    )


def _place(path: str) -> Place:
    """Read /api/v1/namespaces/default/pods/web, /apis/apps/v1/deployments and the like."""
    root, *words = path.strip("/").split("/")
    group = ""
    if root == "apis" and words:
        group, *words = words
    version, *words = words or [""]
    namespace = ""
    if len(words) > 2 and words[0] == "namespaces":
        _, namespace, *words = words
    for resource in RESOURCES.values():
        same = (resource.group, resource.version) == (group, version)
        if root in ("api", "apis") and same and words[:1] == [resource.plural] and len(words) < 3:
            return Place(resource, namespace, words[1] if len(words) == 2 else "")
    if root in ("api", "apis", "metrics", "openapi", "logs", "debug"):
        told = f"kubectl get --raw {path}: real, not simulated here, try: /api/v1/nodes"
        raise CommandError(told)
    raise CommandError(
        "Error from server (NotFound): the server could not find the requested resource"
    )


def _text(world: "World", place: Place, view: View) -> str:
    """Return the JSON of what is there, on one line as the API server writes it."""
    resource = place.resource
    if place.name:
        found = _one(world, place, view)
        if found is None:
            raise missing(world, resource, place.namespace, place.name)
        return _line(to_json(found, world.calendar))
    made = resource.kind in MADE_ON_REQUEST
    objects = every(world, resource.kind) if made else view.list(resource.kind)
    items: list[Any] = []
    for each in objects:
        if place.namespace in ("", each.metadata.namespace):
            content = to_json(each, world.calendar)
            items.append(
                {key: content[key] for key in content if key not in ("apiVersion", "kind")}
            )
    return _line(
        {
            "kind": f"{resource.kind}List",
            "apiVersion": resource.api_version,
            "metadata": {"resourceVersion": str(view.version)},
            "items": items,
        }
    )


def _one(world: "World", place: Place, view: View) -> AnyObject | None:
    if place.resource.kind in MADE_ON_REQUEST:
        return get(world, place.resource.kind, place.namespace, place.name)
    key = f"{place.namespace}/{place.name}" if place.namespace else place.name
    return view.get(place.resource.kind, key)


def _line(content: dict[str, Any]) -> str:
    return msgspec.json.encode(content).decode() + "\n"
