"""Event objects are bounded, aggregated and expire."""

from simulation.kernel.units import HOUR
from simulation.kube import events
from simulation.kube.events import EventLog, EventLogState
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.objects.pod import Pod


def note(log: EventLog, now: int, name: str = "web", message: str = "m") -> None:
    pod = Pod(metadata=ObjectMeta(name=name, namespace="default"))
    log.add(now, "kubelet", "worker-1", pod, "Normal", "Pulled", message)


def test_the_same_event_again_raises_its_count():
    log = EventLog(EventLogState())

    for now in (1, 5, 9):
        note(log, now)
    note(log, 9, message="other")

    (first, other) = log.about("Pod", "default", "web")
    assert (first.count, first.first, first.last) == (3, 1, 9)
    assert other.count == 1


def test_an_event_lives_for_an_hour_after_it_was_last_seen():
    log = EventLog(EventLogState())
    note(log, 0, "old")
    note(log, 1, "kept")
    note(log, HOUR, "kept")

    note(log, HOUR + 1, "new")

    assert [row.name for row in log.rows()] == ["kept", "new"]


def test_only_the_latest_are_kept(monkeypatch):
    monkeypatch.setattr(events, "EVENTS_KEPT_MAX", 3)
    log = EventLog(EventLogState())

    for number in range(5):
        note(log, number, f"pod-{number}")

    assert [row.name for row in log.rows()] == ["pod-2", "pod-3", "pod-4"]
