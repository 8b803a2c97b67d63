"""`kubectl patch`: three sorts of patches, and what the API server says of one that does not fit."""

import re
from typing import TYPE_CHECKING, Any

from simulation.kube.manifests.codec import to_json
from simulation.kube.manifests.reading import Unreadable, value_of
from simulation.kube.manifests.validation import strict
from simulation.kube.manifests.wording import shown
from simulation.kubectl.applying import rewrite
from simulation.kubectl.errors import NO_RESOURCES, CommandError
from simulation.kubectl.jsonpath import compact
from simulation.kubectl.merge import json_merge, json_patch, strategic
from simulation.kubectl.parse import Call
from simulation.kubectl.resources import Resource
from simulation.kubectl.session import Session
from simulation.kubectl.sources import found_by, tolerated

if TYPE_CHECKING:
    from simulation.kube.world import World


def _patched(sort: str, before: dict[str, Any], body: Any) -> dict[str, Any]:
    """Return a manifest after a patch; raise TypeError if a patch of that sort cannot look so."""
    if sort == "json":
        if not isinstance(body, list):
            raise TypeError("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
        return json_patch(before, body)
    if not isinstance(body, dict):
        given = "array" if isinstance(body, list) else "string"
        raise TypeError(
            f"json: cannot unmarshal {given} into Go value of type map[string]interface {{}}"
        )
    return (strategic if sort == "strategic" else json_merge)(before, body)


def patch(world: "World", session: Session, call: Call) -> None:
    """Plan a patch of each object that a call names."""
    text = call.flag("patch") or session.files.get(call.flag("patch-file"), "")
    if not text:
        raise CommandError(
            "error: must specify --patch or --patch-file containing the contents of the patch"
        )
    sort = call.flag("type", "strategic")
    if sort not in ("strategic", "merge", "json"):
        raise CommandError(f'error: --type must be one of [json merge strategic], not "{sort}"')
    try:
        body = value_of("patch", text)
    except Unreadable as unreadable:
        session.problems.append(unreadable.problem)
        raise CommandError(
            f'error: unable to parse "{text[:200]}": {unreadable.problem.text}'
        ) from None
    for resource, live in found_by(world, session, call, NO_RESOURCES):
        before = to_json(live, world.calendar)
        try:
            content = _patched(sort, before, body)
        except TypeError as problem:
            session.complain(world.now, f"Error from server (BadRequest): {problem}")
            continue
        except ValueError as problem:
            session.complain(
                world.now,
                f"The request is invalid: the server rejected our request due to an error in our request: {problem}",
            )
            continue
        refused = _wrong_type(resource, body, content, sort)
        if refused:
            session.complain(world.now, refused)
            continue
        content = tolerated(session, world.now, resource.kind, content, True)
        rewrite(world, session, call, resource, live, content, "patched", "patched (no change)")


MISMATCH = re.compile(
    r"json: cannot unmarshal (?P<given>bool|string|number|array|object)(?: (?P<number>\S+))? "
    r"into Go struct field \S+ of type (?P<wanted>\S+)"
)
SCALARS = ("bool", "int32", "int64", "string")
GO_KINDS = {"array": "slice", "object": "map", "number": "int64"}


def _wrong_type(resource: Resource, patch: Any, content: dict[str, Any], sort: str) -> str:
    """Return the API server's words about a patch that leaves a value of the wrong type, if any.

    A strategic merge patch is merged as maps and then converted (fromUnstructured of
    apimachinery/pkg/runtime/converter.go); the others are applied to JSON and decoded.
    """
    wrong = [
        text for _, text in strict(resource.kind, content) if not text.startswith("unknown field")
    ]
    found = MISMATCH.fullmatch(wrong[0]) if wrong else None
    if not wrong or (found is not None and found["number"]):
        # Of a number that is too large the decoder tells, whatever the patch.
        return ""
    given, why = shown(compact(content)), wrong[0]
    if sort == "strategic":
        given, why = (
            shown(_as_go_prints(patch)),
            _converted(found["given"], found["wanted"]) if found else why,
        )
    return f"The request is invalid: patch: Invalid value: {given}: {why}"


def _converted(given: str, wanted: str) -> str:
    kind = GO_KINDS.get(given, given)
    if wanted in SCALARS:
        return (
            "cannot convert int64 to string"
            if (given, wanted) == ("number", "string")
            else (f"unrecognized type: {wanted}")
        )
    if wanted.startswith("[]"):
        return f"cannot restore slice from {kind}"
    if wanted.startswith("map["):
        return f"cannot restore map from {kind}"
    return f"cannot restore struct from: {kind}"


def _as_go_prints(value: Any) -> str:
    """Print a value as Go's %+v does."""
    if isinstance(value, dict):
        inner = " ".join(f"{key}:{_as_go_prints(value[key])}" for key in sorted(value))
        return f"map[{inner}]"
    if isinstance(value, list):
        return f"[{' '.join(map(_as_go_prints, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "<nil>", True: "true", False: "false"}[value]
    return str(value)
