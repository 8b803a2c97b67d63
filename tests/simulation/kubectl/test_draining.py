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


BARE = """
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec:
  nodeName: worker-1
  containers: [{name: a, image: nginx}]
  volumes: [{name: files, emptyDir: {}}]
"""


def a_lab_with_a_bare_pod():
    lab = a_lab()
    typed(lab, "kubectl apply -f bare.yaml", {"bare.yaml": BARE})
    lab.advance(lab.now + 10_000)
    return lab


def test_what_holds_a_drain_back_is_listed_line_by_line_at_the_end():
    came = typed(a_lab(), "kubectl drain worker-3")

    daemons, bare = came.stderr.splitlines()[-2:]
    assert came.status == 1
    assert daemons.startswith("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets")
    assert bare.startswith("cannot delete Pods that declare no controller (use --force")
    assert came.stderr.splitlines()[0] == (
        f'error: unable to drain node "worker-3" due to error: [{daemons}, {bare}], '
        "continuing command..."
    )


def test_a_pod_is_named_for_the_first_thing_that_holds_it_back():
    lab = a_lab_with_a_bare_pod()

    files = typed(lab, "kubectl drain worker-1 --ignore-daemonsets")
    bare = typed(lab, "kubectl drain worker-1 --ignore-daemonsets --delete-emptydir-data")

    assert files.stderr.splitlines()[-1] == (
        "cannot delete Pods with local storage (use --delete-emptydir-data to override): "
        "default/bare"
    )
    assert bare.stderr.splitlines()[-1] == (
        "cannot delete Pods that declare no controller (use --force to override): default/bare"
    )


def test_nodes_are_drained_one_after_the_other_and_those_that_were_not_are_named_at_the_end():
    came = typed(a_lab(), "kubectl drain worker-1 worker-3 worker-2 --ignore-daemonsets")

    lines = came.stdout.splitlines()
    first = lines.index("node/worker-1 drained")
    cordoned, evicted, drained = lines[:3], lines[3:first], lines[first + 1 :]
    assert [each.split()[-1] for each in cordoned] == ["cordoned"] * 3
    assert evicted and all("evict" in each for each in evicted)
    assert drained[0].startswith("evicting pod") and drained[-1] == "node/worker-2 drained"
    assert came.status == 1
    assert came.stderr.splitlines()[-3:] == [
        "There are pending nodes to be drained:",
        " worker-3",
        "cannot delete Pods that declare no controller (use --force to override): default/report",
    ]


def test_each_node_has_the_time_that_was_given():
    lab = a_lab()
    typed(lab, "kubectl create pdb all --selector=app=cart --min-available=100%")

    came = typed(lab, "kubectl drain worker-1 worker-2 --ignore-daemonsets --timeout=12s")

    assert "node/worker-2 drained" in came.stdout, "no pod of cart is on it"
    assert came.stderr.splitlines()[-3:-1] == [
        "There are pending nodes to be drained:",
        " worker-1",
    ]


def test_who_deletes_instead_of_evicting_is_told_of_what_was_deleted_only():
    lab = a_lab()

    came = typed(lab, "kubectl drain worker-1 --ignore-daemonsets --disable-eviction")

    assert "evict" not in came.stdout
    assert came.stdout.count(" deleted\n") == 4
