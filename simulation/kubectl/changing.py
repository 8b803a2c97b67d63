"""Verbs that change one thing about objects: scale, label, taint, set image, cordon, rollout."""

import re
from typing import TYPE_CHECKING, Any

import msgspec

from simulation.kube.indexes import REPLICA_SETS_BY_OWNER
from simulation.kube.manifests.codec import to_json
from simulation.kube.manifests.validation import label_problems
from simulation.kube.manifests.wording import label_key, label_value, shown
from simulation.kube.objects.kinds import AnyObject
from simulation.kube.objects.node import Node, Taint
from simulation.kube.objects.pod import Pod, PodSpec, PodTemplateSpec
from simulation.kube.objects.workload import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulation.kube.rules.revisions import revision_of, same_template, without_hash
from simulation.kubectl.applying import CHANGE_CAUSE, perform
from simulation.kubectl.describe_pods import template
from simulation.kubectl.errors import NO_RESOURCES, CommandError, required, usage_of
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call, not_here
from simulation.kubectl.reading import collect
from simulation.kubectl.resources import RESOURCES, Target, find, targets
from simulation.kubectl.session import Session
from simulation.kubectl.sources import found_by, invalid_text

if TYPE_CHECKING:
    from simulation.kube.world import World

replace = msgspec.structs.replace
RESTARTED = "kubectl.kubernetes.io/restartedAt"
REPLICAS_MAX = 2_147_483_647
NAMES_NEEDED = (
    "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"
)
Scalable = Deployment | ReplicaSet | StatefulSet
Templated = Deployment | ReplicaSet | StatefulSet | DaemonSet
Restartable = Deployment | DaemonSet | StatefulSet


def scale(world: "World", session: Session, call: Call) -> None:
    """Plan a new number of replicas."""
    text = call.flag("replicas")
    if not text:
        raise required("replicas")
    replicas = whole_number(text, "--replicas")
    if not 0 <= replicas <= REPLICAS_MAX:
        raise CommandError("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
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


def _mark(world: "World", session: Session, call: Call, field: str, what: str, word: str) -> None:
    if not call.args and not call.given("filename"):
        raise CommandError(NAMES_NEEDED)
    call, new, removed = _split_changes(call, what)
    may_overwrite = call.on("overwrite")
    if field == "labels":
        for key, value in new.items():
            for _, text in label_value("", value):
                why = text.partition(f"{shown(value)}: ")[2]
                raise CommandError(f'error: invalid label value: "{key}={value}": {why}')
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
        for key in removed:
            if key not in old and field == "labels":
                session.say(world.now, f'{what} "{key}" not found.')
        merged = {key: value for key, value in {**old, **new}.items() if key not in removed}
        name = f"{resource.typed}/{obj.metadata.name}"
        if merged == old:
            # kubectl says "not labeled", yet "annotated" whether anything changed or not.
            session.say(world.now, f"{name} {'not ' if field == 'labels' else ''}{word}")
            continue
        marked = replace(obj, metadata=replace(obj.metadata, **{field: merged}))
        said = word
        if field == "labels":
            said = {(True, True): "modified", (False, True): "unlabeled"}.get((bool(new), bool(removed)), word)
            bad = label_problems("metadata.labels", merged)
            if bad:
                text = invalid_text(resource.kind, obj.metadata.name, [words for _, words in bad])
                session.complain(world.now, text)
                continue
        perform(world, session, call, "patch", resource, marked, said, (f"metadata.{field}",))


# --- nodes


def _nodes(world: "World", session: Session, call: Call) -> list[Node]:
    names = [word.removeprefix("nodes/").removeprefix("node/") for word in call.args]
    if not names and not call.given("selector"):
        raise CommandError(f"error: USAGE: {call.verb} NODE [flags]\nSee 'kubectl {call.verb} -h' for help and examples")
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
        raise CommandError(f"error: invalid resource type {find(kind).plural}, only node types are supported")
    words = [w for w in call.args if w not in ("node", "nodes", "no")]
    names = [w for w in words if not (":" in w or "=" in w or w.endswith("-"))]
    changes = [_taint(w) for w in words if w not in names]
    if not changes:
        raise CommandError("error: at least one taint update is required")
    if not names and not call.on("all") and not call.given("selector"):
        raise CommandError("error: at least one resource name must be specified since 'all' parameter is not set")
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
        problems = "; ".join(text.partition(f"{shown(word)}: ")[2] for _, text in label_key("", word))
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
            raise CommandError(f'error: taint "{each.key}{":" if each.effect else ""}{each.effect}" not found')
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
            session.complain(world.now, f"error: {resource.full} {obj.metadata.name} is not supported")
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
    return _with_template(obj, template), "spec.template.spec"


def _with_template(obj: Templated, template: PodTemplateSpec) -> AnyObject:
    # One line a kind: the type checker cannot see that each keeps its own.
    if isinstance(obj, Deployment):
        return replace(obj, spec=replace(obj.spec, template=template))
    if isinstance(obj, DaemonSet):
        return replace(obj, spec=replace(obj.spec, template=template))
    if isinstance(obj, StatefulSet):
        return replace(obj, spec=replace(obj.spec, template=template))
    return replace(obj, spec=replace(obj.spec, template=template))


def restart(world: "World", session: Session, call: Call) -> None:
    """Plan a rollout of the same template: an annotation makes it a new one."""
    for resource, obj in found_by(world, session, call, names_needed=False):
        if not isinstance(obj, Restartable):
            session.complain(world.now, f"error: {resource.plural} \"{obj.metadata.name}\" restarting is not supported")
            continue
        if getattr(obj.spec, "paused", False):
            session.complain(
                world.now,
                f'error: {resource.full} "{obj.metadata.name}" can\'t restart paused deployment '
                "(run rollout resume first)",
            )
            continue
        template = obj.spec.template
        annotations = {**template.metadata.annotations, RESTARTED: world.calendar.rfc3339(world.now)}
        template = replace(template, metadata=replace(template.metadata, annotations=annotations))
        new = _with_template(obj, template)
        path = ("spec.template.metadata.annotations",)
        perform(world, session, call, "patch", resource, new, "restarted", path)


def pause(world: "World", session: Session, call: Call) -> None:
    """Plan to hold a Deployment's rollout, or to let it go on."""
    wanted = call.verb == "rollout pause"
    for resource, obj in found_by(world, session, call, names_needed=False):
        name = obj.metadata.name
        if not isinstance(obj, Deployment):
            session.complain(world.now, f'error: {resource.full} "{name}" pausing is not supported')
        elif obj.spec.paused == wanted:
            state = "already paused" if wanted else "not paused"
            session.complain(world.now, f'error: {resource.full} "{name}" is {state}')
        else:
            new = replace(obj, spec=replace(obj.spec, paused=wanted))
            word = "paused" if wanted else "resumed"
            perform(world, session, call, "patch", resource, new, word, ("spec.paused",))


def _revisions(world: "World", obj: Deployment) -> list[ReplicaSet]:
    owned = [
        each
        for _, each in world.store.by(REPLICA_SETS_BY_OWNER, obj.metadata.uid)
        if isinstance(each, ReplicaSet)
    ]
    return sorted(owned, key=revision_of)


def undo(world: "World", session: Session, call: Call) -> None:
    """Plan to go back to the template of an earlier revision."""
    wanted = whole_number(call.flag("to-revision", "0"), "--to-revision")
    found = found_by(world, session, call, names_needed=False)
    several = len(found) > 1
    for resource, obj in found:
        name = obj.metadata.name
        if not isinstance(obj, Deployment):
            session.complain(world.now, f"error: no rollbacker has been implemented for {resource.kind}")
            continue
        if obj.spec.paused:
            session.complain(
                world.now,
                'error: you cannot rollback a paused deployment; resume it first with "kubectl '
                'rollout resume" and try again',
            )
            continue
        known = _revisions(world, obj)
        if wanted:
            chosen = [each for each in known if revision_of(each) == wanted]
            if not chosen:
                session.complain(world.now, f"error: unable to find specified revision {wanted} in history")
                continue
        else:
            chosen = known[-2:-1]
            if not chosen:
                before = "" if several else "error: "
                session.complain(world.now, f'{before}no rollout history found for deployment "{name}"')
                continue
        if same_template(chosen[0], obj.spec.template):
            session.say(
                world.now,
                f"deployment.apps/{name} skipped rollback (current template already matches "
                f"revision {revision_of(chosen[0])})",
            )
            continue
        new = replace(obj, spec=replace(obj.spec, template=without_hash(chosen[0].spec.template)))
        if call.dry_run == "client":
            session.say(world.now, f"deployment.apps/{name} {_template(world, chosen[0])}\n (dry run)")
            continue
        perform(world, session, call, "patch", resource, new, "rolled back", ("spec.template",))


def history(world: "World", call: Call) -> Output:
    """Print the revisions of a Deployment."""
    found, problems = collect(world, call, targets(call))
    if not found and not problems:
        raise CommandError("error: required resource not specified")
    text = []
    for resource, obj in found:
        if not isinstance(obj, Deployment):
            if isinstance(obj, Restartable):
                raise not_here(f"kubectl rollout history of a {resource.kind}", "kubectl describe")
            raise CommandError(f'error: no history viewer has been implemented for "{resource.kind}"')
        known = _revisions(world, obj)
        if call.given("revision"):
            text.append(_revision(world, call, obj, known) + "\n")
            continue
        rows = [["REVISION", "CHANGE-CAUSE"]]
        for each in known:
            cause = each.metadata.annotations.get(CHANGE_CAUSE, "<none>")
            rows.append([str(revision_of(each)), cause])
        lines = "\n".join(_narrow(rows))
        text.append(f"deployment.apps/{obj.metadata.name} \n{lines}\n\n")
    stderr = "".join(f"{problem}\n" for problem in problems)
    return Output("".join(text), stderr, 1 if problems else 0)


def _narrow(rows: list[list[str]]) -> list[str]:
    """Lay out with two spaces: rollout history uses another tab writer than get."""
    width = max(len(row[0]) for row in rows) + 2
    return [row[0].ljust(width) + row[1] for row in rows]


def _revision(world: "World", call: Call, obj: Deployment, known: list[ReplicaSet]) -> str:
    wanted = whole_number(call.flag("revision"), "--revision")
    for each in known:
        if revision_of(each) == wanted:
            return f"deployment.apps/{obj.metadata.name} with revision #{wanted}\n{_template(world, each)}\n"
    raise CommandError("error: unable to find the specified revision")


def _template(world: "World", replicaset: ReplicaSet) -> str:
    """Return a revision's template as `describe` words it; here its tabs stay tabs."""
    content = to_json(replicaset, world.calendar)
    cause = replicaset.metadata.annotations.get(CHANGE_CAUSE)
    given = content["spec"]["template"]
    if cause:
        meta = given["metadata"]
        marked = {**meta, "annotations": {**meta.get("annotations", {}), CHANGE_CAUSE: cause}}
        given = {**given, "metadata": marked}
    return "\n".join(template(world, given))
