"""Commands that wait: rollout status, wait, get -w, logs -f, and the end of what was deleted.

Each goal is asked again and again (`GOALS`): it prints what is new and tells whether it is reached.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.kernel.units import HOUR, SECOND
from simulation.kube.manifests.codec import to_json
from simulation.kube.network.links import INTERNET
from simulation.kube.objects.kinds import AnyObject, key_of
from simulation.kube.objects.workload import DaemonSet, Deployment, StatefulSet
from simulation.kube.rules.pods import condition
from simulation.kube.rules.revisions import REVISION
from simulation.kubectl.durations import duration
from simulation.kubectl.errors import CommandError
from simulation.kubectl.events import chosen as events_chosen
from simulation.kubectl.events import event_row
from simulation.kubectl.jsonpath import steps_of, text_of, values_at
from simulation.kubectl.notes import notes_about
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.output import print_as
from simulation.kubectl.parse import Call, not_here
from simulation.kubectl.reading import collect, gone, namespace_of
from simulation.kubectl.resources import RESOURCES, Target, targets
from simulation.kubectl.selectors import select
from simulation.kubectl.session import STDERR, Aim, Session
from simulation.kubectl.sources import wanted_by
from simulation.kubectl.tables import cells, headers, layout

if TYPE_CHECKING:
    from simulation.kube.world import World

WAIT_DEFAULT = 30 * SECOND
PING_UNANSWERED = 45 * SECOND
"""A connection is pinged after 30 s of silence and given up 15 s later (apimachinery, util/net)."""
FOREVER = 7 * 24 * HOUR
"""kubectl wait takes a negative timeout as a week."""


# --- deletion


def look_deleted(world: "World", session: Session, call: Call) -> bool:
    """Tell whether all that was deleted is gone."""
    session.aims = [
        aim
        for aim in session.aims
        if (found := world.store.get(aim.kind, aim.key)) is not None
        and (not aim.uid or found.metadata.uid == aim.uid)
    ]
    return not session.aims


# --- rollouts


def rollout_status(world: "World", session: Session, call: Call) -> None:
    """Begin to follow a rollout."""
    wanted = wanted_by(session, call, names_needed=False)
    if not wanted:
        raise CommandError("error: required resource not specified")
    found, problems = collect(world, call, wanted)
    if problems:
        raise CommandError(problems[0])
    for resource, obj in found:
        if not isinstance(obj, Deployment | DaemonSet | StatefulSet):
            raise CommandError(f"error: no status viewer has been implemented for {resource.kind}")
        if not resource.simulated:
            raise not_here(f"kubectl rollout status of a {resource.kind}", "kubectl get -o yaml")
        session.aims.append(Aim(resource.kind, key_of(obj), obj.metadata.uid))
    whole_number(call.flag("revision", "0"), "--revision")
    session.goal = "rolled-out"
    if call.given("timeout") and duration(call.flag("timeout")) > 0:
        session.deadline = world.now + duration(call.flag("timeout"))


def look_rolled_out(world: "World", session: Session, call: Call) -> bool:
    """Print a rollout's state at each event of its watch, as kubectl does; tell whether it is over."""
    follows = call.on("watch", True)
    while session.aims:
        aim = session.aims[0]
        over: bool | None = False
        for obj in _versions(world, session, aim):
            if obj is None or obj.metadata.uid != aim.uid:
                session.complain(world.now, "error: object has been deleted")
                return True
            text, over = STATUS_VIEWERS[aim.kind](obj)
            if aim.kind == "Deployment" and call.given("revision"):
                text, over = _of_revision(
                    obj, whole_number(call.flag("revision"), "--revision"), text, over
                )
            if over is None:
                session.complain(world.now, text)
                return True
            session.say(world.now, text)
            session.last_said = text
            if over:
                break
        if not over and follows:
            return False
        session.aims = session.aims[1:]
        session.last_said = ""
    return True


def _versions(world: "World", session: Session, aim: Aim) -> list[AnyObject | None]:
    """Return an object as it is, and at later looks as each change has left it."""
    begun, since = bool(session.last_said), session.seen
    session.seen = world.store.version
    changes = world.store.changes_since(since) if begun else None
    if changes is None:
        return [world.store.get(aim.kind, aim.key)]
    return [each.new for each in changes if (each.kind, each.key) == (aim.kind, aim.key)]


def deployment_status(obj: AnyObject) -> tuple[str, bool | None]:
    """Return kubectl's line about a Deployment, and whether it is rolled out (None: never)."""
    assert isinstance(obj, Deployment), f"{obj.metadata.name} is no Deployment"
    name, wanted, status = obj.metadata.name, obj.spec.replicas, obj.status
    if obj.metadata.generation > status.observed_generation:
        return "Waiting for deployment spec update to be observed...", False
    progressing = condition(obj, "Progressing")
    if progressing is not None and progressing.reason == "ProgressDeadlineExceeded":
        return f'error: deployment "{name}" exceeded its progress deadline', None
    rest = f'Waiting for deployment "{name}" rollout to finish: '
    if status.updated_replicas < wanted:
        return (
            f"{rest}{status.updated_replicas} out of {wanted} new replicas have been updated...",
            False,
        )
    if status.replicas > status.updated_replicas:
        old = status.replicas - status.updated_replicas
        return f"{rest}{old} old replicas are pending termination...", False
    if status.available_replicas < status.updated_replicas:
        return (
            f"{rest}{status.available_replicas} of {status.updated_replicas} updated replicas are "
            "available...",
            False,
        )
    return f'deployment "{name}" successfully rolled out', True


def _of_revision(
    obj: AnyObject, wanted: int, text: str, over: bool | None
) -> tuple[str, bool | None]:
    """Return a status, or that another revision is the one that runs."""
    revision = int(obj.metadata.annotations.get(REVISION, "0") or 0)
    if wanted > 0 and revision != wanted:
        return (
            f"error: desired revision ({wanted}) is different from the running revision ({revision})",
            None,
        )
    return text, over


ONLY_ROLLING = "error: rollout status is only available for RollingUpdate strategy type"


def daemonset_status(obj: AnyObject) -> tuple[str, bool | None]:
    """Return kubectl's line about a DaemonSet, and whether it is rolled out (None: never)."""
    assert isinstance(obj, DaemonSet), f"{obj.metadata.name} is no DaemonSet"
    name, status = obj.metadata.name, obj.status
    if obj.spec.update_strategy.type != "RollingUpdate":
        return ONLY_ROLLING, None
    if obj.metadata.generation > status.observed_generation:
        return "Waiting for daemon set spec update to be observed...", False
    rest = f'Waiting for daemon set "{name}" rollout to finish: '
    wanted = status.desired_number_scheduled
    if status.updated_number_scheduled < wanted:
        return (
            f"{rest}{status.updated_number_scheduled} out of {wanted} new pods have been updated...",
            False,
        )
    if status.number_available < wanted:
        return f"{rest}{status.number_available} of {wanted} updated pods are available...", False
    return f'daemon set "{name}" successfully rolled out', True


def statefulset_status(obj: AnyObject) -> tuple[str, bool | None]:
    """Return kubectl's line about a StatefulSet, and whether it is rolled out (None: never)."""
    assert isinstance(obj, StatefulSet), f"{obj.metadata.name} is no StatefulSet"
    status, strategy = obj.status, obj.spec.update_strategy
    if strategy.type != "RollingUpdate":
        return ONLY_ROLLING, None
    if status.observed_generation == 0 or obj.metadata.generation > status.observed_generation:
        return "Waiting for statefulset spec update to be observed...", False
    if status.ready_replicas < obj.spec.replicas:
        missing = obj.spec.replicas - status.ready_replicas
        return f"Waiting for {missing} pods to be ready...", False
    if status.update_revision != status.current_revision:
        done = f"{status.updated_replicas} pods at revision {status.update_revision}..."
        return f"waiting for statefulset rolling update to complete {done}", False
    done = f"{status.current_replicas} pods at revision {status.current_revision}..."
    return f"statefulset rolling update complete {done}", True


STATUS_VIEWERS: dict[str, Callable[[AnyObject], tuple[str, bool | None]]] = {
    "DaemonSet": daemonset_status,
    "Deployment": deployment_status,
    "StatefulSet": statefulset_status,
}
"""Kind to who words its rollout."""


# --- wait


def wait(world: "World", session: Session, call: Call) -> None:
    """Begin to wait for a condition."""
    wanted = call.flag("for")
    if not wanted:
        raise CommandError("error: unrecognized condition: []")
    sort, equals, _ = wanted.partition("=")
    with_more = sort.lower() in ("condition", "jsonpath")
    if sort.lower() not in ("delete", "create", "condition", "jsonpath") or (
        with_more and not equals
    ):
        raise CommandError(f'error: unrecognized condition: "{wanted}"')
    if sort == "jsonpath":
        _jsonpath(wanted)
    meant = wanted_by(session, call)
    if not meant:
        raise CommandError("error: no matching resources found")
    if sort.lower() == "create":
        session.aims += [_aim_at_name(each, call) for each in meant]
    else:
        _aim_at_found(world, session, call, meant, is_deletion=sort.lower() == "delete")
    session.goal = "waited"
    timeout = duration(call.flag("timeout")) if call.given("timeout") else WAIT_DEFAULT
    session.deadline = world.now + (FOREVER if timeout < 0 else timeout)


def _aim_at_name(each: Target, call: Call) -> Aim:
    """Return what to wait for of an object that need not be there yet."""
    namespace = namespace_of(each.resource, call)
    key = f"{namespace}/{each.name}" if namespace else each.name
    return Aim(each.resource.kind, key, "", f"{each.resource.plural}/{each.name}")


def _aim_at_found(
    world: "World", session: Session, call: Call, meant: list[Target], is_deletion: bool
) -> None:
    """Aim at the objects that are there; whose deletion is awaited may be gone already."""
    found, problems = collect(world, call, meant)
    for problem in problems if not is_deletion else ():
        session.complain(world.now, problem)
    if not found and not problems:
        raise CommandError("error: no matching resources found")
    for resource, obj in found:
        name = obj.metadata.name
        typed = f"{resource.typed}/{name}"
        session.aims.append(
            Aim(resource.kind, key_of(obj), obj.metadata.uid, f"{resource.plural}/{name}", typed)
        )
    for note in notes_about(found):
        session.say(world.now, note, STDERR)


def _jsonpath(wanted: str) -> tuple[str, str | None]:
    body = wanted.partition("=")[2]
    found = re.match(r"^'?(\{.*\})'?(?:=(.*))?$", body)
    if found is None:
        raise CommandError(
            "error: unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' "
            "or '{.name1.name2}'"
        )
    return found[1].strip("{}"), found[2]


def look_waited(world: "World", session: Session, call: Call) -> bool:
    """Print whose condition is met; tell whether all are."""
    waiting = []
    for aim in session.aims:
        obj = world.store.get(aim.kind, aim.key)
        if _is_met(world, call.flag("for"), obj, aim):
            said = aim.said or _typed(aim)
            session.say(world.now, f"{said} condition met")
        elif obj is None and not call.flag("for").startswith(("delete", "create")):
            session.complain(
                world.now,
                f"Error from server (NotFound): {aim.resource.replace('/', ' ', 1)} not found",
            )
            note = gone(world, aim.kind, aim.key, _typed(aim))
            if note:
                session.say(world.now, note, STDERR)
        else:
            waiting.append(aim)
    session.aims = waiting
    return not waiting


def _typed(aim: Aim) -> str:
    resource = RESOURCES.get(aim.kind)
    return f"{resource.typed if resource else aim.kind}/{aim.key.rpartition('/')[2]}"


def _is_met(world: "World", wanted: str, obj: AnyObject | None, aim: Aim) -> bool:
    if wanted == "delete":
        return obj is None or obj.metadata.uid != aim.uid
    if obj is None:
        return False
    if wanted == "create":
        return True
    if wanted.startswith("jsonpath"):
        path, value = _jsonpath(wanted)
        found = values_at(steps_of(path), to_json(obj, world.calendar))
        return bool(found) and (value is None or text_of(found[0]) == value)
    _, _, rest = wanted.partition("=")
    name, _, status = rest.partition("=")
    held = next(
        (
            each
            for each in getattr(getattr(obj, "status", None), "conditions", ())
            if each.type.lower() == name.lower()
        ),
        None,
    )
    return held is not None and held.status.lower() == (status or "true").lower()


# --- get -w


def watch(world: "World", session: Session, call: Call) -> None:
    """Print what is there, and begin to follow it."""
    wanted = targets(call)
    if len({each.resource.kind for each in wanted}) != 1:
        raise CommandError(
            "error: you may only specify a single resource type"
            if wanted
            else "error: Required resource not specified."
        )
    resource = wanted[0].resource
    found, problems = collect(world, call, wanted)
    if problems:
        raise CommandError(problems[0])
    session.seen = world.store.version
    session.fed_by = world.api.pick(world, INTERNET, session.server)
    session.goal = "watched"
    if not call.on("watch-only"):
        _print(world, session, call, [obj for _, obj in found], not call.on("no-headers"))
    if resource.kind == "Event":
        session.seen = len(world.events.rows(world.now))


def _print(
    world: "World", session: Session, call: Call, objects: list[AnyObject], head: bool = False
) -> None:
    form = call.flag("output")
    resource = targets(call)[0].resource
    if form not in ("", "wide"):
        for each in objects:
            session.say(world.now, print_as(world, form, [(resource, each)], False))
        return
    everywhere = call.on("all-namespaces") and resource.namespaced
    rows = []
    if head and objects:
        names = headers(resource.kind, form == "wide")
        rows.append(["NAMESPACE", *names] if everywhere else names)
    for each in objects:
        row = cells(each, world.now, form == "wide", world.calendar)
        rows.append([each.metadata.namespace, *row] if everywhere else row)
    for line in layout(rows, session.widths):
        session.say(world.now, line)


def look_watched(world: "World", session: Session, call: Call) -> bool:
    """Print every change that its API server has told since the last look.

    Tell whether the watch has ended: with its connection, or closed by a server without its etcd.
    kubectl says nothing then (kubectl/pkg/cmd/get/get.go).
    """
    server = world.api.state.servers.get(session.fed_by)
    if server is None or not _is_connected(world, session):
        return True
    if session.silent_since >= 0:
        return False
    target = targets(call)[0]
    changes = world.store.changes_since(session.seen) or ()
    first = not session.widths and not call.on("no-headers")
    for change in changes:
        if change.version > server.seen:
            break
        session.seen = change.version
        obj = change.new or change.old
        if change.kind != target.resource.kind or obj is None:
            continue
        if target.name and obj.metadata.name not in [each.name for each in targets(call)]:
            continue
        namespace = namespace_of(target.resource, call)
        if namespace and not call.on("all-namespaces") and obj.metadata.namespace != namespace:
            continue
        chosen_ones = select(
            [obj], call.flag("selector"), call.flag("field-selector"), target.resource.located
        )
        _print(world, session, call, chosen_ones, first)
        first = first and not chosen_ones
    return not world.server_health.has_cache(session.fed_by)


def _is_connected(world: "World", session: Session) -> bool:
    """Tell whether a watch still believes in its connection.

    A process that ended resets it; a machine that is merely silent is believed in until an HTTP/2
    ping has gone unanswered.
    """
    name = session.fed_by
    machine = world.machines[name]
    if machine.is_on and world.links.both_ways(INTERNET, name):
        session.silent_since = -1
        return world.api.state.servers[name].alive and machine.since <= session.started
    if session.silent_since < 0:
        session.silent_since = world.now
    return world.now < session.silent_since + PING_UNANSWERED


def watch_events(world: "World", session: Session, call: Call) -> None:
    """Print the events there are, and begin to follow them."""
    session.goal = "events"
    session.last_said = ""
    rows = [["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]]
    rows += [event_row(each, world.now) for each in events_chosen(world, call)]
    for line in layout(rows, session.widths):
        session.say(world.now, line)
    session.seen = world.now


def look_events(world: "World", session: Session, call: Call) -> bool:
    """Print the events since the last look."""
    new = [each for each in events_chosen(world, call) if (each.last_timestamp or 0) > session.seen]
    session.seen = world.now
    for line in layout([event_row(each, world.now) for each in new], session.widths):
        session.say(world.now, line)
    return False


def look_log(world: "World", session: Session, call: Call) -> bool:
    """Follow logs until their pods are gone."""
    return look_deleted(world, session, call)


GOALS: dict[str, Callable[["World", Session, Call], bool]] = {
    "deleted": look_deleted,
    "events": look_events,
    "followed": look_log,
    "rolled-out": look_rolled_out,
    "waited": look_waited,
    "watched": look_watched,
}
