"""Bounds of the consensus, each with its reason."""

INFLIGHT_APPENDS_MAX = 512
"""Appends sent to one follower and not yet answered, as etcd's MaxInflightMsgs."""

ENTRIES_PER_APPEND_MAX = 1_000
"""A follower that lags is brought forward in steps, so no message grows without end."""

MEMBERS_MAX = 7
"""etcd's recommended upper bound: every write must reach four of seven."""
