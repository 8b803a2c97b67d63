"""What is remembered of the past is bounded, and the oldest goes first."""

from simulation.kernel.reasons import Reason
from simulation.kube.events import EventLog, EventLogState
from simulation.kube.happenings import Ledger
from simulation.kube.limits import (
    CAUSES_MAX,
    CHANGES_KEPT_MAX,
    EVENTS_KEPT_MAX,
    LEDGER_ENTRIES_MAX,
    TOMBSTONES_MAX,
)
from simulation.kube.objects.config import ConfigMap
from simulation.kube.objects.meta import ObjectMeta
from simulation.kube.store import Store

REASON = Reason("asked", {"command": ""})


def a_config(name: str) -> ConfigMap:
    return ConfigMap(ObjectMeta(name=name, namespace="default", uid=name))


def test_a_ledger_keeps_the_newest_entries_and_few_causes_of_each():
    ledger = Ledger()

    for number in range(LEDGER_ENTRIES_MAX + 10):
        ledger.add(number, REASON, "Pod/x", tuple(range(1, 20)))

    assert len(ledger.entries) == LEDGER_ENTRIES_MAX
    assert next(iter(ledger.entries.values())).at == 10
    assert all(len(each.causes) == CAUSES_MAX for each in ledger.entries.values())


def test_a_store_keeps_the_newest_changes_and_tombstones():
    store = Store()

    for number in range(CHANGES_KEPT_MAX // 2 + 10):
        name = f"c{number}"
        store.put("ConfigMap", f"default/{name}", a_config(name), number, "", REASON, (), number)
        store.put("ConfigMap", f"default/{name}", None, number, "", REASON, (), number)

    assert len(store.state.tombstones) == TOMBSTONES_MAX
    assert len(store._changes) == CHANGES_KEPT_MAX
    assert store._changes[0].key == "default/c10"


def test_events_that_are_too_many_go_before_their_hour():
    events = EventLog(EventLogState())

    for number in range(EVENTS_KEPT_MAX + 10):
        events.add(
            number, "kubelet", "worker-1", a_config(f"c{number}"), "Normal", "Pulled", "text"
        )

    rows = events.rows(EVENTS_KEPT_MAX + 10)
    assert len(rows) == EVENTS_KEPT_MAX
    assert rows[0].name == "c10"
