"""What all objects share: metadata, conditions, selectors, amounts of resources.

Attribute names are the API's, in snake case, with the API's nesting. Times are instants of the
lab, amounts are integers; the codec turns both into the API's texts and back. `rest` holds what a
user wrote and no field knows, so nothing is lost.
"""

from typing import Any

import msgspec

from simulation.kernel.records import Record
from simulation.kernel.units import Bytes, Instant, MilliCpu

Labels = dict[str, str]


class OwnerReference(Record):
    """Who made an object, and whether it is in charge of it."""

    api_version: str
    kind: str
    name: str
    uid: str
    controller: bool = False
    block_owner_deletion: bool = False


class ObjectMeta(Record):
    """Name, labels and history of an object."""

    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    uid: str = ""
    labels: Labels = {}
    annotations: dict[str, str] = {}
    owner_references: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()
    creation_timestamp: Instant | None = None
    deletion_timestamp: Instant | None = None
    deletion_grace_period_seconds: int | None = None
    generation: int = 0
    resource_version: int = 0
    rest: dict[str, Any] = {}


class KubeObject(msgspec.Struct, frozen=True, gc=False, tag_field="kind", tag=True):
    """The base of all kinds; the tag is the kind."""

    metadata: ObjectMeta = ObjectMeta()
    api_version: str = "v1"
    rest: dict[str, Any] = {}


class Condition(Record):
    """One of an object's conditions."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    last_transition_time: Instant | None = None
    last_heartbeat_time: Instant | None = None
    last_probe_time: Instant | None = None
    last_update_time: Instant | None = None
    observed_generation: int | None = None


class Resources(Record):
    """Amounts of resources; None is not asked for, which differs from zero."""

    cpu: MilliCpu | None = None
    memory: Bytes | None = None
    ephemeral_storage: Bytes | None = None
    pods: int | None = None
    extended: dict[str, int] = {}
    written: dict[str, str] = {}
    """Quantities whose suffixes are not the usual ones: 512M of memory stays 512M."""


class SelectorExpression(Record):
    """One requirement of a label selector."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


class LabelSelector(Record):
    """Which labels are meant."""

    match_labels: Labels = {}
    match_expressions: tuple[SelectorExpression, ...] = ()


IntOrString = int | str
