"""A Deployment's annotations, revisions and events follow it to its newest ReplicaSet and back."""

import msgspec

from simulation.kernel.dice import Dice
from simulation.kube.controllers.deployment import Rollout
from simulation.kube.limits import REVISION_HISTORY_CHARS_MAX
from simulation.kube.manager import Outcome, Tools
from simulation.kube.objects.workload import Deployment, ReplicaSet
from simulation.kube.rules.revisions import HISTORY, LAST_APPLIED, REVISION, newest_annotations
from simulation.kube.settings import Settings
from tests.scenarios.playing import played
from tests.simulation.kube.controllers.builders import a_deployment, a_replicaset, a_view

replace = msgspec.structs.replace


def looked_at(deployment: Deployment, *sets: ReplicaSet) -> tuple[Outcome, list[str]]:
    """Return what one look at a Deployment writes, and the events that it makes."""
    told: list[str] = []
    tools = Tools(Dice(1), Settings(), lambda obj, type_, reason, text: told.append(text))
    outcome = Rollout(deployment, list(sets), 1_000, tools).next_step(a_view())
    return outcome, told


def annotated(deployment: Deployment, **annotations: str) -> Deployment:
    return replace(deployment, metadata=replace(deployment.metadata, annotations=annotations))


def test_the_newest_replicaset_takes_its_deployments_annotations() -> None:
    deployment = annotated(a_deployment(), **{"note": "v15", LAST_APPLIED: "{}", REVISION: "7"})
    newest = a_replicaset(owner="web", annotations={REVISION: "1", "own": "stays"})

    outcome, _ = looked_at(deployment, newest)

    written = outcome.batches[0][0].object.metadata.annotations
    assert written == {REVISION: "1", "own": "stays", "note": "v15"}


def test_its_minimum_of_ready_seconds_follows_too() -> None:
    deployment = a_deployment()
    deployment = replace(deployment, spec=replace(deployment.spec, min_ready_seconds=5))

    outcome, _ = looked_at(deployment, a_replicaset(owner="web", annotations={REVISION: "1"}))

    newest = outcome.batches[0][0].object
    assert isinstance(newest, ReplicaSet) and newest.spec.min_ready_seconds == 5


def test_a_replicaset_that_is_the_newest_again_remembers_its_earlier_revisions() -> None:
    once = newest_annotations({}, a_replicaset(annotations={REVISION: "1"}), 2)
    twice = newest_annotations({}, a_replicaset(annotations=once), 4)

    assert once == {REVISION: "3", HISTORY: "1"}
    assert twice == {REVISION: "5", HISTORY: "1,3"}


def test_the_list_of_earlier_revisions_stays_short() -> None:
    long = ",".join(str(number) for number in range(1, 900))
    before = a_replicaset(annotations={REVISION: "900", HISTORY: long})

    history = newest_annotations({}, before, 900)[HISTORY]

    assert len(history) <= REVISION_HISTORY_CHARS_MAX
    assert history.endswith(",899,900")


def test_a_cause_that_is_noted_later_is_in_the_history_and_comes_back_with_a_rollback() -> None:
    said = played(
        "$ kubectl annotate deploy/web kubernetes.io/change-cause=v14\n"
        "$ wait 1s\n"
        "$ kubectl set image deploy/web web=shop.local/web:1.5\n"
        "$ kubectl annotate deploy/web kubernetes.io/change-cause=v15 --overwrite\n"
        "$ kubectl rollout status deploy/web\n"
        "$ kubectl rollout history deploy/web\n"
        "$ kubectl rollout undo deploy/web\n"
        "$ kubectl rollout status deploy/web\n"
        "$ kubectl rollout history deploy/web\n"
        "$ kubectl get deploy/web -o jsonpath={.metadata.annotations}\n"
    )

    assert [line for line in said if line[:1].isdigit()] == [
        "1         v14",
        "2         v15",
        "2         v15",
        "3         v14",
    ]
    assert said[-1] == f'{{"{REVISION}":"3","kubernetes.io/change-cause":"v14"}}'


def test_a_replicaset_that_begins_with_nothing_is_no_event() -> None:
    old = a_replicaset("web-1", replicas=4, have=4, owner="web")

    _, silent = looked_at(a_deployment(4, image="web:2", surge=0), old)
    _, told = looked_at(a_deployment(4, image="web:2", surge=1), old)

    assert silent == []
    assert len(told) == 1 and told[0].endswith(" from 0 to 1")
