"""`request URL [--from POD]`: one request, and every station that it passes.

The lab's own word, not kubectl's: it looks at reality, so it works where no API server answers.
"""

from typing import TYPE_CHECKING

from simulation.kube.network.trace import Trace, from_outside, from_pod
from simulation.kube.objects.pod import Pod
from simulation.kubectl.curl import split_url
from simulation.kubectl.errors import CommandError
from simulation.kubectl.output import Output
from simulation.kubectl.reading import gone

if TYPE_CHECKING:
    from simulation.kube.world import World

FROM = "--from"
WORKLOADS = ("deploy", "deployment", "deployments", "po", "pod", "pods", "rs", "ds", "sts")
"""What may stand before a name, as with kubectl; anything else is a namespace."""


def request(world: "World", words: list[str]) -> Output:
    """Answer `request`; raise CommandError if the line is wrong."""
    url, sender = understood(words)
    wanted = split_url(url)
    if not sender:
        return Output(_text(from_outside(world, wanted)))
    key = pod_called(world, sender)
    pod = world.store.get(Pod, key)
    if pod is None:
        note = gone(world, "Pod", key, f"pod {key.rpartition('/')[2]}")
        raise CommandError(f"there is no pod called {sender}" + (f"\n{note}" if note else ""))
    if not world.is_up(pod.spec.node_name) or not pod.spec.node_name:
        raise CommandError(f"request: pod {pod.metadata.name} does not run")
    return Output(_text(from_pod(world, pod, wanted)))


def understood(words: list[str]) -> tuple[str, str]:
    """Return (URL, pod) of `request URL [--from POD]`; raise CommandError."""
    rest = list(words[1:])
    sender = ""
    if FROM in rest:
        at = rest.index(FROM)
        if at + 1 >= len(rest):
            raise CommandError(f"request: {FROM} needs the name of a pod", 2)
        sender = rest[at + 1]
        del rest[at : at + 2]
    if len(rest) != 1:
        raise CommandError(f"request: write request URL, or request URL {FROM} POD", 2)
    split_url(rest[0])
    return rest[0], sender


def pod_called(world: "World", given: str) -> str:
    """Return the key of a pod by its name, or of the first of a workload's; the pod may be gone."""
    before, _, name = given.rpartition("/")
    namespace = "default" if before in WORKLOADS else before or "default"
    keys = world.store.keys(Pod)
    prefix = f"{namespace}/{name}"
    for key in keys:
        if key == prefix:
            return key
    for key in keys:
        if key.startswith(f"{prefix}-"):
            return key
    return prefix


def _text(done: Trace) -> str:
    answered = f"{done.code} from {done.pod}" if done.pod else str(done.code or "no answer")
    lines = [f"{answered}, {done.duration_ms} ms"]
    lines += [f"  {hop.at_ms:>5} ms  {hop.place}: {hop.event}" for hop in done.hops]
    return "".join(f"{line}\n" for line in lines)
