"""Why something happened: a key of the catalogue and its parameters, in no language at all."""

from simulation.kernel.records import Record


class Reason(Record):
    """A key of the catalogue with its parameters; the page turns it into a sentence."""

    key: str
    params: dict[str, str | int] = {}


class Refused(Exception):
    """The world says no; the reason says why."""

    def __init__(self, key: str, /, **params: str | int) -> None:
        super().__init__(key, params)
        self.reason = Reason(key, params)
