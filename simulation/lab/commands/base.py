"""What every command is."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from simulation.kube.world import World


class CommandRecord(msgspec.Struct, frozen=True, tag_field="do", forbid_unknown_fields=True):
    """A command: data that can be journaled, and its effect upon a world."""

    def run(self, world: "World", id: str, actor: str) -> None:
        """Take effect now; raise Refused if it makes no sense here."""
        raise AssertionError(f"{type(self).__name__} has no effect")
