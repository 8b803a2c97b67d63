"""The controllers: one file, one reconciler. They do not import each other."""

from simulation.kube.controllers.daemonset import DaemonSetController
from simulation.kube.controllers.deployment import DeploymentController
from simulation.kube.controllers.disruption import DisruptionController
from simulation.kube.controllers.endpointslice import EndpointSliceController
from simulation.kube.controllers.garbage import GarbageCollector
from simulation.kube.controllers.ingress_status import IngressStatusWriter
from simulation.kube.controllers.namespace import NamespaceController
from simulation.kube.controllers.node_lifecycle import NodeLifecycleController
from simulation.kube.controllers.pod_gc import PodGarbageCollector
from simulation.kube.controllers.replicaset import ReplicaSetController
from simulation.kube.controllers.root_certificate import RootCertificatePublisher
from simulation.kube.controllers.serviceaccounts import ServiceAccountsController
from simulation.kube.controllers.taint_eviction import TaintEvictionController

RECONCILERS = (
    DeploymentController(),
    ReplicaSetController(),
    DaemonSetController(),
    EndpointSliceController(),
    NodeLifecycleController(),
    TaintEvictionController(),
    PodGarbageCollector(),
    DisruptionController(),
    GarbageCollector(),
    NamespaceController(),
    ServiceAccountsController(),
    RootCertificatePublisher(),
    IngressStatusWriter(),
)
"""In the order in which news are handed to them."""
