"""A pod that asks itself: no network, no Service, only its own containers."""

import pytest

from simulation.kernel.units import SECOND
from tests.simulation.kubectl.terminals import a_lab, typed

TWO = """\
apiVersion: v1
kind: Pod
metadata: {name: two}
spec:
  containers:
    - {name: first, image: nginx}
    - {name: second, image: redis}
"""


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "two", "IP"])
def test_a_pod_reaches_all_its_containers_on_the_ports_where_they_listen(host):
    lab = a_lab()
    typed(lab, "kubectl apply -f two.yaml", {"two.yaml": TWO})
    typed(lab, "kubectl wait --for=condition=Ready pod/two")
    lab.advance(lab.now + SECOND)
    if host == "IP":
        host = typed(lab, "kubectl get pod two -o jsonpath={.status.podIP}").stdout.strip()

    for port in (80, 6379):
        assert typed(lab, f"kubectl exec two -- curl {host}:{port}").stdout.startswith(
            "two answered"
        )
    refused = typed(lab, f"kubectl exec two -- curl {host}:81")

    said = f"curl: (7) Failed to connect to {host} port 81 after 0 ms: Could not connect to server"
    assert said in refused.stderr
    assert refused.status == 7


def test_a_program_that_listens_elsewhere_is_not_found_at_the_port_of_its_service():
    lab = a_lab()

    assert (
        "port 80 after 0 ms"
        in typed(lab, "kubectl exec deploy/web -- curl http://localhost/").stderr
    )
    assert typed(lab, "kubectl exec deploy/web -- curl http://localhost:8080/").stdout.startswith(
        "web-"
    )
    assert typed(lab, "kubectl exec deploy/web -- wget -qO- 127.0.0.1:8080").stdout.startswith(
        "web-"
    )


def test_the_trace_of_a_request_to_oneself_passes_nobody_else():
    lab = a_lab()

    lines = typed(lab, "request http://localhost:8080/ --from report").stdout.splitlines()

    assert lines[0] == "200 from default/report, 2 ms"
    assert [line.split()[2] for line in lines[1:]] == ["report:", "report:"]
