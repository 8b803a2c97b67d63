"""The story in words: instants as the lab's clock shows them, reasons as English sentences."""

from simulation.kernel.reasons import Reason
from simulation.kernel.units import MIB, SECOND, Instant
from simulation.kube.reasons import REASONS
from simulation.lab.birth import OPENED


def clock(at: Instant) -> str:
    """Return an instant as the lab's clock shows it: 00:06:12."""
    seconds = max(at - OPENED, 0) // SECOND
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def sentence(reason: Reason) -> str:
    """Return a reason in English."""
    params = {key: _said(key, value) for key, value in reason.params.items()}
    return REASONS[reason.key].format_map(params)


def _said(name: str, value: object) -> object:
    if name == "since" and isinstance(value, int):
        return clock(value)
    if name.endswith("bytes") and isinstance(value, int):
        return f"{value // MIB}Mi"
    return value
