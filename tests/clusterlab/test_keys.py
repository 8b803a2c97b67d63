"""Everything in Redis has an end: no family of keys grows for ever, and none is left behind."""

import re
import time
from pathlib import Path

import pytest
from django.test import RequestFactory

from clusterlab.labs import views
from clusterlab.runtime import keys, limits, lookback, mailbox, ownership
from clusterlab.runtime.host import Host
from clusterlab.runtime.mailbox import Letter
from clusterlab.runtime.models import Lab
from tests.clusterlab.running import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def families(source: Path) -> set[str]:
    """Return the families of keys that a file names."""
    return set(re.findall(r"\"(cl:\w+)", source.read_text()))


def a_short_life() -> None:
    """Let a visitor open a lab, look at it, act, and leave more letters than are read."""
    views.landing(RequestFactory().post("/"))
    lab = Lab.objects.latest("created_at").id
    host = Host("short-lived")
    host._look()
    hosted = host.labs[lab]
    mailbox.watch(lab, 15)
    mailbox.post(lab, Letter("command", "c", "", "", {"do": "power-off", "node": "worker-3"}))
    host._serve([hosted])
    host._checkpoint(hosted)
    mailbox.ring("")
    mailbox.post(lab, Letter("snapshot"))
    lookback.ask(lab, hosted.universe.now, "q", "socket")
    lookback._stop(lab, hosted.universe, hosted.seq)


def test_every_key_has_a_time_to_live_and_every_family_was_looked_at() -> None:
    client = keys.connection()
    client.flushdb()

    a_short_life()

    ends = {key.decode(): client.pttl(key) for key in client.scan_iter("cl:*")}
    assert {key for key, left in ends.items() if not 0 < left <= 1000 * limits.FORGET_S} == set()
    named = families(ROOT / "clusterlab" / "runtime" / "keys.py")
    assert {":".join(key.split(":")[:2]) for key in ends} == named


def test_keys_are_named_in_one_place() -> None:
    elsewhere = {
        path.name: found
        for path in (ROOT / "clusterlab").rglob("*.py")
        if path.name != "keys.py" and (found := families(path))
    }

    assert elsewhere == {}


def test_a_bell_is_rung_no_more_often_than_anybody_listens() -> None:
    for _ in range(3 * limits.RINGS_MAX):
        mailbox.ring("nobody")

    assert keys.connection().llen(keys.bell("nobody")) == limits.RINGS_MAX


def test_hosts_that_died_are_forgotten() -> None:
    client = keys.connection()
    client.zadd(keys.HOSTS, {"long dead": time.time() - limits.HOST_FORGOTTEN_S - 1})

    ownership.renew([], "alive")

    assert client.zscore(keys.HOSTS, "long dead") is None
    assert client.zscore(keys.HOSTS, "alive") is not None


def test_labs_that_were_asked_for_longest_ago_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    client = keys.connection()
    client.delete(keys.WANTED)
    monkeypatch.setattr(limits, "WANTED_MAX", 2)

    for lab in ("first", "second", "third"):
        mailbox.watch(lab, 1)

    assert client.zrange(keys.WANTED, 0, -1) == [b"second", b"third"]


def test_a_lab_that_nobody_asked_for_in_a_while_is_not_taken_over() -> None:
    client = keys.connection()
    client.delete(keys.WANTED)
    now = time.time()
    client.zadd(keys.WANTED, {"old": now - limits.ACTIVE_S - 1, "new": now - limits.ACTIVE_S + 60})

    assert ownership.orphans() == ["new"]
    assert client.zscore(keys.WANTED, "old") is None
