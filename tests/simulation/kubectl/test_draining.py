"""drain and delete: what they say they would do, whom they leave, and how they give up."""

import pytest

from simulation.kubectl.durations import go_duration
from simulation.kubectl.parse import parse
from tests.simulation.kubectl.terminals import a_lab, typed


@pytest.mark.parametrize(
    ("mode", "note"), [("server", " (server dry run)"), ("client", " (dry run)")]
)
def test_a_dry_run_of_a_drain_says_what_would_happen_and_does_nothing(mode, note):
    lab = a_lab()

    came = typed(lab, f"kubectl drain worker-3 --ignore-daemonsets --force --dry-run={mode}")

    said = came.stdout.splitlines()
    assert said[0] == f"node/worker-3 cordoned{note}"
    assert f"evicting pod default/report{note}" in said
    assert said[-1] == f"node/worker-3 drained{note}"
    assert typed(lab, "kubectl get pod report").status == 0
    assert "SchedulingDisabled" not in typed(lab, "kubectl get node worker-3").stdout


def test_a_dry_run_of_a_drain_is_refused_like_a_real_one():
    came = typed(a_lab(), "kubectl drain worker-3 --ignore-daemonsets --dry-run=server")

    assert came.status == 1
    assert (
        "cannot delete Pods that declare no controller (use --force to override): default/report"
        in came.stderr
    )
    assert "evicting" not in came.stdout


@pytest.mark.parametrize(
    ("mode", "note"),
    [("=server", " (server dry run)"), ("=client", " (dry run)"), ("", " (dry run)")],
)
def test_a_dry_run_of_a_deletion_deletes_nothing(mode, note):
    lab = a_lab()

    came = typed(lab, f"kubectl delete pod report --dry-run{mode}")

    assert came.stdout == f'pod "report" deleted from default namespace{note}\n'
    assert typed(lab, "kubectl get pod report").status == 0


def test_a_dry_run_without_a_value_is_the_clients_and_takes_no_word_behind_it():
    call = parse(("kubectl", "delete", "--dry-run", "pod", "report"))

    assert (call.dry_run, call.args) == ("client", ("pod", "report"))


def test_a_drain_leaves_the_pods_that_its_selector_does_not_mean():
    lab = a_lab()

    came = typed(lab, "kubectl drain worker-3 --ignore-daemonsets --pod-selector=app=pay")

    assert "pod/pay-" in came.stdout and "pod/cart-" not in came.stdout
    assert came.stdout.endswith("node/worker-3 drained\n")
    assert typed(lab, "kubectl get pod report").status == 0


def test_a_drain_whose_time_is_over_names_each_pod_that_is_left():
    lab = a_lab()
    typed(lab, "kubectl create pdb all --selector=app=cart --min-available=100%")
    name = typed(
        lab,
        "kubectl get pods -l app=cart --field-selector=spec.nodeName=worker-1 -o jsonpath={.items[*].metadata.name}",
    )
    pod = name.stdout.strip()

    came = typed(lab, "kubectl drain worker-1 --ignore-daemonsets --timeout=12s")

    left = f'error when evicting pods/"{pod}" -n "default": global timeout reached: 12s'
    assert came.status == 1
    assert came.stderr.splitlines()[-6:] == [
        f'There are pending pods in node "worker-1" when an error occurred: {left}',
        f"pod/{pod}",
        f'error: unable to drain node "worker-1" due to error: {left}, continuing command...',
        "There are pending nodes to be drained:",
        " worker-1",
        left,
    ]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (12_000, "12s"),
        (90_000, "1m30s"),
        (60_000, "1m0s"),
        (3_600_000, "1h0m0s"),
        (1_500, "1.5s"),
        (200, "200ms"),
    ],
)
def test_a_duration_is_printed_as_go_prints_it(given, text):
    assert go_duration(given) == text
