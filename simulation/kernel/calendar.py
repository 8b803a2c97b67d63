"""Lab time to dates.

The only module of the simulation that knows datetime, for arithmetic alone: it never asks what
time it is.
"""

from datetime import UTC, datetime, timedelta

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Instant


class Calendar(Record):
    """Dates of a lab that was born at a given Unix second."""

    born_at: int

    def date_of(self, instant: Instant) -> datetime:
        """Return the UTC date of an instant."""
        return datetime.fromtimestamp(self.born_at, UTC) + timedelta(milliseconds=instant)

    def rfc3339(self, instant: Instant) -> str:
        """Return the instant as Kubernetes prints it: whole seconds, UTC."""
        return self.date_of(instant).strftime("%Y-%m-%dT%H:%M:%SZ")

    def instant_of(self, text: str) -> Instant:
        """Return the instant of an RFC 3339 text; raise ValueError if it is none."""
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            raise ValueError(f"{text!r} has no time zone")
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            raise ValueError(f"{text!r} is no year from 1 to 9999") from None
        return round((moment - datetime.fromtimestamp(self.born_at, UTC)).total_seconds() * SECOND)
