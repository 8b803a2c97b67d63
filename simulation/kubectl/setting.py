"""`set env`, `set resources` and `diff`: changes of the containers of a template, made or shown."""

import difflib
from typing import TYPE_CHECKING, Any

import msgspec

from simulation.kube.admission import tried
from simulation.kube.manifests.codec import to_json, to_yaml
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.writes import Refused
from simulation.kubectl.applying import changed, merged_with, needs_files, perform
from simulation.kubectl.changing import NAMES_NEEDED
from simulation.kubectl.errors import NO_RESOURCES, CommandError, refusal_text
from simulation.kubectl.parse import Call
from simulation.kubectl.resources import Resource
from simulation.kubectl.session import Session
from simulation.kubectl.sources import Given, Rejected, admitted, checked, found_by, manifests

if TYPE_CHECKING:
    from simulation.kube.world import World

Content = dict[str, Any]
FAILED = 2
"""The status of `diff` when it could not compare."""
DIFFERS = 1
"""The status of `diff` when something would change."""


def set_env(world: "World", session: Session, call: Call) -> None:
    """Plan new environment variables of containers, or list them."""
    given = [each for each in (*call.args, *call.values("env")) if _is_variable(each)]
    names = tuple(each for each in call.args if not _is_variable(each))
    if not names and not call.given("filename"):
        raise CommandError(NAMES_NEEDED)
    if call.given("from"):
        raise CommandError("kubectl set env --from: real, not simulated here, try: kubectl edit")
    for resource, obj in found_by(world, session, msgspec.structs.replace(call, args=names)):
        content = to_json(obj, world.calendar)
        for container in _containers(session, world, call, resource, obj, content):
            _set_variables(container, given)
            if call.on("list"):
                _list(world, session, resource, obj, container)
        if given and not call.on("list"):
            _plan(world, session, call, resource, obj, content, "env updated")


def _is_variable(word: str) -> bool:
    return "=" in word.lstrip("=") or (word.endswith("-") and len(word) > 1)


def _list(
    world: "World", session: Session, resource: Resource, obj: AnyObject, container: Content
) -> None:
    session.say(world.now, f"# {resource.kind} {obj.metadata.name}, container {container['name']}")
    for each in container.get("env", ()):
        session.say(world.now, f"{each['name']}={each.get('value', '')}")


def _set_variables(container: Content, given: list[str]) -> None:
    variables = {each["name"]: each for each in container.get("env", ())}
    for word in given:
        if "=" not in word:
            variables.pop(word.removesuffix("-"), None)
            continue
        key, _, value = word.partition("=")
        variables[key] = {"name": key, "value": value}
    container.pop("env", None)
    if variables:
        container["env"] = list(variables.values())


def set_resources(world: "World", session: Session, call: Call) -> None:
    """Plan new requests and limits of containers."""
    if not call.args and not call.given("filename"):
        raise CommandError(NO_RESOURCES)
    if not call.given("limits") and not call.given("requests"):
        raise CommandError(
            "error: you must specify an update to requests or limits (in the form of --requests/--limits)"
        )
    wanted = {field: _amounts(call, field) for field in ("limits", "requests") if call.given(field)}
    for resource, obj in found_by(world, session, call):
        content = to_json(obj, world.calendar)
        for container in _containers(session, world, call, resource, obj, content):
            held = container.setdefault("resources", {})
            for field, amounts in wanted.items():
                held[field] = {**held.get(field, {}), **amounts}
        _plan(world, session, call, resource, obj, content, "resource requirements updated")


def _amounts(call: Call, field: str) -> dict[str, str]:
    found = {}
    for each in call.every(field):
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise CommandError(
                f"error: Invalid argument syntax {each}, expected <resource>=<value>"
            )
        found[key] = value
    return found


def _containers(
    session: Session,
    world: "World",
    call: Call,
    resource: Resource,
    obj: AnyObject,
    content: Content,
) -> list[Content]:
    """Return the containers of a template that a line means; complain if there is none."""
    spec = content.get("spec", {})
    found = (spec.get("template", {}).get("spec") or spec).get("containers", [])
    name = call.flag("containers")
    meant: list[Content] = [each for each in found if name in ("", "*", each["name"])]
    if not meant:
        typed = f"{resource.typed}/{obj.metadata.name}"
        text = (
            f'error: {typed} does not have any containers matching "{name}"'
            if found
            else (f"error: {typed} has no pod template")
        )
        session.complain(world.now, text)
    return meant


def _plan(
    world: "World",
    session: Session,
    call: Call,
    resource: Resource,
    obj: AnyObject,
    content: Content,
    word: str,
) -> None:
    new = checked(world, resource, content)
    fields = changed(obj, new)
    # As kubectl does: what is so already is passed over without a word.
    if fields:
        perform(world, session, call, "patch", resource, new, word, fields)


# --- diff


def diff(world: "World", session: Session, call: Call) -> None:
    """Show what `apply` of the same files would change; the status is 1 if it is anything."""
    try:
        needs_files(call)
        compared = [(given, _before_and_after(world, given)) for given in manifests(session, call)]
    except CommandError as problem:
        if isinstance(problem, Rejected):
            session.problems += problem.problems
        raise CommandError(problem.text, FAILED) from None
    for given, (before, after) in compared:
        name = f"{given.resource.api_version.replace('/', '.')}.{given.resource.kind}.{given.namespace}.{given.name}"
        lines = difflib.unified_diff(
            before.splitlines(),
            after.splitlines(),
            f"/tmp/LIVE/{name}",
            f"/tmp/MERGED/{name}",
            lineterm="",
        )
        for number, line in enumerate(lines):
            if number == 0:
                session.say(world.now, f"diff -u -N /tmp/LIVE/{name} /tmp/MERGED/{name}")
                session.failed = True
            session.say(world.now, line)


def _before_and_after(world: "World", given: Given) -> tuple[str, str]:
    live = world.store.get(given.resource.kind, given.key)
    if live is None:
        # What a dry run of the creation on the server gives back.
        made = tried(world, admitted(world, given.resource, given.document, ""))
        if isinstance(made, Refused):
            raise CommandError(refusal_text(made))
        return "", to_yaml(to_json(made, world.calendar))
    before = to_json(live, world.calendar)
    after = to_json(merged_with(world, given, live), world.calendar)
    return to_yaml(_shown(before)), to_yaml(_shown(after))


def _shown(content: Content) -> Content:
    """Leave out what apply itself notes."""
    meta = dict(content.get("metadata", {}))
    annotations = {
        key: value
        for key, value in meta.get("annotations", {}).items()
        if not key.startswith("kubectl.kubernetes.io/last-applied")
    }
    meta.pop("annotations", None)
    if annotations:
        meta["annotations"] = annotations
    return {**content, "metadata": meta}
