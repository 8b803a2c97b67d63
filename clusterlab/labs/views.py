"""The pages: the door, a lab, and a kind word when a lab is gone."""

import secrets
import time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.html import json_script
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clusterlab.labs import limits
from clusterlab.labs.visitors import address_of
from clusterlab.labs.words import AsWritten, terms, words
from clusterlab.runtime import keys, opening
from clusterlab.runtime.models import Link
from simulation.scenarios import catalogue

HOUR_S = 3_600
NEW_S = 15
"""A lab that was born so recently is being started, not woken."""


def _may_open(request: HttpRequest) -> bool:
    key = keys.opened(address_of(request), int(time.time() // HOUR_S))
    # One act, so that no count is left without an end.
    pipe = keys.connection().pipeline(transaction=True)
    pipe.set(key, 0, ex=HOUR_S, nx=True)
    pipe.incr(key)
    return bool(pipe.execute()[1] <= limits.LABS_PER_HOUR)


@require_http_methods(["GET", "POST"])
def landing(request: HttpRequest) -> HttpResponse:
    """Say what this is, and open a running lab with one click."""
    if request.method == "POST":
        if not _may_open(request):
            return render(request, "landing.html", {"too_many": True}, status=429)
        link = opening.open_lab()
        return redirect(f"/lab/{link.lab_id}?k={link.secret}")
    return render(request, "landing.html", {"scenarios": catalogue.names()})


@require_GET
def lab(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Show a lab to who has a link to it."""
    link = Link.find(lab_id, request.GET.get("k", ""))
    if link is None:
        return _unkept(render(request, "gone.html", status=404))
    if link.lab_id != lab_id:
        return _unkept(redirect(f"/lab/{link.lab_id}?{request.GET.urlencode()}"))
    shares = {
        other.role: other.secret
        for other in Link.objects.filter(lab_id=lab_id)
        if link.role == Link.OWNER or other.role in (link.role, Link.VIEWER)
    }
    context = {
        "lab_id": lab_id,
        "ws_path": f"/ws/lab/{lab_id}?k={link.secret}",
        "role": link.role,
        "lang": get_language(),
        "shares": shares,
        "is_new": time.time() - link.lab.born_at < NEW_S,
        "words": json_script(words(), "words", encoder=AsWritten),
        "tab": secrets.token_hex(4),
    }
    return _unkept(render(request, "lab.html", context))


@require_POST
def start_over(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Begin a lab anew for everybody who has a link to it, if its owner asks."""
    link = Link.find(lab_id, request.GET.get("k", ""))
    if link is None or link.role != Link.OWNER:
        return _unkept(render(request, "gone.html", status=404))
    if link.lab_id == lab_id:
        if not _may_open(request):
            return _unkept(render(request, "landing.html", {"too_many": True}, status=429))
        opening.start_over(lab_id)
        link.refresh_from_db()
    return _unkept(redirect(f"/lab/{link.lab_id}?k={link.secret}"))


@require_GET
def glossary(request: HttpRequest, language: str) -> HttpResponse:
    """Return what the tooltips of a language say: term to its title and its text."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with override(language):
        return JsonResponse(terms(), encoder=AsWritten)


def _unkept(response: HttpResponse) -> HttpResponse:
    """Let no cache keep a page with secrets in it."""
    response["Cache-Control"] = "no-store"
    return response


def gone(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing here, and offer a new lab."""
    return render(request, "gone.html", status=404)
