"""What comes through a pipe into `kubectl … -f -`, and what only a real shell can do."""

import pytest

from simulation.kernel.units import MINUTE, SECOND
from simulation.lab import commands
from simulation.lab.lab import Lab
from simulation.scenarios import script
from tests.scenarios.playing import played
from tests.simulation.kubectl.terminals import a_lab, typed

MADE = "kubectl create configmap c1 --from-literal=a=b --dry-run=client -o yaml"


def test_what_a_dry_run_prints_is_applied():
    lab = a_lab()

    assert typed(lab, f"{MADE} | kubectl apply -f -").stdout == "configmap/c1 created\n"
    assert typed(lab, "kubectl get cm c1 -o jsonpath='{.data.a}'").stdout == "b"
    assert typed(lab, f"{MADE} | kubectl apply -f -").stdout == "configmap/c1 unchanged\n"


def test_what_is_read_can_be_replaced_and_deleted():
    lab = a_lab()
    read = "kubectl get deploy web -o yaml"

    assert typed(lab, f"{read} | kubectl replace -f -").stdout == "deployment.apps/web replaced\n"
    assert typed(lab, f"{read} | kubectl delete -f -").stdout.startswith(
        'deployment.apps "web" deleted'
    )


def test_a_read_that_fails_leaves_nothing_to_apply():
    came = typed(a_lab(), "kubectl get deploy nope -o yaml | kubectl apply -f -")

    assert came.stderr == (
        'Error from server (NotFound): deployments.apps "nope" not found\n'
        "error: no objects passed to apply\n"
    )
    assert came.status == 1


def test_the_journal_holds_all_that_a_replay_needs():
    one, other = a_lab(), a_lab()
    for lab in (one, other):
        argv = [*MADE.split(), "|", "kubectl", "apply", "-f", "-"]
        lab.submit(commands.parse({"do": "kubectl", "argv": argv, "files": {}}), "it", "tester")
        lab.advance(lab.now + 5 * SECOND)

    assert one.digest() == other.digest()
    assert Lab.thaw(one.genesis, one.freeze()).digest() == one.digest()
    assert one.world.store.get("ConfigMap", "default/c1") is not None


def test_a_read_before_a_pipe_waits_for_a_quorum():
    lab = a_lab()
    for node in ("cp-2", "cp-3"):
        lab.submit(commands.parse({"do": "power-off", "node": node}), node, "tester")
    lab.advance(lab.now + 20 * SECOND)
    argv = ["kubectl", "get", "deploy", "web", "-o", "yaml", "|", "kubectl", "apply", "-f", "-"]
    lab.submit(commands.parse({"do": "kubectl", "argv": argv}), "it", "tester")
    lab.advance(lab.now + 2 * SECOND)
    assert not lab.sessions.output_since("it", 0)["done"]

    thawed = Lab.thaw(lab.genesis, lab.freeze())
    for each in (lab, thawed):
        each.submit(commands.parse({"do": "power-on", "node": "cp-2"}), "back", "tester")
        each.advance(each.now + MINUTE)
        told = each.sessions.output_since("it", 0)
        assert told["done"] and "missing the kubectl" in told["lines"][0]["text"]
    assert lab.digest() == thawed.digest()


def test_a_script_feeds_what_stands_between_to_cat():
    text = "cat <<END | kubectl apply -f -\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c2}\nEND\n"

    assert "configmap/c2 created" in played(text)
    assert script.read(text).statements[0].words == ("cat", "|", "kubectl", "apply", "-f", "-")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("kubectl get $(echo pods)", "the shell's $(…): real, not simulated here"),
        ('kubectl get pods -n "$NS"', "the shell's variables: real, not simulated here"),
        ("kubectl get pods && kubectl get svc", "the shell's &&: real, not simulated here"),
        ("for i in 1 2; do kubectl get po; done", "the shell's for: real, not simulated here"),
        (
            "kubectl create cm a | kubectl apply -f -",
            "kubectl create configmap before | kubectl: real",
        ),
    ],
)
def test_what_only_a_shell_can_do_is_told_honestly(line, said):
    assert typed(a_lab(), line).stderr.startswith(said)
