"""Who hosts which lab: a lease in Redis for speed, an epoch in the database for truth."""

import contextlib
import logging
import time
from typing import Any

import redis

from clusterlab.runtime import keys, limits, models, telling
from simulation.lab.genesis import ENGINE

log = logging.getLogger(__name__)

_RENEW = """
for i, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then redis.call('PEXPIRE', key, ARGV[2]) end
end
return #KEYS
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def claim(lab: str, host: str) -> models.Lab | None:
    """Become the host of a lab: take the lease, then move the epoch. None if it is not to be."""
    if not keys.connection().set(keys.lease(lab), host, nx=True, px=limits.LEASE_MS):
        return None
    taken = None
    try:
        taken = _move_epoch(lab, host)
    finally:
        if taken is None:
            release(lab, host)
    return taken


def _move_epoch(lab: str, host: str) -> models.Lab | None:
    """Move the epoch from what it was found to be; return the row of the new one.

    A host may stand still between any two lines, for longer than its lease. So each epoch is given
    to one host only, and the row is read once more afterwards: the host before may have written
    until the epoch moved.
    """
    found = models.Lab.objects.filter(id=lab).first()
    if found is None or found.trouble:
        keys.connection().zrem(keys.WANTED, lab)
        if found is not None:
            telling.publish([telling.trouble(lab, "lab-stopped")])
        return None
    if found.engine > ENGINE:
        # A newer host's; what this one made of it would not be the same lab.
        return None
    as_found = models.Lab.objects.filter(id=lab, epoch=found.epoch)
    falls = _falls_with(found, host)
    epoch = found.epoch + 1
    if len(falls) >= limits.FALLS_MAX:
        # The epoch moves here too: a host that was only slow is fenced, and does not go on with it.
        if as_found.update(epoch=epoch, trouble="quarantined", falls=falls, host=""):
            log.warning("lab %s is quarantined: two hosts fell while they worked on it", lab)
            keys.connection().zrem(keys.WANTED, lab)
            telling.publish([telling.trouble(lab, "lab-stopped")])
        return None
    if not as_found.update(epoch=epoch, host=host, falls=falls):
        return None
    return models.Lab.objects.filter(id=lab, epoch=epoch).first()


def _falls_with(lab: models.Lab, host: str) -> list[float]:
    """Return the recent deaths of this lab's hosts, the last one's included if it died of this lab.

    A host that takes its own lab again did not die with it, and of all labs of a host that died or
    stood still only the one it was working on can be the reason.
    """
    falls = [at for at in lab.falls if at > time.time() - limits.FALLS_WITHIN_S]
    if lab.host in ("", host):
        return falls
    worked_on = keys.connection().get(keys.serving(lab.host))
    if worked_on != lab.id.encode():
        return falls
    log.warning("host %s fell while it worked on lab %s", lab.host, lab.id)
    return [*falls, time.time()]


class Announcer:
    """Says which lab a host is working on, and waits for no answer.

    It is said before each lab's turn, thousands of times a second: a round trip each would take a
    third of the host's time. What is not heard is no loss; then nobody is charged.
    """

    def __init__(self, host: str) -> None:
        self.key = keys.serving(host)
        self.line: Any = None

    def say(self, lab: str) -> None:
        """Say which lab it is; an empty name says that it is none."""
        with contextlib.suppress(redis.RedisError, OSError):
            try:
                line = self._open()
                line.send_command("SET", self.key, lab, "EX", limits.SERVING_S)
            except (redis.RedisError, OSError):
                self.close()
                raise

    def close(self) -> None:
        """Hang up; the next word calls again."""
        line, self.line = self.line, None
        if line is not None:
            line.disconnect()

    def _open(self) -> Any:
        if self.line is None:
            pool = keys.connection().connection_pool
            line = pool.connection_class(**pool.connection_kwargs)
            line.connect()
            line.send_command("CLIENT", "REPLY", "OFF")
            self.line = line
        return self.line


def renew(labs: list[str], host: str) -> None:
    """Keep the leases of the labs a host has, and say that it is alive."""
    now = time.time()
    pipe: Any = keys.connection().pipeline(transaction=False)
    pipe.zadd(keys.HOSTS, {host: now})
    pipe.zremrangebyscore(keys.HOSTS, 0, now - limits.HOST_FORGOTTEN_S)
    pipe.expire(keys.HOSTS, limits.HOST_FORGOTTEN_S)
    if labs:
        leases = [keys.lease(lab) for lab in labs]
        pipe.eval(_RENEW, len(labs), *leases, host, str(limits.LEASE_MS))
    pipe.execute()


def take_back(epochs: dict[str, int], host: str) -> set[str]:
    """Take leases back that Redis lost; return the labs whose host this still is.

    Another host may have had a lab meanwhile, and may even have let it go: the database knows. It
    is asked when the lease is there again, so that nobody takes the lab after the answer.
    """
    pipe: Any = keys.connection().pipeline(transaction=False)
    for lab in epochs:
        pipe.set(keys.lease(lab), host, nx=True, px=limits.LEASE_MS)
    leased = [lab for lab, got in zip(epochs, pipe.execute(), strict=True) if got]
    still: set[str] = set()
    try:
        rows = models.Lab.objects.filter(id__in=leased).values_list("id", "epoch")
        still = {lab for lab, epoch in rows if epoch == epochs[lab]}
    finally:
        for lab in leased:
            if lab not in still:
                release(lab, host)
    return still


def release(lab: str, host: str) -> None:
    """Let a lease go, if it is still ours."""
    keys.connection().eval(_RELEASE, 1, keys.lease(lab), host)


def let_go(lab: str, host: str, epoch: int) -> None:
    """Give a lab up on purpose: this is not a fall."""
    models.Lab.objects.filter(id=lab, epoch=epoch).update(host="")
    release(lab, host)


def orphans() -> list[str]:
    """Return labs that somebody wants and nobody hosts, those that somebody looks at first."""
    client = keys.connection()
    client.zremrangebyscore(keys.WANTED, 0, time.time() - limits.ACTIVE_S)
    wanted = [lab.decode() for lab in client.zrange(keys.WANTED, 0, -1)]
    if not wanted:
        return []
    pipe: Any = client.pipeline(transaction=False)
    for lab in wanted:
        pipe.exists(keys.lease(lab))
        pipe.exists(keys.watched(lab))
    found = pipe.execute()
    free = [
        (not watched, lab)
        for lab, held, watched in zip(wanted, found[::2], found[1::2], strict=True)
        if not held
    ]
    return [lab for _, lab in sorted(free)]
