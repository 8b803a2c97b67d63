"""What the site answers to, and what it says of its health."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests import bootstrap
from tests.clusterlab.running import ROOT, House


@pytest.mark.parametrize(
    ("environ", "allowed", "foreign"),
    [
        ({}, "localhost", "evil.example"),
        ({"HOST": "10.1.2.3"}, "10.1.2.3", "evil.example"),
        ({"HOST": "0.0.0.0"}, "127.0.0.1", "evil.example"),
        ({"ALLOWED_HOSTS": "school.example, lab.example"}, "lab.example", "localhost"),
    ],
)
def test_the_site_answers_to_its_own_names_only(
    environ: dict[str, str], allowed: str, foreign: str
) -> None:
    code = "from clusterlab import settings; print(*settings.ALLOWED_HOSTS, sep='|')"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "ALLOWED_HOSTS": "", **environ},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()

    assert allowed in told.split("|")
    assert foreign not in told.split("|")
    assert "*" not in told.split("|")


def health(house: House, path: str) -> tuple[int, str]:
    """Ask as a load balancer does: by a name that is not the site's."""
    request = urllib.request.Request(house.url(path), headers={"Host": "10.9.8.7"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()


def test_readiness_says_what_is_missing(house: House) -> None:
    deadline = time.monotonic() + 10
    while health(house, "/readyz")[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    good = health(house, "/readyz")
    bootstrap.kill_valkey()
    bad = health(house, "/readyz")
    alive = health(house, "/healthz")
    bootstrap.start_valkey()

    assert good[0] == 200
    assert json.loads(good[1])["hosts"] >= 1
    assert bad[0] == 503
    assert json.loads(bad[1]) == {"redis": False, "database": True, "hosts": 0}
    assert alive == (200, "ok\n")


@pytest.mark.parametrize(("given", "told"), [("", "False 0"), ("1", "True 31536000")])
def test_behind_tls_cookies_are_secure_and_browsers_come_no_other_way(
    given: str, told: str
) -> None:
    code = (
        "import django; django.setup(); from django.conf import settings; "
        "print(settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "clusterlab.settings", "BEHIND_TLS": given},
        capture_output=True,
        check=True,
        text=True,
    ).stdout.strip()

    assert said == told
