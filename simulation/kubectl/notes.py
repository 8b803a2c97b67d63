"""What ClusterLab itself has to say: that nothing comes of what somebody looks at.

kubectl would show such an object as if it were waiting, and a learner would wait with it.
"""

from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.pod import Pod, PodSpec
from simulation.kubectl.output import Found
from simulation.kubectl.resources import Resource

NOT_SIMULATED = "Note: {what} stored and given back, but ClusterLab does not simulate a {kind} yet"
WITHOUT_VOLUME = (
    "Note: {what} has no volume behind its PersistentVolumeClaim: ClusterLab does not simulate volumes yet"
)


def note_about(resource: Resource, obj: AnyObject, name: str = "") -> str:
    """Return what there is to say about one object, or an empty text.

    name: what stands for its name, if it has none yet.
    """
    what = f"{resource.typed}/{name or obj.metadata.name}"
    if not resource.simulated:
        return NOT_SIMULATED.format(what=f"{what} is", kind=resource.kind)
    return WITHOUT_VOLUME.format(what=what) if _claims(obj) else ""


def notes_about(found: Found) -> list[str]:
    """Return what there is to say about objects, once for each kind."""
    told: dict[str, str] = {}
    for resource, obj in found:
        note = note_about(resource, obj)
        if note and resource.kind in told and not resource.simulated:
            note = NOT_SIMULATED.format(what=f"{resource.full} are", kind=resource.kind)
        if note and (resource.kind not in told or not resource.simulated):
            told[resource.kind] = note
    return list(told.values())


def _claims(obj: AnyObject) -> bool:
    """Tell whether a pod, or the template of one, names a PersistentVolumeClaim."""
    spec = getattr(obj, "spec", None)
    if not isinstance(obj, Pod):
        spec = getattr(getattr(spec, "template", None), "spec", None)
    return isinstance(spec, PodSpec) and any(
        "persistentVolumeClaim" in each for each in spec.rest.get("volumes") or ()
    )
