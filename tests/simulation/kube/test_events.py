"""Event objects are bounded, aggregated and expire; some are counted when they are read."""

import pytest

from simulation.kernel.units import HOUR, SECOND
from simulation.kube import events
from simulation.kube.events import EventLog, EventLogState, Rhythm
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.pod import Pod
from tests.simulation.kube.controllers.builders import a_pod


def note(log: EventLog, now: int, name: str = "web", message: str = "m") -> None:
    pod = Pod(metadata=ObjectMeta(name=name, namespace="default"))
    log.add(now, "kubelet", "worker-1", pod, "Normal", "Pulled", message)


def test_the_same_event_again_raises_its_count():
    log = EventLog(EventLogState())

    for now in (1, 5, 9):
        note(log, now)
    note(log, 9, message="other")

    (first, other) = log.about("Pod", "default", "web", 9)
    assert (first.count, first.first, first.last) == (3, 1, 9)
    assert other.count == 1


def test_an_event_lives_for_an_hour_after_it_was_last_seen():
    log = EventLog(EventLogState())
    note(log, 0, "old")
    note(log, 1, "kept")
    note(log, HOUR, "kept")

    note(log, HOUR + 1, "new")

    assert [row.name for row in log.rows(HOUR + 1)] == ["kept", "new"]


def test_only_the_latest_are_kept(monkeypatch):
    monkeypatch.setattr(events, "EVENTS_KEPT_MAX", 3)
    log = EventLog(EventLogState())

    for number in range(5):
        note(log, number, f"pod-{number}")

    assert [row.name for row in log.rows(5)] == ["pod-2", "pod-3", "pod-4"]


ABOUT = ("kubelet", "worker-1", a_pod("web"), "Warning", "Unhealthy", "refused")


def a_log() -> EventLog:
    return EventLog(EventLogState())


def counted(log: EventLog, now: int) -> list[tuple[int, int, int]]:
    return [(row.count, row.first, row.last) for row in log.rows(now)]


def test_a_series_is_counted_when_it_is_read_and_reading_changes_nothing() -> None:
    log = a_log()
    log.begin("probe", Rhythm(5_000, 10 * SECOND), 0, *ABOUT)

    found = [counted(log, now) for now in (4_999, 5_000, 245_000, 6_000)]

    assert found == [[], [(1, 5_000, 5_000)], [(25, 5_000, 245_000)], [(1, 5_000, 5_000)]]


def test_a_series_that_ends_leaves_what_was_said() -> None:
    log = a_log()
    log.begin("probe", Rhythm(0, 10 * SECOND), 0, *ABOUT)
    log.end("probe", 25_000)
    log.begin("probe", Rhythm(40_000, 10 * SECOND), 40_000, *ABOUT)

    assert counted(log, 30_000) == [(3, 0, 20_000)]
    assert counted(log, 50_000) == [(5, 0, 50_000)]


@pytest.mark.parametrize(
    ("rhythm", "by", "count", "last", "next_after"),
    [
        (Rhythm(1_000, 2_000), 500, 0, 1_000, 1_000),
        (Rhythm(1_000, 2_000), 6_000, 3, 5_000, 7_000),
        (Rhythm(1_000, 2_000, until=5_000), 60_000, 2, 3_000, 5_000),
        (Rhythm(0, 500, 4_000), 0, 1, 0, 500),
        (Rhythm(0, 500, 4_000), 1_600, 3, 1_500, 3_500),
        (Rhythm(0, 500, 4_000), 12_000, 6, 11_500, 15_500),
    ],
)
def test_a_rhythm_repeats_or_doubles_its_wait_up_to_a_limit(
    rhythm: Rhythm, by: int, count: int, last: int, next_after: int
) -> None:
    assert rhythm.by(by) == (count, last)
    assert rhythm.next_after(by) == next_after
