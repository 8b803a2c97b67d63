"""The HorizontalPodAutoscaler; stored, not simulated yet."""

from typing import Any

from simulation.kernel.records import Record
from simulation.kube.objects.meta import KubeObject


class CrossVersionObjectReference(Record):
    """What is scaled."""

    kind: str = ""
    name: str = ""
    api_version: str = ""


class HorizontalPodAutoscalerSpec(Record):
    """Bounds and metrics."""

    scale_target_ref: CrossVersionObjectReference = CrossVersionObjectReference()
    min_replicas: int | None = None
    max_replicas: int = 0
    metrics: tuple[dict[str, Any], ...] = ()
    behavior: dict[str, Any] | None = None


class HorizontalPodAutoscaler(KubeObject, frozen=True, gc=False, tag="HorizontalPodAutoscaler"):
    """Scales a workload by its load."""

    spec: HorizontalPodAutoscalerSpec = HorizontalPodAutoscalerSpec()
    status: dict[str, Any] = {}
