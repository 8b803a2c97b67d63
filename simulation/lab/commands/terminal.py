"""What goes through the API: lines of the terminal, and buttons that stand for one."""

from typing import TYPE_CHECKING, Any

from simulation.kernel.reasons import Refused
from simulation.kube.objects.kinds import KINDS
from simulation.lab.commands.base import CommandRecord
from simulation.lab.limits import ARGV_WORDS_MAX, COMMAND_CHARACTERS_MAX, FILES_BYTES_MAX

if TYPE_CHECKING:
    from simulation.kube.world import World


class Kubectl(CommandRecord, frozen=True, tag="kubectl"):
    """A kubectl command that changes something or takes lab time."""

    argv: tuple[str, ...]
    files: dict[str, str] = {}

    def run(self, world: "World", id: str, actor: str) -> None:
        """Start the session."""
        if len(self.argv) > ARGV_WORDS_MAX:
            raise Refused("command-too-long", limit=ARGV_WORDS_MAX)
        if sum(map(len, self.argv)) > COMMAND_CHARACTERS_MAX:
            raise Refused("command-too-large", limit=COMMAND_CHARACTERS_MAX)
        if (
            sum(len(each.encode()) for pair in self.files.items() for each in pair)
            > FILES_BYTES_MAX
        ):
            raise Refused("files-too-large", limit_bytes=FILES_BYTES_MAX)
        world.sessions.start(world, id, self.argv, self.files)


class Cancel(CommandRecord, frozen=True, tag="cancel"):
    """Press Ctrl-C in a session."""

    session: str

    def run(self, world: "World", id: str, actor: str) -> None:
        """Interrupt it."""
        world.sessions.cancel(world, self.session)


def from_button(content: dict[str, Any]) -> Kubectl:
    """Return the kubectl command that a button stands for; raise Refused if it makes none."""
    try:
        return _BUTTONS[content["do"]](content)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Refused("command-malformed", detail=f"{content.get('do')}: {problem}") from None


def _apply(content: dict[str, Any]) -> Kubectl:
    files = {str(name): str(text) for name, text in content["files"].items()}
    names = [word for name in sorted(files) for word in ("-f", name)]
    return Kubectl(("kubectl", "apply", *names), files)


def _delete(content: dict[str, Any]) -> Kubectl:
    if "files" in content:
        command = _apply(content)
        return Kubectl(("kubectl", "delete", *command.argv[2:], "--wait=false"), command.files)
    resource, words = _named(content["kind"], content["key"])
    return Kubectl(("kubectl", "delete", resource, *words, "--wait=false"))


def _delete_pod(content: dict[str, Any]) -> Kubectl:
    return _delete({"kind": "Pod", "key": content["pod"]})


def _scale(content: dict[str, Any]) -> Kubectl:
    replicas = content["replicas"]
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise ValueError(f"replicas must be a whole number, not {replicas!r}")
    resource, words = _named(content["kind"], content["key"])
    return Kubectl(("kubectl", "scale", resource, *words, f"--replicas={replicas}"))


def _named(kind: str, key: str) -> tuple[str, tuple[str, ...]]:
    """Return "deployment/web" and the words that name its namespace."""
    namespace, _, name = str(key).rpartition("/")
    resource = f"{KINDS[kind].singular}/{name}"
    return resource, ("-n", namespace) if namespace and namespace != "default" else ()


_BUTTONS = {"apply": _apply, "delete": _delete, "delete-pod": _delete_pod, "scale": _scale}
