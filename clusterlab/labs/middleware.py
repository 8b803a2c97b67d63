"""Headers that keep a page to itself, and answers for those who only ask whether all is well."""

import re
import secrets
from collections.abc import Awaitable, Callable

from asgiref.sync import markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse
from servestatic.middleware import ServeStaticMiddleware

from clusterlab.labs import health

HASHED = re.compile(r"/vendor/.+-[0-9A-Z]{8}\.(js|css|woff2)$")
"""Bundled packages and fonts carry a hash of their content in their names (tools/vendor.mjs)."""


class StaticFiles(ServeStaticMiddleware):
    """Serves the files of the page; what is named by its content is kept by browsers for good.

    The setting SERVESTATIC_IMMUTABLE_FILE_TEST does not do it: the middleware for Django overrides the
    method that would read it.
    """

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Tell whether an address always means the same content."""
        return HASHED.search(url) is not None


class Health:
    """Answers the health addresses before anything looks at the name that was asked for.

    A load balancer asks by address, which is not among the names of the site.
    """

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponse]]) -> None:
        self.get_response = get_response
        markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass on."""
        if request.path == "/healthz":
            return health.healthz(request)
        if request.path == "/readyz":
            return await sync_to_async(health.readyz)(request)
        return await self.get_response(request)


class SecurityHeaders:
    """Adds a content security policy with a nonce for the few inline scripts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.csp_nonce = secrets.token_urlsafe(12)  # type: ignore[attr-defined]
        response = self.get_response(request)
        host = request.get_host()
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'self'; "
            f"script-src 'self' 'nonce-{request.csp_nonce}'; "  # type: ignore[attr-defined]
            "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
            # Older browsers do not take 'self' for the sockets of the same host.
            f"connect-src 'self' ws://{host} wss://{host}; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'; object-src 'none'",
        )
        return response
