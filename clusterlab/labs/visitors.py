"""Where a visitor comes from, as far as it can be believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def address_of(request: HttpRequest) -> str:
    """Return the network that a request comes from."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return network_of(request.META.get("REMOTE_ADDR", ""), forwarded, settings.TRUSTED_PROXIES)


def network_of(remote: str, forwarded: str, proxies: int) -> str:
    """Return a visitor's address: an IPv6 one as its /64, which is what one household has.

    Each trusted proxy appends whom it was called by, so that the visitor is as many places from the
    end as there are such proxies. What stands before that was written by the visitor, and a request
    with fewer entries came past the proxies.
    """
    hops = forwarded.split(",") if forwarded else []
    text = hops[-proxies] if 0 < proxies <= len(hops) else remote
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), 64), strict=False))
