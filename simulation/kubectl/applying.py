"""`apply`, `create -f`, `replace`, `edit`, `patch`: manifests become writes."""

from typing import TYPE_CHECKING, Any

import msgspec

from simulation.kernel.calendar import Calendar
from simulation.kube.manifests.codec import to_json
from simulation.kube.manifests.reading import Document, Unreadable, documents, value_of
from simulation.kube.manifests.updates import refused_changes
from simulation.kube.objects.kinds import AnyObject
from simulation.kubectl.errors import CommandError, not_found
from simulation.kubectl.jsonpath import compact
from simulation.kubectl.merge import json_merge, json_patch, strategic, three_way
from simulation.kubectl.output import print_as
from simulation.kubectl.parse import Call, not_here
from simulation.kubectl.reading import collect, namespace_of
from simulation.kubectl.resources import Resource, targets
from simulation.kubectl.session import STDERR, Session
from simulation.kubectl.sources import (
    Given,
    Rejected,
    admitted,
    checked,
    invalid_text,
    manifests,
)

if TYPE_CHECKING:
    from simulation.kube.world import World

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
OWN_FIELDS = ("api_version", "status", "kind")
NOT_SIMULATED = "Note: {what} is stored and given back, but ClusterLab does not simulate a {kind} yet"


def needs_files(call: Call) -> None:
    """Raise CommandError if -f is missing."""
    if not call.given("filename") and not call.given("kustomize"):
        raise CommandError("error: must specify one of -f and -k")


def apply(world: "World", session: Session, call: Call) -> None:
    """Plan a write for each manifest that differs from what is there."""
    if call.args and call.args[0] in ("edit-last-applied", "set-last-applied", "view-last-applied"):
        raise CommandError(f"kubectl apply {call.args[0]}: real, not simulated here, try: kubectl get -o yaml")
    needs_files(call)
    for given in manifests(session, call):
        _each(world, session, call, given, _apply_one)


def create(world: "World", session: Session, call: Call) -> None:
    """Plan the creation of each manifest."""
    needs_files(call)
    for given in manifests(session, call):
        _each(world, session, call, given, _create_one)


def replace(world: "World", session: Session, call: Call) -> None:
    """Plan the replacement of what is there by each manifest."""
    needs_files(call)
    for given in manifests(session, call):
        _each(world, session, call, given, _replace_one)


def _each(world: "World", session: Session, call: Call, given: Given, plan: Any) -> None:
    try:
        plan(world, session, call, given)
    except Rejected as rejected:
        session.problems += rejected.problems
        session.complain(world.now, rejected.text)
    except CommandError as problem:
        session.complain(world.now, problem.text)


def _is_dry(call: Call) -> str:
    mode = call.flag("dry-run", "none")
    if mode not in ("none", "client", "server"):
        raise CommandError(
            f'error: Invalid dry-run value ({mode}). Must be "none", "server", or "client".'
        )
    return "" if mode == "none" else " (dry run)" if mode == "client" else " (server dry run)"


def done(
    world: "World", session: Session, call: Call, resource: Resource, obj: AnyObject, word: str
) -> str:
    """Return what is said about a finished write, in the form that -o asks for."""
    form = call.flag("output")
    if form == "":
        return f"{resource.typed}/{obj.metadata.name} {word}{_is_dry(call)}"
    return print_as(world, form, [(resource, obj)], False).removesuffix("\n")


def perform(
    world: "World",
    session: Session,
    call: Call,
    verb: str,
    resource: Resource,
    obj: AnyObject,
    word: str,
    fields: tuple[str, ...] = (),
    context: str = "",
) -> None:
    """Plan a write, or only say what it would do."""
    said = done(world, session, call, resource, obj, word)
    if _is_dry(call):
        session.say(world.now, said)
    else:
        note = ""
        if not resource.simulated and verb == "create":
            what = f"{resource.typed}/{obj.metadata.name}"
            note = NOT_SIMULATED.format(what=what, kind=resource.kind)
        session.act(verb, obj, said, fields, context, note=note)


def _create_one(world: "World", session: Session, call: Call, given: Given) -> None:
    file = given.document.file
    context = f'error when creating "{file}"'
    obj = admitted(world, given.resource, given.document, context)
    perform(world, session, call, "create", given.resource, obj, "created", (), context)


def _replace_one(world: "World", session: Session, call: Call, given: Given) -> None:
    context = f'error when replacing "{given.document.file}"'
    obj = admitted(world, given.resource, given.document, context)
    live = world.store.get(given.resource.kind, given.key)
    if live is not None:
        refuse_immutable(live, obj, given.resource.kind, world.calendar, given.document)
    perform(world, session, call, "update", given.resource, obj, "replaced", (), context)


def _apply_one(world: "World", session: Session, call: Call, given: Given) -> None:
    content = given.document.content
    live = world.store.get(given.resource.kind, given.key)
    if live is None or live.metadata.uid == "":
        context = f'error when creating "{given.document.file}"'
        noted = msgspec.structs.replace(given.document, content=_noted(content))
        obj = admitted(world, given.resource, noted, context)
        perform(world, session, call, "create", given.resource, obj, "created", (), context)
        return
    what = compact(content)
    context = f'error when applying patch to "{given.document.file}"' if not what else ""
    admitted(world, given.resource, given.document, context)
    last = live.metadata.annotations.get(LAST_APPLIED)
    if last is None:
        session.say(
            world.now,
            f"Warning: resource {given.resource.plural}/{given.name} is missing the {LAST_APPLIED} "
            "annotation which is required by kubectl apply. kubectl apply should only be used on "
            "resources created declaratively by either kubectl create --save-config or kubectl "
            "apply. The missing annotation will be patched automatically.",
            STDERR,
        )
    obj = merged_with(world, given, live)
    refuse_immutable(live, obj, given.resource.kind, world.calendar, given.document)
    fields = changed(live, obj)
    word = "configured" if [each for each in fields if each != "metadata.annotations"] else "unchanged"
    if "metadata.annotations" in fields and _others(live) != _others(obj):
        word = "configured"
    if not fields:
        session.say(world.now, done(world, session, call, given.resource, live, word))
        return
    perform(world, session, call, "patch", given.resource, obj, word, fields)


def merged_with(world: "World", given: Given, live: AnyObject) -> AnyObject:
    """Return what a manifest makes of what is there; raise Rejected."""
    last = _last_applied(live)
    before = _noted(last) if last else {}
    merged = three_way(before, _noted(given.document.content), to_json(live, world.calendar))
    document = msgspec.structs.replace(given.document, content=merged)
    return admitted(world, given.resource, document, "")


def _last_applied(live: AnyObject) -> dict[str, Any]:
    """Return what apply noted the last time; raise CommandError if somebody wrote something else there."""
    text = live.metadata.annotations.get(LAST_APPLIED)
    if not text:
        return {}
    try:
        found = value_of("last-applied", text)
    except Unreadable as unreadable:
        raise CommandError(f"error: {unreadable.problem.text}") from None
    return found if isinstance(found, dict) else {}


def _others(obj: AnyObject) -> dict[str, str]:
    return {k: v for k, v in obj.metadata.annotations.items() if k != LAST_APPLIED}


def _noted(content: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest with the annotation in which apply remembers it."""
    meta = content.get("metadata") or {}
    if not isinstance(meta, dict) or not isinstance(meta.get("annotations") or {}, dict):
        # The API server will say what is wrong with it.
        return content
    annotations = dict(meta.get("annotations") or {})
    annotations.pop(LAST_APPLIED, None)
    remembered = {**content, "metadata": {**meta, "annotations": annotations}}
    annotations = {**annotations, LAST_APPLIED: compact(remembered) + "\n"}
    return {**content, "metadata": {**meta, "annotations": annotations}}


def changed(live: AnyObject, wanted: AnyObject) -> tuple[str, ...]:
    """Return the dotted paths of what differs, as a patch needs them."""
    found = []
    for name in ("labels", "annotations", "finalizers", "owner_references"):
        if getattr(live.metadata, name) != getattr(wanted.metadata, name):
            found.append(f"metadata.{name}")
    for name in live.__struct_fields__:
        if name in ("metadata", *OWN_FIELDS) or name == "actual_kind":
            continue
        if getattr(live, name) != getattr(wanted, name):
            found.append(name)
    return tuple(found)


# --- what may not be changed


def refuse_immutable(
    live: AnyObject, wanted: AnyObject, kind: str, calendar: Calendar, document: Document | None = None
) -> None:
    """Raise if a change touches what may not change: Rejected, if a manifest says where."""
    found = refused_changes(kind, to_json(live, calendar), to_json(wanted, calendar))
    if not found:
        return
    text = invalid_text(kind, live.metadata.name, [words for _, words in found])
    if document is None:
        raise CommandError(text)
    raise Rejected(text, [document.problem(path, words) for path, words in found])


# --- patch and edit


def rewrite(
    world: "World", session: Session, call: Call, resource: Resource, live: AnyObject,
    content: dict[str, Any], word: str, unchanged: str,
) -> None:
    """Plan the change of an object to a new content."""
    meta = {**(content.get("metadata") or {}), "namespace": live.metadata.namespace}
    if not live.metadata.namespace:
        meta.pop("namespace")
    same = content.get("apiVersion") == live.api_version and content.get("kind") == resource.kind
    if not same or meta.get("name") != live.metadata.name:
        raise CommandError(
            "error: At least one of apiVersion, kind and name was changed"
        )
    obj = checked(world, resource, {**content, "metadata": meta})
    refuse_immutable(live, obj, resource.kind, world.calendar)
    fields = changed(live, obj)
    if not fields:
        session.say(world.now, f"{resource.typed}/{live.metadata.name} {unchanged}" if unchanged else "Edit cancelled, no changes made.")
        return
    perform(world, session, call, "patch", resource, obj, word, fields)


def patch(world: "World", session: Session, call: Call) -> None:
    """Plan a patch of each object that a call names."""
    text = call.flag("patch") or session.files.get(call.flag("patch-file"), "")
    if not text:
        raise CommandError("error: must specify --patch or --patch-file containing the contents of the patch")
    wanted = targets(call, names_needed=True)
    sort = call.flag("type", "strategic")
    if sort not in ("strategic", "merge", "json"):
        raise CommandError(f'error: --type must be one of [json merge strategic], not "{sort}"')
    try:
        body = value_of("patch", text)
    except Unreadable as unreadable:
        session.problems.append(unreadable.problem)
        raise CommandError(f"error: unable to parse \"{text[:200]}\": {unreadable.problem.text}") from None
    found, problems = collect(world, call, wanted)
    for problem in problems:
        session.complain(world.now, problem)
    for resource, live in found:
        before = to_json(live, world.calendar)
        try:
            if sort == "json":
                if not isinstance(body, list):
                    raise TypeError(
                        "json: cannot unmarshal object into Go value of type jsonpatch.Patch"
                    )
                content = json_patch(before, body)
            else:
                if not isinstance(body, dict):
                    sort_of = "array" if isinstance(body, list) else "string"
                    raise TypeError(
                        f"json: cannot unmarshal {sort_of} into Go value of type map[string]interface {{}}"
                    )
                content = (strategic if sort == "strategic" else json_merge)(before, body)
        except TypeError as problem:
            session.complain(world.now, f"Error from server (BadRequest): {problem}")
            continue
        except ValueError as problem:
            session.complain(world.now, f"The request is invalid: the server rejected our request due to an error in our request: {problem}")
            continue
        rewrite(world, session, call, resource, live, content, "patched", "patched (no change)")


def edit(world: "World", session: Session, call: Call) -> None:
    """Plan the change of an object to the text that the editor gave back."""
    found, problems = collect(world, call, targets(call, names_needed=True))
    if problems:
        raise CommandError(problems[0])
    if not session.files:
        raise not_here("kubectl edit without the page's editor", "kubectl patch or kubectl apply -f FILE")
    texts = [session.files[name] for name in sorted(session.files)]
    try:
        edited = [each for text in texts for each in documents("edit", text)]
    except Unreadable as unreadable:
        session.problems.append(unreadable.problem)
        raise CommandError(f"error: {unreadable.problem.text}") from None
    for (resource, live), document in zip(found, edited, strict=False):
        _edited(world, session, call, resource, live, document)


def _edited(
    world: "World", session: Session, call: Call, resource: Resource, live: AnyObject, document: Document
) -> None:
    try:
        admitted(world, resource, document, "")
    except Rejected as rejected:
        session.problems += rejected.problems
        raise CommandError(rejected.text) from None
    rewrite(world, session, call, resource, live, document.content, "edited", "")


def named(world: "World", call: Call, resource: Resource, name: str) -> AnyObject:
    """Return a stored object by name; raise CommandError if there is none."""
    namespace = namespace_of(resource, call)
    found = world.store.get(resource.kind, f"{namespace}/{name}" if namespace else name)
    if found is None:
        raise not_found(resource.full, name)
    return found
