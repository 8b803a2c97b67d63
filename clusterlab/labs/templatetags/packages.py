"""Lets the page's modules import the built packages by name, and the page show the built fonts."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
BUILT = settings.BASE_DIR / "static" / "vendor" / "built.json"


def _built() -> dict[str, Any]:
    return json.loads(BUILT.read_text(encoding="utf-8")) if BUILT.exists() else {}


@register.simple_tag
def fonts() -> SafeString:
    """Return the link to the fonts; none when nothing is built, and then those of the system serve."""
    path = _built().get("fonts")
    return format_html('<link rel="stylesheet" href="{}">', static(path)) if path else SafeString()


@register.simple_tag(takes_context=True)
def import_map(context: RequestContext) -> SafeString:
    """Return the import map; an empty one when nothing is built, and then the page says so itself."""
    imports = _built().get("imports", {})
    addresses = {"imports": {name: static(path) for name, path in imports.items()}}
    told = json.dumps(addresses).replace("<", "\\u003c")
    nonce = context["request"].csp_nonce
    # Names and hashes of our own build, and a nonce of our own: nothing here came from a visitor.
    return mark_safe(f'<script type="importmap" nonce="{nonce}">{told}</script>')
