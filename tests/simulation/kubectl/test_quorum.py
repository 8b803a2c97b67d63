"""The terminal without a quorum: what it says while it waits, and what it ends with."""

import pytest

from simulation.kernel.units import MINUTE, SECOND
from simulation.lab import commands
from simulation.lab.lab import Applied, Lab
from tests.simulation.kubectl.terminals import a_lab, typed

WAITING = "waiting-for-quorum"
READ_TIMED_OUT = (
    "Error from server (Timeout): Timeout: request did not complete within the allotted timeout\n"
)


def without_a_quorum() -> Lab:
    """Return a lab whose cp-1 and cp-2 went off some seconds ago."""
    lab = a_lab()
    for name in ("cp-1", "cp-2"):
        do(lab, {"do": "power-off", "node": name})
    lab.advance(lab.now + 5 * SECOND)
    return lab


def do(lab: Lab, command: dict[str, object], id: str = "") -> None:
    """Let a command take effect."""
    assert isinstance(lab.submit(commands.parse(command), id or f"{command}", "tester"), Applied)


def begun(lab: Lab, line: str) -> dict[str, object]:
    """Begin a session and return how it stands after three seconds."""
    do(lab, {"do": "kubectl", "argv": line.split(), "files": {}}, "one")
    lab.advance(lab.now + 3 * SECOND)
    return lab.sessions.output_since("one", 0)


@pytest.mark.parametrize(
    ("line", "said", "seconds"),
    [
        ("kubectl get pods", READ_TIMED_OUT, 60),
        ("kubectl describe node worker-1", READ_TIMED_OUT, 60),
        ("kubectl logs report", READ_TIMED_OUT, 60),
        ("kubectl cordon worker-1", READ_TIMED_OUT, 60),
        (
            "kubectl scale deployment web --replicas=3",
            "Error from server: etcdserver: request timed out\n",
            7,
        ),
        ("kubectl delete pod report", "Error from server: etcdserver: request timed out\n", 7),
        ("kubectl create namespace shop", "Error from server: etcdserver: request timed out\n", 7),
        ("kubectl get pods --server cp-3", READ_TIMED_OUT, 60),
    ],
)
def test_what_needs_etcd_ends_with_the_words_of_etcd(line, said, seconds):
    lab = without_a_quorum()
    begun_at = lab.now

    came = typed(lab, line, patience=2 * MINUTE)

    assert (came.stderr, came.status) == (said, 1)
    assert round((lab.now - begun_at) / SECOND) == seconds


@pytest.mark.parametrize(
    "line",
    [
        "kubectl version",
        "kubectl api-resources",
        "kubectl explain pod",
        "kubectl config get-contexts",
        "kubectl create deployment x --image=nginx --dry-run=client -o yaml",
        "curl http://shop.local/",
    ],
)
def test_what_needs_nothing_from_etcd_is_answered_at_once(line):
    lab = without_a_quorum()
    before = lab.now

    assert typed(lab, line).status == 0
    assert lab.now == before


@pytest.mark.parametrize(
    "line", ["kubectl get pods", "kubectl scale deployment web --replicas=3", "kubectl apply -f -"]
)
def test_the_terminal_says_that_it_waits_for_a_quorum(line):
    body = begun(without_a_quorum(), line)

    assert not body["done"]
    assert body["waiting"]["key"] == WAITING


def test_a_command_that_waited_already_says_so_when_the_quorum_goes():
    lab = a_lab()
    assert begun(lab, "kubectl get pods -w")["waiting"]["key"] == "watching"

    do(lab, {"do": "power-off", "node": "cp-1"})
    do(lab, {"do": "power-off", "node": "cp-2"})
    lab.advance(lab.now + 5 * SECOND)

    assert lab.sessions.output_since("one", 0)["waiting"]["key"] == WAITING


def test_a_read_that_hung_is_answered_when_the_quorum_is_back():
    lab = without_a_quorum()
    begun(lab, "kubectl get nodes")

    do(lab, {"do": "power-on", "node": "cp-1"})
    lab.advance(lab.now + 40 * SECOND)

    body = lab.sessions.output_since("one", 0)
    assert body["done"] and body["exit_code"] == 0
    assert body["lines"][0]["text"].split()[:2] == ["NAME", "STATUS"]


def test_control_c_ends_a_command_that_hangs():
    lab = without_a_quorum()
    begun(lab, "kubectl get pods")

    do(lab, {"do": "cancel", "session": "one"})

    body = lab.sessions.output_since("one", 0)
    assert (body["done"], body["exit_code"]) == (True, 130)
    assert body["lines"][-1]["text"] == "^C"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("kubectl --server cp-2 get nodes -o name", "node/cp-1"),
        ("kubectl --server https://10.0.0.12:6443 get nodes -o name", "node/cp-1"),
        ("kubectl get nodes -o name --server=https://10.0.0.10:6443", "node/cp-1"),
        ("kubectl --server cp-1 get nodes", "dial tcp 10.0.0.11:6443: connect: no route to host"),
        ("kubectl --server cp-9 get nodes", "dial tcp: lookup cp-9: no such host"),
        ("kubectl --server 192.0.2.7 get nodes", "dial tcp 192.0.2.7:6443: i/o timeout"),
    ],
)
def test_a_server_can_be_picked(line, said):
    lab = a_lab()
    do(lab, {"do": "power-off", "node": "cp-1"})
    lab.advance(lab.now + 5 * SECOND)

    assert said in typed(lab, line).text


def test_without_any_api_server_the_connection_is_refused():
    lab = a_lab()
    for name in ("cp-1", "cp-2", "cp-3"):
        do(lab, {"do": "power-off", "node": name})

    came = typed(lab, "kubectl get pods")

    assert came.stderr == (
        "The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n"
    )
