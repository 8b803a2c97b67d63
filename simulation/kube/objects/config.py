"""Namespaces, configuration, identities, leases and events."""

from typing import Any

from simulation.kernel.records import Record
from simulation.kernel.units import Instant
from simulation.kube.objects.meta import Condition, KubeObject
from simulation.kube.objects.service import ObjectReference


class NamespaceSpec(Record):
    """What holds a namespace back from disappearing."""

    finalizers: tuple[str, ...] = ()


class NamespaceStatus(Record):
    """Active or Terminating."""

    phase: str = "Active"
    conditions: tuple[Condition, ...] = ()


class Namespace(KubeObject, frozen=True, gc=False, tag="Namespace"):
    """A part of the cluster with names of its own."""

    spec: NamespaceSpec = NamespaceSpec()
    status: NamespaceStatus = NamespaceStatus()


class ConfigMap(KubeObject, frozen=True, gc=False, tag="ConfigMap"):
    """Configuration that pods may read."""

    data: dict[str, str] = {}
    binary_data: dict[str, str] = {}
    immutable: bool | None = None


class Secret(KubeObject, frozen=True, gc=False, tag="Secret"):
    """Configuration that is handled with more care."""

    data: dict[str, str] = {}
    type: str = "Opaque"
    immutable: bool | None = None


class ServiceAccount(KubeObject, frozen=True, gc=False, tag="ServiceAccount"):
    """Who a pod is to the API server."""


class LeaseSpec(Record):
    """Who holds a lease and since when."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: Instant | None = None
    renew_time: Instant | None = None
    lease_transitions: int | None = None


class Lease(KubeObject, frozen=True, gc=False, tag="Lease"):
    """A heartbeat or an office; its renewals are silent writes."""

    spec: LeaseSpec = LeaseSpec()


class Event(KubeObject, frozen=True, gc=False, tag="Event"):
    """What a component has to say about an object."""

    involved_object: ObjectReference = ObjectReference()
    type: str = "Normal"
    reason: str = ""
    message: str = ""
    source: dict[str, str] = {}
    count: int = 1
    first_timestamp: Instant | None = None
    last_timestamp: Instant | None = None
    reporting_component: str = ""


class PersistentVolumeClaim(KubeObject, frozen=True, gc=False, tag="PersistentVolumeClaim"):
    """A wish for storage; stored, not simulated yet."""

    spec: dict[str, Any] = {}
    status: dict[str, Any] = {}


class Unsimulated(KubeObject, frozen=True, gc=False, tag="Unsimulated"):
    """An object of any other kind: stored and given back, and nothing comes of it."""

    actual_kind: str = ""
