"""Ports of nodes: every machine answers for a Service, from outside and from pods."""

import pytest

from simulation.kernel.units import SECOND
from simulation.kube.network.trace import NO_ANSWER, REFUSED, Request, Trace, from_outside, from_pod
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.service import Service
from simulation.lab.lab import Lab
from tests.simulation.kube.test_faults import do
from tests.simulation.kubectl.terminals import a_lab, typed

PORT = 30500
WORKERS = {f"worker-{number}": f"10.0.0.{20 + number}" for number in range(1, 5)}


def with_node_port(policy: str = "Cluster", kind: str = "NodePort") -> Lab:
    lab = a_lab()
    typed(lab, "kubectl create deployment n --image=nginx --replicas=2")
    typed(lab, f"kubectl expose deployment n --type={kind} --port=80")
    ports = f'"ports":[{{"port":80,"nodePort":{PORT}}}]'
    typed(
        lab, f'kubectl patch svc n -p \'{{"spec":{{"externalTrafficPolicy":"{policy}",{ports}}}}}\''
    )
    typed(lab, "kubectl rollout status deployment n")
    lab.advance(lab.now + 3 * SECOND)
    return lab


def nodes_of(lab: Lab) -> list[str]:
    """Return the nodes on which the pods of the Service run."""
    pods = [each for each in lab.world.store.list(Pod) if each.metadata.labels.get("app") == "n"]
    return sorted(each.spec.node_name for each in pods)


def asked(lab: Lab, node: str, port: int = PORT, sender: str = "") -> Trace:
    request = Request(lab.world.machines[node].address, "/", port)
    pod = lab.world.store.get(Pod, sender) if sender else None
    return from_pod(lab.world, pod, request) if pod else from_outside(lab.world, request)


@pytest.mark.parametrize("kind", ["NodePort", "LoadBalancer"])
@pytest.mark.parametrize("sender", ["", "default/report"])
def test_every_node_answers_on_a_node_port(kind, sender):
    lab = with_node_port(kind=kind)

    for node in ("cp-1", *WORKERS):
        done = asked(lab, node, sender=sender)
        places = [hop.place for hop in done.hops[1:]]
        assert (done.code, done.pod[:10]) == (200, "default/n-")
        assert places[:2] == [f"{node}:{PORT}", f"kube-proxy on {node}"]


def test_curl_answers_outside_and_in_a_pod():
    lab = with_node_port()

    for line in (f"curl http://10.0.0.21:{PORT}/", f"kubectl exec report -- curl 10.0.0.23:{PORT}"):
        assert typed(lab, line).stdout.startswith("n-")
    refused = typed(lab, "curl http://10.0.0.21:30080/")
    assert refused.stderr.startswith("curl: (7) Failed to connect to 10.0.0.21 port 30080 after ")


def test_local_traffic_goes_to_endpoints_of_the_node_and_is_dropped_elsewhere():
    lab = with_node_port("Local")
    used = nodes_of(lab)

    for node in WORKERS:
        done = asked(lab, node)
        if node in used:
            pod = lab.world.store.get(Pod, done.pod)
            assert pod is not None and pod.spec.node_name == node
        else:
            assert (done.code, done.trouble, done.duration_ms) == (0, NO_ANSWER, 3_000)


def test_a_pod_reaches_all_endpoints_by_the_port_of_its_own_node():
    lab = with_node_port("Local")
    there = lab.world.store.get(Pod, "default/report")
    assert there is not None and there.spec.node_name not in nodes_of(lab)

    assert asked(lab, there.spec.node_name, sender="default/report").code == 200


def test_a_port_of_nobody_and_a_service_without_endpoints_refuse():
    lab = with_node_port("Local")

    assert asked(lab, "worker-1", 30_501).trouble == REFUSED
    typed(lab, "kubectl scale deployment n --replicas=0")
    lab.advance(lab.now + 40 * SECOND)

    assert asked(lab, "worker-1").trouble == REFUSED


def test_a_node_that_is_off_is_silent_and_the_others_answer():
    lab = with_node_port()
    idle = next(node for node in WORKERS if node not in nodes_of(lab))
    do(lab, **{"do": "power-off", "node": idle})

    silent = asked(lab, idle)

    assert (silent.code, silent.trouble) == (0, NO_ANSWER)
    assert asked(lab, nodes_of(lab)[0]).code == 200


def test_a_node_that_hears_nothing_leads_to_the_old_endpoints():
    lab = with_node_port()
    idle = next(node for node in WORKERS if node not in nodes_of(lab))
    for name in lab.world.control_plane():
        do(lab, **{"do": "cut", "a": name, "b": idle})
    typed(lab, "kubectl scale deployment n --replicas=0")
    lab.advance(lab.now + 20 * SECOND)

    assert asked(lab, idle).trouble == NO_ANSWER
    other = next(node for node in WORKERS if node != idle)
    assert asked(lab, other).hops[-1].event.endswith("has no endpoint: rejected")
    assert not asked(lab, idle).hops[-1].event.endswith("rejected")


def test_the_ingress_keeps_the_ports_of_the_web():
    lab = with_node_port()

    assert typed(lab, "curl -H 'Host: shop.local' http://10.0.0.21/cart").stdout.startswith("cart-")
    assert "404" in typed(lab, "curl http://10.0.0.21/").stdout


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://10.0.0.99:30500/", 28),
        ("http://10.0.0.99/", 28),
        ("http://203.0.113.10:30500/", 7),
        ("http://shop.local:8080/", 7),
        ("http://shop.local:80/", 0),
    ],
)
def test_an_address_of_nobody_and_a_port_of_the_balancer_that_is_closed_do_not_answer(url, status):
    assert typed(a_lab(), f"curl {url}").status == status


def test_digits_of_other_scripts_make_no_address():
    came = typed(a_lab(), "curl http://1.²2.3.4/")

    assert "InternalError" not in came.stdout + came.stderr


def test_a_service_for_udp_answers_no_request():
    lab = a_lab()
    typed(lab, "kubectl create deployment n --image=nginx")
    typed(lab, "kubectl expose deployment n --type=NodePort --port=80 --protocol=UDP")
    service = lab.world.store.get(Service, "default/n")
    port = service.spec.ports[0]
    typed(lab, "kubectl rollout status deployment n")
    lab.advance(lab.now + 3 * SECOND)

    assert (port.protocol, port.node_port > 0) == ("UDP", True)
    assert asked(lab, "worker-1", port.node_port).trouble == REFUSED
    inside = from_pod(
        lab.world, lab.world.store.get(Pod, "default/report"), Request(service.spec.cluster_ip)
    )
    assert (inside.code, inside.hops[-2].event) == (0, "has no port 80")
