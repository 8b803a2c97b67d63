"""The ConfigMaps and Secrets that `create` fills from literals, files and files of variables."""

import base64
import re
from typing import TYPE_CHECKING

from simulation.kube.manifests.wording import CONFIG_KEY_TEXT
from simulation.kubectl.errors import CommandError, usage_of
from simulation.kubectl.made import Content, headed, only_name, registry_secret
from simulation.kubectl.parse import Call
from simulation.kubectl.session import Session

if TYPE_CHECKING:
    from simulation.kube.world import World


class _Data:
    """What goes into a ConfigMap or a Secret; each key once."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        self.values: dict[str, str] = {}

    def add(self, key: str, value: str) -> None:
        if CONFIG_KEY.fullmatch(key) is None:
            raise CommandError(
                f'error: "{key}" is not a valid key name for a {self.kind}: {CONFIG_KEY_TEXT}'
            )
        if key in self.values:
            raise CommandError(
                f'error: cannot add key "{key}", another key by that name already exists in Data for '
                f'{self.kind} "{self.name}"'
            )
        self.values[key] = value


CONFIG_KEY = re.compile(r"[-._a-zA-Z0-9]+")


def _literals(session: Session, call: Call) -> dict[str, str]:
    found = _Data("Secret" if call.verb == "create secret" else "ConfigMap", call.args[-1])
    for each in call.values("from-literal"):
        key, equals, value = each.partition("=")
        if not equals or not key:
            raise CommandError(f"error: invalid literal source {each}, expected key=value")
        found.add(key, value.strip("'\""))
    for each in call.values("from-file"):
        key, equals, path = each.rpartition("=")
        if path not in session.files:
            raise CommandError(f"error: error reading {path}: no such file or directory")
        found.add(key if equals else path.rpartition("/")[2], session.files[path])
    for path in call.values("from-env-file"):
        if path not in session.files:
            raise CommandError(f"error: error reading {path}: no such file or directory")
        lines = [line.strip() for line in session.files[path].splitlines()]
        pairs = [line.partition("=") for line in lines if "=" in line and not line.startswith("#")]
        for key, _, value in pairs:
            found.add(key, value)
    return found.values


def configmap(world: "World", session: Session, call: Call) -> Content:
    """Return the ConfigMap of `create configmap`."""
    content = headed("v1", "ConfigMap", only_name(call))
    data = _literals(session, call)
    return {**content, "data": data} if data else content


def secret(world: "World", session: Session, call: Call) -> Content:
    """Return the Secret of `create secret generic` or `docker-registry`."""
    sort = call.args[0] if call.args else ""
    if sort not in ("generic", "tls", "docker-registry"):
        if sort:
            raise usage_of(f'unknown command "{sort}"', "create secret")
        listed = "  docker-registry\n  generic\n  tls\n"
        raise CommandError(
            f"Available Commands:\n{listed}\nUsage:\n  kubectl create secret (docker-registry | generic | tls) [options]"
        )
    if sort == "docker-registry" and not call.given("from-file"):
        return registry_secret(call)
    if sort != "generic":
        raise CommandError(
            f"kubectl create secret {sort}: real, not simulated here, try: kubectl create secret generic NAME"
        )
    name = only_name(call, 1)
    data = {
        key: base64.b64encode(value.encode()).decode()
        for key, value in _literals(session, call).items()
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "data": data,
        **({"type": call.flag("type")} if call.given("type") else {}),
    }
