"""Plays scripts for tests."""

from pathlib import Path

from simulation.__main__ import files_beside
from simulation.scenarios.player import Player
from simulation.scenarios.script import read

HERE = Path(__file__).parent


def played(text: str, **settings: object) -> list[str]:
    """Return the lines that a script prints."""
    said: list[str] = []
    player(text, said, **settings).play()
    return said


def player(text: str, said: list[str], **settings: object) -> Player:
    """Return who will play a script; its lines go to `said`."""
    beside = lambda name: files_beside(HERE / "script.txt", name)  # noqa: E731
    return Player(read(text), beside, said.append, **settings)  # type: ignore[arg-type]
