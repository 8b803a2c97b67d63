"""Small things that people read: how often a line comes, in which order, and under which name."""

import pytest

from simulation.kernel.units import SECOND
from simulation.lab import commands
from tests.scenarios.playing import played
from tests.simulation.kubectl.terminals import a_lab, typed

TWO = "apiVersion: v1\nkind: Pod\nmetadata: {name: two}\nspec: {containers: [{name: a, image: nope/missing}, {name: b, image: nginx}]}\n"  # fmt: skip


def test_an_unknown_field_names_the_resource_as_go_prints_it():
    assert typed(a_lab(), "kubectl get pods --field-selector=foo=bar").stderr == (
        'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label '
        'selector "", field selector "foo=bar": field label not supported: foo\n'
    )


def test_component_statuses_follow_the_processes_beside_the_api_server():
    lab = a_lab()
    healthy = typed(lab, "kubectl get cs")
    for node in ("cp-1", "cp-2", "cp-3"):
        lab.submit(
            commands.parse({"do": "kill-process", "node": node, "process": "kube-scheduler"}),
            node,
            "tester",
        )
    lab.advance(lab.now + SECOND // 2)

    assert healthy.stderr == "Warning: v1 ComponentStatus is deprecated in v1.19+\n"
    assert [line.split() for line in healthy.stdout.splitlines()] == [
        ["NAME", "STATUS", "MESSAGE", "ERROR"],
        ["controller-manager", "Healthy", "ok"],
        ["scheduler", "Healthy", "ok"],
        ["etcd-0", "Healthy", "ok"],
    ]
    assert (
        "127.0.0.1:10259: connect: connection refused"
        in typed(lab, "kubectl get cs scheduler").stdout
    )


def test_a_rollout_is_told_of_at_each_event_of_its_watch():
    lab = a_lab()
    typed(lab, "kubectl set image deployment/web web=shop.local/web:1.5")
    lines = typed(lab, "kubectl rollout status deployment/web").stdout.splitlines()

    assert lines[-1] == 'deployment "web" successfully rolled out'
    assert lines.count(lines[-1]) == 1
    assert len(lines) > len(set(lines))


def test_each_node_without_the_taint_is_told_of():
    came = typed(a_lab(), "kubectl taint nodes worker-1 worker-2 k-")

    assert came.stderr == 'error: taint "k" not found\n' * 2


def test_the_container_that_was_chosen_is_named_before_the_log_that_is_not_there():
    lab = a_lab()
    typed(lab, "kubectl apply -f p.yaml", {"p.yaml": TWO})
    lab.advance(lab.now + 5 * SECOND)

    lines = typed(lab, "kubectl logs two").stderr.splitlines()

    assert lines[0] == 'Defaulted container "a" out of: a, b'
    assert lines[1].startswith(
        'Error from server (BadRequest): container "a" in pod "two" is waiting'
    )


@pytest.mark.parametrize(
    ("line", "first"), [("kubectl get cs", "Warning: "), ("kubectl get po report x", "NAME")]
)
def test_a_script_prints_warnings_before_and_complaints_after_what_was_found(line, first):
    assert played(line)[1].startswith(first)


def test_a_diff_of_something_new_shows_what_the_server_would_store():
    lab = a_lab()
    before = lab.world.store.digest()

    came = typed(lab, "kubectl diff -f p.yaml", {"p.yaml": TWO})

    assert "+  schedulerName: default-scheduler" in came.stdout
    assert "+  uid: " in came.stdout and came.status == 1
    assert lab.world.store.digest() == before


def test_a_dry_run_on_the_server_is_refused_as_the_creation_would_be():
    given = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {clusterIP: 10.96.0.10, ports: [{port: 80}]}\n"

    came = typed(a_lab(), "kubectl create -f s.yaml --dry-run=server", {"s.yaml": given})

    assert "provided IP is already allocated" in came.stderr


def test_a_namespace_is_terminating_from_the_moment_of_its_deletion():
    lab = a_lab()
    typed(lab, "kubectl create namespace brief")
    typed(lab, "kubectl delete namespace brief --wait=false")

    assert typed(lab, "kubectl get namespace brief -o jsonpath={.status.phase}").stdout == (
        "Terminating"
    )


INDEXED = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: each}\nspec:\n  completions: 2\n  completionMode: Indexed\n  backoffLimitPerIndex: 1\n  template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}\n"  # fmt: skip


def test_a_job_whose_indexes_have_their_own_limit_has_no_other():
    lab = a_lab()
    typed(lab, "kubectl apply -f j.yaml", {"j.yaml": INDEXED})

    assert typed(lab, "kubectl get job each -o jsonpath={.spec.backoffLimit}").stdout == (
        "2147483647"
    )
