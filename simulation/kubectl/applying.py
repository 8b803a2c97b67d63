"""`apply`, `create -f`, `replace`, `edit`, `patch`: manifests become writes."""

from typing import TYPE_CHECKING, Any

import msgspec

from simulation.kernel.calendar import Calendar
from simulation.kube.admission import tried
from simulation.kube.manifests.codec import to_json
from simulation.kube.manifests.reading import Document, Unreadable, documents, value_of
from simulation.kube.manifests.updates import refused_changes
from simulation.kube.objects.kinds import AnyObject, key_of
from simulation.kube.writes import Refused
from simulation.kubectl.durations import duration
from simulation.kubectl.errors import NO_RESOURCES, CommandError, refusal_text
from simulation.kubectl.jsonpath import compact
from simulation.kubectl.merge import strategic, three_way
from simulation.kubectl.notes import places_of
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.output import print_as
from simulation.kubectl.parse import Call, not_here, parse
from simulation.kubectl.reading import collect, missing, namespace_of
from simulation.kubectl.resources import Resource, targets
from simulation.kubectl.session import STDERR, Aim, Session
from simulation.kubectl.sources import (
    Given,
    Rejected,
    admitted,
    as_validated,
    checked,
    invalid_text,
    manifests,
)

if TYPE_CHECKING:
    from simulation.kube.world import World

CHANGE_CAUSE = "kubernetes.io/change-cause"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
OWN_FIELDS = ("api_version", "status", "kind")


def needs_files(call: Call) -> None:
    """Raise CommandError if -f is missing."""
    if not call.given("filename") and not call.given("kustomize"):
        raise CommandError("error: must specify one of -f and -k")


def apply(world: "World", session: Session, call: Call) -> None:
    """Plan a write for each manifest that differs from what is there."""
    if call.args and call.args[0] in ("edit-last-applied", "set-last-applied", "view-last-applied"):
        raise CommandError(
            f"kubectl apply {call.args[0]}: real, not simulated here, try: kubectl get -o yaml"
        )
    needs_files(call)
    for given in manifests(session, call):
        _each(
            world,
            session,
            call,
            given,
            _apply_on_the_server if call.on("server-side") else _apply_one,
        )


def create(world: "World", session: Session, call: Call) -> None:
    """Plan the creation of each manifest."""
    needs_files(call)
    for given in manifests(session, call):
        _each(world, session, call, given, _create_one)


def replace(world: "World", session: Session, call: Call) -> None:
    """Plan the replacement of what is there by each manifest."""
    needs_files(call)
    for flag in () if call.on("force") else ("grace-period", "timeout"):
        if call.given(flag):
            raise CommandError(f"error: --{flag} must have --force specified")
    if call.on("force") and not call.dry_run:
        _delete_first(world, session, call)
        return
    for given in manifests(session, call):
        _each(world, session, call, given, _replace_one)


def _each(world: "World", session: Session, call: Call, given: Given, plan: Any) -> None:
    try:
        plan(world, session, call, as_validated(world, session, call, given))
    except Rejected as rejected:
        session.problems += rejected.problems
        told = [rejected.text, *places_of(rejected.problems)]
        session.complain_at_end(len(session.acts), "\n".join(told))
    except CommandError as problem:
        session.complain_at_end(len(session.acts), problem.text)


SAY_NOTHING_OF_DRY_RUNS = ("patch", "taint")
"""Verbs whose line is the same in a dry run."""


def dry_run_note(call: Call) -> str:
    """Return what stands behind each line of a dry run."""
    return {"": "", "client": " (dry run)", "server": " (server dry run)"}[call.dry_run]


def done(
    world: "World", session: Session, call: Call, resource: Resource, obj: AnyObject, word: str
) -> str:
    """Return what is said about a finished write, in the form that -o asks for."""
    form = call.flag("output")
    if form == "":
        note = "" if call.verb in SAY_NOTHING_OF_DRY_RUNS else dry_run_note(call)
        return f"{resource.typed}/{obj.metadata.name} {word}{note}"
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
    if call.on("record"):
        meta = obj.metadata
        annotations = {**meta.annotations, CHANGE_CAUSE: change_cause(session)}
        obj = msgspec.structs.replace(
            obj, metadata=msgspec.structs.replace(meta, annotations=annotations)
        )
        fields = (
            (*fields, "metadata.annotations") if "metadata.annotations" not in fields else fields
        )
    if call.dry_run == "server" and verb == "create" and obj.metadata.name:
        made = tried(world, obj)
        if isinstance(made, Refused):
            raise CommandError(refusal_text(made, context))
        obj = made
    said = done(world, session, call, resource, obj, word)
    if call.dry_run:
        session.say(world.now, said)
    else:
        note = verb == "create" or call.verb == "scale"
        session.act(verb, obj, said, fields, context, word=word, note=note)


def change_cause(session: Session) -> str:
    """Return the line that is typed, as --record notes it: the flags in full and at its end."""
    call = parse(session.argv)
    flags = "".join(f" --{name}={value}" for name in call.flags for value in call.values(name))
    return " ".join(["kubectl", call.verb, *call.args]) + flags


def _create_one(world: "World", session: Session, call: Call, given: Given) -> None:
    file = given.document.file
    context = f'error when creating "{file}"'
    obj = admitted(world, given.resource, _saved(call, given.document), context)
    perform(world, session, call, "create", given.resource, obj, "created", (), context)


def _saved(call: Call, document: Document) -> Document:
    """Return a manifest with the note for apply, if --save-config asks for it."""
    if not call.on("save-config"):
        return document
    return msgspec.structs.replace(document, content=remembered(document.content))


def _replace_one(world: "World", session: Session, call: Call, given: Given) -> None:
    context = f'error when replacing "{given.document.file}"'
    live = world.store.get(given.resource.kind, given.key)
    obj = admitted(world, given.resource, _saved(call, given.document), context, live)
    if live is not None:
        refuse_immutable(live, obj, given.resource.kind, world.calendar, given.document)
    perform(world, session, call, "update", given.resource, obj, "replaced", (), context)


def _delete_first(world: "World", session: Session, call: Call) -> None:
    """Plan the deletion of what the manifests name; who waits for it goes on with `recreate`."""
    grace = whole_number(call.flag("grace-period", "-1"), "--grace-period")
    orphans = call.flag("cascade", "background") in ("orphan", "false")
    for given in manifests(session, call):
        live = world.store.get(given.resource.kind, given.key)
        if live is not None:
            said = f'{given.resource.typed} "{given.name}" deleted'
            said += f" from {given.namespace} namespace" if given.namespace else ""
            seconds = None if grace < 0 else max(grace, 1)
            session.act(
                "delete", live, said, (), "", seconds, "Orphan" if orphans else "Background"
            )
            session.aims.append(
                Aim(
                    given.resource.kind,
                    key_of(live),
                    live.metadata.uid,
                    f"{given.resource.plural}/{given.name}",
                )
            )
    session.goal = "recreated"
    if call.given("timeout") and duration(call.flag("timeout")) > 0:
        session.deadline = world.now + duration(call.flag("timeout"))


def recreate(world: "World", session: Session, call: Call) -> None:
    """Plan the creation of the manifests of `replace --force`, once what they replace is gone."""
    for given in manifests(session, call):
        _each(world, session, call, given, _recreate_one)


def _recreate_one(world: "World", session: Session, call: Call, given: Given) -> None:
    context = f'error when creating "{given.document.file}"'
    obj = admitted(world, given.resource, _saved(call, given.document), context)
    perform(world, session, call, "create", given.resource, obj, "replaced", (), context)


def _apply_one(world: "World", session: Session, call: Call, given: Given) -> None:
    content = given.document.content
    refuse_nameless(given)
    live = world.store.get(given.resource.kind, given.key)
    if live is None or live.metadata.uid == "":
        context = f'error when creating "{given.document.file}"'
        noted = msgspec.structs.replace(given.document, content=remembered(content))
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
    if not fields:
        session.say(world.now, done(world, session, call, given.resource, live, "unchanged"))
        return
    # As kubectl does: a new note of what was applied is a change, too.
    perform(world, session, call, "patch", given.resource, obj, "configured", fields)


def refuse_nameless(given: Given) -> None:
    """Raise CommandError about a manifest without a name: apply has to look for what is there."""
    if given.name:
        return
    resource = given.resource
    generated = (given.document.content.get("metadata") or {}).get("generateName")
    if generated:
        raise CommandError(f"error: from {generated}: cannot use generate name with apply")
    raise CommandError(
        "error: error when retrieving current configuration of:\n"
        f'Resource: "{resource.located}", GroupVersionKind: '
        f'"{resource.group}/{resource.version}, Kind={resource.kind}"\n'
        f'Name: "", Namespace: "{given.namespace}"\n'
        f'from server for: "{given.document.file}": resource name may not be empty'
    )


def _apply_on_the_server(world: "World", session: Session, call: Call, given: Given) -> None:
    """Plan what apply --server-side comes to where nobody manages fields: a merge, and no note."""
    refuse_nameless(given)
    live = world.store.get(given.resource.kind, given.key)
    word, context = "serverside-applied", f'error when applying patch to "{given.document.file}"'
    if live is None or live.metadata.uid == "":
        obj = admitted(world, given.resource, given.document, "")
        perform(world, session, call, "create", given.resource, obj, word)
        return
    merged = strategic(to_json(live, world.calendar), given.document.content)
    document = msgspec.structs.replace(given.document, content=merged)
    obj = admitted(world, given.resource, document, "", live)
    refuse_immutable(live, obj, given.resource.kind, world.calendar, given.document)
    fields = changed(live, obj)
    if fields:
        perform(world, session, call, "patch", given.resource, obj, word, fields, context)
    else:
        session.say(world.now, done(world, session, call, given.resource, live, word))


def merged_with(world: "World", given: Given, live: AnyObject) -> AnyObject:
    """Return what a manifest makes of what is there; raise Rejected."""
    last = _last_applied(live)
    before = remembered(last) if last else {}
    merged = three_way(before, remembered(given.document.content), to_json(live, world.calendar))
    document = msgspec.structs.replace(given.document, content=merged)
    return admitted(world, given.resource, document, "", live)


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


def remembered(content: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest with the annotation in which apply remembers it."""
    meta = content.get("metadata") or {}
    if not isinstance(meta, dict) or not isinstance(meta.get("annotations") or {}, dict):
        # The API server will say what is wrong with it.
        return content
    annotations = dict(meta.get("annotations") or {})
    annotations.pop(LAST_APPLIED, None)
    bare = {**content, "metadata": {**meta, "annotations": annotations}}
    annotations = {**annotations, LAST_APPLIED: compact(bare) + "\n"}
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
    live: AnyObject,
    wanted: AnyObject,
    kind: str,
    calendar: Calendar,
    document: Document | None = None,
) -> None:
    """Raise if a change touches what may not change: Rejected, if a manifest says where."""
    found = refused_changes(kind, to_json(live, calendar), to_json(wanted, calendar))
    if not found:
        return
    text = invalid_text(kind, live.metadata.name, [words for _, words in found])
    if document is None:
        raise CommandError(text)
    raise Rejected(text, [document.problem(path, words) for path, words in found])


# --- edit, and what patch shares with it


def rewrite(
    world: "World",
    session: Session,
    call: Call,
    resource: Resource,
    live: AnyObject,
    content: dict[str, Any],
    word: str,
    unchanged: str,
) -> None:
    """Plan the change of an object to a new content."""
    meta = {**(content.get("metadata") or {}), "namespace": live.metadata.namespace}
    if not live.metadata.namespace:
        meta.pop("namespace")
    same = content.get("apiVersion") == live.api_version and content.get("kind") == resource.kind
    if not same or meta.get("name") != live.metadata.name:
        raise CommandError("error: At least one of apiVersion, kind and name was changed")
    obj = checked(world, resource, {**content, "metadata": meta}, live)
    refuse_immutable(live, obj, resource.kind, world.calendar)
    fields = changed(live, obj)
    if not fields:
        session.say(
            world.now,
            f"{resource.typed}/{live.metadata.name} {unchanged}"
            if unchanged
            else "Edit cancelled, no changes made.",
        )
        return
    perform(world, session, call, "patch", resource, obj, word, fields)


def edit(world: "World", session: Session, call: Call) -> None:
    """Plan the change of an object to the text that the editor gave back."""
    wanted = targets(call, names_needed=True)
    if not wanted:
        raise CommandError(NO_RESOURCES)
    found, problems = collect(world, call, wanted)
    if problems:
        raise CommandError(problems[0])
    if not session.files:
        raise not_here(
            "kubectl edit without the page's editor", "kubectl patch or kubectl apply -f FILE"
        )
    texts = [session.files[name] for name in sorted(session.files)]
    try:
        edited = [each for text in texts for each in documents("edit", text)]
    except Unreadable as unreadable:
        session.problems.append(unreadable.problem)
        raise CommandError(f"error: {unreadable.problem.text}") from None
    for (resource, live), document in zip(found, edited, strict=False):
        _edited(world, session, call, resource, live, document)


def _edited(
    world: "World",
    session: Session,
    call: Call,
    resource: Resource,
    live: AnyObject,
    document: Document,
) -> None:
    try:
        admitted(world, resource, document, "", live)
    except Rejected as rejected:
        session.problems += rejected.problems
        raise CommandError(rejected.text) from None
    rewrite(world, session, call, resource, live, document.content, "edited", "")


def named(world: "World", call: Call, resource: Resource, name: str) -> AnyObject:
    """Return a stored object by name; raise CommandError if there is none."""
    namespace = namespace_of(resource, call)
    found = world.store.get(resource.kind, f"{namespace}/{name}" if namespace else name)
    if found is None:
        raise missing(world, resource, call.namespace, name)
    return found
