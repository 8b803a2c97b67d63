"""The pods that a control plane node runs from files on its disk, as kubeadm lays them down.

Nobody schedules them and no controller replaces them: the kubelet runs them by itself and keeps a
mirror in the API, so that they can be seen. Deleting the mirror stops nothing.
"""

from hashlib import sha256

from simulation.kernel.records import Record
from simulation.kernel.units import MIB, Bytes, MilliCpu
from simulation.kube.kubelet.node_status import KUBELET_VERSION
from simulation.kube.kubelet.stages import MIRROR
from simulation.kube.machines import CONTROL_PLANE, Machine
from simulation.kube.objects.meta import ObjectMeta, OwnerReference, Resources
from simulation.kube.objects.pod import (
    Container,
    HttpGetAction,
    Pod,
    PodSpec,
    Probe,
    ResourceRequirements,
    Toleration,
)

NODE_CRITICAL = 2_000_001_000


PROBE_TIMEOUT = 15
PROBE_FAILURES = 8
"""kubeadm: cmd/kubeadm/app/util/staticpod/utils.go."""


class Component(Record):
    """One file in /etc/kubernetes/manifests."""

    name: str
    image: str
    cpu: MilliCpu
    memory: Bytes | None
    port: int
    path: str
    alive: str
    """Path of the liveness and startup probes."""
    scheme: str = "HTTPS"


ETCD_VERSION = "3.6.6"
"""The one that kubeadm brings along; etcdctl is of the same."""

COMPONENTS = (
    Component(
        "etcd",
        f"registry.k8s.io/etcd:{ETCD_VERSION}-0",
        100,
        100 * MIB,
        2381,
        "/readyz",
        "/livez",
        "HTTP",
    ),
    Component(
        "kube-apiserver",
        f"registry.k8s.io/kube-apiserver:{KUBELET_VERSION}",
        250,
        None,
        6443,
        "/readyz",
        "/livez",
    ),
    Component(
        "kube-controller-manager",
        f"registry.k8s.io/kube-controller-manager:{KUBELET_VERSION}",
        200,
        None,
        10257,
        "/healthz",
        "/healthz",
    ),
    Component(
        "kube-scheduler",
        f"registry.k8s.io/kube-scheduler:{KUBELET_VERSION}",
        100,
        None,
        10259,
        "/readyz",
        "/livez",
    ),
)


def static_pods(machine: Machine, node_uid: str = "") -> tuple[Pod, ...]:
    """Return the mirror pods of a machine; workers have none."""
    if machine.role != CONTROL_PLANE:
        return ()
    return tuple(_mirror(component, machine, node_uid) for component in COMPONENTS)


def _mirror(component: Component, machine: Machine, node_uid: str) -> Pod:
    digest = sha256(f"{component.name}/{machine.name}".encode()).hexdigest()[:32]
    owner = OwnerReference("v1", "Node", machine.name, node_uid, controller=True)
    check = HttpGetAction(component.port, component.path, component.scheme)
    alive = HttpGetAction(component.port, component.alive, component.scheme)
    container = Container(
        name=component.name,
        image=component.image,
        resources=ResourceRequirements(Resources(component.cpu, component.memory)),
        image_pull_policy="IfNotPresent",
        readiness_probe=Probe(check, period_seconds=1, timeout_seconds=PROBE_TIMEOUT),
        liveness_probe=Probe(
            alive,
            initial_delay_seconds=10,
            timeout_seconds=PROBE_TIMEOUT,
            failure_threshold=PROBE_FAILURES,
        ),
    )
    return Pod(
        metadata=ObjectMeta(
            name=f"{component.name}-{machine.name}",
            namespace="kube-system",
            labels={"component": component.name, "tier": "control-plane"},
            annotations={
                "kubernetes.io/config.hash": digest,
                MIRROR: digest,
                "kubernetes.io/config.source": "file",
            },
            owner_references=(owner,),
        ),
        spec=PodSpec(
            containers=(container,),
            node_name=machine.name,
            host_network=True,
            priority=NODE_CRITICAL,
            priority_class_name="system-node-critical",
            restart_policy="Always",
            termination_grace_period_seconds=30,
            tolerations=(Toleration(operator="Exists", effect="NoExecute"),),
        ),
    )
