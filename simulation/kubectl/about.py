"""What the cluster says of itself: version, api-resources, explain, cluster-info, config."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simulation.kube.manifests.codec import to_yaml
from simulation.kube.manifests.known_fields import fields_below
from simulation.kube.objects.kinds import KINDS
from simulation.kubectl.descriptions import described
from simulation.kubectl.errors import BALANCER, CommandError
from simulation.kubectl.output import Output, json_text
from simulation.kubectl.parse import Call, not_here
from simulation.kubectl.resources import RESOURCES, Resource, find
from simulation.kubectl.tables import layout
from simulation.kubectl.verbs import EACH_LINE

if TYPE_CHECKING:
    from simulation.kube.world import World

VERSION = "v1.36.2"
KUSTOMIZE = "v5.8.1"
CLIENT_VERSION = f"Client Version: {VERSION}\nKustomize Version: {KUSTOMIZE}\n"
HINT = "\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
"""The last words of cluster-info, whoever answers."""


def version(world: "World", call: Call) -> Output:
    """Print the versions of client and server."""
    form = call.flag("output")
    if form not in ("", "json", "yaml"):
        raise CommandError("error: --output must be 'yaml' or 'json'")
    if form:
        named = {
            "major": "1",
            "minor": "36",
            "gitVersion": VERSION,
            "compiler": "gc",
            "platform": "linux/amd64",
        }
        content: dict[str, Any] = {"clientVersion": named, "kustomizeVersion": KUSTOMIZE}
        if not call.on("client"):
            content["serverVersion"] = named
        # The only JSON of kubectl that is indented by two.
        return Output(f"{json.dumps(content, indent=2)}\n" if form == "json" else to_yaml(content))
    return Output(
        CLIENT_VERSION if call.on("client") else f"{CLIENT_VERSION}Server Version: {VERSION}\n"
    )


def api_resources(world: "World", call: Call) -> Output:
    """Print the kinds that the API server offers."""
    wide, order = call.flag("output") == "wide", call.flag("sort-by")
    if call.flag("output") not in ("", "name", "wide"):
        raise CommandError(f"error: --output {call.flag('output')} is not available")
    if order not in ("", "name", "kind"):
        raise CommandError("error: --sort-by accepts only name or kind")
    head = [
        "NAME",
        "SHORTNAMES",
        "APIVERSION",
        "NAMESPACED",
        "KIND",
        *(["VERBS", "CATEGORIES"] if wide else []),
    ]
    rows = [] if call.on("no-headers") else [head]
    listed = sorted(
        RESOURCES.values(), key=lambda each: (each.group != "", each.group, each.plural)
    )
    if order:
        listed.sort(key=lambda each: each.plural if order == "name" else each.kind)
    for each in listed:
        if call.given("namespaced") and call.on("namespaced") != each.namespaced:
            continue
        if call.given("api-group") and call.flag("api-group") != each.group:
            continue
        if not set(call.every("verbs")) <= set(_verbs(each)):
            continue
        short = ",".join(each.short_names)
        namespaced = "true" if each.namespaced else "false"
        if call.flag("output") == "name":
            rows.append([each.full])
        else:
            more = [",".join(_verbs(each)), "all" if each.in_all else ""] if wide else []
            rows.append([each.plural, short, each.api_version, namespaced, each.kind, *more])
    if call.flag("output") == "name":
        return Output("".join(f"{cells[0]}\n" for cells in rows if cells[0] != "NAME"))
    return Output("".join(f"{line}\n" for line in layout(rows)))


VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


def _verbs(resource: Resource) -> tuple[str, ...]:
    """Return what can be done with a kind."""
    return {"Binding": ("create",), "ComponentStatus": ("get", "list")}.get(resource.kind, VERBS)


def api_versions(world: "World", call: Call) -> Output:
    """Print the groups and versions."""
    names = sorted({each.api_version for each in RESOURCES.values()})
    return Output("".join(f"{name}\n" for name in names))


def cluster_info(world: "World", call: Call) -> Output:
    """Print where the API servers are reached."""
    if call.args[:1] == ("dump",):
        raise not_here("kubectl cluster-info dump", "kubectl get all -A")
    return Output(
        f"Kubernetes control plane is running at https://{BALANCER}\n"
        f"CoreDNS is running at https://{BALANCER}/api/v1/namespaces/kube-system/services/"
        f"kube-dns:dns/proxy\n{HINT}"
    )


CONTEXT, USER = "clusterlab", "learner"
KUBECONFIG: dict[str, Any] = {
    "apiVersion": "v1",
    "clusters": [
        {
            "cluster": {
                "certificate-authority-data": "DATA+OMITTED",
                "server": f"https://{BALANCER}",
            },
            "name": CONTEXT,
        }
    ],
    "contexts": [{"context": {"cluster": CONTEXT, "user": USER}, "name": CONTEXT}],
    "current-context": CONTEXT,
    "kind": "Config",
    "users": [
        {
            "name": USER,
            "user": {
                "client-certificate-data": "DATA+OMITTED",
                "client-key-data": "DATA+OMITTED",
            },
        }
    ],
}
"""What a file ~/.kube/config would hold."""


def refuse_other_cluster(call: Call) -> None:
    """Raise CommandError if a line names a context, a cluster or a user that is not there."""
    if call.given("kubeconfig"):
        # Nothing lies on a disk here.
        raise CommandError(f"error: stat {call.flag('kubeconfig')}: no such file or directory")
    for flag, known, text in (
        (
            "context",
            CONTEXT,
            "Error in configuration: context was not found for specified context: {}",
        ),
        ("cluster", CONTEXT, 'error: no server found for cluster "{}"'),
        ("user", USER, 'error: auth info "{}" does not exist'),
    ):
        # `create rolebinding --user` names who gets the role.
        if call.verb.endswith("binding") and flag == "user":
            continue
        if call.given(flag) and call.flag(flag) != known:
            raise CommandError(text.format(call.flag(flag)))


def config_view(world: "World", call: Call) -> Output:
    """Print how the cluster is reached."""
    return Output(json_text(KUBECONFIG) if call.flag("output") == "json" else to_yaml(KUBECONFIG))


def config_contexts(world: "World", call: Call) -> Output:
    """Print the only context there is."""
    head = ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"]
    if call.args and call.args[0] != CONTEXT:
        return Output(f"{layout([head])[0]}\n", f"error: context {call.args[0]} not found\n", 1)
    if call.flag("output") == "name":
        return Output(f"{CONTEXT}\n")
    rows = [head, ["*", CONTEXT, CONTEXT, USER, ""]]
    return Output(
        "".join(f"{line}\n" for line in layout(rows[1:] if call.on("no-headers") else rows))
    )


def config_names(world: "World", call: Call) -> Output:
    """Print the current context, or the name of the only cluster or user."""
    name = USER if call.verb == "config get-users" else CONTEXT
    return Output(f"{name}\n" if call.verb == "config current-context" else f"NAME\n{name}\n")


def config_use(world: "World", call: Call) -> Output:
    """Answer `config use-context`: there is one, and it is in use."""
    if not call.args or call.args[0] != CONTEXT:
        name = call.args[0] if call.args else ""
        raise CommandError(f'error: no context exists with the name: "{name}"')
    return Output(f'Switched to context "{CONTEXT}".\n')


def config_set(world: "World", call: Call) -> Output:
    """Answer `config set-context`: nothing is kept between two lines."""
    raise not_here("kubectl config set-context", EACH_LINE)


def explain(world: "World", call: Call) -> Output:
    """Print what a kind or a field is, from the structures that the API server really uses."""
    if not call.args:
        raise CommandError(
            'error: You must specify the type of resource to explain. Use "kubectl api-resources" '
            "for a complete list of supported resources."
        )
    name, *path = call.args[0].split(".")
    try:
        resource = find(name)
    except CommandError as problem:
        raise CommandError(problem.text.removeprefix("error: ")) from None
    found = fields_below(resource.kind, tuple(path))
    if found is None:
        raise CommandError(f'error: field "{path[-1] if path else name}" does not exist')
    sort, fields = found
    lines = [f"KIND:       {resource.kind}", f"VERSION:    {resource.version}", ""]
    if resource.group:
        lines.insert(0, f"GROUP:      {resource.group}")
    if path:
        told = described(_owner(resource.kind, path[:-1]), path[-1])
        lines += [f"FIELD: {path[-1]} <{sort}>{REQUIRED if told.required else ''}"]
        lines += ["ENUM:", *(f"    {each}" for each in told.values)] if told.values else []
        lines.append("")
        about = told.text
    else:
        info = KINDS.get(resource.kind)
        about = (info.struct.__doc__ or "") if info else ""
    lines += [
        "DESCRIPTION:",
        f"    {about.strip().splitlines()[0] if about.strip() else '<empty>'}",
        "",
    ]
    if fields and call.on("recursive"):
        lines.append("FIELDS:")
        lines += _below(resource.kind, tuple(path), 1)
    elif fields:
        lines.append("FIELDS:")
        owner = _owner(resource.kind, path)
        for field, inner in fields:
            told = described(owner, field)
            lines.append(f"  {field}\t<{inner}>{REQUIRED if told.required else ''}")
            lines += [f"  enum: {', '.join(told.values)}"] if told.values else []
            lines += [f"    {told.text or '<no description>'}", ""]
    return Output("\n".join(lines) + "\n")


REQUIRED = " -required-"


def _owner(kind: str, path: Sequence[str]) -> str:
    """Return the structure that lies at a path."""
    found = fields_below(kind, tuple(path))
    return found[0].removeprefix("[]") if found is not None and path else kind


DEPTH_MAX = 8
"""Some structures hold themselves."""


def _below(kind: str, path: tuple[str, ...], depth: int) -> list[str]:
    """Return the fields below a path and all that lies below them, one line each."""
    found = fields_below(kind, path)
    lines: list[str] = []
    for field, inner in found[1] if found is not None and depth <= DEPTH_MAX else ():
        lines.append(f"{'  ' * depth}{field}\t<{inner}>")
        lines += _below(kind, (*path, field), depth + 1)
    return lines
