"""Services: addresses and ports that are taken, and what a change of type leaves behind."""

import pytest

from simulation.kube.rules import service_addresses
from tests.simulation.kubectl.terminals import a_lab, typed

NODE_PORT = """
apiVersion: v1
kind: Service
metadata: {name: "n"}
spec: {type: NodePort, ports: [{port: 80, nodePort: 30777}]}
"""
BALANCED = """
apiVersion: v1
kind: Service
metadata: {name: "n"}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  healthCheckNodePort: 30900
  loadBalancerClass: example.org/lb
  ports: [{port: 80}]
"""
RANGE = "The range of valid IPs is 10.96.0.0/12"


def an_applied(lab, spec: str, name: str = "x"):
    text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: '{name}'}}\nspec: {spec}\n"
    return typed(lab, "kubectl apply -f s.yaml", {"s.yaml": text})


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("10.96.0.10", "provided IP is already allocated"),
        ("10.0.0.10", "the provided network does not match the current range"),
        ("fd00::1", "the provided network does not match the current range"),
        ("10.96.0.0", f"the provided IP (10.96.0.0) is not in the valid range. {RANGE}"),
    ],
)
def test_an_address_that_cannot_be_had_is_refused(address, why):
    came = an_applied(a_lab(), f'{{clusterIP: "{address}", ports: [{{port: 80}}]}}')

    assert came.stderr == (
        f'The Service "x" is invalid: spec.clusterIPs: Invalid value: ["{address}"]: '
        f"failed to allocate IP {address}: {why}\n"
    )


def test_a_port_of_the_nodes_is_given_once():
    lab = a_lab()
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": NODE_PORT})

    came = an_applied(lab, "{type: NodePort, ports: [{port: 80, nodePort: 30777}]}")
    twice = an_applied(
        lab,
        "{type: NodePort, ports: [{name: a, port: 80, nodePort: 30778}, {name: b, port: 81, nodePort: 30778}]}",
    )

    assert came.stderr == (
        'The Service "x" is invalid: spec.ports[0].nodePort: Invalid value: 30777: '
        "provided port is already allocated\n"
    )
    assert "spec.ports[1].nodePort: Duplicate value: 30778" in twice.stderr
    assert typed(lab, "kubectl label svc n a=b").stdout == "service/n labeled\n"


def test_a_deleted_service_gives_back_what_it_held():
    lab = a_lab()
    spec = "{type: NodePort, clusterIP: 10.96.7.7, ports: [{port: 80, nodePort: 30777}]}"
    an_applied(lab, spec)
    typed(lab, "kubectl delete svc x")

    assert an_applied(lab, spec, "y").stdout == "service/y created\n"


@pytest.mark.parametrize("manifest", [NODE_PORT, BALANCED], ids=["NodePort", "LoadBalancer"])
def test_a_change_to_cluster_ip_drops_what_only_the_old_type_had(manifest):
    lab = a_lab()
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": manifest})

    came = typed(lab, """kubectl patch svc n -p '{"spec":{"type":"ClusterIP"}}'""")
    shown = typed(lab, "kubectl get svc n -o jsonpath='{.spec}'").stdout

    assert came.stdout == "service/n patched\n"
    for field in (
        "nodePort",
        "externalTrafficPolicy",
        "healthCheck",
        "loadBalancerClass",
        "allocate",
    ):
        assert field not in shown


def test_a_field_that_the_change_also_sets_is_not_dropped():
    lab = a_lab()
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": NODE_PORT})
    patch = '{"spec":{"type":"ClusterIP","ports":[{"port":80,"nodePort":30999}]}}'

    came = typed(lab, f"kubectl patch svc n -p '{patch}'")

    assert "may not be used when `type` is 'ClusterIP'" in came.stderr


def test_an_external_name_gives_its_address_away():
    lab = a_lab()
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": NODE_PORT})

    typed(lab, """kubectl patch svc n -p '{"spec":{"type":"ExternalName","externalName":"a.b"}}'""")
    shown = typed(lab, "kubectl get svc n -o jsonpath='{.spec}'").stdout

    assert "clusterIP" not in shown and "ipFamil" not in shown and "nodePort" not in shown


def test_a_replacement_that_says_nothing_keeps_address_and_port():
    lab = a_lab()
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": NODE_PORT})
    before = typed(lab, "kubectl get svc n").stdout

    bare = NODE_PORT.replace(", nodePort: 30777", "")
    assert (
        typed(lab, "kubectl replace -f n.yaml", {"n.yaml": bare}).stdout == "service/n replaced\n"
    )
    assert typed(lab, "kubectl get svc n").stdout.split()[5:10] == before.split()[5:10]


def test_more_ports_of_the_nodes_than_there_are_are_refused():
    lab = a_lab()
    ports = ", ".join(f"{{name: p{n}, port: {n + 1}}}" for n in range(1_400))

    first = an_applied(lab, f"{{type: NodePort, ports: [{ports}]}}", "first")
    dry = typed(lab, "kubectl create service nodeport third --tcp=80:80 --dry-run=server")
    second = an_applied(lab, f"{{type: NodePort, ports: [{ports}]}}", "second")

    assert first.stdout == "service/first created\n"
    assert dry.status == 0
    assert second.stderr.endswith(
        "spec.ports[1399].nodePort: Internal error: failed to allocate a nodePort: range is full\n"
    )


@pytest.mark.parametrize(
    ("spec", "looks"),
    [
        ("{ports: [{port: 80}]}", 0),
        ("{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80}]}", 0),
        ("{type: NodePort, ports: [{port: 80, nodePort: 30800}]}", 1),
        # Once to see that there is room, once to choose.
        ("{type: NodePort, ports: [{port: 80}]}", 2),
    ],
)
def test_only_who_wants_a_port_of_the_nodes_is_told_which_are_held(monkeypatch, spec, looks):
    lab, seen = a_lab(), []
    held = service_addresses._ports_held
    monkeypatch.setattr(
        service_addresses, "_ports_held", lambda *asked: seen.append(asked) or held(*asked)
    )

    assert an_applied(lab, spec, "one").stdout == "service/one created\n"

    assert len(seen) == looks
