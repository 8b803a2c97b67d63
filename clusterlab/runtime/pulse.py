"""The pulse of a host: its leases are kept while it works, however slow the machine is.

A thread of its own renews them. A process that ends, is stopped or freezes has no pulse, and other
hosts take its labs. Nor has one that works on a lab for longer than any lab takes: that is counted in
CPU, so that a busy machine, on which everything takes long, is not taken for a lab without an end.
"""

import contextlib
import threading
import time
from collections.abc import Callable

import redis

from clusterlab.runtime import limits

BEATS_PER_LEASE = 3


class Pulse:
    """Calls something again and again while the thread that made it gets on with its work."""

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._ended = threading.Event()
        self._ends: tuple[float, float] | None = None
        """When the present piece of work is to be done, by the clock and in CPU; None at rest."""

    def start(self) -> None:
        """Beat until told to stop, or until the process ends."""
        threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def stop(self) -> None:
        """Beat no more."""
        self._ended.set()

    def begin_work(self, cpu_s: float) -> None:
        """A piece of work begins, which takes so much CPU at most."""
        self._ends = time.monotonic() + limits.WORK_S, time.process_time() + cpu_s

    def rest(self) -> None:
        """Nothing is worked on."""
        self._ends = None

    def is_stuck(self) -> bool:
        """Tell whether the present piece of work takes longer than any does."""
        ends = self._ends
        return ends is not None and (time.monotonic() > ends[0] or time.process_time() > ends[1])

    def _run(self) -> None:
        while not self._ended.wait(limits.LEASE_MS / 1000 / BEATS_PER_LEASE):
            if not self.is_stuck():
                with contextlib.suppress(redis.RedisError, OSError):
                    self._beat()
