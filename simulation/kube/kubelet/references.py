"""What a pod needs of ConfigMaps and Secrets, and what of it its kubelet does not find.

A kubelet knows these objects as its watch last told it. The words are those of pkg/kubelet/
kubelet_pods.go (makeEnvironmentVariables) and of the volume plugins.
"""

from collections.abc import Iterator
from typing import Any

from simulation.kernel.records import Record
from simulation.kube.objects.config import ConfigMap, Secret
from simulation.kube.objects.pod import Container, Pod
from simulation.kube.view import View

KINDS = ("ConfigMap", "Secret")
"""What can hold a pod back, and what a kubelet is therefore told of."""


class Needed(Record):
    """An object that has to be there, and perhaps a key in it."""

    kind: str
    name: str
    key: str = ""
    volume: str = ""


def missing_in_volumes(view: View, pod: Pod) -> tuple[str, str]:
    """Return the first volume that cannot be set up and why; two empty texts if all can."""
    for needed in _of_volumes(pod):
        trouble = _trouble(view, pod, needed)
        if trouble:
            return needed.volume, trouble
    return "", ""


def missing_in_environment(view: View, pod: Pod, container: Container) -> str:
    """Return why the environment of a container cannot be made, an empty text if it can."""
    found = (_trouble(view, pod, needed) for needed in _of_environment(container))
    return next((trouble for trouble in found if trouble), "")


def has_any(pod: Pod, container: Container | None = None) -> bool:
    """Tell whether volumes, or a container's environment, depend on anything at all."""
    needed = _of_volumes(pod) if container is None else _of_environment(container)
    return next(needed, None) is not None


def _of_volumes(pod: Pod) -> Iterator[Needed]:
    for volume in pod.spec.rest.get("volumes") or ():
        projected = (volume.get("projected") or {}).get("sources") or ()
        for source in (volume, *projected):
            yield from _source(source, "ConfigMap", "configMap", "name", volume["name"])
            field = "secretName" if source is volume else "name"
            yield from _source(source, "Secret", "secret", field, volume["name"])


def _source(
    source: dict[str, Any], kind: str, field: str, name: str, volume: str
) -> Iterator[Needed]:
    asked = source.get(field)
    if asked and asked.get(name) and not asked.get("optional"):
        yield Needed(kind, asked[name], volume=volume)


def _of_environment(container: Container) -> Iterator[Needed]:
    for source in container.rest.get("envFrom") or ():
        yield from _source(source, "ConfigMap", "configMapRef", "name", "")
        yield from _source(source, "Secret", "secretRef", "name", "")
    for variable in container.env:
        chosen = variable.rest.get("valueFrom") or {}
        for kind, field in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            asked = chosen.get(field)
            if asked and not asked.get("optional"):
                yield Needed(kind, asked.get("name") or "", asked.get("key") or "")


def _trouble(view: View, pod: Pod, needed: Needed) -> str:
    where = f"{pod.metadata.namespace}/{needed.name}"
    found = view.get(needed.kind, where)
    if not isinstance(found, ConfigMap | Secret):
        return f'{needed.kind.lower()} "{needed.name}" not found'
    binary = found.binary_data if isinstance(found, ConfigMap) else {}
    if needed.key and needed.key not in found.data and needed.key not in binary:
        return f"couldn't find key {needed.key} in {needed.kind} {where}"
    return ""
