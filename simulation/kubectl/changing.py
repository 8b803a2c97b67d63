"""Verbs that change one thing about objects: scale, label, taint, set image, cordon."""

import re
from typing import TYPE_CHECKING, Any

import msgspec

from simulation.kube.manifests.validation import label_problems
from simulation.kube.manifests.wording import label_key, label_value, shown
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.node import Node, Taint
from simulation.kube.objects.pod import Pod, PodSpec, PodTemplateSpec
from simulation.kube.objects.workload import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulation.kubectl.applying import perform
from simulation.kubectl.errors import NO_RESOURCES, CommandError, required, usage_of
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import collect
from simulation.kubectl.resources import RESOURCES, Target, find
from simulation.kubectl.session import Session
from simulation.kubectl.sources import found_by, invalid_text

if TYPE_CHECKING:
    from simulation.kube.world import World

replace = msgspec.structs.replace
REPLICAS_MAX = 2_147_483_647
NAMES_NEEDED = (
    "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"
)
Scalable = Deployment | ReplicaSet | StatefulSet
Templated = Deployment | ReplicaSet | StatefulSet | DaemonSet


def scale(world: "World", session: Session, call: Call) -> None:
    """Plan a new number of replicas."""
    text = call.flag("replicas")
    if not text:
        raise required("replicas")
    replicas = whole_number(text, "--replicas")
    if not 0 <= replicas <= REPLICAS_MAX:
        raise CommandError(
            "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
        )
    for resource, obj in found_by(world, session, call, NO_RESOURCES):
        if not isinstance(obj, Scalable):
            session.complain(
                world.now,
                "Error from server (NotFound): the server could not find the requested resource",
            )
            continue
        wanted = call.flag("current-replicas")
        if wanted and whole_number(wanted, "--current-replicas") not in (-1, obj.spec.replicas):
            session.complain(
                world.now, f"error: Expected replicas to be {wanted}, was {obj.spec.replicas}"
            )
            continue
        new = _with_replicas(obj, replicas)
        perform(world, session, call, "patch", resource, new, "scaled", ("spec.replicas",))


# --- labels and annotations


def _split_changes(call: Call, what: str) -> tuple[Call, dict[str, str], list[str]]:
    """Return the call without its KEY=VALUE arguments, what to set and what to remove."""
    words, new, removed = [], {}, []
    for word in call.args:
        if "=" in word and not word.startswith("="):
            key, _, value = word.partition("=")
            new[key] = value
        elif word.endswith("-") and len(word) > 1:
            removed.append(word[:-1])
        else:
            words.append(word)
    if not new and not removed and not call.on("list"):
        raise CommandError(f"error: at least one {what} update is required")
    both = sorted(set(new) & set(removed))
    if both:
        raise CommandError(
            f"error: can not both modify and remove the following {what}(s) in the same command: {', '.join(both)}"
        )
    return replace(call, args=tuple(words)), new, removed


def label(world: "World", session: Session, call: Call) -> None:
    """Plan new labels."""
    _mark(world, session, call, "labels", "label", "labeled")


def annotate(world: "World", session: Session, call: Call) -> None:
    """Plan new annotations."""
    _mark(world, session, call, "annotations", "annotation", "annotated")


def _check_values(labels: dict[str, str]) -> None:
    """Raise CommandError about the first value that no label can have."""
    for key, value in labels.items():
        for _, text in label_value("", value):
            why = text.partition(f"{shown(value)}: ")[2]
            raise CommandError(f'error: invalid label value: "{key}={value}": {why}')


def _mark(world: "World", session: Session, call: Call, field: str, what: str, word: str) -> None:
    if not call.args and not call.given("filename"):
        raise CommandError(NAMES_NEEDED)
    call, new, removed = _split_changes(call, what)
    may_overwrite = call.on("overwrite")
    if field == "labels":
        _check_values(new)
    for resource, obj in found_by(world, session, call):
        old = getattr(obj.metadata, field)
        if call.on("list") and not new and not removed:
            for key, value in sorted(old.items()):
                session.say(world.now, f"{key}={value}")
            continue
        clash = [key for key in new if key in old and old[key] != new[key]]
        if clash and not may_overwrite:
            session.complain(
                world.now,
                f"error: '{clash[0]}' already has a value ({old[clash[0]]}), and --overwrite is false",
            )
            continue
        for key in [key for key in removed if key not in old and field == "labels"]:
            session.say(world.now, f'{what} "{key}" not found.')
        merged = {key: value for key, value in {**old, **new}.items() if key not in removed}
        name = f"{resource.typed}/{obj.metadata.name}"
        if merged == old:
            # kubectl says "not labeled", yet "annotated" whether anything changed or not.
            session.say(world.now, f"{name} {'not ' if field == 'labels' else ''}{word}")
            continue
        bad = label_problems("metadata.labels", merged) if field == "labels" else []
        if bad:
            text = invalid_text(resource.kind, obj.metadata.name, [words for _, words in bad])
            session.complain(world.now, text)
            continue
        marked = replace(obj, metadata=replace(obj.metadata, **{field: merged}))
        said = word
        if field == "labels" and removed:
            said = "modified" if new else "unlabeled"
        perform(world, session, call, "patch", resource, marked, said, (f"metadata.{field}",))


# --- nodes


def _nodes(world: "World", session: Session, call: Call) -> list[Node]:
    names = [word.removeprefix("nodes/").removeprefix("node/") for word in call.args]
    if not names and not call.given("selector"):
        raise CommandError(
            f"error: USAGE: {call.verb} NODE [flags]\nSee 'kubectl {call.verb} -h' for help and examples"
        )
    node = RESOURCES["Node"]
    wanted = [Target(node, name) for name in names] or [Target(node)]
    found, problems = collect(world, call, wanted)
    for problem in problems:
        session.complain(world.now, problem)
    return [each for _, each in found if isinstance(each, Node)]


def cordon(world: "World", session: Session, call: Call) -> None:
    """Plan to keep new pods away from nodes, or to let them come again."""
    for node in _nodes(world, session, call):
        if session.failed:
            # As kubectl does: where one name is wrong, nothing happens to the others.
            return
        set_schedulable(world, session, call, node, call.verb == "uncordon")


def set_schedulable(
    world: "World", session: Session, call: Call, node: Node, schedulable: bool
) -> None:
    """Plan a node's mark, unless it has it already."""
    word = "uncordoned" if schedulable else "cordoned"
    if node.spec.unschedulable != schedulable:
        session.say(world.now, f"node/{node.metadata.name} already {word}")
        return
    new = replace(node, spec=replace(node.spec, unschedulable=not schedulable))
    perform(world, session, call, "patch", RESOURCES["Node"], new, word, ("spec.unschedulable",))


EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
TAINT = re.compile(r"^(?P<key>[^=:]+?)(=(?P<value>[^:]*))?(:(?P<effect>[A-Za-z]+))?(?P<minus>-)?$")


def taint(world: "World", session: Session, call: Call) -> None:
    """Plan new taints of nodes."""
    if not call.args:
        raise CommandError("error: one or more resources must be specified as <resource> <name>")
    kind = call.args[0].partition("/")[0]
    if kind not in ("node", "nodes", "no") and call.args[0].isalpha():
        raise CommandError(
            f"error: invalid resource type {find(kind).plural}, only node types are supported"
        )
    words = [w for w in call.args if w not in ("node", "nodes", "no")]
    names = [w for w in words if not (":" in w or "=" in w or w.endswith("-"))]
    changes = [_taint(w) for w in words if w not in names]
    if not changes:
        raise CommandError("error: at least one taint update is required")
    if not names and not call.on("all") and not call.given("selector"):
        raise CommandError(
            "error: at least one resource name must be specified since 'all' parameter is not set"
        )
    narrowed = replace(call, args=tuple(names))
    nodes = (
        [each for each in world.store.list(Node) if isinstance(each, Node)]
        if call.on("all") and not names
        else _nodes(world, session, narrowed)
    )
    problems: list[str] = []
    for node in nodes:
        try:
            _taint_node(world, session, call, node, changes)
        except CommandError as problem:
            # The other nodes get theirs.
            problems.append(problem.text)
    for text in problems:
        session.complain(world.now, text)


def _taint(word: str) -> tuple[Taint, bool]:
    found = TAINT.match(word)
    if found is None:
        raise CommandError(f"error: invalid taint spec: {word}")
    effect, remove = found["effect"] or "", found["minus"] is not None
    if effect and effect not in EFFECTS:
        raise usage_of(f"invalid taint effect: {effect}, unsupported taint effect", "taint")
    if not effect and not remove:
        problems = "; ".join(
            text.partition(f"{shown(word)}: ")[2] for _, text in label_key("", word)
        )
        raise usage_of(f"invalid taint spec: {word}, {problems}", "taint")
    return Taint(found["key"], effect, found["value"] or ""), remove


def _taint_node(
    world: "World", session: Session, call: Call, node: Node, changes: list[tuple[Taint, bool]]
) -> None:
    taints = list(node.spec.taints)
    name = node.metadata.name
    only_removed = all(remove for _, remove in changes)
    may_overwrite = call.on("overwrite")
    for each, remove in changes:
        same = [old for old in taints if old.key == each.key and each.effect in ("", old.effect)]
        if remove and not same:
            raise CommandError(
                f'error: taint "{each.key}{":" if each.effect else ""}{each.effect}" not found'
            )
        if same and not remove and not may_overwrite:
            if same[0].value == each.value:
                continue
            raise CommandError(
                f"error: node {name} already has {each.key} taint(s) with same effect(s) and "
                "--overwrite is false"
            )
        taints = [old for old in taints if old not in same]
        if not remove:
            # Only the node controller notes when; kubectl leaves timeAdded out.
            taints.append(each)
    if tuple(taints) == node.spec.taints:
        raise CommandError(
            f"error: node {name} already has {changes[0][0].key} taint(s) with same effect(s) and "
            "--overwrite is false"
        )
    new = replace(node, spec=replace(node.spec, taints=tuple(taints)))
    word = "untainted" if only_removed else "tainted"
    perform(world, session, call, "patch", RESOURCES["Node"], new, word, ("spec.taints",))


# --- images and rollouts


def set_image(world: "World", session: Session, call: Call) -> None:
    """Plan new images of containers."""
    if not call.args and not call.given("filename"):
        raise CommandError(NO_RESOURCES)
    images = dict(
        word.split("=", 1) for word in call.args if "=" in word and not word.startswith("=")
    )
    if not images:
        raise CommandError("error: at least one image update is required")
    narrowed = replace(call, args=tuple(word for word in call.args if "=" not in word))
    for resource, obj in found_by(world, session, narrowed):
        if not isinstance(obj, Pod | Templated):
            session.complain(
                world.now, f"error: {resource.full} {obj.metadata.name} is not supported"
            )
            continue
        template = obj.spec if isinstance(obj, Pod) else obj.spec.template.spec
        names = [each.name for each in (*template.containers, *template.init_containers)]
        missing = [name for name in images if name != "*" and name not in names]
        if missing:
            session.complain(world.now, f'error: unable to find container named "{missing[0]}"')
            continue
        new = replace(
            template,
            containers=tuple(_with_image(each, images) for each in template.containers),
            init_containers=tuple(_with_image(each, images) for each in template.init_containers),
        )
        if new == template:
            continue
        changed, path = _with_pod_spec(obj, new)
        perform(world, session, call, "patch", resource, changed, "image updated", (path,))


def _with_replicas(obj: Scalable, replicas: int) -> AnyObject:
    if isinstance(obj, Deployment):
        return replace(obj, spec=replace(obj.spec, replicas=replicas))
    if isinstance(obj, StatefulSet):
        return replace(obj, spec=replace(obj.spec, replicas=replicas))
    return replace(obj, spec=replace(obj.spec, replicas=replicas))


def _with_image(container: Any, images: dict[str, str]) -> Any:
    image = images.get(container.name, images.get("*", container.image))
    return replace(container, image=image)


def _with_pod_spec(obj: Pod | Templated, spec: PodSpec) -> tuple[AnyObject, str]:
    """Return the object with another pod specification, and where that lies."""
    if isinstance(obj, Pod):
        return replace(obj, spec=spec), "spec"
    template = replace(obj.spec.template, spec=spec)
    return with_template(obj, template), "spec.template.spec"


def with_template(obj: Templated, template: PodTemplateSpec) -> AnyObject:
    """Return an object with another template."""
    # One line a kind: the type checker cannot see that each keeps its own.
    if isinstance(obj, Deployment):
        return replace(obj, spec=replace(obj.spec, template=template))
    if isinstance(obj, DaemonSet):
        return replace(obj, spec=replace(obj.spec, template=template))
    if isinstance(obj, StatefulSet):
        return replace(obj, spec=replace(obj.spec, template=template))
    return replace(obj, spec=replace(obj.spec, template=template))
