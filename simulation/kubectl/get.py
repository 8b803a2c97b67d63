"""`kubectl get`: tables and the other forms of what is in the cluster."""

from typing import TYPE_CHECKING

from simulation.kube.objects.kinds import AnyObject
from simulation.kubectl.errors import CommandError
from simulation.kubectl.notes import notes_about
from simulation.kubectl.output import Found, Output, print_as, sorted_by
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import collect
from simulation.kubectl.resources import Resource, Target, targets
from simulation.kubectl.tables import layout, table

if TYPE_CHECKING:
    from simulation.kube.world import World

NO_RESOURCE = (
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list '
    "of supported resources.\n\nerror: Required resource not specified.\n"
    'Use "kubectl explain <resource>" for a detailed description of that resource '
    "(e.g. kubectl explain pods).\nSee 'kubectl get -h' for help and examples"
)

DEPRECATED = {
    "ComponentStatus": "Warning: v1 ComponentStatus is deprecated in v1.19+\n",
    "Endpoints": "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n",
}
"""What the API server adds to each answer about a kind."""


def get(world: "World", call: Call) -> Output:
    """Print the objects that a call asks for."""
    wanted = targets(call)
    if not wanted:
        raise CommandError(NO_RESOURCE)
    found, problems = collect(world, call, wanted)
    if call.on("ignore-not-found"):
        problems = []
    if call.given("sort-by"):
        found = sorted_by(world, call.flag("sort-by"), found)
    form = call.flag("output")
    exit_code = 1 if problems else 0
    stderr = "".join(f"{text}\n" for text in problems)
    kinds = dict.fromkeys(resource.kind for resource, _ in found)
    stderr = "".join(DEPRECATED.get(kind, "") for kind in kinds) + stderr
    if form not in ("", "wide"):
        if not found and (problems or (wanted[0].name and call.on("ignore-not-found"))):
            return Output("", stderr, exit_code)
        as_list = len(wanted) > 1 or not wanted[0].name
        text = print_as(world, form, found, as_list, not call.on("no-headers"))
        return Output(text, stderr, exit_code)
    if not found and not problems and not call.on("ignore-not-found"):
        return Output("", nothing_found(call, wanted), 0)
    notes = "".join(f"{note}\n" for note in notes_about(found))
    return Output(tables_text(world, call, wanted, found), stderr + notes, exit_code)


def nothing_found(call: Call, wanted: list[Target]) -> str:
    """Return the words about an empty answer."""
    if call.on("all-namespaces") or not any(each.resource.namespaced for each in wanted):
        return "No resources found\n"
    return f"No resources found in {call.namespace} namespace.\n"


def tables_text(world: "World", call: Call, wanted: list[Target], found: Found) -> str:
    """Return a table for each kind, an empty line between them."""
    groups: list[tuple[Resource, list[AnyObject]]] = []
    for resource, obj in found:
        if not groups or groups[-1][0] != resource:
            groups.append((resource, []))
        groups[-1][1].append(obj)
    several = len({each.resource.kind for each in wanted}) > 1 or call.on("show-kind")
    blocks = []
    for resource, objects in groups:
        with_namespace = call.on("all-namespaces") and resource.namespaced
        rows = table(
            resource,
            objects,
            world.now,
            wide=call.flag("output") == "wide",
            with_namespace=with_namespace,
            with_labels=call.on("show-labels"),
            label_columns=call.every("label-columns"),
            with_kind=several,
            no_headers=call.on("no-headers"),
            calendar=world.calendar,
        )
        blocks.append("".join(f"{line}\n" for line in layout(rows)))
    return "\n".join(blocks)
