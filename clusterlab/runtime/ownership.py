"""Who hosts which lab: a lease in Redis for speed, an epoch in the database for truth."""

import time
from typing import Any

from django.db.models import F

from clusterlab.runtime import keys, limits, models

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
    client = keys.connection()
    if not client.set(keys.lease(lab), host, nx=True, px=limits.LEASE_MS):
        return None
    found = models.Lab.objects.filter(id=lab).first()
    if found is None or found.trouble:
        release(lab, host)
        client.zrem(keys.WANTED, lab)
        return None
    falls = _falls_with(found, host)
    if len(falls) >= limits.FALLS_MAX:
        models.Lab.objects.filter(id=lab).update(trouble="quarantined", falls=falls, host="")
        client.zrem(keys.WANTED, lab)
        release(lab, host)
        return None
    models.Lab.objects.filter(id=lab).update(epoch=F("epoch") + 1, host=host, falls=falls)
    found.refresh_from_db()
    return found


def _falls_with(lab: models.Lab, host: str) -> list[float]:
    """Return the recent deaths of this lab's hosts, the last one's included if it did not let go.

    A host that takes its own lab again did not die with it.
    """
    falls = [at for at in lab.falls if at > time.time() - limits.FALLS_WITHIN_S]
    return [*falls, time.time()] if lab.host not in ("", host) else falls


def renew(labs: list[str], host: str) -> None:
    """Keep the leases of the labs a host has."""
    client = keys.connection()
    client.zadd(keys.HOSTS, {host: time.time()})
    if labs:
        client.eval(
            _RENEW, len(labs), *[keys.lease(lab) for lab in labs], host, str(limits.LEASE_MS)
        )


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
