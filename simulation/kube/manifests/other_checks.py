"""What the API server refuses of configuration, storage, policies and identities."""

from typing import Any

from simulation.kube.manifests.wording import (
    CONFIG_KEY,
    CONFIG_KEY_TEXT,
    Found,
    amount_or_percent,
    at_most_all,
    bad,
    forbidden,
    one_of,
    required,
    selector,
    shown,
)
from simulation.kube.rules import quantities

Json = dict[str, Any]

CONTENT_MAX = 1024 * 1024
USER_PRIORITY_MAX = 1_000_000_000
MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_FIELDS = frozenset(
    (
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "nodeAffinity",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
        "volumeAttributesClassName",
        "volumeMode",
    )
)
"""Fields of a volume that do not say where it is."""


def config(content: Json) -> Found:
    """Return what is wrong with the data of a ConfigMap or a Secret."""
    found: Found = []
    size = 0
    keys: list[str] = []
    for field in ("data", "binaryData"):
        for key, value in (content.get(field) or {}).items():
            size += len(str(value or "").encode())
            path = f"{field}[{key}]"
            if len(key) > 253:
                found.append(bad(path, key, "must be no more than 253 bytes"))
            if not CONFIG_KEY.fullmatch(key):
                found.append(bad(path, key, CONFIG_KEY_TEXT))
            if field == "binaryData" and key in keys:
                text = f"duplicate of key present in data: {shown(key)}"
                found.append(bad(path, key, text))
            keys.append(key)
    if size > CONTENT_MAX:
        found.append(("data", f"data: Too long: may not be more than {CONTENT_MAX} bytes"))
    return found


def secret(content: Json) -> Found:
    """Return what is wrong with a Secret."""
    found = config(content)
    keys = content.get("data") or {}
    wanted = {
        "kubernetes.io/basic-auth": (),
        "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
        "kubernetes.io/ssh-auth": ("ssh-privatekey",),
        "kubernetes.io/tls": ("tls.crt", "tls.key"),
    }
    missing = [key for key in wanted.get(str(content.get("type")), ()) if key not in keys]
    return found + [required(f"data[{key}]") for key in missing]


def budget(content: Json) -> Found:
    """Return what is wrong with a PodDisruptionBudget."""
    spec = content.get("spec") or {}
    found: Found = []
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        text = "minAvailable and maxUnavailable cannot be both set"
        found.append(bad("spec", spec, text))
    for name in ("minAvailable", "maxUnavailable"):
        if spec.get(name) is not None:
            found += amount_or_percent(f"spec.{name}", spec[name])
            found += at_most_all(f"spec.{name}", spec[name])
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None:
        path, allowed = "spec.unhealthyPodEvictionPolicy", ("AlwaysAllow", "IfHealthyBudget")
        found += one_of(path, policy, allowed)
    return found + selector("spec.selector", spec.get("selector") or {})


def claim(content: Json) -> Found:
    """Return what is wrong with a PersistentVolumeClaim."""
    spec = content.get("spec") or {}
    modes = spec.get("accessModes") or ()
    found: Found = []
    if not modes:
        found.append(required("spec.accessModes", "at least 1 access mode is required"))
    for number, each in enumerate(modes):
        found += one_of(f"spec.accessModes[{number}]", each, MODES)
    asked = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    path = "spec.resources[storage]"
    if asked is None:
        found.append(required(path))
    elif quantities.parse(asked) <= 0:
        found.append(bad(path, quantities.canonical(asked), "must be greater than zero"))
    return found


def volume(content: Json) -> Found:
    """Return what is wrong with a PersistentVolume."""
    spec = content.get("spec") or {}
    found: Found = []
    if not spec.get("accessModes"):
        found.append(required("spec.accessModes"))
    for number, each in enumerate(spec.get("accessModes") or ()):
        found += one_of(f"spec.accessModes[{number}]", each, MODES)
    if not spec.get("capacity"):
        found.append(required("spec.capacity"))
    sources = [name for name in spec if name not in VOLUME_FIELDS]
    if not sources:
        found.append(required("spec", "must specify a volume type"))
    for name in sources[1:]:
        found.append(forbidden(f"spec.{name}", "may not specify more than 1 volume type"))
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy:
        path = "spec.persistentVolumeReclaimPolicy"
        found += one_of(path, policy, ("Delete", "Recycle", "Retain"))
    return found


def storage_class(content: Json) -> Found:
    """Return what is wrong with a StorageClass."""
    found: Found = [] if content.get("provisioner") else [required("provisioner")]
    if content.get("reclaimPolicy"):
        found += one_of("reclaimPolicy", content["reclaimPolicy"], ("Delete", "Retain"))
    if content.get("volumeBindingMode"):
        allowed = ("Immediate", "WaitForFirstConsumer")
        found += one_of("volumeBindingMode", content["volumeBindingMode"], allowed)
    return found


def priority_class(content: Json) -> Found:
    """Return what is wrong with a PriorityClass."""
    found: Found = []
    name = (content.get("metadata") or {}).get("name") or ""
    if name.startswith("system-"):
        text = "priority class names with 'system-' prefix are reserved for system use only"
        found.append(forbidden("metadata.name", text))
    value = content.get("value") or 0
    if value > USER_PRIORITY_MAX:
        text = f"maximum allowed value of a user defined priority is {USER_PRIORITY_MAX}"
        found.append(forbidden("value", text))
    if content.get("preemptionPolicy"):
        allowed = ("Never", "PreemptLowerPriority")
        found += one_of("preemptionPolicy", content["preemptionPolicy"], allowed)
    return found


def role(content: Json) -> Found:
    """Return what is wrong with a Role or a ClusterRole."""
    found: Found = []
    for number, each in enumerate(content.get("rules") or ()):
        path = f"rules[{number}]"
        if not each.get("verbs"):
            found.append(required(f"{path}.verbs", "verbs must contain at least one value"))
        if each.get("nonResourceURLs"):
            continue
        if not each.get("apiGroups"):
            text = "resource rules must supply at least one api group"
            found.append(required(f"{path}.apiGroups", text))
        if not each.get("resources"):
            text = "resource rules must supply at least one resource"
            found.append(required(f"{path}.resources", text))
    return found


def binding(content: Json) -> Found:
    """Return what is wrong with a RoleBinding or a ClusterRoleBinding."""
    reference = content.get("roleRef") or {}
    allowed = ("ClusterRole", "Role") if content.get("kind") == "RoleBinding" else ("ClusterRole",)
    group = reference.get("apiGroup") or "rbac.authorization.k8s.io"
    found = one_of("roleRef.apiGroup", group, ("rbac.authorization.k8s.io",))
    found += one_of("roleRef.kind", reference.get("kind") or "", allowed)
    if not reference.get("name"):
        found.append(required("roleRef.name"))
    for number, each in enumerate(content.get("subjects") or ()):
        path = f"subjects[{number}]"
        if not each.get("name"):
            found.append(required(f"{path}.name"))
        kinds = ("ServiceAccount", "User", "Group")
        found += one_of(f"{path}.kind", each.get("kind") or "", kinds)
        if each.get("kind") == "ServiceAccount" and not each.get("namespace"):
            found.append(required(f"{path}.namespace"))
    return found


def quota(content: Json) -> Found:
    """Return what is wrong with a ResourceQuota."""
    found: Found = []
    for name, value in ((content.get("spec") or {}).get("hard") or {}).items():
        if quantities.parse(value) < 0:
            path = f"spec.hard[{name}]"
            text = "must be greater than or equal to 0"
            found.append(bad(path, quantities.canonical(value), text))
    return found
