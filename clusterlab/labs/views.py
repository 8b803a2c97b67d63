"""The pages: the door, a lab, and a kind word when a lab is gone."""

import secrets
import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from clusterlab.labs import limits
from clusterlab.labs.visitors import address_of
from clusterlab.labs.words import words
from clusterlab.runtime import keys
from clusterlab.runtime.models import Link
from clusterlab.runtime.opening import open_lab
from simulation.scenarios import catalogue

HOUR_S = 3_600


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
        link = open_lab()
        return redirect(f"/lab/{link.lab_id}?k={link.secret}")
    return render(request, "landing.html", {"scenarios": catalogue.names()})


@require_GET
def lab(request: HttpRequest, lab_id: str) -> HttpResponse:
    """Show a lab to who has a link to it."""
    link = Link.objects.filter(secret=request.GET.get("k", ""), lab_id=lab_id).first()
    if link is None:
        return render(request, "gone.html", status=404)
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
        "words": words(),
        "tab": secrets.token_hex(4),
    }
    return render(request, "lab.html", context)


def gone(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing here, and offer a new lab."""
    return render(request, "gone.html", status=404)
