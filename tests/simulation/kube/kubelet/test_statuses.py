"""What a kubelet says of containers: in which order, and what while it tries again."""

from simulation.scenarios.player import Player
from simulation.scenarios.script import read

SIDECAR = """
apiVersion: v1
kind: Pod
metadata: {name: side}
spec:
  initContainers:
  - {name: zeta, image: 'busybox:1.36', restartPolicy: Always, command: [sleep, '100000']}
  - {name: alpha, image: 'busybox:1.36', command: [sleep, '15']}
  containers:
  - {name: zapp, image: 'nginx:1.27'}
  - {name: app, image: 'nginx:1.27'}
"""


def shown(text: str) -> list[str]:
    """Return what a script prints that has one file beside it."""
    said: list[str] = []
    Player(read(text), lambda name: {name: SIDECAR}, said.append).play()
    return said


def statuses(said: list[str], pod: str) -> list[str]:
    """Return the STATUS of every row of a pod."""
    return [line.split()[2] for line in said if line.startswith(f"{pod} ")]


def test_init_containers_are_listed_as_they_run_and_the_others_by_name() -> None:
    said = shown(
        "$ kubectl apply -f sidecar.yaml\n"
        "$ wait 3s\n"
        "$ kubectl get pods side\n"
        "$ kubectl get pod side -o jsonpath={.status.initContainerStatuses[*].name}\n"
        "$ wait 30s\n"
        "$ kubectl get pod side -o jsonpath={.status.containerStatuses[*].name}\n"
        "$ kubectl get pods side\n"
    )

    rows = [line.split()[:3] for line in said if line.startswith("side ")]
    assert rows == [["side", "1/3", "Init:1/2"], ["side", "3/3", "Running"]]
    assert "zeta alpha" in said
    assert "app zapp" in said


def test_a_crashing_container_is_never_being_created_again() -> None:
    said = shown(
        "$ kubectl run crash --image=busybox -- sh -c 'sleep 3; exit 1'\n"
        "$ kubectl get pods crash -w\n"
    )

    rows = statuses(said, "crash")
    first = rows.index("Running")
    assert set(rows[first:]) == {"Running", "Error", "CrashLoopBackOff"}


def test_while_an_image_is_asked_for_again_the_last_failure_stands() -> None:
    said = shown("$ kubectl run bad --image=nginx:nope\n$ kubectl get pods bad -w\n")

    rows = statuses(said, "bad")
    first = rows.index("ErrImagePull")
    assert rows[first : first + 3] == ["ErrImagePull", "ImagePullBackOff", "ErrImagePull"]


def test_a_container_that_waits_says_how_it_ended() -> None:
    said = shown(
        "$ kubectl run crash --image=busybox -- sh -c 'exit 3'\n"
        "$ wait 8s\n"
        "$ kubectl get pod crash -o jsonpath={.status.containerStatuses[0].state.waiting.reason}\n"
        "$ kubectl get pod crash -o jsonpath="
        "{.status.containerStatuses[0].lastState.terminated.exitCode}\n"
    )

    assert "CrashLoopBackOff" in said
    assert said[-1] == "3"
