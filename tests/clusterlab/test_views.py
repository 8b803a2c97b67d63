"""What a lab's page says to browsers, and what never reaches the database."""

import json

import pytest
from django.http import HttpResponse
from django.test import Client

from clusterlab.labs import limits
from clusterlab.runtime import keys, telling
from clusterlab.runtime.models import Lab, Link
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


@pytest.mark.parametrize(("age_s", "word"), [(0, "started"), (3600, "woken")])
def test_a_new_lab_is_started_and_an_old_one_woken(age_s: int, word: str) -> None:
    link = open_lab()
    Lab.objects.filter(id=link.lab_id).update(born_at=link.lab.born_at - age_s)

    page = Client().get(f"/lab/{link.lab_id}?k={link.secret}", headers={"host": "localhost"})

    assert f"The lab is being {word}" in page.content.decode()


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


def start_over(link: Link, lab: str) -> HttpResponse:
    return Client().post(f"/lab/{lab}/start-over?k={link.secret}", headers={"host": "localhost"})


def test_who_starts_a_lab_over_takes_everybody_along_with_the_same_links() -> None:
    owner = open_lab()
    old = owner.lab_id
    viewer = Link.objects.get(lab=old, role=Link.VIEWER)
    ears = keys.connection().pubsub(ignore_subscribe_messages=True)
    ears.subscribe(keys.group_channel(old))
    ears.get_message(timeout=5)

    answer = start_over(owner, old)

    owner.refresh_from_db()
    viewer.refresh_from_db()
    assert owner.lab_id == viewer.lab_id != old
    assert answer.url == f"/lab/{owner.lab_id}?k={owner.secret}"
    heard = telling._layer().deserialize(ears.get_message(timeout=5)["data"])
    assert json.loads(heard["text"]) == {"t": "moved", "to": owner.lab_id}
    assert keys.connection().zscore(keys.WANTED, old) is None, "nobody wants the old one"
    begun = Lab.objects.get(id=owner.lab_id)
    assert (begun.head, begun.content) == (0, Lab.objects.get(id=old).content)
    late = Client().get(f"/lab/{old}?k={viewer.secret}&view=stage", headers={"host": "localhost"})
    assert late.url == f"/lab/{owner.lab_id}?k={viewer.secret}&view=stage"


def test_a_lab_asked_twice_to_start_over_does_so_once() -> None:
    owner = open_lab()
    old = owner.lab_id

    first, second = start_over(owner, old), start_over(owner, old)

    assert first.url == second.url
    assert Lab.objects.count() == 2


@pytest.mark.parametrize("role", [Link.VIEWER, Link.OPERATOR])
def test_only_its_owner_starts_a_lab_over(role: str) -> None:
    lab = open_lab().lab_id

    answer = start_over(Link.objects.get(lab=lab, role=role), lab)

    assert answer.status_code == 404
    assert Lab.objects.count() == 1


def test_labs_are_started_over_no_more_often_than_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = open_lab()
    monkeypatch.setattr(limits, "LABS_PER_HOUR", 0)

    answer = start_over(owner, owner.lab_id)

    assert answer.status_code == 429
    assert Lab.objects.count() == 1
