"""Commands that reach into a container, and the few others that a lab has not.

Of programs only those are known that ask who is where (inside.py). What is wrong with the line, or
with the pod that it names, is said as kubectl says it; only then comes what to try instead.
"""

from typing import TYPE_CHECKING

from simulation.kube.kubelet.reaching import exec_error
from simulation.kube.machines import process_key
from simulation.kube.objects.pod import Pod
from simulation.kube.rules.pods import is_finished
from simulation.kubectl import inside
from simulation.kubectl.errors import CommandError, usage_of
from simulation.kubectl.logs import default_of, defaulted, invalid_container, names_of, pods_of
from simulation.kubectl.output import Output
from simulation.kubectl.parse import Call, not_here
from simulation.kubectl.reading import missing
from simulation.kubectl.resources import RESOURCES, find
from simulation.kubectl.verbs import APPLY, GLOBAL

if TYPE_CHECKING:
    from simulation.kube.world import World

LOOK_FROM_OUTSIDE = "kubectl logs POD, kubectl describe pod POD, or curl http://HOST/PATH"
SHELLS = ("bash", "fish", "powershell", "zsh")


def execute(world: "World", call: Call) -> Output:
    """Answer `kubectl exec`."""
    if not call.args and not call.given("filename"):
        raise CommandError("error: pod, type/name or --filename must be specified")
    if len(call.args) > 1:
        raise usage_of(
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead",
            "exec",
        )
    if not call.after:
        raise CommandError("error: you must specify at least one command for the container")
    pod = _entered(world, call)
    output = inside.run(world, pod, tuple(call.after))
    said = "" if call.given("container") or call.on("quiet") else defaulted(pod)
    if said:
        output = Output(output.stdout, f"{said}\n{output.stderr}", output.exit_code)
    if not output.exit_code:
        return output
    ended = f"command terminated with exit code {output.exit_code}\n"
    return Output(output.stdout, output.stderr + ended, output.exit_code)


def _entered(world: "World", call: Call) -> Pod:
    """Return the pod whose container a call enters; raise CommandError if none can be."""
    pod = _reached(world, call) if call.args else pods_of(world, call)[0]
    if is_finished(pod):
        raise CommandError(
            "error: cannot exec into a container in a completed pod; "
            f"current phase is {pod.status.phase}"
        )
    name = call.flag("container") or default_of(pod)
    machine = world.machines.get(pod.spec.node_name)
    key = process_key(pod.metadata.uid, name)
    if not pod.spec.node_name:
        raise CommandError(f"error: pod {pod.metadata.name} does not have a host assigned")
    if machine is None or key not in machine.processes:
        raise CommandError(f'error: unable to upgrade connection: container not found ("{name}")')
    return pod


def attach(world: "World", call: Call) -> Output:
    """Answer `kubectl attach`."""
    if not call.args:
        raise CommandError("error: at least 1 argument is required for attach")
    _reached(world, call)
    raise not_here("kubectl attach", "kubectl logs -f POD")


def port_forward(world: "World", call: Call) -> Output:
    """Answer `kubectl port-forward`."""
    if len(call.args) < 2:
        raise usage_of("TYPE/NAME and list of ports are required for port-forward", "port-forward")
    _reached(world, call)
    raise not_here("kubectl port-forward", "kubectl create ingress, then curl http://HOST/PATH")


def copy(world: "World", call: Call) -> Output:
    """Answer `kubectl cp`."""
    if len(call.args) != 2:
        raise CommandError("error: source and destination are required")
    remote = [each for each in call.args if ":" in each]
    if not remote:
        raise CommandError("error: one of src or dest must be a remote file specification")
    if len(remote) == 2:
        raise CommandError("error: one of src or dest must be a local file specification")
    namespace, slash, pod = remote[0].partition(":")[0].rpartition("/")
    namespace = namespace if slash else call.namespace
    if world.store.get(Pod, f"{namespace}/{pod}") is None:
        raise missing(world, RESOURCES["Pod"], namespace, pod)
    raise not_here("kubectl cp", "kubectl create configmap NAME --from-literal=KEY=VALUE")


def debug(world: "World", call: Call) -> Output:
    """Answer `kubectl debug`."""
    if not call.given("image") and not call.given("copy-to"):
        raise CommandError("error: you must specify --image when not using --copy-to.")
    raise not_here("kubectl debug", LOOK_FROM_OUTSIDE)


def _reached(world: "World", call: Call) -> Pod:
    """Return the pod that a call names; raise CommandError if it or its kubelet cannot be reached."""
    kind, slash, name = call.args[0].rpartition("/")
    resource = find(kind) if slash else RESOURCES["Pod"]
    found = world.store.get(resource.kind, f"{call.namespace}/{name}")
    if found is None:
        raise missing(world, resource, call.namespace, name)
    if not isinstance(found, Pod):
        found = pods_of(world, call)[0]
    if call.given("container") and call.flag("container") not in names_of(found):
        raise invalid_container(found, call.flag("container"))
    # The API server passes the stream on to the node's kubelet, which may not answer.
    server = world.api.pick(world, "internet")
    trouble = exec_error(world, server, found.spec.node_name) if found.spec.node_name else ""
    if trouble:
        raise CommandError(trouble)
    return found


def proxy(world: "World", call: Call) -> Output:
    """Answer `kubectl proxy`."""
    raise not_here("kubectl proxy", "kubectl get --raw /healthz")


def kustomize(world: "World", call: Call) -> Output:
    """Answer `kubectl kustomize`."""
    raise not_here("kubectl kustomize", APPLY)


def completion(world: "World", call: Call) -> Output:
    """Answer `kubectl completion`."""
    if not call.args:
        raise usage_of("Shell not specified.", "completion")
    if len(call.args) > 1:
        raise usage_of("Too many arguments. Expected only the shell type.", "completion")
    if call.args[0] not in SHELLS:
        raise usage_of(f'Unsupported shell type "{call.args[0]}".', "completion")
    raise not_here("kubectl completion", "the Up key brings earlier lines back")


def plugins(world: "World", call: Call) -> Output:
    """Answer `kubectl plugin list`."""
    raise CommandError("error: unable to find any kubectl plugins in your PATH")


def options(world: "World", call: Call) -> Output:
    """Print the flags that each command takes."""
    names = sorted(each.partition("=")[0].partition(":")[0] for each in GLOBAL.split())
    lines = "".join(f"    --{name}\n" for name in names)
    return Output(f"The following options can be passed to any command:\n\n{lines}")


def can_i(world: "World", call: Call) -> Output:
    """Answer whether the learner may do something: an administrator may do everything."""
    if call.on("list"):
        raise not_here("kubectl auth can-i --list", "kubectl auth can-i VERB RESOURCE")
    if len(call.args) < 2:
        raise CommandError(
            "error: you must specify two arguments: verb resource or verb resource/resourceName.\n"
            "See 'kubectl auth can-i -h' for help and examples."
        )
    word = call.args[1].partition("/")[0]
    warning = ""
    try:
        if word != "*":
            find(word)
    except CommandError:
        warning = f"Warning: the server doesn't have a resource type '{word}'\n\n"
    return Output("" if call.on("quiet") else "yes\n", warning)


def who_am_i(world: "World", call: Call) -> Output:
    """Print who the learner is to the API server."""
    return Output(
        "ATTRIBUTE   VALUE\nUsername    learner\nGroups      [system:masters system:authenticated]\n"
    )
