"""`delete` and `drain`: objects go, and the command waits until they are gone."""

from typing import TYPE_CHECKING

from simulation.kernel.reasons import Reason
from simulation.kernel.units import SECOND
from simulation.kube.apiserver import Reply
from simulation.kube.indexes import PODS_BY_NODE
from simulation.kube.objects.config import Unsimulated
from simulation.kube.objects.kinds import key_of
from simulation.kube.objects.meta import LabelSelector, ObjectMeta
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.pods import is_finished, matches
from simulation.kube.writes import Committed, Refused, Result, Write
from simulation.kubectl.applying import dry_run_note
from simulation.kubectl.changing import _nodes, set_schedulable
from simulation.kubectl.durations import duration, go_duration
from simulation.kubectl.errors import NO_RESOURCES, CommandError, refusal_text
from simulation.kubectl.numbers import whole_number
from simulation.kubectl.output import Found
from simulation.kubectl.parse import Call
from simulation.kubectl.reading import collect, gone, nobody_there
from simulation.kubectl.resources import targets
from simulation.kubectl.selectors import label_selector
from simulation.kubectl.session import STDERR, Aim, Session
from simulation.kubectl.sources import Given, manifests

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
        if call.dry_run == "client":
            # The server is not asked: what the file names is taken to be there.
            meta = ObjectMeta(name=each.name, namespace=each.namespace)
            found.append(
                (
                    each.resource,
                    Unsimulated(meta, each.resource.api_version, {}, each.resource.kind),
                )
            )
        elif live is not None:
            found.append((each.resource, live))
        elif not call.on("ignore-not-found"):
            session.complain(
                world.now,
                f'Error from server (NotFound): error when deleting "{each.document.file}": '
                f'{each.resource.full} "{each.name}" not found',
            )
            note = gone(world, each.resource.kind, each.key, f"{each.resource.typed}/{each.name}")
            if note:
                session.say(world.now, note, STDERR)
    return found


CASCADES = {
    "background": "Background",
    "foreground": "Foreground",
    "orphan": "Orphan",
    "true": "Background",
    "false": "Orphan",
}


def _check(call: Call, grace: int) -> None:
    """Raise CommandError about flags of `delete` that do not go together."""
    form, cascade = call.flag("output"), call.flag("cascade", "background")
    if form not in ("", "name"):
        raise CommandError(f"error: unexpected -o output mode: {form}. We only support '-o name'")
    if cascade not in CASCADES:
        raise CommandError(
            f'error: invalid cascade value ({cascade}). Must be "background", "foreground", or "orphan"'
        )
    if call.on("force") and (grace > 0 or call.on("now")):
        raise CommandError(
            "error: --force and --grace-period greater than 0 cannot be specified together"
        )


def _grace(call: Call) -> int:
    """Return the seconds that `delete` asks for; below 0 each pod has its own."""
    grace = whole_number(call.flag("grace-period", "-1"), "--grace-period")
    _check(call, grace)
    if call.on("now"):
        return 1
    if call.on("force"):
        return max(grace, 0)
    # kubectl turns 0 without --force into 1: only --force may drop a pod unconfirmed.
    return 1 if grace == 0 else grace


def delete(world: "World", session: Session, call: Call) -> None:
    """Plan the deletion of objects, and wait for their end unless told otherwise."""
    grace, forced = _grace(call), call.on("force")
    found = _aims(world, session, call)
    if not found and not session.failed and not call.on("ignore-not-found"):
        session.say(world.now, "No resources found")
        return
    if forced and found:
        session.say(world.now, FORCED, STDERR)
    dry = dry_run_note(call)
    for resource, obj in found:
        meta = obj.metadata
        where = f" from {meta.namespace} namespace" if meta.namespace else ""
        word = "force deleted" if forced else "deleted"
        said = f'{resource.typed} "{meta.name}" {word}{where}{dry}'
        if call.flag("output") == "name":
            said = f"{resource.typed}/{meta.name}"
        if resource.kind == "Namespace" and meta.name in IMMORTAL and call.dry_run != "client":
            session.complain(
                world.now,
                f'Error from server (Forbidden): namespaces "{meta.name}" is forbidden: this namespace '
                "may not be deleted",
            )
            continue
        if dry:
            session.say(world.now, said)
            continue
        propagation = CASCADES[call.flag("cascade", "background")]
        session.act("delete", obj, said, (), "", None if grace < 0 else grace, propagation)
        session.aims.append(
            Aim(resource.kind, key_of(obj), meta.uid, f"{resource.plural}/{meta.name}")
        )
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
    if call.dry_run:
        for node in nodes:
            _rehearse(world, session, call, node.metadata.name)
        _conclude(world, session)
        return
    session.goal = "drained"


def _sorted_out(world: "World", call: Call, node: str) -> tuple[list[Pod], list[str], list[str]]:
    """Return the pods to evict, why the node cannot be drained, and what to warn of.

    A pod is named for the first of drain's filters that holds it back (kubectl's drain/filters.go).
    """
    groups: dict[str, list[str]] = {"daemon": [], "local": [], "bare": []}
    evicted: list[Pod] = []
    chosen = (
        label_selector(call.flag("pod-selector")) if call.given("pod-selector") else LabelSelector()
    )
    for key, pod in world.store.by(PODS_BY_NODE, node):
        assert isinstance(pod, Pod), f"{key} is no pod"
        if MIRROR in pod.metadata.annotations or not matches(chosen, pod.metadata.labels):
            continue
        if _is_not_waited_for(world, call, pod):
            continue
        owner = next((each for each in pod.metadata.owner_references if each.controller), None)
        if owner is not None and owner.kind == "DaemonSet" and not is_finished(pod):
            groups["daemon"].append(key)
            continue
        keeps_files = any("emptyDir" in each for each in pod.spec.rest.get("volumes", ()))
        if keeps_files and not is_finished(pod) and not call.on("delete-emptydir-data"):
            groups["local"].append(key)
        elif owner is None and not is_finished(pod):
            groups["bare"].append(key)
        evicted.append(pod)
    problems, warnings = [], []
    for group, flag, error, warning in (
        (
            "daemon",
            "ignore-daemonsets",
            "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ",
            "ignoring DaemonSet-managed Pods: ",
        ),
        (
            "local",
            "delete-emptydir-data",
            "cannot delete Pods with local storage (use --delete-emptydir-data to override): ",
            "",
        ),
        (
            "bare",
            "force",
            "cannot delete Pods that declare no controller (use --force to override): ",
            "deleting Pods that declare no controller: ",
        ),
    ):
        listed = ", ".join(sorted(groups[group]))
        allowed = call.on(flag)
        if listed and not allowed:
            problems.append(error + listed)
        elif listed and warning:
            warnings.append(warning + listed)
    return evicted, problems, warnings


def _is_not_waited_for(world: "World", call: Call, pod: Pod) -> bool:
    """Tell whether a pod has been terminating for longer than --skip-wait-for-delete-timeout."""
    patience = whole_number(
        call.flag("skip-wait-for-delete-timeout", "0"), "--skip-wait-for-delete-timeout"
    )
    since = pod.metadata.deletion_timestamp
    return patience > 0 and since is not None and world.now - since > patience * SECOND


def _rehearse(world: "World", session: Session, call: Call, node: str) -> None:
    """Say what a drain would do, and do nothing."""
    _begin(world, session, call, node)
    if f"node {node}" not in session.tried:
        return
    for aim in session.aims:
        session.say(world.now, f"evicting pod {aim.key}{dry_run_note(call)}")
    session.say(world.now, f"node/{node} drained{dry_run_note(call)}")
    session.aims = []


def _begin(world: "World", session: Session, call: Call, node: str) -> None:
    """Find out, once the node is cordoned and its turn has come, which of its pods are to be evicted."""
    evicted, problems, warnings = _sorted_out(world, call, node)
    if problems:
        _not_drained(world, session, node, problems)
        return
    if warnings:
        session.say(world.now, f"Warning: {'; '.join(warnings)}", STDERR)
    session.aims += [Aim("Pod", key_of(pod), pod.metadata.uid, node) for pod in evicted]
    session.tried[f"node {node}"] = 0
    # The time that --timeout gives is each node's.
    if call.given("timeout") and duration(call.flag("timeout")) > 0:
        session.deadline = world.now + duration(call.flag("timeout"))


def _not_drained(world: "World", session: Session, node: str, errors: list[str]) -> None:
    """Say why a node is given up; the others still get their turn."""
    del session.tried[f"node {node}"]
    session.undrained[node] = errors
    session.complain(
        world.now,
        f'error: unable to drain node "{node}" due to error: {_aggregate(errors)}, continuing command...',
    )


def _aggregate(errors: list[str]) -> str:
    """Return errors as Go's aggregate prints them."""
    return errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"


def _conclude(world: "World", session: Session) -> None:
    """Say at the end which nodes were not drained, and why (kubectl's drain.go and CheckErr)."""
    if not session.undrained:
        return
    every = list(session.undrained.values())
    lines = every[0] if len(every) == 1 else [_aggregate(errors) for errors in every]
    nodes = (f" {node}" for node in session.undrained)
    session.complain(
        world.now, "\n".join(["There are pending nodes to be drained:", *nodes, *lines])
    )


UNSORTED = -3
"""The node has yet to be looked at."""


def look_drained(world: "World", session: Session, call: Call) -> bool:
    """Evict whom it is time for, one node after the other; tell whether it is over."""
    _count_gone(world, session, call)
    if session.aims and session.deadline is not None and world.now >= session.deadline:
        _give_node_up(world, session, call)
    while not session.aims:
        session.deadline = None
        for name in [name for name, stage in session.tried.items() if stage == 0]:
            del session.tried[name]
            session.say(world.now, f"node/{name.removeprefix('node ')} drained")
        left = next((name for name, stage in session.tried.items() if stage == UNSORTED), None)
        if left is None:
            _conclude(world, session)
            return True
        _begin(world, session, call, left.removeprefix("node "))
        _count_gone(world, session, call)
    return False


def _count_gone(world: "World", session: Session, call: Call) -> None:
    """Say which pods are gone, and ask again for those whose time has come."""
    done = "deleted" if call.on("disable-eviction") else "evicted"
    waiting: list[Aim] = []
    for aim in session.aims:
        pod = world.store.get(Pod, aim.key)
        if pod is None or pod.metadata.uid != aim.uid:
            session.say(world.now, f"pod/{aim.key.partition('/')[2]} {done}")
            session.tried.pop(aim.key, None)
            continue
        waiting.append(aim)
        due = session.tried.get(aim.key)
        if due is None or 0 <= due <= world.now:
            _evict(world, session, call, pod)
    session.aims = waiting


def _give_node_up(world: "World", session: Session, call: Call) -> None:
    """Say which pods are left when the time of a node is over."""
    limit = f"global timeout reached: {go_duration(duration(call.flag('timeout')))}"
    node, errors = session.aims[0].resource, []
    for aim in session.aims:
        namespace, _, name = aim.key.partition("/")
        text = f'error when evicting pods/"{name}" -n "{namespace}": {limit}'
        if session.tried.pop(aim.key, None) == EVICTED:
            text = f'error when waiting for pod "{name}" in namespace "{namespace}" to terminate: {limit}'
        errors.append(text)
    names = sorted(aim.key.partition("/")[2] for aim in session.aims)
    session.aims = []
    session.complain(
        world.now,
        "\n".join(
            [
                f'There are pending pods in node "{node}" when an error occurred: {_aggregate(errors)}',
                *(f"pod/{name}" for name in names),
            ]
        ),
    )
    _not_drained(world, session, node, errors)


EVICTED = -2
"""The eviction was granted: what remains is to wait for the pod's end."""


def _evict(world: "World", session: Session, call: Call, pod: Pod) -> None:
    key = key_of(pod)
    # kubectl announces what it evicts, and not what it deletes.
    if not call.on("disable-eviction"):
        session.say(world.now, f"evicting pod {key}")
    session.tried[key] = -1
    grace = whole_number(call.flag("grace-period", "-1"), "--grace-period")
    because = Reason("evicted-by-drain", {"pod": key, "node": pod.spec.node_name})
    verb = "delete" if call.on("disable-eviction") else "evict"
    write = Write(
        verb, pod, because, require_uid=pod.metadata.uid, grace_seconds=None if grace < 0 else grace
    )
    reply = Reply("kubectl/answered", session.id, ("evict", key))
    world.api.send(
        world, "kubectl", "internet", (write,), reply, (session.asks(world),), session.server
    )


def evict_answered(world: "World", session: Session, key: str, result: Result) -> None:
    """Take the answer to an eviction; it may come when the node has been given up."""
    namespace, _, name = key.partition("/")
    if not any(aim.key == key for aim in session.aims):
        return
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
    session.say(
        world.now,
        refusal_text(
            result,
            f'error when evicting pods/"{name}" -n "{namespace}"',
            nobody_there(world, session.server),
        ),
        STDERR,
    )
