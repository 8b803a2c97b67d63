"""The Celery tasks: one that hosts labs for as long as its worker lives.

A bootstep of each host worker starts the task on the worker's own queue and starts it again should
it ever end; shutting the worker down drains it.
"""

import logging
import threading
from typing import Any

from celery import bootsteps, shared_task
from celery.signals import worker_shutting_down

from clusterlab.celery import app
from clusterlab.runtime.host import Host, new_name

log = logging.getLogger(__name__)

HOST_PREFIX = "host@"
REVIVE_PERIOD = 1.0
_running: dict[str, Host] = {}


@shared_task(name="runtime.host_labs", acks_late=False, ignore_result=True)
def host_labs() -> None:
    """Host labs until the worker shuts down."""
    host = Host(new_name())
    _running[host.name] = host
    try:
        host.run()
    finally:
        _running.pop(host.name, None)


@worker_shutting_down.connect
def drain(**_: Any) -> None:
    """Let every lab go before the worker ends."""
    for host in list(_running.values()):
        host.stopping = True


class HostStep(bootsteps.StartStopStep):
    """Keeps one host_labs task running on a worker that consumes its own host queue."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        self.stopped = threading.Event()
        self.queue = ""

    def start(self, parent: Any) -> None:
        """Watch over the task from a thread of its own."""
        queues = [name for name in parent.app.amqp.queues if name.startswith(HOST_PREFIX)]
        if queues:
            self.queue = queues[0]
            threading.Thread(target=self._watch, daemon=True, name="host-watch").start()

    def stop(self, parent: Any) -> None:
        """The worker ends."""
        self.stopped.set()
        drain()

    def _watch(self) -> None:
        asked = 0.0
        while not self.stopped.wait(0.1 if not asked else REVIVE_PERIOD):
            if _running:
                asked = 0.0
                continue
            if asked > 5 * REVIVE_PERIOD or not asked:
                try:
                    host_labs.apply_async(queue=self.queue)
                    asked = REVIVE_PERIOD
                except Exception as problem:
                    log.warning("could not start a host: %s", problem)
            else:
                asked += REVIVE_PERIOD


app.steps["worker"].add(HostStep)
