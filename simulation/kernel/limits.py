"""Bounds of the kernel, each with its reason."""

EVENTS_PER_INSTANT_MAX = 200_000
"""A loop that schedules itself at the same instant is a bug of ours; it must stop somewhere."""

EVENTS_PENDING_MAX = 2_000_000
"""150,000 pods with a handful of timers each; beyond this something leaks."""
