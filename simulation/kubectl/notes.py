"""What ClusterLab itself has to say: that nothing comes of what somebody looks at.

kubectl would show such an object as if it were waiting, and a learner would wait with it.
"""

from typing import TYPE_CHECKING

from simulation.kube.manifests.reading import Problem
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.pod import Pod, PodSpec
from simulation.kube.objects.policy import ResourceQuota
from simulation.kube.quota import NAMESPACE, pods_of
from simulation.kubectl.output import Found
from simulation.kubectl.resources import Resource

if TYPE_CHECKING:
    from simulation.kube.world import World

NOT_SIMULATED = "Note: {what} stored and given back, but ClusterLab does not simulate a {kind} yet"
WITHOUT_VOLUME = "Note: {what} no volume behind {claims}: ClusterLab does not simulate volumes yet"

BEYOND_QUOTA = (
    "Note: {what} wants {wanted} pods, more than the quota of {limit} pods: "
    "see kubectl describe quota -n {namespace}"
)
PLACE = "Note: {place}: {path}"


def note_about(resource: Resource, obj: AnyObject, name: str = "") -> str:
    """Return what there is to say about one object, or an empty text.

    name: what stands for its name, if it has none yet.
    """
    what = f"{resource.typed}/{name or obj.metadata.name}"
    if _is_only_stored(resource, obj):
        return NOT_SIMULATED.format(what=f"{what} is", kind=resource.kind)
    return _without_volume([what]) if _claims(obj) else ""


def _without_volume(those: list[str]) -> str:
    if len(those) == 1:
        return WITHOUT_VOLUME.format(what=f"{those[0]} has", claims="its PersistentVolumeClaim")
    named = f"{', '.join(those[:-1])} and {those[-1]}"
    return WITHOUT_VOLUME.format(what=f"{named} have", claims="their PersistentVolumeClaims")


def notes_about(found: Found) -> list[str]:
    """Return what there is to say about objects, once for each kind."""
    concerned: dict[str, Found] = {}
    for resource, obj in found:
        # A pod without a node waits for something else, which the scheduler tells.
        if _is_only_stored(resource, obj) or (_claims(obj) and not _has_no_node(obj)):
            concerned.setdefault(resource.kind, []).append((resource, obj))
    return [_note_about_all(each) for each in concerned.values()]


def _is_only_stored(resource: Resource, obj: AnyObject) -> bool:
    """Tell whether nothing comes of an object; the quota that every namespace has is enforced."""
    is_enforced = isinstance(obj, ResourceQuota) and obj.metadata.name == NAMESPACE
    return not resource.simulated and not is_enforced


def _has_no_node(obj: AnyObject) -> bool:
    return isinstance(obj, Pod) and not obj.spec.node_name


def _note_about_all(those: Found) -> str:
    """Return one note about objects of one kind."""
    resource, first = those[0]
    if resource.simulated:
        return _without_volume([f"{resource.typed}/{obj.metadata.name}" for _, obj in those])
    if len(those) == 1:
        return note_about(resource, first)
    return NOT_SIMULATED.format(what=f"{resource.full} are", kind=resource.kind)


def beyond_quota(world: "World", resource: Resource, obj: AnyObject) -> str:
    """Return what there is to say about more replicas than a namespace may have pods."""
    wanted = getattr(getattr(obj, "spec", None), "replicas", 0)
    _, limit = pods_of(world, obj.metadata.namespace)
    what = f"{resource.typed}/{obj.metadata.name}"
    return (
        BEYOND_QUOTA.format(what=what, wanted=wanted, limit=limit, namespace=obj.metadata.namespace)
        if wanted > limit
        else ""
    )


def places_of(problems: list[Problem]) -> list[str]:
    """Return where the fields stand that are wrong, as compilers write it."""
    named = [each for each in problems if each.file and each.path]
    return [
        PLACE.format(place=f"{each.file}:{each.line}:{each.column}", path=each.path)
        for each in named
    ]


def _claims(obj: AnyObject) -> bool:
    """Tell whether a pod, or the template of one, names a PersistentVolumeClaim."""
    spec = getattr(obj, "spec", None)
    if not isinstance(obj, Pod):
        spec = getattr(getattr(spec, "template", None), "spec", None)
    return isinstance(spec, PodSpec) and any(
        "persistentVolumeClaim" in each for each in spec.rest.get("volumes") or ()
    )
