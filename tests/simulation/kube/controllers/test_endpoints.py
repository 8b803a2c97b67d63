"""What an endpoint says of its pod."""

from simulation.kernel.units import SECOND
from simulation.kube.controllers.endpointslice import endpoint
from simulation.kube.objects.pod import Pod, PodIP, PodStatus
from simulation.kube.objects.service import Service
from tests.simulation.kubectl.terminals import a_lab, typed


def test_an_endpoint_has_all_addresses_of_the_family_of_the_pods_first_one() -> None:
    ips = tuple(map(PodIP, ("10.0.0.1", "fd00::1", "10.0.0.2")))

    made = endpoint(Service(), Pod(status=PodStatus(pod_ip="10.0.0.1", pod_ips=ips)))

    assert made.addresses == ("10.0.0.1", "10.0.0.2")


NAMED = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: named}
spec:
  replicas: 2
  selector: {matchLabels: {app: named}}
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata: {labels: {app: named}}
    spec:
      containers:
      - name: a
        image: shop.local/web:1.4
        ports: [{name: http, containerPort: PORT}]
---
apiVersion: v1
kind: Service
metadata: {name: named}
spec:
  selector: {app: named}
  ports: [{name: http, port: 80, targetPort: http}, {name: none, port: 81, targetPort: nowhere}]
"""
SLICES = "kubectl get endpointslices -l kubernetes.io/service-name=named --no-headers"
BROKEN = "shop.local/web:nope"


def columns(lab, number: int) -> list[str]:
    lines = typed(lab, SLICES).stdout.splitlines()
    return sorted(line.split()[number] for line in lines)


def test_a_named_port_leads_to_the_number_that_each_pod_gives_it() -> None:
    lab = a_lab()
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": NAMED.replace("PORT", "8080")})
    lab.advance(lab.now + 30 * SECOND)
    before = columns(lab, 2)
    changed = NAMED.replace("PORT", "9090").replace("shop.local/web:1.4", BROKEN)

    # The new pod never starts, so it lies beside the old ones.
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": changed})
    lab.advance(lab.now + 5 * SECOND)

    assert before == ["8080"], "a port that no pod has is left out"
    assert columns(lab, 2) == ["8080", "9090"]


def test_a_service_without_endpoints_has_one_slice_without_ports() -> None:
    lab = a_lab()
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": NAMED.replace("PORT", "8080")})
    lab.advance(lab.now + 30 * SECOND)
    name = columns(lab, 0)

    typed(lab, "kubectl scale deployment named --replicas=0")
    lab.advance(lab.now + 60 * SECOND)

    assert (columns(lab, 2), columns(lab, 3)) == (["<unset>"], ["<unset>"])
    assert columns(lab, 0) == name, "what would be deleted is filled anew"


def test_endpoints_of_a_port_that_no_pod_has_are_not_described_with_a_number() -> None:
    lab = a_lab()
    typed(lab, "kubectl apply -f n.yaml", {"n.yaml": NAMED.replace("PORT", "8080")})
    lab.advance(lab.now + 30 * SECOND)

    described = typed(lab, "kubectl describe service named").stdout.splitlines()

    shown = [line.split(":", 1)[1].strip() for line in described if line.startswith("Endpoints:")]
    assert shown[0].count(":8080") == 2
    assert shown[1] == ""
