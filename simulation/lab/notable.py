"""Which happenings are worth stopping for, and how good or bad they are.

The ledger holds everything; the story shows some of it; a step of the presenter's remote goes from
one notable happening to the next.
"""

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
    "container-killed": BAD,
    "disk-filled": BAD,
    "disk-healthy": GOOD,
    "disk-slow": BAD,
    "election-timers-set": INFO,
    "etcd-leader-elected": INFO,
    "etcd-leader-lost": BAD,
    "etcd-split-vote": INFO,
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
    "node-tainted-no-execute": BAD,
    "office-lost": BAD,
    "office-taken": GOOD,
    "office-vacant": BAD,
    "outgoing-cut": BAD,
    "outgoing-delayed": BAD,
    "outgoing-held": BAD,
    "outgoing-lossy": BAD,
    "pod-evicted": BAD,
    "pod-sacrificed": BAD,
    "process-killed": BAD,
    "process-started": GOOD,
    "quorum-apart": BAD,
    "quorum-lost": BAD,
    "quorum-restored": GOOD,
    "quota-refused": BAD,
    "rollout-begins": INFO,
    "way-cut": BAD,
    "way-delayed": BAD,
    "way-held": BAD,
    "way-lossy": BAD,
    "worker-added": INFO,
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


def is_notable(key: str) -> bool:
    """Tell whether a step stops at a happening."""
    return key in NOTABLE


def level_of(key: str) -> str | None:
    """Return the colour of a happening in the story, None if the story leaves it out."""
    return TOLD.get(key)
