"""logs and exec: which container is meant, what is shown of its log, and why there is none.

A log is what the program prints, where that is known.
"""

import pytest

from simulation.kernel.units import SECOND
from tests.simulation.kubectl.terminals import a_lab, typed

SEVERAL = """
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  initContainers:
  - {name: i1, image: busybox, command: [sh, -c, exit 0]}
  - {name: side, image: nginx, restartPolicy: Always}
  containers:
  - {name: c, image: nginx}
  - {name: d, image: nginx}
"""
DEFAULTED = 'Defaulted container "c" out of: c, d, i1 (init), side (init)\n'


def with_several():
    """Return a lab with a pod of four containers."""
    lab = a_lab()
    typed(lab, "kubectl apply -f p.yaml", {"p.yaml": SEVERAL})
    typed(lab, "kubectl wait --for=condition=Ready pod/p --timeout=60s")
    return lab


def test_where_there_are_several_containers_the_first_is_taken_and_told():
    lab = with_several()

    logs, chosen, run = (
        typed(lab, line)
        for line in ("kubectl logs p", "kubectl logs p d", "kubectl exec p -- hostname")
    )

    assert logs.stderr == DEFAULTED and "starting c (nginx)" in logs.stdout
    assert chosen.stderr == "" and "starting d (nginx)" in chosen.stdout
    assert (run.stdout, run.stderr) == ("p\n", DEFAULTED)


@pytest.mark.parametrize(
    "line", ["kubectl logs p -c x", "kubectl logs p x", "kubectl exec p -c x -- hostname"]
)
def test_a_container_that_a_pod_has_not_is_named_with_those_it_has(line):
    came = typed(with_several(), line)

    assert (
        came.stderr
        == "error: container x is not valid for pod p out of: c, d, i1 (init), side (init)\n"
    )


def test_a_container_whose_image_cannot_be_pulled_waits_in_words():
    lab = a_lab()
    typed(lab, "kubectl run bad --image=ngins:nope")
    said = set()
    for _ in range(120):
        lab.advance(lab.now + 1_000)
        said.add(typed(lab, "kubectl logs bad").stderr)

    before = 'Error from server (BadRequest): container "bad" in pod "bad" is waiting to start: '
    assert f"{before}image can't be pulled\n" in said
    assert f"{before}trying and failing to pull image\n" in said


def test_a_log_is_cut_by_lines_by_time_and_by_bytes():
    lab = a_lab()
    whole = typed(lab, "kubectl logs report").stdout.splitlines()

    assert typed(lab, "kubectl logs report --tail=1").stdout.splitlines() == whole[-1:]
    assert typed(lab, "kubectl logs report --tail=0").stdout == ""
    assert typed(lab, "kubectl logs report --since=1s").stdout == ""
    assert typed(lab, "kubectl logs report --since=1h").stdout.splitlines() == whole
    assert typed(lab, "kubectl logs report --since-time=2100-01-01T00:00:00Z").stdout == ""
    assert typed(lab, "kubectl logs report --limit-bytes=5").stdout == f"{whole[0][:5]}\n"


def test_lines_of_several_pods_say_whose_they_are_if_asked_for():
    lab = a_lab()
    typed(lab, "kubectl scale deploy pay --replicas=2")
    typed(lab, "kubectl rollout status deploy/pay")

    chosen = typed(lab, "kubectl logs -l app=pay --prefix --tail=1").stdout.splitlines()
    every = typed(lab, "kubectl logs deploy/pay --all-pods --tail=1").stdout.splitlines()
    one = typed(lab, "kubectl logs deploy/pay")

    assert len(chosen) == 2 and all(
        line.startswith("[pod/pay-") and "/pay] " in line for line in chosen
    )
    assert every == chosen
    assert one.stderr.startswith("Found 2 pods, using pod/pay-") and "[pod/" not in one.stdout


def test_no_more_logs_are_followed_at_once_than_allowed():
    came = typed(a_lab(), "kubectl logs -f -l app=web")

    assert came.stderr == (
        "error: you are attempting to follow 6 log streams, but maximum allowed concurrency is 5, "
        "use --max-log-requests to increase the limit\n"
    )


@pytest.mark.parametrize(
    ("command", "log"),
    [
        ("--image=busybox --restart=Never -- sh -c 'echo hello'", "hello\n"),
        ("--image=busybox --restart=Never -- sleep 100", ""),
        (
            "--image=busybox -- sh -c 'echo on; while true; do echo tick; sleep 3; done'",
            "on\ntick\ntick\ntick\ntick\n",
        ),
    ],
)
def test_a_log_is_just_what_a_shell_command_prints(command: str, log: str) -> None:
    lab = a_lab()
    typed(lab, f"kubectl run said {command}")

    lab.advance(lab.now + 10 * SECOND)

    assert typed(lab, "kubectl logs said").stdout == log


def test_a_log_of_another_program_says_what_the_lab_knows() -> None:
    said = typed(a_lab(), "kubectl logs deploy/cart").stdout

    assert "starting cart (shop.local/cart:1.4)" in said
    assert said.splitlines()[1].endswith("listening on :8080")


def test_who_asks_for_the_log_of_a_job_is_told_why_there_is_none():
    lab = a_lab()
    typed(lab, "kubectl create job once --image=busybox -- date")

    assert typed(lab, "kubectl logs job/once").stderr == (
        "error: timed out waiting for the condition\n"
        "Note: job.batch/once is stored and given back, but ClusterLab does not simulate a Job yet\n"
    )
