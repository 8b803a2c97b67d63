"""What the API server fills into an object beyond static defaults: addresses and tolerations.

Static defaults are filled in when a manifest is read; what is here needs the state of the cluster
or an admission plugin (DefaultTolerationSeconds, ServiceAccount, Priority, the IP allocators).
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kernel.dice import Dice
from simulation.kube.manifests import pod_defaults
from simulation.kube.objects.pod import Pod, Toleration
from simulation.kube.objects.service import Service
from simulation.kube.rules import service_addresses
from simulation.kube.settings import Settings

if TYPE_CHECKING:
    from simulation.kube.objects.kinds import AnyObject
    from simulation.kube.store import Store

replace = msgspec.structs.replace

NOT_READY = "node.kubernetes.io/not-ready"
UNREACHABLE = "node.kubernetes.io/unreachable"
PREEMPTS = "PreemptLowerPriority"
SYSTEM_CLASSES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""Classes that every cluster has."""


def fill_in(obj: "AnyObject", store: "Store", settings: Settings, dice: Dice) -> "AnyObject":
    """Return the object as the API server stores it."""
    if isinstance(obj, Pod):
        return _pod(obj, store, settings)
    if isinstance(obj, Service):
        return service_addresses.filled(obj, store, dice)
    return obj


def unknown_class(obj: "AnyObject", store: "Store") -> str:
    """Return the API server's words about a pod whose priority class does not exist."""
    name = obj.spec.priority_class_name if isinstance(obj, Pod) else ""
    if not name or name in SYSTEM_CLASSES or store.get("PriorityClass", name) is not None:
        return ""
    # The plugin runs before a name is generated, so it can only tell the beginning.
    pod = obj.metadata.generate_name or obj.metadata.name
    return f'pods "{pod}" is forbidden: no PriorityClass with name {name} was found'


def unknown_account(obj: "AnyObject", store: "Store") -> str:
    """Return the API server's words about a pod whose ServiceAccount does not exist.

    The account "default" is taken for granted: a controller makes it as soon as there is a namespace.
    """
    name = obj.spec.service_account_name if isinstance(obj, Pod) else ""
    namespace = obj.metadata.namespace
    if name in ("", "default") or store.get("ServiceAccount", f"{namespace}/{name}") is not None:
        return ""
    pod = obj.metadata.generate_name or obj.metadata.name
    return (
        f'pods "{pod}" is forbidden: error looking up service account {namespace}/{name}: '
        f'serviceaccount "{name}" not found'
    )


def _pod(pod: Pod, store: "Store", settings: Settings) -> Pod:
    pod = _with_priority(pod_defaults.pod(pod), store)
    tolerations = list(pod.spec.tolerations)
    for key in (NOT_READY, UNREACHABLE):
        if not any(_tolerates(each, key) for each in tolerations):
            seconds = settings.toleration_seconds
            tolerations.append(
                Toleration(
                    key=key, operator="Exists", effect="NoExecute", toleration_seconds=seconds
                )
            )
    if len(tolerations) == len(pod.spec.tolerations):
        return pod
    return replace(pod, spec=replace(pod.spec, tolerations=tuple(tolerations)))


def _with_priority(pod: Pod, store: "Store") -> Pod:
    """Do as the admission plugin Priority: a pod's class says its number and whether it preempts."""
    if pod.spec.priority is not None:
        return pod
    name, value, policy = pod.spec.priority_class_name, 0, PREEMPTS
    if name in SYSTEM_CLASSES:
        value = SYSTEM_CLASSES[name]
    else:
        for each in store.list("PriorityClass"):
            if each.metadata.name == name or (not name and each.rest.get("globalDefault")):
                value = int(each.rest.get("value") or 0)
                policy = each.rest.get("preemptionPolicy") or PREEMPTS
                name = each.metadata.name
    policy = pod.spec.preemption_policy or policy
    spec = replace(pod.spec, priority=value, priority_class_name=name, preemption_policy=policy)
    return replace(pod, spec=spec)


def _tolerates(toleration: Toleration, key: str) -> bool:
    covers_key = toleration.key in (key, "", None)
    covers_effect = toleration.effect in ("NoExecute", "", None)
    return covers_key and covers_effect
