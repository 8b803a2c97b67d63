"""The manifests of the Kubernetes documentation, as anyone would paste them."""

from itertools import takewhile
from pathlib import Path

import pytest
import yaml

from simulation.lab import commands
from simulation.scenarios import examples
from simulation.scenarios.catalogue import FOLDER
from simulation.scenarios.script import Mistake
from tests.scenarios.playing import played, player

EXAMPLES = sorted(
    str(path.relative_to(FOLDER / "examples")) for path in Path(FOLDER / "examples").rglob("*.yaml")
)
GUESTBOOK = (
    "redis-leader-deployment",
    "redis-leader-service",
    "redis-follower-deployment",
    "redis-follower-service",
    "frontend-deployment",
    "frontend-service",
)
NGINX = """
kubectl apply -f https://k8s.io/examples/controllers/nginx-deployment.yaml
kubectl apply -f - <<EOF
apiVersion: v1
kind: Service
metadata:
  name: nginx
spec:
  selector:
    app: nginx
  ports:
  - port: 80
    targetPort: 80
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: nginx
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /
spec:
  ingressClassName: nginx
  rules:
  - host: hello-world.example
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: nginx
            port:
              number: 80
EOF
kubectl rollout status deployment/nginx-deployment
wait 2s
load 60/s http://hello-world.example/
wait 5s
request http://hello-world.example/any/where
"""


NAMESPACES = ("cpu-example", "mem-example", "qos-example")
"""What the documentation has its reader create before some of the examples."""


def address_of(name: str) -> str:
    return f"https://k8s.io/examples/{name}"


def objects_in(text: str) -> list[str]:
    """Return the names of the objects of a manifest, those of a List among them."""
    documents = [each for each in yaml.safe_load_all(text) if each]
    objects = [one for each in documents for one in each.get("items", [each])]
    return [each["metadata"]["name"] for each in objects]


@pytest.fixture(scope="module")
def applied() -> list[str]:
    """What one lab says as each example is applied, runs for a while and is taken away again."""
    lines = [f"kubectl create namespace {each}" for each in NAMESPACES]
    lines.append("kubectl create priorityclass high --value=1000000")
    for name in EXAMPLES:
        lines += [
            f"kubectl apply -f {address_of(name)}",
            "wait 5s",
            f"kubectl delete --force --grace-period=0 -f {address_of(name)}",
        ]
    return played("\n".join(lines))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_bundled_example_is_applied(applied, name):
    place = applied.index(f"$ kubectl apply -f {address_of(name)}") + 1
    answers = list(takewhile(lambda line: not line.startswith("$ "), applied[place:]))

    said = [line for line in answers if not line.startswith("Note: ")]
    names = objects_in(examples.fetch(address_of(name)))
    assert [line.partition("/")[2] for line in said] == [f"{each} created" for each in names]


def test_the_guestbook_comes_up_and_takes_traffic():
    said: list[str] = []
    lines = [
        f"kubectl apply -f https://k8s.io/examples/application/guestbook/{each}.yaml"
        for each in GUESTBOOK
    ]
    lines += [
        "kubectl create ingress guestbook --rule=guestbook.local/*=frontend:80",
        "settle",
        "kubectl get deployments",
        "load 60/s http://guestbook.local/",
        "wait 10s",
        "request http://guestbook.local/",
    ]

    play = player("\n".join(lines), said)
    play.play()

    for name, ready in (("redis-leader", "1/1"), ("redis-follower", "2/2"), ("frontend", "3/3")):
        assert any(line.split()[:2] == [name, ready] for line in said), name
    assert any(line.startswith("200 from default/frontend-") for line in said)
    rates = play.lab.world.traffic.state.routes["guestbook.local/"].rates
    assert rates.ok == 60_000
    assert len(rates.pods) == 3


def test_nginx_with_deployment_service_and_ingress_comes_up_and_takes_traffic():
    said: list[str] = []

    play = player(NGINX, said)
    play.play()

    assert 'deployment "nginx-deployment" successfully rolled out' in said
    assert any(line.startswith("200 from default/nginx-deployment-") for line in said)
    assert play.lab.world.traffic.state.routes["hello-world.example/"].rates.ok == 60_000


def test_a_rule_goes_with_its_ingress():
    script = f"{NGINX}\nkubectl delete ingress nginx\nwait 2s\nrequest http://hello-world.example/"

    said = played(script)

    assert [line for line in said if line.startswith("404")] == ["404, 2 ms"]


def test_an_ingress_without_a_host_takes_every_host_that_no_other_names():
    script = """
kubectl apply -f https://k8s.io/examples/service/networking/test-ingress.yaml
kubectl create deployment test --image=nginx --port=80
kubectl expose deployment test
kubectl rollout status deployment test
wait 2s
request http://anything.example/at/all
request http://shop.local/cart
"""

    answers = [line for line in played(script) if line.startswith("200 from")]

    assert len(answers) == 2
    assert "default/test-" in answers[0]
    assert "default/cart-" in answers[1]


def test_addresses_of_the_documentation_lead_to_the_same_text():
    path = "application/deployment.yaml"

    texts = {
        examples.fetch(f"https://k8s.io/examples/{path}"),
        examples.fetch(f"https://kubernetes.io/examples/{path}"),
        examples.fetch(
            f"https://raw.githubusercontent.com/kubernetes/website/main/content/en/examples/{path}"
        ),
    }

    assert len(texts) == 1 and None not in texts
    assert examples.fetch("https://k8s.io/examples/../../default.yaml") is None
    assert examples.fetch("https://example.com/deployment.yaml") is None


def test_the_journal_holds_the_text_behind_an_address():
    address = "https://k8s.io/examples/pods/simple-pod.yaml"
    given = {"do": "kubectl", "argv": ["kubectl", "apply", "-f", address], "files": {}}

    journaled = commands.to_json(examples.with_bundled(commands.parse(given)))

    assert "kind: Pod" in journaled["files"][address]


def test_an_address_that_is_not_bundled_is_a_mistake_of_a_script():
    with pytest.raises(Mistake, match=r"there is no file https://example\.com/unknown\.yaml"):
        played("kubectl apply -f https://example.com/unknown.yaml")
