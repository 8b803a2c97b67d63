"""What `rollout status` says of each kind, from its status alone."""

import pytest

from simulation.kube.objects.meta import Condition, ObjectMeta
from simulation.kube.objects.workload import (
    DaemonSet,
    DaemonSetStatus,
    Deployment,
    DeploymentSpec,
    DeploymentStatus,
    StatefulSet,
    StatefulSetSpec,
    StatefulSetStatus,
)
from simulation.kubectl.waiting import STATUS_VIEWERS
from tests.simulation.kubectl.terminals import a_lab, typed

META = ObjectMeta(name="d", generation=2)


def a_deployment(**status: object) -> Deployment:
    return Deployment(
        META,
        spec=DeploymentSpec(replicas=4),
        status=DeploymentStatus(**{"observed_generation": 2, **status}),
    )


def a_daemonset(**status: object) -> DaemonSet:
    return DaemonSet(META, status=DaemonSetStatus(**{"observed_generation": 2, **status}))


def a_statefulset(**status: object) -> StatefulSet:
    return StatefulSet(
        META,
        spec=StatefulSetSpec(replicas=3),
        status=StatefulSetStatus(**{"observed_generation": 2, **status}),
    )


DEADLINE = (Condition(type="Progressing", status="False", reason="ProgressDeadlineExceeded"),)
NEW = {"updated_replicas": 4}
ROLLED = {**NEW, "replicas": 4}
REVISED = {"current_revision": "a", "update_revision": "b"}
TO_FINISH = 'Waiting for deployment "d" rollout to finish:'
DS_TO_FINISH = 'Waiting for daemon set "d" rollout to finish:'
SEEN = {"desired_number_scheduled": 3}
# fmt: off
CASES = [
    (a_deployment(observed_generation=1), "Waiting for deployment spec update to be observed...", False),
    (a_deployment(updated_replicas=2), f"{TO_FINISH} 2 out of 4 new replicas have been updated...", False),
    (a_deployment(**NEW, replicas=5), f"{TO_FINISH} 1 old replicas are pending termination...", False),
    (a_deployment(**ROLLED, available_replicas=3), f"{TO_FINISH} 3 of 4 updated replicas are available...", False),
    (a_deployment(**ROLLED, available_replicas=4), 'deployment "d" successfully rolled out', True),
    (a_deployment(updated_replicas=2, conditions=DEADLINE), 'error: deployment "d" exceeded its progress deadline', None),
    (a_daemonset(**SEEN, updated_number_scheduled=1), f"{DS_TO_FINISH} 1 out of 3 new pods have been updated...", False),
    (a_daemonset(**SEEN, updated_number_scheduled=3, number_available=2), f"{DS_TO_FINISH} 2 of 3 updated pods are available...", False),
    (a_daemonset(**SEEN, updated_number_scheduled=3, number_available=3), 'daemon set "d" successfully rolled out', True),
    (a_statefulset(observed_generation=0), "Waiting for statefulset spec update to be observed...", False),
    (a_statefulset(ready_replicas=1), "Waiting for 2 pods to be ready...", False),
    (a_statefulset(ready_replicas=3, updated_replicas=1, **REVISED), "waiting for statefulset rolling update to complete 1 pods at revision b...", False),
    (a_statefulset(ready_replicas=3, current_replicas=3, current_revision="b", update_revision="b"), "statefulset rolling update complete 3 pods at revision b...", True),
]
# fmt: on


@pytest.mark.parametrize(("obj", "text", "over"), CASES, ids=[text for _, text, _ in CASES])
def test_a_rollout_is_worded_as_kubectl_does(obj, text, over):
    assert STATUS_VIEWERS[type(obj).__name__](obj) == (text, over)


AGENT = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {a: b}}
  updateStrategy: {type: OnDelete}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: agent, image: nginx}]}
"""


def test_a_daemonset_that_waits_for_deletions_has_no_status_of_its_rollout():
    lab = a_lab()
    typed(lab, "kubectl apply -f agent.yaml", {"agent.yaml": AGENT})

    assert typed(lab, "kubectl rollout status ds/agent").stderr == (
        "error: rollout status is only available for RollingUpdate strategy type\n"
    )


def test_who_undoes_the_update_of_a_daemonset_is_told_that_this_is_real_elsewhere():
    lab = a_lab()
    typed(lab, "kubectl apply -f agent.yaml", {"agent.yaml": AGENT})

    assert typed(lab, "kubectl rollout undo ds/agent").stderr == (
        "kubectl rollout undo of a DaemonSet: real, not simulated here, try: kubectl set image\n"
    )
