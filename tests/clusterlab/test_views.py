"""What a lab's page says to browsers, and what never reaches the database."""

import pytest
from django.test import Client

from clusterlab.runtime.models import Link
from clusterlab.runtime.opening import open_lab

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lab_page_is_kept_by_nobody_and_talks_to_its_own_host_only() -> None:
    link = open_lab()

    page = Client().get(f"/lab/{link.lab_id}?k={link.secret}", headers={"host": "localhost"})

    policy = page["Content-Security-Policy"]
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "connect-src 'self' ws://localhost wss://localhost;" in policy
    assert "form-action 'self'" in policy


@pytest.mark.parametrize(("lab", "secret"), [("a%00b", "k"), ("a", "k%00"), ("a", "x" * 50)])
def test_what_is_no_address_is_not_looked_for(
    monkeypatch: pytest.MonkeyPatch, lab: str, secret: str
) -> None:
    def look(**_: object) -> None:
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")

    monkeypatch.setattr(Link.objects, "filter", look)
    monkeypatch.setattr(Link.objects, "select_related", look)

    page = Client().get(f"/lab/{lab}?k={secret}", headers={"host": "localhost"})

    assert page.status_code == 404
