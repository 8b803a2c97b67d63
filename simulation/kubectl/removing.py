"""`delete` and `drain`: objects go, and the command waits until they are gone."""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND
from simulation.kube.apiserver import Reply
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.objects.kinds import key_of
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.pods import is_finished
from simulation.kube.writes import Committed, Refused, Result, Write
from simulation.kubectl.changing import _nodes, set_schedulable
from simulation.kubectl.errors import NO_RESOURCES, CommandError, refusal_text
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.output import Found
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import collect, nobody_there
from simulation.kubectl.resources import targets
from simulation.kubectl.session import STDERR, Aim, Session
from simulation.kubectl.sources import Given, manifests
from simulation.kubectl.waiting import duration

if TYPE_CHECKING:
    from simulation.kube.world import World

FORCED = (
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been "
    "terminated. The resource may continue to run on the cluster indefinitely."
)
EVICTION_RETRY = 5 * SECOND
"""kubectl drain tries again when a disruption budget refuses."""
IMMORTAL = ("default", "kube-public", "kube-system")
MIRROR = "kubernetes.io/config.mirror"


def _aims(world: "World", session: Session, call: Call) -> Found:
    if call.given("filename"):
        given = manifests(session, call)
        return _given(world, session, call, given)
    wanted = targets(call)
    if not wanted:
        raise CommandError(NO_RESOURCES)
    if any(not each.name for each in wanted) and not (
        call.on("all") or call.given("selector") or call.given("field-selector")
    ):
        raise CommandError("error: resource(s) were provided, but no name was specified")
    found, problems = collect(world, call, wanted)
    for problem in problems:
        if not call.on("ignore-not-found"):
            session.complain(world.now, problem)
    return found


def _given(world: "World", session: Session, call: Call, given: list[Given]) -> Found:
    found: Found = []
    for each in given:
        live = world.store.get(each.resource.kind, each.key)
        if live is not None:
            found.append((each.resource, live))
        elif not call.on("ignore-not-found"):
            session.complain(
                world.now,
                f'Error from server (NotFound): error when deleting "{each.document.file}": '
                f'{each.resource.full} "{each.name}" not found',
            )
    return found


def delete(world: "World", session: Session, call: Call) -> None:
    """Plan the deletion of objects, and wait for their end unless told otherwise."""
    grace = whole_number(call.flag("grace-period", "-1"), "--grace-period")
    if call.on("now"):
        grace = 1
    forced = call.on("force")
    if forced and grace < 0:
        grace = 0
    if grace == 0 and not forced:
        # kubectl turns 0 without --force into 1: only --force may drop a pod unconfirmed.
        grace = 1
    found = _aims(world, session, call)
    if not found and not session.failed and not call.on("ignore-not-found"):
        session.say(world.now, "No resources found")
        return
    if forced and found:
        session.say(world.now, FORCED, STDERR)
    dry = " (dry run)" if call.flag("dry-run") == "client" else ""
    for resource, obj in found:
        meta = obj.metadata
        where = f" from {meta.namespace} namespace" if meta.namespace else ""
        word = "force deleted" if forced else "deleted"
        said = f'{resource.typed} "{meta.name}" {word}{where}{dry}'
        if call.flag("output") == "name":
            said = f"{resource.typed}/{meta.name}"
        if dry:
            session.say(world.now, said)
            continue
        if resource.kind == "Namespace" and meta.name in IMMORTAL:
            session.complain(
                world.now,
                f'Error from server (Forbidden): namespaces "{meta.name}" is forbidden: this namespace '
                "may not be deleted",
            )
            continue
        cascade = call.flag("cascade", "background")
        propagation = {"orphan": "Orphan", "false": "Orphan", "foreground": "Foreground"}.get(
            cascade, "Background"
        )
        session.act("delete", obj, said, (), "", None if grace < 0 else grace, propagation)
        session.aims.append(Aim(resource.kind, key_of(obj), meta.uid, f"{resource.plural}/{meta.name}"))
    if call.on("wait", not forced) and not dry:
        session.goal = "deleted"
        if call.given("timeout") and duration(call.flag("timeout")) > 0:
            session.deadline = world.now + duration(call.flag("timeout"))


# --- drain


def drain(world: "World", session: Session, call: Call) -> None:
    """Plan to cordon nodes and evict their pods, or say why that is refused."""
    nodes = _nodes(world, session, call)
    if session.failed:
        return
    for node in nodes:
        set_schedulable(world, session, call, node, False)
        session.tried[f"node {node.metadata.name}"] = UNSORTED
    session.goal = "drained"
    if call.given("timeout") and duration(call.flag("timeout")) > 0:
        session.deadline = world.now + duration(call.flag("timeout"))


def _sorted_out(world: "World", call: Call, node: str) -> tuple[list[Pod], str, list[str]]:
    """Return the pods to evict, why the node cannot be drained, and what to warn of."""
    groups: dict[str, list[str]] = {"daemon": [], "local": [], "bare": []}
    evicted: list[Pod] = []
    for key, pod in world.store.by(PODS_BY_NODE, node):
        assert isinstance(pod, Pod), f"{key} is no pod"
        if MIRROR in pod.metadata.annotations:
            continue
        owner = next((each for each in pod.metadata.owner_references if each.controller), None)
        if owner is not None and owner.kind == "DaemonSet" and not is_finished(pod):
            groups["daemon"].append(key)
            continue
        if owner is None and not is_finished(pod):
            groups["bare"].append(key)
        if any("emptyDir" in each for each in pod.spec.rest.get("volumes", ())) and not is_finished(pod):
            groups["local"].append(key)
        evicted.append(pod)
    problems, warnings = [], []
    for group, flag, error, warning in (
        ("daemon", "ignore-daemonsets",
         "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ",
         "ignoring DaemonSet-managed Pods: "),
        ("local", "delete-emptydir-data",
         "cannot delete Pods with local storage (use --delete-emptydir-data to override): ", ""),
        ("bare", "force",
         "cannot delete Pods that declare no controller (use --force to override): ",
         "deleting Pods that declare no controller: "),
    ):
        listed = ", ".join(sorted(groups[group]))
        if listed and not call.on(flag):
            problems.append(error + listed)
        elif listed and warning:
            warnings.append(warning + listed)
    if len(problems) > 1:
        return evicted, f"[{', '.join(problems)}]", warnings
    return evicted, "".join(problems), warnings


def _begin(world: "World", session: Session, call: Call, node: str) -> None:
    """Find out, once the node is cordoned, which of its pods are to be evicted."""
    evicted, problems, warnings = _sorted_out(world, call, node)
    if problems:
        del session.tried[f"node {node}"]
        session.complain(
            world.now,
            f'error: unable to drain node "{node}" due to error: {problems}, continuing command...\n'
            f"There are pending nodes to be drained:\n {node}\n{problems.strip('[]')}",
        )
        return
    if warnings:
        session.say(world.now, f"Warning: {'; '.join(warnings)}", STDERR)
    session.aims += [Aim("Pod", key_of(pod), pod.metadata.uid, node) for pod in evicted]
    session.tried[f"node {node}"] = 0


UNSORTED = -3
"""The node has yet to be looked at."""


def look_drained(world: "World", session: Session, call: Call) -> bool:
    """Evict whom it is time for; tell whether all pods of all nodes are gone."""
    for name in [name for name, due in session.tried.items() if due == UNSORTED]:
        _begin(world, session, call, name.removeprefix("node "))
    waiting: list[Aim] = []
    for aim in session.aims:
        pod = world.store.get(Pod, aim.key)
        if pod is None or pod.metadata.uid != aim.uid:
            session.say(world.now, f"pod/{aim.key.partition('/')[2]} evicted")
            session.tried.pop(aim.key, None)
            continue
        waiting.append(aim)
        due = session.tried.get(aim.key)
        if due is None or 0 <= due <= world.now:
            _evict(world, session, call, pod)
    session.aims = waiting
    for name in [name for name in session.tried if name.startswith("node ")]:
        node = name.removeprefix("node ")
        if not any(aim.resource == node for aim in waiting):
            del session.tried[name]
            session.say(world.now, f"node/{node} drained")
    return not waiting


EVICTED = -2
"""The eviction was granted: what remains is to wait for the pod's end."""


def _evict(world: "World", session: Session, call: Call, pod: Pod) -> None:
    key = key_of(pod)
    session.say(world.now, f"evicting pod {key}")
    session.tried[key] = -1
    grace = whole_number(call.flag("grace-period", "-1"), "--grace-period")
    because = Reason("evicted-by-drain", {"pod": key, "node": pod.spec.node_name})
    verb = "delete" if call.on("disable-eviction") else "evict"
    write = Write(verb, pod, because, require_uid=pod.metadata.uid,
                  grace_seconds=None if grace < 0 else grace)
    reply = Reply("kubectl/answered", session.id, ("evict", key))
    world.api.send(world, "kubectl", "internet", (write,), reply, (session.cause,), session.server)


def evict_answered(world: "World", session: Session, key: str, result: Result) -> None:
    """Take the answer to an eviction."""
    namespace, _, name = key.partition("/")
    if isinstance(result, Committed) or (isinstance(result, Refused) and result.code == 404):
        session.tried[key] = EVICTED
        return
    session.tried[key] = world.now + EVICTION_RETRY
    if isinstance(result, Refused) and result.code == 429:
        text = result.message.partition(" The disruption budget")[0]
        session.say(
            world.now,
            f'error when evicting pods/"{name}" -n "{namespace}" (will retry after 5s): {text}',
            STDERR,
        )
        return
    if isinstance(result, Refused) and result.code == 409:
        session.tried[key] = world.now
        return
    session.say(world.now, refusal_text(result, f'error when evicting pods/"{name}" -n "{namespace}"', nobody_there(world, session.server)), STDERR)


