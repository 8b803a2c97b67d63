"""kubectl rollout: restart, pause, resume, undo, and the revisions that there are.

Follows kubectl's pkg/polymorphichelpers (rollback.go, history.go, objectrestarter.go).
"""

from typing import TYPE_CHECKING

import msgspec

from simulation.kube.indexes import REPLICA_SETS_BY_OWNER
from simulation.kube.manifests.codec import to_json
from simulation.kube.objects.workload import DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulation.kube.rules.revisions import (
    copied,
    kept,
    revision_of,
    same_template,
    without_hash,
)
from simulation.kubectl.applying import CHANGE_CAUSE, perform
from simulation.kubectl.changing import with_template
from simulation.kubectl.describe_pods import template
from simulation.kubectl.errors import CommandError
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call, not_here
from simulation.kubectl.reading import collect
from simulation.kubectl.resources import targets
from simulation.kubectl.session import Session
from simulation.kubectl.sources import found_by

if TYPE_CHECKING:
    from simulation.kube.world import World

replace = msgspec.structs.replace
RESTARTED = "kubectl.kubernetes.io/restartedAt"
Restartable = Deployment | DaemonSet | StatefulSet


def restart(world: "World", session: Session, call: Call) -> None:
    """Plan a rollout of the same template: an annotation makes it a new one."""
    for resource, obj in found_by(world, session, call, names_needed=False):
        if not isinstance(obj, Restartable):
            session.complain(
                world.now,
                f'error: {resource.plural} "{obj.metadata.name}" restarting is not supported',
            )
            continue
        if getattr(obj.spec, "paused", False):
            session.complain(
                world.now,
                f'error: {resource.full} "{obj.metadata.name}" can\'t restart paused deployment '
                "(run rollout resume first)",
            )
            continue
        template = obj.spec.template
        annotations = {
            **template.metadata.annotations,
            RESTARTED: world.calendar.rfc3339(world.now),
        }
        template = replace(template, metadata=replace(template.metadata, annotations=annotations))
        new = with_template(obj, template)
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
            real = not_here(f"kubectl rollout undo of a {resource.kind}", "kubectl set image")
            none = f'error: no rollbacker has been implemented for "{resource.kind}"'
            session.complain(world.now, real.text if isinstance(obj, Restartable) else none)
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
                session.complain(
                    world.now, f"error: unable to find specified revision {wanted} in history"
                )
                continue
        else:
            chosen = known[-2:-1]
            if not chosen:
                before = "" if several else "error: "
                session.complain(
                    world.now, f'{before}no rollout history found for deployment "{name}"'
                )
                continue
        if same_template(chosen[0], obj.spec.template):
            session.say(
                world.now,
                f"deployment.apps/{name} skipped rollback (current template already matches "
                f"revision {revision_of(chosen[0])})",
            )
            continue
        new = _rolled_back(obj, chosen[0])
        if call.dry_run == "client":
            session.say(
                world.now, f"deployment.apps/{name} {_template(world, chosen[0])}\n (dry run)"
            )
            continue
        fields = ("spec.template", "metadata.annotations")
        perform(world, session, call, "patch", resource, new, "rolled back", fields)


def _rolled_back(obj: Deployment, to: ReplicaSet) -> Deployment:
    """Return a Deployment with an earlier template and its annotations (rollback.go)."""
    annotations = {**kept(obj.metadata.annotations), **copied(to.metadata.annotations)}
    return replace(
        obj,
        metadata=replace(obj.metadata, annotations=annotations),
        spec=replace(obj.spec, template=without_hash(to.spec.template)),
    )


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
            raise CommandError(
                f'error: no history viewer has been implemented for "{resource.kind}"'
            )
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
