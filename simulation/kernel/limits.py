"""Bounds of the kernel, each with its reason."""

EVENTS_PER_INSTANT_MAX = 200_000
"""A loop that schedules itself at the same instant is a bug of ours; it must stop somewhere."""
