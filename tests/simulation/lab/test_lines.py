"""A line of the page's terminal, and what the page is told to do about it."""

import re
from pathlib import Path

import pytest

from simulation.lab import commands, queries
from simulation.lab.commands.words import VERBS, understood
from simulation.lab.lab import Applied
from tests.simulation.kubectl.terminals import a_lab


def ask(line: str, lab=None) -> dict:
    return queries.answer(lab or a_lab(), {"ask": "line", "line": line})


@pytest.mark.parametrize(
    ("line", "orders"),
    [
        ("power-off worker-3", [{"do": "power-off", "node": "worker-3"}]),
        ("cut cp-1 cp-2 --one-way", [{"do": "cut", "a": "cp-1", "b": "cp-2", "one_way": True}]),
        (
            "delay worker-1 200ms",
            [{"do": "delay", "a": "worker-1", "b": "", "ms": 200, "one_way": False}],
        ),
        (
            "slow worker-1 200ms",
            [{"do": "delay", "a": "worker-1", "b": "", "ms": 200, "one_way": False}],
        ),
        (
            "loss cp-1 cp-2 20%",
            [{"do": "loss", "a": "cp-1", "b": "cp-2", "percent": 20, "one_way": False}],
        ),
        ("slow-disk cp-1 3000ms", [{"do": "slow-disk", "node": "cp-1", "ms": 3000}]),
        ("provoke-split-vote", [{"do": "provoke-split-vote"}]),
        ("load 500/s http://shop.local/", [{"do": "load", "route": "shop.local/", "rps": 500}]),
        ("load shop.local/ 500", [{"do": "load", "route": "shop.local/", "rps": 500}]),
        ("leak report 1Mi", [{"do": "leak", "pod": "default/report", "memory": 1 << 20}]),
        ("heal", []),
    ],
)
def test_an_act_upon_reality_becomes_commands(line, orders):
    assert ask(line) == {"stdout": "", "stderr": "", "status": 0, "waits": False, "orders": orders}


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("power-off", "power-off takes 1 word, not 0: power-off NODE"),
        ("power-off worker-1 --one-way", "power-off has no --one-way"),
        ("delay worker-1 soon", "soon is no amount; write 200ms"),
        ("slow-disk cp-1 ²ms", "²ms is no amount; write 3000ms"),
        ("load often http://shop.local/", "often is no rate; write load 500/s http://shop.local/"),
        ("echo 'open", "bash: unexpected EOF while looking for matching `''"),
    ],
)
def test_what_is_written_wrong_is_said(line, error):
    answer = ask(line)

    assert answer["stderr"] == f"{error}\n"
    assert answer["status"] != 0
    assert "orders" not in answer


def test_every_order_that_a_form_gives_can_be_sent_back():
    lab = a_lab()
    for line in ("cut cp-1 cp-2", "power-off worker-3", "heal"):
        for order in ask(line, lab)["orders"]:
            outcome = lab.submit(commands.parse(order), line, "tester")
            assert isinstance(outcome, Applied)


def test_help_names_every_act_and_how_each_is_written_and_the_page_completes_it():
    told = ask("help")["stdout"]
    named = set(re.findall(r"[a-z-]+", told))
    completing = (Path(__file__).parents[3] / "static/js/panels/complete.js").read_text()
    table = completing.partition("const MACHINE = {")[2].partition("};")[0]

    for verb, form in VERBS.items():
        assert verb in named
        assert ask(f"help {verb}")["stdout"] == f"{form.usage}\n"
        assert f'{verb}": [' in table or f" {verb}: [" in table, verb


def test_help_leads_with_three_things_that_can_be_tried():
    lines = ask("help")["stdout"].splitlines()

    assert lines[0] == "Three things to try:"
    for line in lines[1:4]:
        tried = re.split(r"\s{2,}", line.strip())[0]
        assert not ask(tried)["stderr"], tried
    assert len(lines) <= 24


def test_a_form_says_how_it_is_written():
    for verb, form in VERBS.items():
        assert form.usage.split()[0] == verb
        sample = [each for each in form.usage.replace("[--one-way]", "").split() if "[" not in each]
        assert understood(sample).verb == verb


@pytest.mark.parametrize(
    ("line", "waits"),
    [
        ("kubectl get pods", False),
        ("kubectl scale deploy web --replicas=3", True),
        ("watch kubectl get pods", True),
    ],
)
def test_what_takes_time_is_a_session_of_the_words_that_were_understood(line, waits):
    answer = ask(line)

    assert (answer["waits"], answer["argv"]) == (waits, line.split())
    assert bool(answer["stdout"]) != waits


@pytest.mark.parametrize(
    ("line", "edit"),
    [
        ("kubectl edit deployment web", {"kind": "Deployment", "key": "default/web"}),
        ("k edit deploy/web", {"kind": "Deployment", "key": "default/web"}),
        (
            "kubectl edit -n kube-system cm kubeadm-config",
            {"kind": "ConfigMap", "key": "kube-system/kubeadm-config"},
        ),
        ("kubectl edit node worker-1", {"kind": "Node", "key": "worker-1"}),
    ],
)
def test_edit_opens_the_object_in_the_editor(line, edit):
    assert ask(line)["edit"] == edit


def test_a_warning_comes_before_what_it_warns_of():
    answer = ask("kubectl get componentstatuses")

    assert answer["before"].startswith("Warning: ") and answer["stderr"] == ""
