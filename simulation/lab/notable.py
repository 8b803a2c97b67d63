"""Which happenings are worth stopping for, and how good or bad they are.

The ledger holds everything; the story shows some of it; a step of the presenter's remote goes from
one notable happening to the next. Of what comes in series, only the first is notable: whoever steps,
and Auto, would stop at each pod of twenty and at each retry for hours.
"""

from simulation.kernel.records import Record
from simulation.kernel.units import SECOND, Duration
from simulation.kube.happenings import Entry, Ledger

GOOD, BAD, INFO = "good", "bad", "info"

NOTABLE: dict[str, str] = {
    "api-server-ready": GOOD,
    "api-server-unwell": BAD,
    "cable-cut": BAD,
    "cable-delayed": BAD,
    "cable-healed": GOOD,
    "cable-held": BAD,
    "cable-lossy": BAD,
    "cable-released": GOOD,
    "container-crashes": BAD,
    "container-killed": BAD,
    "disk-filled": BAD,
    "disk-healthy": GOOD,
    "disk-slow": BAD,
    "election-timers-set": INFO,
    "etcd-leader-elected": INFO,
    "etcd-leader-lost": BAD,
    "etcd-split-vote": INFO,
    "image-pull-failed": BAD,
    "incoming-cut": BAD,
    "incoming-delayed": BAD,
    "incoming-held": BAD,
    "incoming-lossy": BAD,
    "machine-back": GOOD,
    "machine-booting": INFO,
    "machine-off": BAD,
    "machine-shutting-down": BAD,
    "member-joins": INFO,
    "member-leaves": INFO,
    "member-promoted": GOOD,
    "member-removed": INFO,
    "memory-leaks": BAD,
    "network-cut": BAD,
    "network-delayed": BAD,
    "network-healed": GOOD,
    "network-held": BAD,
    "network-lossy": BAD,
    "network-released": GOOD,
    "node-not-ready": BAD,
    "node-ready-again": GOOD,
    "node-reports-pressure": BAD,
    "node-reports-trouble": BAD,
    "office-lost": BAD,
    "office-taken": GOOD,
    "office-vacant": BAD,
    "outgoing-cut": BAD,
    "outgoing-delayed": BAD,
    "outgoing-held": BAD,
    "outgoing-lossy": BAD,
    "pod-evicted": BAD,
    "pod-sacrificed": BAD,
    "pod-unschedulable": BAD,
    "process-killed": BAD,
    "process-started": GOOD,
    "quorum-apart": BAD,
    "quorum-lost": BAD,
    "quorum-restored": GOOD,
    "quota-refused": BAD,
    "rollout-begins": INFO,
    "rollout-finished": GOOD,
    "rollout-returns": INFO,
    "rollout-stuck": BAD,
    "users-fail": BAD,
    "users-recover": GOOD,
    "way-cut": BAD,
    "way-delayed": BAD,
    "way-held": BAD,
    "way-lossy": BAD,
    "worker-added": INFO,
    "worker-removed": INFO,
}
"""Reason to its colour; these stop a step."""

TOLD: dict[str, str] = {
    "api-cache-lost": BAD,
    "api-server-gave-up": BAD,
    "api-server-waits": INFO,
    "asked": INFO,
    "asked-in-vain": BAD,
    "budget-spent": INFO,
    "daemonset-adopts": INFO,
    "daemonset-creates": INFO,
    "daemonset-releases": INFO,
    "daemonset-removes-failed": INFO,
    "deployment-adopts": INFO,
    "deployment-releases": INFO,
    "endpoints-listed": GOOD,
    "endpoints-lost": BAD,
    "late-write-applied": INFO,
    "late-write-lost": INFO,
    "late-write-overwritten": INFO,
    "load-unled": BAD,
    "member-learns": INFO,
    "node-tainted-no-execute": BAD,
    "node-registers": GOOD,
    "owner-gone": INFO,
    "pod-not-ready-with-node": BAD,
    "pod-orphan-removed": INFO,
    "pod-out-of-service-removed": INFO,
    "pod-preempted": BAD,
    "pod-scheduled": INFO,
    "kubelet-removes": INFO,
    "replicaset-adopts": INFO,
    "replicaset-creates": INFO,
    "replicaset-deletes": INFO,
    "replicaset-releases": INFO,
    "rollout-scales-new": INFO,
    "rollout-scales-old": INFO,
    "write-timed-out": BAD,
    **NOTABLE,
}
"""Reason to its colour; these make the story."""


class Series(Record):
    """What counts as one series of a happening."""

    gap: Duration
    """So long after the last of its kind the next is the first of another series."""
    shared: tuple[str, ...] = ()
    """What its reasons have in common."""


SERIES: dict[str, Series] = {
    "api-server-unwell": Series(300 * SECOND, ("node",)),
    "container-crashes": Series(900 * SECOND, ("owner",)),
    "image-pull-failed": Series(900 * SECOND, ("owner",)),
    "pod-evicted": Series(5 * SECOND, ("node",)),
    "pod-unschedulable": Series(60 * SECOND),
    "quota-refused": Series(300 * SECOND),
    "users-fail": Series(20 * SECOND),
    "users-recover": Series(20 * SECOND),
}
"""What repeats: a kubelet restarts what fails every five minutes, a rollout lets users meet a pod
that ends now and then, and a burst of pods waits within a minute."""


def is_notable(entry: Entry, ledger: Ledger) -> bool:
    """Tell whether a step stops at a happening."""
    key = entry.reason.key
    return key in NOTABLE and (key not in SERIES or _is_first(entry, ledger, SERIES[key]))


def _is_first(entry: Entry, ledger: Ledger, series: Series) -> bool:
    reason = entry.reason
    for each in reversed(ledger.entries.values()):
        if each.id >= entry.id:
            continue
        if each.at < entry.at - series.gap:
            return True
        params = each.reason.params
        if each.reason.key == reason.key and all(
            params.get(name) == reason.params.get(name) for name in series.shared
        ):
            return False
    return True


def level_of(key: str) -> str | None:
    """Return the colour of a happening in the story, None if the story leaves it out."""
    return TOLD.get(key)
