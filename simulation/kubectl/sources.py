"""From `-f` to objects: files of the editor or of a script, never the server's disk.

Everything that is wrong with a manifest is said twice: in kubectl's words, and as a problem with
file, line and column, at which an editor can point.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from simulation.kernel.records import Record
from simulation.kernel.units import Instant
from simulation.kube.admission import refused_by_namespace
from simulation.kube.manifests.codec import Malformed, from_json, to_json
from simulation.kube.manifests.defaults import with_defaults
from simulation.kube.manifests.reading import Document, Problem, Unreadable, documents
from simulation.kube.manifests.updates import prepared
from simulation.kube.manifests.validation import invalid, strict, without_unknown
from simulation.kube.manifests.write_only import stored
from simulation.kube.objects.config import Unsimulated
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.rules.pods import matches
from simulation.kubectl.errors import CommandError, refusal_text
from simulation.kubectl.jsonpath import compact
from simulation.kubectl.output import Found
from simulation.kubectl.parse import Call, not_here
from simulation.kubectl.reading import collect
from simulation.kubectl.resources import Resource, Target, of_kind, targets
from simulation.kubectl.selectors import label_selector
from simulation.kubectl.session import STDERR, Session

if TYPE_CHECKING:
    from simulation.kube.world import World

ENDINGS = (".yaml", ".yml", ".json")


class Given(Record):
    """A manifest whose kind is known, with its namespace filled in."""

    resource: Resource
    document: Document

    @property
    def name(self) -> str:
        """The name that the manifest gives."""
        return str((self.document.content.get("metadata") or {}).get("name") or "")

    @property
    def namespace(self) -> str:
        """Its namespace; empty if the kind has none."""
        return str((self.document.content.get("metadata") or {}).get("namespace") or "")

    @property
    def key(self) -> str:
        """The key in the store."""
        return f"{self.namespace}/{self.name}" if self.resource.namespaced else self.name


def sources(call: Call, files: dict[str, str]) -> list[tuple[str, str]]:
    """Return (name, text) of all files that -f means; raise CommandError if one is missing."""
    found: list[tuple[str, str]] = []
    deep = call.on("recursive")
    for value in call.values("filename"):
        for name in value.split(","):
            if name in files:
                found.append(("STDIN" if name == "-" else name, files[name]))
                continue
            folder = "" if name in (".", "./") else name.removeprefix("./").rstrip("/") + "/"
            inside = [
                each
                for each in sorted(files)
                if each.startswith(folder)
                and each.endswith(ENDINGS)
                and (deep or "/" not in each.removeprefix(folder))
            ]
            plain = name.removeprefix("./")
            if plain in files:
                inside = [plain]
            if not inside:
                raise _missing(name)
            found += [(each, files[each]) for each in inside]
    return found


def _missing(name: str) -> CommandError:
    if name.startswith(("http://", "https://")):
        return not_here(
            name, "paste the manifest into the editor, or one of https://k8s.io/examples/"
        )
    if name == "-":
        return CommandError("error: no objects passed to apply")
    return CommandError(f'error: the path "{name}" does not exist')


def manifests(session: Session, call: Call) -> list[Given]:
    """Return all manifests of a call; raise CommandError about the first that cannot be read."""
    found: list[Given] = []
    if call.given("kustomize"):
        raise CommandError("kubectl -k: real, not simulated here, try: kubectl apply -f FILE")
    for name, text in sources(call, session.files):
        try:
            read = documents(name, text)
        except Unreadable as unreadable:
            session.problems.append(unreadable.problem)
            raise CommandError(
                f"error: error parsing {name}: error converting YAML to JSON: "
                f"{unreadable.problem.text}"
            ) from None
        found += [_given(session, call, each) for each in read if _is_chosen(call, each)]
    if not found:
        raise CommandError(f"error: no objects passed to {call.verb}")
    return found


def _is_chosen(call: Call, document: Document) -> bool:
    """Tell whether -l means a manifest, by the labels that it gives."""
    if not call.given("selector"):
        return True
    meta = document.content.get("metadata")
    labels = meta.get("labels") if isinstance(meta, dict) else None
    return matches(
        label_selector(call.flag("selector")), labels if isinstance(labels, dict) else {}
    )


def _given(session: Session, call: Call, document: Document) -> Given:
    content, file = document.content, document.file
    kind, version = content.get("kind"), content.get("apiVersion")
    if not isinstance(kind, str) or not kind:
        session.problems.append(document.problem("kind", "Object 'Kind' is missing"))
        raise CommandError(
            f"error: unable to decode \"{file}\": Object 'Kind' is missing in '{compact(content)[:300]}'"
        )
    if not isinstance(version, str) or not version:
        session.problems.append(document.problem("apiVersion", "apiVersion not set"))
        raise CommandError(
            f'error: error validating "{file}": error validating data: apiVersion not set; if you '
            "choose to ignore these errors, turn validation off with --validate=false"
        )
    meta = content.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    resource = of_kind(kind, version)
    if resource is None:
        text = f'no matches for kind "{kind}" in version "{version}"'
        session.problems.append(document.problem("kind", text))
        raise CommandError(
            f'error: resource mapping not found for name: "{meta.get("name") or ""}" namespace: '
            f'"{meta.get("namespace") or ""}" from "{file}": {text}\nensure CRDs are installed first'
        )
    document = _with_namespace(call, resource, document, meta)
    if version == "autoscaling/v1":
        document = msgspec.structs.replace(document, content=_autoscaling_v2(document.content))
    return Given(resource, document)


def _autoscaling_v2(content: dict[str, Any]) -> dict[str, Any]:
    """Return an autoscaler of the older version as the API server converts it."""
    spec = dict(content.get("spec") or {})
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    if percent is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    return {**content, "apiVersion": "autoscaling/v2", "spec": spec}


def _with_namespace(
    call: Call, resource: Resource, document: Document, meta: dict[str, Any]
) -> Document:
    content = document.content
    if not resource.namespaced:
        kept = {key: value for key, value in meta.items() if key != "namespace"}
        return msgspec.structs.replace(document, content={**content, "metadata": kept})
    given = meta.get("namespace")
    if given and call.given("namespace") and given != call.namespace:
        raise CommandError(
            f'error: the namespace from the provided object "{given}" does not match the namespace '
            f"\"{call.namespace}\". You must pass '--namespace={given}' to perform this operation."
        )
    meta = {**meta, "namespace": given or call.namespace}
    return msgspec.structs.replace(document, content={**content, "metadata": meta})


def wanted_by(session: Session, call: Call, names_needed: bool = True) -> list[Target]:
    """Return what arguments or -f name."""
    if call.given("filename") or call.given("kustomize"):
        return [Target(each.resource, each.name) for each in manifests(session, call)]
    return targets(call, names_needed)


def found_by(
    world: "World",
    session: Session,
    call: Call,
    nothing: str = "error: required resource not specified",
    names_needed: bool = True,
) -> Found:
    """Return the objects that arguments or -f name; complaints go to the session.

    nothing: what is said if the line names none.
    names_needed: whether a kind alone is too little; otherwise it means all of that kind.
    """
    wanted = wanted_by(session, call, names_needed)
    if not wanted:
        raise CommandError(nothing)
    found, problems = collect(world, call, wanted)
    for problem in problems:
        session.complain(world.now, problem)
    return found


class Rejected(CommandError):
    """The API server would not take a manifest; the text is its answer."""

    def __init__(self, text: str, problems: list[Problem]) -> None:
        super().__init__(text)
        self.problems = problems


def admitted(
    world: "World",
    resource: Resource,
    document: Document,
    context: str,
    live: AnyObject | None = None,
) -> AnyObject:
    """Return the object that a manifest means, defaults filled in; raise Rejected.

    context: what kubectl was doing, such as 'error when creating "web.yaml"'.
    live: what it takes the place of.
    """
    content, kind = document.content, resource.kind
    before = f"Error from server (BadRequest): {context}{': ' if context else ''}"
    handled = f'{kind} in version "{resource.version}" cannot be handled as a {kind}: '
    wrong = strict(kind, content)
    unknown = [each for each in wrong if each[1].startswith("unknown field")]
    typed = [each for each in wrong if each not in unknown]
    problems = [document.problem(path, text) for path, text in wrong]
    if typed:
        raise Rejected(before + handled + typed[0][1], problems)
    if unknown:
        listed = ", ".join(text for _, text in unknown)
        raise Rejected(f"{before}{handled}strict decoding error: {listed}", problems)
    content = stored(kind, content)
    if live is not None:
        content = prepared(kind, to_json(live, world.calendar), content)
    bad = invalid(kind, content)
    if bad:
        _refuse_lost_namespace(world, resource, content, context)
        name = str((content.get("metadata") or {}).get("name") or "")
        raise Rejected(
            invalid_text(kind, name, [text for _, text in bad]),
            [document.problem(path, text) for path, text in bad],
        )
    try:
        return with_defaults(from_json(content, world.calendar))
    except Malformed as malformed:
        problem = document.problem(malformed.path, malformed.text)
        raise Rejected(
            before + handled + f"{malformed.path}: {malformed.text}", [problem]
        ) from None


def _refuse_lost_namespace(
    world: "World", resource: Resource, content: dict[str, Any], context: str
) -> None:
    """Raise Rejected if an object has no namespace to live in: that is found before its own faults.

    One without faults is sent, and told so when it arrives.
    """
    meta = content.get("metadata") or {}
    named = ObjectMeta(name=str(meta.get("name") or ""), namespace=str(meta.get("namespace") or ""))
    refused = refused_by_namespace(world, Unsimulated(named, actual_kind=resource.kind))
    if refused is not None:
        raise Rejected(refusal_text(refused, context), [])


def tolerated(
    session: Session, now: Instant, kind: str, content: dict[str, Any], warn: bool
) -> dict[str, Any]:
    """Return a content without the fields that its kind has not; warn of them if asked to."""
    for _, text in strict(kind, content) if warn else ():
        if text.startswith("unknown field"):
            session.say(now, f"Warning: {text}", STDERR)
    return without_unknown(kind, content)


STRICTNESS = {"true": "", "strict": "", "warn": "warn", "false": "drop", "ignore": "drop"}


def as_validated(world: "World", session: Session, call: Call, given: Given) -> Given:
    """Return a manifest as --validate leaves it: whole, or without its unknown fields."""
    mode = call.flag("validate", "strict")
    if mode not in STRICTNESS:
        raise CommandError(
            f'error: invalid - validate option "{mode}"; allowed values are: true, false, strict, warn, ignore'
        )
    if not STRICTNESS[mode]:
        return given
    warn = STRICTNESS[mode] == "warn"
    content = tolerated(session, world.now, given.resource.kind, given.document.content, warn)
    document = msgspec.structs.replace(given.document, content=content)
    return msgspec.structs.replace(given, document=document)


def invalid_text(kind: str, name: str, texts: list[str]) -> str:
    """Return kubectl's words about an object that the API server finds invalid."""
    head = f'The {kind} "{name}" is invalid: '
    return head + texts[0] if len(texts) == 1 else head + "".join(f"\n* {text}" for text in texts)


def checked(
    world: "World", resource: Resource, content: dict[str, Any], live: AnyObject | None = None
) -> AnyObject:
    """Return the object of a content that a command made; raise CommandError if it is invalid."""
    document = Document("", content, {})
    try:
        return admitted(world, resource, document, "", live)
    except Rejected as rejected:
        raise CommandError(rejected.text) from None
