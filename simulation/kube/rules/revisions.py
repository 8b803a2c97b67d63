"""Revisions of a Deployment: which ReplicaSet stands for which template."""

import msgspec

from simulation.kube.objects.pod import PodTemplateSpec
from simulation.kube.objects.workload import ReplicaSet
from simulation.kube.rules.names import HASH_LABEL

REVISION = "deployment.kubernetes.io/revision"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MAX = "deployment.kubernetes.io/max-replicas"


def revision_of(replicaset: ReplicaSet) -> int:
    """Return the revision a ReplicaSet is annotated with, 0 if it has none."""
    text = replicaset.metadata.annotations.get(REVISION, "0")
    return int(text) if text.isdigit() else 0


def without_hash(template: PodTemplateSpec) -> PodTemplateSpec:
    """Return a template without the label that its ReplicaSet added."""
    labels = {key: text for key, text in template.metadata.labels.items() if key != HASH_LABEL}
    metadata = msgspec.structs.replace(template.metadata, labels=labels)
    return msgspec.structs.replace(template, metadata=metadata)


def same_template(replicaset: ReplicaSet, template: PodTemplateSpec) -> bool:
    """Tell whether a ReplicaSet stands for a template."""
    return without_hash(replicaset.spec.template) == without_hash(template)
