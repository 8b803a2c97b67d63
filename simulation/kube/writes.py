"""What clients ask of the API server, and what it answers.

A Write is data: it travels inside a log entry of the consensus, waits in checkpoints and is judged
when that entry is applied, never when it is proposed.
"""

import msgspec

from simulation.kernel.reasons import Reason
from simulation.kernel.records import Record
from simulation.kube.objects.kinds import AnyObject


class Write(Record):
    """One change that somebody wants.

    `patch` takes the dotted paths named in `fields` from `object` and leaves everything else;
    `delete` and `evict` need no more of `object` than its kind, namespace and name.
    """

    verb: str
    object: AnyObject
    because: Reason
    fields: tuple[str, ...] = ()
    require_version: int | None = None
    require_uid: str = ""
    require: dict[str, str] = {}
    """Dotted path to the text it must still hold, as the binding of a pod requires no node yet."""
    grace_seconds: int | None = None
    propagation: str = "Background"


class Committed(Record, tag=True):
    """The write is part of what the cluster believes."""

    version: int
    object: AnyObject
    change: int = 0
    """Its number in the ledger; 0 if nothing had to be changed."""


class Refused(Record, tag=True):
    """The API server said no, in Kubernetes' own words."""

    code: int
    reason: str
    message: str


class Unknown(Record, tag=True):
    """No answer came in time; the write may still be applied."""

    message: str = "etcdserver: request timed out"


class Unreachable(Record, tag=True):
    """No API server could be reached at all."""

    message: str = "The connection to the server was refused"


Result = Committed | Refused | Unknown | Unreachable


def conflict(kind_plural: str, name: str) -> Refused:
    """Return the answer to a write that was based on an older version."""
    return Refused(
        409,
        "Conflict",
        f'Operation cannot be fulfilled on {kind_plural} "{name}": the object has been modified; '
        "please apply your changes to the latest version and try again",
    )


def not_found(kind_plural: str, name: str) -> Refused:
    """Return the answer to a write upon an object that does not exist."""
    return Refused(404, "NotFound", f'{kind_plural} "{name}" not found')


def already_exists(kind_plural: str, name: str) -> Refused:
    """Return the answer to the creation of an object whose name is taken."""
    return Refused(409, "AlreadyExists", f'{kind_plural} "{name}" already exists')


def invalid(kind: str, name: str, problem: str) -> Refused:
    """Return the answer to an object that cannot be as it is written; problem: the field and why."""
    return Refused(422, "Invalid", f'The {kind} "{name}" is invalid: {problem}')


def set_path(target: AnyObject, path: tuple[str, ...], value: object) -> AnyObject:
    """Return a copy of a nested structure with one dotted path replaced."""
    head, *tail = path
    if tail:
        value = set_path(getattr(target, head), tuple(tail), value)
    return msgspec.structs.replace(target, **{head: value})


def get_path(target: object, path: str) -> object:
    """Return what lies at a dotted path of a nested structure."""
    for name in path.split("."):
        target = getattr(target, name)
    return target
