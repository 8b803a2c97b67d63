"""What can be done to a lab: one file a group of verbs, one record a command.

A command is parsed into a record before it is journaled, so the journal never holds anything
that was not understood. Whatever goes through the API of the cluster is a kubectl session; what
acts upon reality has a verb of its own.
"""

from typing import Any

import msgspec

from simulation.kernel.reasons import Refused
from simulation.lab.commands.cables import Cut, Delay, Heal, Hold, Loss, Release
from simulation.lab.commands.clients import Load
from simulation.lab.commands.containers import KillContainer, Leak
from simulation.lab.commands.machines import (
    AddControlPlane,
    AddWorker,
    FillDisk,
    PowerOff,
    PowerOn,
    ProvokeSplitVote,
    RemoveControlPlane,
    RemoveWorker,
    ShutDown,
    SlowDisk,
)
from simulation.lab.commands.processes import KillProcess, StartProcess
from simulation.lab.commands.terminal import Cancel, Kubectl, from_button
from simulation.lab.edge import refuse_unwritable

Command = (
    AddControlPlane
    | AddWorker
    | Cancel
    | Cut
    | Delay
    | FillDisk
    | Heal
    | Hold
    | KillContainer
    | KillProcess
    | Kubectl
    | Leak
    | Load
    | Loss
    | PowerOff
    | PowerOn
    | ProvokeSplitVote
    | Release
    | RemoveControlPlane
    | RemoveWorker
    | ShutDown
    | SlowDisk
    | StartProcess
)


BUTTONS = ("apply", "delete", "delete-pod", "scale")
"""Verbs of buttons that are kubectl commands in disguise; the page shows the command."""


def parse(given: dict[str, Any]) -> Command:
    """Return the command that a JSON object means; raise Refused if it means none."""
    refuse_unwritable(given)
    content = {key: value for key, value in given.items() if key != "id"}
    if content.get("do") in BUTTONS:
        return from_button(content)
    try:
        return msgspec.convert(content, Command, strict=True)
    except msgspec.ValidationError as problem:
        raise Refused("command-malformed", detail=str(problem)) from None


def to_json(command: Command) -> dict[str, Any]:
    """Return the JSON object of a command."""
    return dict(msgspec.to_builtins(command))


__all__ = ["BUTTONS", "Command", "parse", "to_json"]
