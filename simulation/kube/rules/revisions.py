"""Revisions of a Deployment: which ReplicaSet stands for which template, and how it is annotated.

Follows pkg/controller/deployment/util/deployment_util.go.
"""

import re

import msgspec

from simulation.kube.limits import REVISION_HISTORY_CHARS_MAX
from simulation.kube.objects.pod import PodTemplateSpec
from simulation.kube.objects.workload import ReplicaSet
from simulation.kube.rules.names import HASH_LABEL

NUMBER = re.compile(r"[0-9]{1,18}")
REVISION = "deployment.kubernetes.io/revision"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAX = "deployment.kubernetes.io/max-replicas"
HISTORY = "deployment.kubernetes.io/revision-history"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
ROLLBACK_TO = "deprecated.deployment.rollback.to"
NOT_COPIED = (LAST_APPLIED, REVISION, HISTORY, DESIRED, MAX, ROLLBACK_TO)
"""Annotations that neither a ReplicaSet takes from its Deployment nor a rollback brings back."""


def revision_of(replicaset: ReplicaSet) -> int:
    """Return the revision a ReplicaSet is annotated with, 0 if it has none."""
    return annotated(replicaset, REVISION) or 0


def annotated(replicaset: ReplicaSet, name: str) -> int | None:
    """Return the number in an annotation, None if there is none that fits into 64 bits."""
    text = replicaset.metadata.annotations.get(name, "")
    return int(text) if NUMBER.fullmatch(text) else None


def without_hash(template: PodTemplateSpec) -> PodTemplateSpec:
    """Return a template without the label that its ReplicaSet added."""
    labels = {key: text for key, text in template.metadata.labels.items() if key != HASH_LABEL}
    metadata = msgspec.structs.replace(template.metadata, labels=labels)
    return msgspec.structs.replace(template, metadata=metadata)


def same_template(replicaset: ReplicaSet, template: PodTemplateSpec) -> bool:
    """Tell whether a ReplicaSet stands for a template."""
    return without_hash(replicaset.spec.template) == without_hash(template)


def copied(annotations: dict[str, str]) -> dict[str, str]:
    """Return the annotations that a Deployment and its newest ReplicaSet have in common."""
    return {key: text for key, text in annotations.items() if key not in NOT_COPIED}


def kept(annotations: dict[str, str]) -> dict[str, str]:
    """Return the annotations of a Deployment that stay its own in a rollback."""
    return {key: text for key, text in annotations.items() if key in NOT_COPIED}


def newest_annotations(
    annotations: dict[str, str], replicaset: ReplicaSet, latest: int
) -> dict[str, str]:
    """Return how the newest ReplicaSet should be annotated (SetNewReplicaSetAnnotations).

    It has what its Deployment has, and a revision above the latest of the others; the revisions
    that it had before stay in a list of their own. What it has besides is left alone.
    """
    wanted = {**replicaset.metadata.annotations, **copied(annotations)}
    if revision_of(replicaset) > latest:
        return wanted
    earlier = replicaset.metadata.annotations.get(REVISION, "")
    wanted[REVISION] = str(latest + 1)
    if earlier:
        wanted[HISTORY] = _lengthened(wanted.get(HISTORY, ""), earlier)
    return wanted


def _lengthened(history: str, revision: str) -> str:
    """Return a list of revisions with one more; the oldest give way when it gets too long."""
    revisions = [*history.split(","), revision] if history else [revision]
    while len(revisions) > 1 and len(",".join(revisions)) > REVISION_HISTORY_CHARS_MAX:
        del revisions[0]
    return ",".join(revisions)
