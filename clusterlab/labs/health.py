"""Is this process alive, and could a visitor open a lab now?"""

import time

import redis
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from clusterlab.labs import limits
from clusterlab.runtime import keys


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process is alive."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether Redis, the database and at least one host can be used."""
    hosts = _hosts()
    found = {"redis": hosts is not None, "database": _has_tables(), "hosts": hosts or 0}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def _hosts() -> int | None:
    """Return how many hosts beat, or None if Redis cannot be asked."""
    try:
        return int(keys.connection().zcount(keys.HOSTS, time.time() - limits.BEAT_MAX_S, "+inf"))
    except (redis.RedisError, OSError):
        return None


def _has_tables() -> bool:
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM runtime_lab LIMIT 1")
        return True
    except DatabaseError:
        return False
