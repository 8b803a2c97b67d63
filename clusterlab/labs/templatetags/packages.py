"""Lets the page's modules import the built packages by name."""

import json

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
IMPORTS = settings.BASE_DIR / "static" / "vendor" / "imports.json"


@register.simple_tag(takes_context=True)
def import_map(context: RequestContext) -> SafeString:
    """Return the import map; an empty one when nothing is built, and then the page says so itself."""
    built = json.loads(IMPORTS.read_text(encoding="utf-8")) if IMPORTS.exists() else {}
    addresses = {"imports": {name: static(path) for name, path in built.items()}}
    told = json.dumps(addresses).replace("<", "\\u003c")
    nonce = context["request"].csp_nonce
    # Names and hashes of our own build, and a nonce of our own: nothing here came from a visitor.
    return mark_safe(f'<script type="importmap" nonce="{nonce}">{told}</script>')
