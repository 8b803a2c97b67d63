"""Controllers let go of what their selector no longer means, and take in what is nobody's."""

import msgspec
import pytest

from simulation.kernel.reasons import Reason
from simulation.kube import claims
from simulation.kube.controllers.deployment import DeploymentController
from simulation.kube.controllers.replicaset import ReplicaSetController
from simulation.kube.manager import Outcome
from simulation.kube.objects.kinds import key_of, kind_of
from simulation.kube.objects.meta import LabelSelector, OwnerReference, SelectorExpression
from simulation.kube.objects.pod import Pod
from simulation.kube.objects.workload import ReplicaSet
from simulation.kube.store import Change
from tests.scenarios.playing import played
from tests.simulation.kube.controllers.builders import (
    a_deployment,
    a_pod,
    a_replicaset,
    summary,
    visit,
)

replace = msgspec.structs.replace


def owners(outcome: Outcome) -> dict[str, tuple[OwnerReference, ...]]:
    """Return what becomes of the ownerReferences of each patched dependent."""
    return {
        write.object.metadata.name: write.object.metadata.owner_references
        for batch in outcome.batches
        for write in batch
        if write.fields == claims.FIELDS
    }


def labelled(pod: Pod, **labels: str) -> Pod:
    return replace(pod, metadata=replace(pod.metadata, labels=labels))


def a_change(old: Pod | None, new: Pod | None) -> Change:
    either = new or old
    assert either is not None
    return Change(1, 0, kind_of(either), key_of(either), old, new, "", Reason("lab-born"))


def test_a_pod_whose_labels_no_longer_match_is_released_and_replaced() -> None:
    pod = labelled(a_pod("web-a", on="w", owner="web-1"), app="debug")

    outcome = visit(ReplicaSetController(), "default/web-1", a_replicaset(replicas=1), pod)

    assert owners(outcome) == {"web-a": ()}
    assert ["create Pod/web-1-"] in summary(outcome)


@pytest.mark.parametrize(
    "pod",
    [
        a_pod("web-a", on="w", owner="web-1", phase="Failed"),
        a_pod("web-a", on="w", owner="web-1", deleting=True),
    ],
    ids=["one that has ended", "one that is being deleted"],
)
def test_a_pod_that_counts_no_more_is_not_released_either(pod: Pod) -> None:
    outcome = visit(
        ReplicaSetController(),
        "default/web-1",
        a_replicaset(replicas=1),
        labelled(pod, app="debug"),
    )

    assert owners(outcome) == {}
    assert ["create Pod/web-1-"] in summary(outcome)


def test_a_pod_that_is_nobodys_is_adopted_instead_of_another_one_created() -> None:
    pod = a_pod("bare", on="w")

    outcome = visit(ReplicaSetController(), "default/web-1", a_replicaset(replicas=1), pod)

    mine = OwnerReference("apps/v1", "ReplicaSet", "web-1", "web-1", True, True)
    assert owners(outcome) == {"bare": (mine,)}
    assert not any(line.startswith("create") for batch in summary(outcome) for line in batch)


@pytest.mark.parametrize(
    ("name", "pod"),
    [
        ("one that is being deleted", a_pod("bare", on="w", deleting=True)),
        ("one that has ended", a_pod("bare", on="w", phase="Failed")),
        ("somebody else's", a_pod("bare", on="w", owner="other")),
        ("one with other labels", labelled(a_pod("bare", on="w"), app="debug")),
    ],
)
def test_some_pods_are_not_adopted(name: str, pod: Pod) -> None:
    outcome = visit(ReplicaSetController(), "default/web-1", a_replicaset(replicas=1), pod)

    assert owners(outcome) == {}, name
    assert ["create Pod/web-1-"] in summary(outcome), name


def test_a_replicaset_that_is_being_deleted_adopts_nothing() -> None:
    leaving = a_replicaset(replicas=1)
    leaving = replace(leaving, metadata=replace(leaving.metadata, deletion_timestamp=1))

    outcome = visit(ReplicaSetController(), "default/web-1", leaving, a_pod("bare", on="w"))

    assert outcome.batches == ()


def test_whoever_selects_an_orphan_is_visited_for_it() -> None:
    by_expression = replace(
        a_replicaset("any", replicas=0).spec,
        selector=LabelSelector({}, (SelectorExpression("app", "Exists"),)),
    )
    sets = [
        a_replicaset("web-1"),
        replace(a_replicaset("any"), spec=by_expression),
        replace(
            a_replicaset("other"),
            spec=replace(a_replicaset().spec, selector=LabelSelector({"app": "cart"})),
        ),
    ]

    outcome = visit(ReplicaSetController(), "orphan default/bare", a_pod("bare"), *sets)

    assert outcome.also == ("default/any", "default/web-1")


def test_an_orphan_is_news_only_when_it_comes_or_its_labels_change() -> None:
    keys = claims.concerned("ReplicaSet")
    pod = a_pod("bare")
    owned = a_pod("bare", owner="web-1")

    assert list(keys(a_change(None, pod))) == ["orphan default/bare"]
    assert list(keys(a_change(labelled(pod, app="debug"), pod))) == ["orphan default/bare"]
    assert list(keys(a_change(owned, pod))) == ["default/web-1", "orphan default/bare"]
    assert list(keys(a_change(replace(pod, status=a_pod(ready=False).status), pod))) == []
    assert list(keys(a_change(pod, None))) == []


def test_a_deployment_adopts_the_replicaset_that_its_selector_means() -> None:
    free, other = a_replicaset("web-1"), a_replicaset("web-2", owner="another")

    outcome = visit(DeploymentController(), "default/web", a_deployment(), free, other)

    mine = OwnerReference("apps/v1", "Deployment", "web", "web", True, True)
    assert owners(outcome) == {"web-1": (mine,)}


def test_a_deployment_releases_the_replicaset_that_its_selector_no_longer_means() -> None:
    owned = a_replicaset("web-1", owner="web")
    owned = replace(owned, metadata=replace(owned.metadata, labels={"app": "debug"}))

    outcome = visit(DeploymentController(), "default/web", a_deployment(), owned)

    assert owners(outcome) == {"web-1": ()}
    assert all(isinstance(w.object, ReplicaSet) for batch in outcome.batches for w in batch)


def test_a_daemonset_adopts_a_pod_on_a_node_and_makes_no_second_one() -> None:
    said = played(
        "$ kubectl get daemonset -A\n"
        "$ kubectl create -f https://k8s.io/examples/controllers/daemonset.yaml\n"
        "$ wait 40s\n"
        "$ kubectl get pods -n kube-system -l name=fluentd-elasticsearch -o name\n"
        "$ kubectl delete daemonset fluentd-elasticsearch -n kube-system --cascade=orphan\n"
        "$ wait 10s\n"
        "$ kubectl create -f https://k8s.io/examples/controllers/daemonset.yaml\n"
        "$ wait 10s\n"
        "$ kubectl get pods -n kube-system -l name=fluentd-elasticsearch -o name\n"
    )

    listed = [line for line in said if line.startswith("pod/")]
    assert len(listed) > 1
    assert listed[: len(listed) // 2] == listed[len(listed) // 2 :]
