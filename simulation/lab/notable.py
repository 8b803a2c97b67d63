"""Which happenings are worth stopping for, and how good or bad they are.

The ledger holds everything; the story shows some of it; a step of the presenter's remote goes from
one notable happening to the next.
"""

GOOD, BAD, INFO = "good", "bad", "info"

NOTABLE: dict[str, str] = {
    "cable-cut": BAD,
    "cable-healed": GOOD,
    "container-killed": BAD,
    "disk-filled": BAD,
    "etcd-leader-elected": INFO,
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
    "network-healed": GOOD,
    "node-not-ready": BAD,
    "node-ready-again": GOOD,
    "node-reports-pressure": BAD,
    "node-reports-trouble": BAD,
    "node-tainted-no-execute": BAD,
    "office-lost": BAD,
    "office-taken": GOOD,
    "pod-evicted": BAD,
    "pod-sacrificed": BAD,
    "process-killed": BAD,
    "process-started": GOOD,
    "quorum-lost": BAD,
    "quorum-restored": GOOD,
    "quota-refused": BAD,
    "rollout-begins": INFO,
    "worker-added": INFO,
}
"""Reason to its colour; these stop a step."""

TOLD: dict[str, str] = {
    "asked": INFO,
    "budget-spent": INFO,
    "daemonset-creates": INFO,
    "endpoints-listed": GOOD,
    "endpoints-lost": BAD,
    "late-write-applied": INFO,
    "member-learns": INFO,
    "node-registers": GOOD,
    "owner-gone": INFO,
    "pod-not-ready-with-node": BAD,
    "pod-orphan-removed": INFO,
    "pod-out-of-service-removed": INFO,
    "pod-preempted": BAD,
    "pod-scheduled": INFO,
    "pod-unschedulable": BAD,
    "kubelet-removes": INFO,
    "replicaset-creates": INFO,
    "replicaset-deletes": INFO,
    "rollout-scales-new": INFO,
    "rollout-scales-old": INFO,
    "write-timed-out": BAD,
    **NOTABLE,
}
"""Reason to its colour; these make the story."""


def is_notable(key: str) -> bool:
    """Tell whether a step stops at a happening."""
    return key in NOTABLE


def level_of(key: str) -> str | None:
    """Return the colour of a happening in the story, None if the story leaves it out."""
    return TOLD.get(key)
