"""What a lab may hold is bounded, and the refusal is in the API's own words."""

import yaml

from simulation.kernel.units import MINUTE
from simulation.lab import commands
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Lab
from simulation.scenarios.catalogue import content_of
from tests.simulation.kubectl.terminals import typed


def lab(**scenario: object) -> Lab:
    content = yaml.safe_load(content_of("default")) | scenario
    return Lab.create(Genesis(7, "default", yaml.safe_dump(content), 1_790_000_000))


def pods(lab: Lab, namespace: str) -> int:
    return len(lab.world.store.indexes.keys("pod/namespace", namespace))


def test_a_billion_replicas_stop_at_the_quota_and_the_story_says_so() -> None:
    small = lab(quota={"default": 20})
    order = {"do": "scale", "kind": "Deployment", "key": "default/web", "replicas": 1_000_000_000}
    small.submit(commands.parse(order), "a", "b")

    small.advance(small.now + 2 * MINUTE)

    assert pods(small, "default") == 20
    refusals = [
        each.reason.params["text"]
        for each in small.world.ledger.entries.values()
        if each.reason.key == "quota-refused"
    ]
    assert any("exceeded quota: namespace, requested: pods=1, used: pods=20" in t for t in refusals)


def test_many_namespaces_do_not_get_round_the_quota_of_the_lab() -> None:
    small = lab(quota={"*": 40})
    for number in range(4):
        files = {"ns.yaml": f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: n{number}}}\n"}
        small.submit(commands.parse({"do": "apply", "files": files}), f"n{number}", "b")
        small.advance(small.now + 1000)
        argv = f"kubectl -n n{number} create deployment x --image=nginx --replicas=100".split()
        small.submit(commands.parse({"do": "kubectl", "argv": argv}), f"d{number}", "b")

    small.advance(small.now + 2 * MINUTE)

    assert len(small.world.store.list("Pod")) == 40


def test_every_node_gets_its_own_pods_however_many_nodes_there_are() -> None:
    many = lab(workers=[{"zone": "a"}] * 30, quota={"kube-system": 8}, placement={})

    many.advance(many.now + MINUTE)

    for name in ("kube-proxy", "kindnet"):
        status = many.world.store.get("DaemonSet", f"kube-system/{name}").status
        assert status.number_ready == 33, name


def test_a_quota_can_be_looked_at_and_who_scales_beyond_it_is_told() -> None:
    small = lab(quota={"default": 20})

    came = typed(small, "kubectl scale deployment web --replicas=1000000000")
    small.advance(small.now + MINUTE)

    assert came.stderr == (
        "Note: deployment.apps/web wants 1000000000 pods, more than the quota of 20 pods: "
        "see kubectl describe quota -n default\n"
    )
    assert typed(small, "kubectl describe quota -n default").stdout.split()[-3:] == [
        "pods",
        "20",
        "20",
    ]
    listed = typed(small, "kubectl get quota -A")
    assert "pods: 20/20" in listed.stdout and not listed.stderr
    described = typed(small, "kubectl describe namespace default").stdout.split()
    assert described[described.index("pods") :][:3] == ["pods", "20", "20"]
    assert '"used":{"pods":"20"}' in typed(small, "kubectl get --raw /api/v1/resourcequotas").stdout
