"""What every cluster has without anybody asking for it."""

from simulation.kernel.units import SECOND
from simulation.kube.objects.config import ConfigMap, Namespace, ServiceAccount
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.service import EndpointSlice, Ingress
from simulation.kube.objects.workload import Deployment, ReplicaSet
from simulation.lab import commands
from simulation.lab.lab import Lab
from tests.simulation.kube.test_quota import lab
from tests.simulation.kubectl.terminals import a_lab, typed

GATED = """
apiVersion: v1
kind: Pod
metadata: {name: gated}
spec:
  schedulingGates: [{name: example.com/wait}]
  containers: [{name: app, image: nginx}]
"""


def kubectl(lab: Lab, line: str) -> None:
    """Type a line and give it time."""
    number = str(lab.now)
    lab.submit(commands.parse({"do": "kubectl", "argv": line.split()}), number, "test")
    lab.advance(lab.now + 5 * SECOND)


def test_a_new_namespace_is_furnished_and_its_account_comes_back() -> None:
    small = lab()

    kubectl(small, "kubectl create namespace shop")
    first = small.world.store.get(ServiceAccount, "shop/default")
    kubectl(small, "kubectl delete serviceaccount default -n shop")

    again = small.world.store.get(ServiceAccount, "shop/default")
    assert first is not None and again is not None
    assert first.metadata.uid != again.metadata.uid
    assert small.world.store.get(ConfigMap, "shop/kube-root-ca.crt") is not None


def test_a_namespace_that_goes_is_not_furnished_again() -> None:
    small = lab()
    kubectl(small, "kubectl create namespace shop")

    kubectl(small, "kubectl delete namespace shop")
    small.advance(small.now + 30 * SECOND)

    assert small.world.store.get(Namespace, "shop") is None
    assert small.world.store.get(ServiceAccount, "shop/default") is None


def test_the_namespaces_of_the_cluster_itself_cannot_be_deleted() -> None:
    small = lab()
    manifest = "apiVersion: v1\nkind: Namespace\nmetadata: {name: kube-system}\n"

    command = commands.parse({"do": "delete", "files": {"ns.yaml": manifest}})
    small.submit(command, "a", "test")
    small.advance(small.now + 30 * SECOND)

    found = small.world.store.get(Namespace, "kube-system")
    assert found is not None and found.metadata.deletion_timestamp is None


def test_an_ingress_learns_its_address_and_the_service_kubernetes_its_servers() -> None:
    small = lab()

    shop = small.world.store.get(Ingress, "default/shop")
    servers = small.world.store.get(EndpointSlice, "default/kubernetes")

    assert shop is not None and shop.status.load_balancer.ingress[0].ip == "203.0.113.10"
    assert servers is not None and len(servers.endpoints) == 3


def test_a_gated_pod_says_that_it_must_not_be_scheduled_until_the_gate_opens() -> None:
    small = lab()
    small.submit(commands.parse({"do": "apply", "files": {"pod.yaml": GATED}}), "a", "test")
    small.advance(small.now + 5 * SECOND)

    pod = small.world.store.get(Pod, "default/gated")
    assert pod is not None and not pod.spec.node_name
    assert [(each.type, each.reason) for each in pod.status.conditions] == [
        ("PodScheduled", "SchedulingGated")
    ]


def test_who_is_deleted_in_the_foreground_goes_after_all_below_it() -> None:
    whole = a_lab()
    store = whole.world.store

    typed(whole, "kubectl delete deployment web --cascade=foreground --wait=false")
    whole.advance(whole.now + SECOND)
    waiting = store.get(Deployment, "default/web")
    sets = [each for each in store.list(ReplicaSet) if each.metadata.name.startswith("web")]
    whole.advance(whole.now + 40 * SECOND)

    assert waiting is not None and waiting.metadata.finalizers == ("foregroundDeletion",)
    assert [each.metadata.finalizers for each in sets] == [("foregroundDeletion",)]
    assert store.get(Deployment, "default/web") is None
    below = (*store.list(ReplicaSet), *store.list(Pod))
    assert not [each for each in below if each.metadata.name.startswith("web")]
