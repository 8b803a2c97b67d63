"""What may not be changed once an object is there.

Follows the ValidateUpdate functions of pkg/apis/*/validation. Both sides come as the API's JSON with
defaults filled in, so a field that was left out equals its default.
"""

from collections.abc import Callable
from typing import Any

from simulation.kube.manifests import service_updates
from simulation.kube.manifests.wording import Found, bad, forbidden

Json = dict[str, Any]

IMMUTABLE = "field is immutable"
POD_TEXT = (
    "pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions "
    "to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it "
    "was previously negative)"
)
STATEFULSET_TEXT = (
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
    "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
    "'minReadySeconds' are forbidden"
)
CLAIM_TEXT = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
    "bound claims"
)
STATEFULSET_FREE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)
JOB_FIXED = (
    "completions",
    "selector",
    "template",
    "podFailurePolicy",
    "backoffLimitPerIndex",
    "completionMode",
    "successPolicy",
    "managedBy",
)


def prepared(kind: str, old: Json, new: Json) -> Json:
    """Return what takes the place of an object, as the API server's strategy prepares it."""
    return service_updates.prepared(old, new) if kind == "Service" else new


def refused_changes(kind: str, old: Json, new: Json) -> Found:
    """Return which changes of an object the API server refuses."""
    found: Found = []
    check = _CHECKS.get(kind)
    return found if check is None or old == new else check(old, new)


def _spec(content: Json) -> Json:
    return content.get("spec") or {}


def _without(content: Json, *names: str) -> Json:
    return {name: value for name, value in content.items() if name not in names}


def _fixed(path: str, old: Json, new: Json, *names: str) -> Found:
    return [
        bad(f"{path}.{name}".lstrip("."), new.get(name), IMMUTABLE)
        for name in names
        if old.get(name) != new.get(name)
    ]


def _selector(old: Json, new: Json) -> Found:
    return _fixed("spec", _spec(old), _spec(new), "selector")


def _statefulset(old: Json, new: Json) -> Found:
    before, after = (_without(_spec(each), *STATEFULSET_FREE) for each in (old, new))
    return [] if before == after else [forbidden("spec", STATEFULSET_TEXT)]


def _job(old: Json, new: Json) -> Found:
    before, after = _spec(old), _spec(new)
    elastic = after.get("completionMode") == "Indexed" and after.get("completions") == after.get(
        "parallelism"
    )
    names = [name for name in JOB_FIXED if not (name == "completions" and elastic)]
    return _fixed("spec", before, after, *names)


def _service(old: Json, new: Json) -> Found:
    before, after = _spec(old), _spec(new)
    had, wanted = before.get("clusterIP"), after.get("clusterIP")
    external = "ExternalName" in (before.get("type"), after.get("type"))
    if external or not had or wanted in (None, "", had):
        return []
    return [bad("spec.clusterIPs[0]", [wanted], "may not change once set")]


def _pod(old: Json, new: Json) -> Found:
    before, after = _spec(old), _spec(new)
    found: Found = []
    had, wanted = before.get("tolerations") or [], after.get("tolerations") or []
    kept = [_without(each, "tolerationSeconds") for each in wanted]
    if any(_without(each, "tolerationSeconds") not in kept for each in had):
        text = "existing toleration can not be modified except its tolerationSeconds"
        found.append(forbidden("spec.tolerations", text))
    if _pod_fixed(before) != _pod_fixed(after):
        found.append(forbidden("spec", POD_TEXT))
    return found


def _pod_fixed(spec: Json) -> Json:
    """Return a pod's spec without what may be changed."""
    fixed = _without(spec, "tolerations", "activeDeadlineSeconds", "schedulingGates")
    for field in ("containers", "initContainers"):
        fixed[field] = [
            _without(each, "image", "imagePullPolicy") for each in spec.get(field) or ()
        ]
    if spec.get("schedulingGates"):
        fixed = _without(fixed, "nodeSelector", "affinity")
    return fixed


def _config(old: Json, new: Json) -> Found:
    if not old.get("immutable"):
        return []
    text = "field is immutable when `immutable` is set"
    names = ("immutable", "data", "binaryData")
    return [forbidden(name, text) for name in names if old.get(name) != new.get(name)]


def _secret(old: Json, new: Json) -> Found:
    return _fixed("", old, new, "type") + _config(old, new)


def _claim(old: Json, new: Json) -> Found:
    before, after = (
        _without(_spec(each), "resources", "volumeAttributesClassName", "volumeName")
        for each in (old, new)
    )
    return [] if before == after else [forbidden("spec", CLAIM_TEXT)]


def _storage_class(old: Json, new: Json) -> Found:
    found: Found = [
        forbidden(name, f"updates to {name} are forbidden.")
        for name in ("parameters", "provisioner", "reclaimPolicy")
        if old.get(name) != new.get(name)
    ]
    return found + _fixed("", old, new, "volumeBindingMode")


def _priority_class(old: Json, new: Json) -> Found:
    found: Found = []
    if old.get("value") != new.get("value"):
        found.append(forbidden("value", "may not be changed in an update."))
    return found + _fixed("", old, new, "preemptionPolicy")


def _binding(old: Json, new: Json) -> Found:
    if old.get("roleRef") == new.get("roleRef"):
        return []
    return [bad("roleRef", new.get("roleRef"), "cannot change roleRef")]


def _ingress_class(old: Json, new: Json) -> Found:
    return _fixed("spec", _spec(old), _spec(new), "controller")


_CHECKS: dict[str, Callable[[Json, Json], Found]] = {
    "ClusterRoleBinding": _binding,
    "ConfigMap": _config,
    "DaemonSet": _selector,
    "Deployment": _selector,
    "IngressClass": _ingress_class,
    "Job": _job,
    "PersistentVolumeClaim": _claim,
    "Pod": _pod,
    "PriorityClass": _priority_class,
    "ReplicaSet": _selector,
    "RoleBinding": _binding,
    "Secret": _secret,
    "Service": _service,
    "StatefulSet": _statefulset,
    "StorageClass": _storage_class,
}
