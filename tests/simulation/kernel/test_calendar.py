"""Lab time to dates and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.kernel.calendar import Calendar
from simulation.kernel.units import HOUR, SECOND

BORN = Calendar(1_763_942_400)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "2025-11-24T00:00:00Z"),
        (999, "2025-11-24T00:00:00Z"),
        (36 * HOUR, "2025-11-25T12:00:00Z"),
        (-SECOND, "2025-11-23T23:59:59Z"),
    ],
)
def test_an_instant_is_printed_in_whole_seconds_of_utc(instant, text):
    assert BORN.rfc3339(instant) == text


@given(st.integers(0, 10**9))
def test_a_printed_instant_is_read_back(seconds):
    assert BORN.instant_of(BORN.rfc3339(seconds * SECOND)) == seconds * SECOND


def test_other_time_zones_are_understood_and_none_is_refused():
    assert BORN.instant_of("2025-11-24T09:00:00+09:00") == 0
    with pytest.raises(ValueError, match="has no time zone"):
        BORN.instant_of("2025-11-24T09:00:00")
