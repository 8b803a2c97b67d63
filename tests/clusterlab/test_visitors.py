"""Who may open how many labs, and by which address they are counted."""

import pytest
from django.test import RequestFactory

from clusterlab.labs import limits, views, visitors
from clusterlab.runtime import keys

ONE, TWO = "203.0.113.7", "203.0.113.8"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "counted"),
    [
        ("", 0, "10.0.0.1"),
        (ONE, 0, "10.0.0.1"),
        (ONE, 1, ONE),
        (f"{TWO}, {ONE}", 1, ONE),
        (f"1.1.1.1, {ONE}, {TWO}", 2, ONE),
        (ONE, 2, "10.0.0.1"),
        ("", 1, "10.0.0.1"),
        ("no address at all", 1, visitors.UNKNOWN),
        ("2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", 1, "2001:db8:1:2::/64"),
        (f"::ffff:{ONE}", 1, ONE),
    ],
)
def test_only_what_trusted_proxies_say_is_believed(
    forwarded: str, proxies: int, counted: str
) -> None:
    assert visitors.network_of("10.0.0.1", forwarded, proxies) == counted


@pytest.mark.django_db
def test_an_address_opens_so_many_labs_an_hour_and_its_neighbour_is_not_counted(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    settings.TRUSTED_PROXIES = 1  # type: ignore[attr-defined]
    monkeypatch.setattr(limits, "LABS_PER_HOUR", 2)
    for key in keys.connection().scan_iter("cl:opened:*"):
        keys.connection().delete(key)

    def opens(address: str) -> int:
        request = RequestFactory().post("/", headers={"X-Forwarded-For": address})
        return views.landing(request).status_code

    assert [opens(ONE), opens(ONE), opens(ONE), opens(TWO)] == [302, 302, 429, 302]
