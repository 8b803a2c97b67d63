"""Revisions of a Deployment: which ReplicaSet stands for which template."""

import re

import msgspec

from simulation.kube.objects.pod import PodTemplateSpec
from simulation.kube.objects.workload import ReplicaSet
from simulation.kube.rules.names import HASH_LABEL

NUMBER = re.compile(r"[0-9]{1,18}")
REVISION = "deployment.kubernetes.io/revision"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAX = "deployment.kubernetes.io/max-replicas"


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
