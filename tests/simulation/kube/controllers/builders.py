"""Objects for tests of controllers, and one visit of a reconciler."""

from collections.abc import Mapping
from typing import Any

from simulation.kernel.dice import Dice
from simulation.kernel.reasons import Reason
from simulation.kernel.units import Instant
from simulation.kube.manager import Outcome, Reconciler, Tools
from simulation.kube.objects.kinds import AnyObject, key_of, kind_of
from simulation.kube.objects.meta import Condition, LabelSelector, ObjectMeta, OwnerReference
from simulation.kube.objects.node import Node, NodeSpec, NodeStatus, Taint
from simulation.kube.objects.pod import (
    Container,
    Pod,
    PodSpec,
    PodStatus,
    PodTemplateSpec,
    Toleration,
)
from simulation.kube.objects.service import Service, ServicePort, ServiceSpec
from simulation.kube.objects.workload import (
    Deployment,
    DeploymentSpec,
    DeploymentStrategy,
    ReplicaSet,
    ReplicaSetSpec,
    ReplicaSetStatus,
    RollingUpdateDeployment,
)
from simulation.kube.settings import Settings
from simulation.kube.store import Store
from simulation.kube.view import View

LABELS = {"app": "web"}


def a_template(image: str = "web:1") -> PodTemplateSpec:
    """A template of one container."""
    return PodTemplateSpec(ObjectMeta(labels=LABELS), PodSpec((Container("web", image),)))


def a_pod(
    name: str = "web-a",
    on: str = "",
    phase: str = "Running",
    ready: bool = True,
    owner: str = "",
    ip: str = "10.1.1.1",
    deleting: bool = False,
    tolerations: tuple[Toleration, ...] = (),
) -> Pod:
    """A pod of the app web."""
    owners = (OwnerReference("apps/v1", "ReplicaSet", owner, owner, True),) if owner else ()
    meta = ObjectMeta(
        name=name,
        namespace="default",
        uid=name,
        labels=LABELS,
        owner_references=owners,
        creation_timestamp=0,
        deletion_timestamp=1 if deleting else None,
    )
    spec = PodSpec((Container("web", "web:1"),), node_name=on, tolerations=tolerations)
    conditions = (Condition("Ready", "True" if ready else "False", last_transition_time=0),)
    return Pod(
        metadata=meta, spec=spec, status=PodStatus(phase=phase, conditions=conditions, pod_ip=ip)
    )


def a_replicaset(
    name: str = "web-1",
    replicas: int = 3,
    have: int = 0,
    image: str = "web:1",
    owner: str = "",
    annotations: Mapping[str, str] | None = None,
) -> ReplicaSet:
    """A ReplicaSet of the app web, with `have` available pods by its status."""
    owners = (OwnerReference("apps/v1", "Deployment", "web", owner, True),) if owner else ()
    meta = ObjectMeta(
        name=name,
        namespace="default",
        uid=name,
        labels=LABELS,
        owner_references=owners,
        creation_timestamp=0,
        annotations=dict(annotations or {}),
    )
    return ReplicaSet(
        metadata=meta,
        spec=ReplicaSetSpec(replicas, LabelSelector(LABELS), a_template(image)),
        status=ReplicaSetStatus(have, have, have, have),
    )


def a_deployment(
    replicas: int = 3,
    image: str = "web:1",
    surge: int | str = "25%",
    unavailable: int | str = "25%",
    strategy: str = "RollingUpdate",
) -> Deployment:
    """A Deployment of the app web."""
    rolling = RollingUpdateDeployment(surge, unavailable) if strategy == "RollingUpdate" else None
    return Deployment(
        metadata=ObjectMeta(name="web", namespace="default", uid="web", generation=1),
        spec=DeploymentSpec(
            replicas,
            LabelSelector(LABELS),
            a_template(image),
            DeploymentStrategy(strategy, rolling),
        ),
    )


def a_service(publish: bool = False) -> Service:
    """A Service of the app web on port 80."""
    return Service(
        metadata=ObjectMeta(name="web", namespace="default", uid="svc"),
        spec=ServiceSpec(LABELS, (ServicePort(80, target_port=8080),)),
    )


def a_node(
    name: str = "worker-1", ready: str = "True", zone: str = "a", taints: tuple[Taint, ...] = ()
) -> Node:
    """A node of a zone."""
    return Node(
        metadata=ObjectMeta(name=name, labels={"topology.kubernetes.io/zone": zone}),
        spec=NodeSpec(taints=taints),
        status=NodeStatus(conditions=(Condition("Ready", ready, last_transition_time=0),)),
    )


def a_view(*objects: AnyObject) -> View:
    """A view of a store that holds these objects."""
    store = Store()
    for obj in objects:
        store.put(kind_of(obj), key_of(obj), obj, 0, "test", Reason("lab-born"))
    return View(store)


def visit(
    reconciler: Reconciler,
    key: str,
    *objects: AnyObject,
    now: Instant = 1_000,
    heartbeats: Mapping[str, Instant] | None = None,
    notes: Mapping[str, tuple[int, ...]] | None = None,
    settings: Settings | None = None,
) -> Outcome:
    """Let a reconciler visit a key once."""
    told: list[Any] = []
    tools = Tools(
        Dice(1),
        settings or Settings(),
        lambda *event: told.append(event),
        dict(heartbeats or {}),
        notes=dict(notes or {}),
    )
    return reconciler.reconcile(key, a_view(*objects), now, tools)


def summary(outcome: Outcome) -> list[list[str]]:
    """Return "verb kind/name" of every write, batch by batch."""
    return [
        [
            f"{write.verb} {kind_of(write.object)}/"
            f"{write.object.metadata.name or write.object.metadata.generate_name}"
            for write in batch
        ]
        for batch in outcome.batches
    ]


def sizes(outcome: Outcome) -> dict[str, int]:
    """Return the size that each ReplicaSet is scaled to or created with."""
    return {
        write.object.metadata.name: write.object.spec.replicas
        for batch in outcome.batches
        for write in batch
        if isinstance(write.object, ReplicaSet)
        and (write.verb == "create" or "spec.replicas" in write.fields)
    }
