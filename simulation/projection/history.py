"""What charts draw: how requests fared and how many replicas there were, and when that changed.

A host takes it down as it looks at its lab, so a page that comes later sees what an early one saw.
It is no part of the lab: after a takeover it begins anew, and says from when on it knows. Rates and
counts hold from one sample to the next.
"""

from typing import Any

from simulation.kernel.units import Instant
from simulation.lab.limits import HISTORY_MARKS_MAX, HISTORY_SAMPLES_MAX
from simulation.projection.changes import Tables

Sample = dict[str, Any]
MARKED = ("at", "reason", "level")


class History:
    """Samples by their instant, and the notable moments."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.marks: dict[str, dict[str, Any]] = {}

    def take(self, at: Instant, tables: Tables) -> None:
        """Remember how things stand, if that differs from how they stood."""
        sample = {"at": at, **rates(tables), "replicas": replicas(tables)}
        while self.samples and self.samples[-1]["at"] >= at:
            self.samples.pop()
        if not self.samples or {**self.samples[-1], "at": at} != sample:
            self.samples.append(sample)
        if len(self.samples) > HISTORY_SAMPLES_MAX:
            self.samples = thinned(self.samples)

    def mark(self, id: str, row: dict[str, Any]) -> None:
        """Remember a notable moment of the story."""
        self.marks[id] = {field: row[field] for field in MARKED}
        if len(self.marks) > HISTORY_MARKS_MAX:
            del self.marks[next(iter(self.marks))]

    def as_row(self, now: Instant) -> dict[str, Any]:
        """Return what a page is told that joins: samples, each without what has not changed."""
        told: list[Sample] = []
        before: Sample = {}
        for sample in self.samples:
            told.append({key: sample[key] for key in sample if sample[key] != before.get(key)})
            before = sample
        return {"at": now, "samples": told, "marks": self.marks}


def rates(tables: Tables) -> Sample:
    """Return thousandths of requests a second: answered, slow, failed by cause."""
    routes = list(tables.get("route", {}).values())
    failed: dict[str, int] = {}
    for route in routes:
        for cause, rate in route["failed"].items():
            if rate:
                failed[cause] = failed.get(cause, 0) + rate
    ok, slow = (sum(route[name] for route in routes) for name in ("ok", "slow"))
    return {"ok": ok, "slow": slow, "failed": failed}


def replicas(tables: Tables) -> dict[str, list[int]]:
    """Return ready and wanted replicas of the users' Deployments."""
    return {
        key: [row["ready"], row["wanted"]]
        for key, row in tables.get("workload", {}).items()
        if row["kind"] == "Deployment" and not row["system"]
    }


def thinned(samples: list[Sample]) -> list[Sample]:
    """Return samples with every other of the older half left out, never the first.

    Of two neighbours the one stays in which more requests failed: a short outage is what somebody
    looks for.
    """
    half = len(samples) // 4 * 2
    first, older, newer = samples[:1], samples[1 : 1 + half], samples[1 + half :]
    pairs = (older[number : number + 2] for number in range(0, half, 2))
    return [*first, *(max(pair, key=_failed) for pair in pairs), *newer]


def _failed(sample: Sample) -> int:
    return sum(sample["failed"].values())
