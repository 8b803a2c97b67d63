"""Names inside the cluster: what a pod's resolver finds, and who answered it."""

import pytest

from simulation.kernel.units import SECOND
from simulation.kube.network import dns
from simulation.kube.network.trace import NO_ANSWER, NO_NAME, REFUSED, Request, Trace, from_pod
from simulation.kube.objects.pod import Pod
from simulation.lab.lab import Lab
from tests.simulation.kube.test_faults import do
from tests.simulation.kubectl.terminals import a_lab, typed

HEADLESS = """\
apiVersion: v1
kind: Service
metadata: {name: all}
spec: {clusterIP: None, selector: {app: cart}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
"""


def pod_of(lab: Lab, start: str = "default/report") -> Pod:
    found = next(each for each in lab.world.store.keys(Pod) if each.startswith(start))
    pod = lab.world.store.get(Pod, found)
    assert pod is not None
    return pod


def with_services() -> Lab:
    lab = a_lab()
    assert (
        "created" in typed(lab, "kubectl apply -f services.yaml", {"services.yaml": HEADLESS}).text
    )
    lab.advance(lab.now + 5 * SECOND)
    return lab


def asked(lab: Lab, host: str, port: int = 80) -> Trace:
    return from_pod(lab.world, pod_of(lab), Request(host, "/", port))


@pytest.mark.parametrize(
    ("name", "first", "count"),
    [
        ("web", "web.default.svc.cluster.local", 4),
        ("web.default.svc", "web.default.svc.default.svc.cluster.local", 4),
        ("a.b.c.d.e.f", "a.b.c.d.e.f", 4),
        ("shop.local.", "shop.local", 1),
    ],
)
def test_a_resolver_goes_through_its_search_list(name, first, count):
    names = dns.candidates(name, "default")

    assert (names[0], len(names)) == (first, count)


@pytest.mark.parametrize(
    ("name", "status", "full"),
    [
        ("web", dns.FOUND, "web.default.svc.cluster.local"),
        ("WEB.default", dns.FOUND, "web.default.svc.cluster.local"),
        ("kube-dns.kube-system", dns.FOUND, "kube-dns.kube-system.svc.cluster.local"),
        ("kube-dns", dns.NO_SUCH_NAME, "kube-dns"),
        ("10-244-11-5.default.pod", dns.FOUND, "10-244-11-5.default.pod.cluster.local"),
        ("shop.local", dns.FOUND, "shop.local"),
        ("example.org", dns.NO_SUCH_NAME, "example.org"),
        ("nobody", dns.FOUND, "nobody.default.svc.cluster.local"),
    ],
)
def test_names_are_found_as_in_a_cluster(name, status, full):
    lab = with_services()

    found = dns.lookup(lab.world, pod_of(lab), name)

    assert (found.status, found.name) == (status, full)


def test_a_headless_service_is_the_addresses_of_its_ready_pods():
    lab = with_services()
    carts = [
        each for each in lab.world.store.list(Pod) if each.metadata.labels.get("app") == "cart"
    ]

    found = dns.lookup(lab.world, pod_of(lab), "all")
    one = dns.lookup(lab.world, pod_of(lab), f"{carts[0].status.pod_ip.replace('.', '-')}.all")

    assert sorted(found.addresses) == sorted(each.status.pod_ip for each in carts)
    assert one.addresses == (carts[0].status.pod_ip,)


def test_an_external_name_is_an_alias():
    lab = with_services()

    found = dns.lookup(lab.world, pod_of(lab), "elsewhere")

    assert (found.alias, found.addresses) == ("db.example.com", ())


@pytest.mark.parametrize(
    ("host", "port", "code", "trouble"),
    [
        ("web", 80, 200, ""),
        ("web", 81, 0, NO_ANSWER),
        ("nobody", 80, 0, REFUSED),
        ("missing", 80, 0, NO_NAME),
        ("all", 8080, 200, ""),
        ("kubernetes", 443, 403, ""),
        ("10.244.99.9", 80, 0, NO_ANSWER),
    ],
)
def test_a_request_from_a_pod_ends_as_kube_proxy_lets_it(host, port, code, trouble):
    done = asked(with_services(), host, port)

    assert done.code == code
    assert code or done.trouble == trouble


def cut_off(lab: Lab, node: str) -> None:
    for name in lab.world.control_plane():
        do(lab, **{"do": "cut", "a": name, "b": node})


def test_a_coredns_that_is_cut_off_goes_on_with_what_it_knew():
    lab = a_lab()
    cut_off(lab, "worker-2")
    typed(lab, "kubectl expose deployment web --name=late --port=80 --target-port=8080")
    answers: dict[str, str] = {}

    for _ in range(20):
        found = dns.lookup(lab.world, pod_of(lab), "late")
        node = pod_of(lab, found.server).spec.node_name
        answers[node] = found.status
        assert dns.lookup(lab.world, pod_of(lab), "web").status == dns.FOUND
        lab.advance(lab.now + SECOND)

    assert answers == {"worker-2": dns.NO_SUCH_NAME, "worker-4": dns.FOUND}


def test_a_coredns_that_starts_without_the_api_knows_nothing():
    lab = a_lab()
    for name in ("cp-1", "cp-2", "cp-3"):
        do(lab, **{"do": "power-off", "node": name})
    lab.advance(lab.now + 5 * SECOND)
    assert dns.lookup(lab.world, pod_of(lab), "web").status == dns.FOUND

    for key in [key for key in lab.world.store.keys(Pod) if key.startswith("kube-system/coredns")]:
        do(lab, **{"do": "kill-container", "pod": key, "container": "coredns"})
    lab.advance(lab.now + 20 * SECOND)

    assert dns.lookup(lab.world, pod_of(lab), "web").status == dns.CANNOT_SAY


def test_without_a_coredns_that_answers_a_lookup_times_out():
    lab = a_lab()
    for name in ("worker-2", "worker-4"):
        do(lab, **{"do": "power-off", "node": name})

    found = dns.lookup(lab.world, pod_of(lab), "web")

    assert (found.status, found.took_ms) == (dns.NOBODY, 10 * SECOND)


def test_looking_up_and_asking_change_nothing():
    lab = with_services()
    digest = lab.digest()

    for host in ("web", "all", "missing", "shop.local"):
        asked(lab, host)

    assert lab.digest() == digest


def test_what_dns_knew_survives_a_checkpoint():
    lab = a_lab()
    cut_off(lab, "worker-2")
    lab.advance(lab.now + SECOND)
    thawed = Lab.thaw(lab.genesis, lab.freeze())

    frozen = thawed.world.traffic.state.frozen["worker-2"].services

    assert "default/web" in frozen.fronts
    assert frozen == lab.world.traffic.state.frozen["worker-2"].services
