"""What the cluster says of itself: version, api-resources, explain, cluster-info, config."""

from typing import TYPE_CHECKING, Any

from simulation.kube.manifests.known_fields import fields_below
from simulation.kube.objects.kinds import KINDS
from simulation.kubectl.errors import BALANCER, CommandError
from simulation.kubectl.output import Output, json_text
from simulation.kubectl.parse import Call, not_here
from simulation.kubectl.resources import RESOURCES, find
from simulation.kubectl.tables import layout

if TYPE_CHECKING:
    from simulation.kube.world import World

VERSION = "v1.36.2"
KUSTOMIZE = "v5.8.1"


def version(world: "World", call: Call) -> Output:
    """Print the versions of client and server."""
    if call.flag("output") in ("json", "yaml"):
        named: dict[str, Any] = {"gitVersion": VERSION, "major": "1", "minor": "36"}
        content = {"clientVersion": named, "kustomizeVersion": KUSTOMIZE}
        if not call.on("client"):
            content["serverVersion"] = named
        return Output(json_text(content))
    text = f"Client Version: {VERSION}\nKustomize Version: {KUSTOMIZE}\n"
    return Output(text if call.on("client") else f"{text}Server Version: {VERSION}\n")


def api_resources(world: "World", call: Call) -> Output:
    """Print the kinds that the API server offers."""
    rows = [] if call.on("no-headers") else [["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"]]
    listed = sorted(RESOURCES.values(), key=lambda each: (each.group != "", each.group, each.plural))
    for each in listed:
        if call.given("namespaced") and call.on("namespaced") != each.namespaced:
            continue
        if call.given("api-group") and call.flag("api-group") != each.group:
            continue
        short = ",".join(each.short_names)
        namespaced = "true" if each.namespaced else "false"
        if call.flag("output") == "name":
            rows.append([each.full])
        else:
            rows.append([each.plural, short, each.api_version, namespaced, each.kind])
    if call.flag("output") == "name":
        return Output("".join(f"{cells[0]}\n" for cells in rows if cells[0] != "NAME"))
    return Output("".join(f"{line}\n" for line in layout(rows)))


def api_versions(world: "World", call: Call) -> Output:
    """Print the groups and versions."""
    names = sorted({each.api_version for each in RESOURCES.values()})
    return Output("".join(f"{name}\n" for name in names))


def cluster_info(world: "World", call: Call) -> Output:
    """Print where the API servers are reached."""
    return Output(
        f"Kubernetes control plane is running at https://{BALANCER}\n"
        f"CoreDNS is running at https://{BALANCER}/api/v1/namespaces/kube-system/services/"
        "kube-dns:dns/proxy\n\n"
        "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n"
    )


def config(world: "World", call: Call) -> Output:
    """Answer the few `kubectl config` commands that only read."""
    word = call.args[0] if call.args else ""
    if word == "current-context":
        return Output("clusterlab\n")
    if word == "get-contexts":
        rows = [["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"],
                ["*", "clusterlab", "clusterlab", "learner", "default"]]
        return Output("".join(f"{line}\n" for line in layout(rows)))
    raise not_here(f"kubectl config {word}".strip(), "-n NAMESPACE or --server cp-1 on each line")


FIELDS: dict[str, str] = {
    "metadata": "Name, namespace, labels and annotations, and what the API server notes: uid, "
    "resourceVersion, ownerReferences.",
    "spec": "The desired state: what you ask for.",
    "status": "The observed state: what the cluster reports. Controllers write it, you only read it.",
    "replicas": "How many pods there should be.",
    "selector": "Which pods belong to it, by their labels.",
    "template": "What each new pod is made from.",
    "strategy": "How old pods are replaced by new ones.",
    "containers": "The containers that run in the pod. At least one is required.",
    "readinessProbe": "A check that decides whether the pod gets traffic.",
    "livenessProbe": "A check whose failure restarts the container.",
    "resources": "What the container asks for (requests) and may use at most (limits).",
    "tolerations": "Taints that the pod can live with.",
    "nodeSelector": "Labels that a node must have for the pod to be placed there.",
    "nodeName": "The node that the scheduler chose.",
    "terminationGracePeriodSeconds": "How long a pod may take to end before it is killed.",
    "taints": "What keeps pods away that do not tolerate it.",
    "unschedulable": "Whether new pods are kept away; kubectl cordon sets it.",
    "ports": "The ports that are offered.",
    "rules": "Hosts and paths, and the Services they lead to.",
    "image": "The container image.",
}
"""Words for the fields that learners meet first."""


def explain(world: "World", call: Call) -> Output:
    """Print what a kind or a field is, from the structures that the API server really uses."""
    if not call.args:
        raise CommandError(
            "error: You must specify the type of resource to explain. Use \"kubectl api-resources\" "
            "for a complete list of supported resources."
        )
    name, *path = call.args[0].split(".")
    resource = find(name)
    found = fields_below(resource.kind, tuple(path))
    if found is None:
        raise CommandError(f'error: field "{path[-1] if path else name}" does not exist')
    sort, fields = found
    lines = [f"KIND:       {resource.kind}", f"VERSION:    {resource.version}", ""]
    if resource.group:
        lines.insert(0, f"GROUP:      {resource.group}")
    if path:
        lines += [f"FIELD: {path[-1]} <{sort}>", ""]
    info = KINDS.get(resource.kind)
    about = FIELDS.get(path[-1], "") if path else ((info.struct.__doc__ or "") if info else "")
    lines += ["DESCRIPTION:", f"    {about.strip().splitlines()[0] if about.strip() else '<empty>'}", ""]
    if fields:
        lines.append("FIELDS:")
        for field, inner in fields:
            lines += [f"  {field}\t<{inner}>", f"    {FIELDS.get(field, '<no description>')}", ""]
    return Output("\n".join(lines) + "\n")
