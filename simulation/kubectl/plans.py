"""Which verb does what: how its writes are planned, and what it waits for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulation.kube.objects.kinds import key_of
from simulation.kubectl import (
    applying,
    changing,
    logs,
    making,
    patching,
    removing,
    rollouts,
    setting,
    waiting,
)
from simulation.kubectl.parse import Call
from simulation.kubectl.session import STDERR, Aim, Session

if TYPE_CHECKING:
    from simulation.kube.world import World

Plan = Callable[["World", Session, Call], None]


def _follow(world: "World", session: Session, call: Call) -> None:
    output = logs.logs(world, call)
    if output.stderr:
        session.say(world.now, output.stderr, STDERR)
    if output.stdout:
        session.say(world.now, output.stdout)
    session.aims = [
        Aim("Pod", key_of(each), each.metadata.uid) for each in logs.pods_of(world, call)
    ]
    session.goal = "followed"


def _look_recreated(world: "World", session: Session, call: Call) -> bool:
    """Tell whether what `replace --force` deleted is gone; then plan what comes in its place."""
    if not waiting.look_deleted(world, session, call):
        return False
    session.goal = ""
    applying.recreate(world, session, call)
    return True


PLANS: dict[str, Plan] = {
    "annotate": changing.annotate,
    "apply": applying.apply,
    "cordon": changing.cordon,
    "create": applying.create,
    "delete": removing.delete,
    "diff": setting.diff,
    "drain": removing.drain,
    "edit": applying.edit,
    "events": waiting.watch_events,
    "get": waiting.watch,
    "label": changing.label,
    "logs": _follow,
    "patch": patching.patch,
    "replace": applying.replace,
    "rollout pause": rollouts.pause,
    "rollout restart": rollouts.restart,
    "rollout resume": rollouts.pause,
    "rollout status": waiting.rollout_status,
    "rollout undo": rollouts.undo,
    "scale": changing.scale,
    "set env": setting.set_env,
    "set image": changing.set_image,
    "set resources": setting.set_resources,
    "taint": changing.taint,
    "uncordon": changing.cordon,
    "wait": waiting.wait,
    **dict.fromkeys(making.MAKERS, making.make),
}

READING_VERBS = ("diff", "events", "get", "logs", "rollout status", "wait")
CHANGES = tuple(verb for verb in PLANS if verb not in READING_VERBS)
"""Verbs that ask for a change: the story says so when it is sent, and when it came to nothing."""

WRITES_AT_ONCE = ("create", "delete", "run", "scale", "replace")
"""Verbs whose first request is a write: without a quorum they fail after seconds instead of
hanging for a minute."""

VISITING = ("apply", "create", "replace")
"""Verbs that go through all manifests and tell errors when they are through (apply.go: Run,
resource.ContinueOnErrorVisitor)."""

GOALS = {**waiting.GOALS, "drained": removing.look_drained, "recreated": _look_recreated}
