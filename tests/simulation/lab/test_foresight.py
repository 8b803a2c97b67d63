"""Steps lead to what is due, and nowhere if nothing is."""

import pytest

from simulation.kernel.units import SECOND
from simulation.lab import commands
from simulation.lab import lab as lab_module
from simulation.lab.genesis import Genesis
from simulation.lab.lab import Lab
from simulation.scenarios.catalogue import DEFAULT, content_of

BORN_AT = 1_763_942_400
SLOW = """
apiVersion: v1
kind: Pod
metadata: {name: slow}
spec:
  containers:
  - name: main
    image: shop.local/web:1.0
    readinessProbe: {httpGet: {path: /, port: 80}, initialDelaySeconds: DELAY}
"""


def a_lab() -> Lab:
    """Return a lab that has been calm for a while."""
    lab = Lab.create(Genesis(7, DEFAULT, content_of(DEFAULT), BORN_AT))
    lab.advance(lab.now + 10 * SECOND)
    return lab


def order(lab: Lab, **body: object) -> None:
    """Have something done to a lab."""
    lab.submit(commands.parse(body), f"order {lab.now}", "tester")


def kubectl(lab: Lab, line: str) -> None:
    """Type a line."""
    order(lab, do="kubectl", argv=["kubectl", *line.split()], files={})


def test_in_a_calm_lab_no_step_leads_anywhere() -> None:
    assert a_lab().step_end() is None


def test_a_step_goes_to_what_is_awaited_and_no_further() -> None:
    lab = a_lab()
    order(lab, do="power-off", node="worker-3")
    lab.advance(lab.now + 5 * SECOND)

    end = lab.step_end()

    awaited = lab.anticipate()
    assert end is not None and awaited is not None
    assert awaited.due < end <= awaited.due + 2 * SECOND


def test_what_a_command_has_just_set_off_is_due() -> None:
    lab = a_lab()
    kubectl(lab, "scale deployment/web --replicas=7")

    assert lab.step_end() is not None


def test_a_back_off_that_has_become_long_leads_nowhere() -> None:
    lab = a_lab()
    kubectl(lab, "set image deployment/web web=shop.local/web:does-not-exist")
    lab.advance(lab.now + 15 * SECOND)
    assert lab.step_end() is not None

    lab.advance(lab.now + 600 * SECOND)

    awaited = lab.anticipate()
    assert awaited is not None and awaited.is_repeat
    assert lab.step_end() is None


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("set image deployment/web web=shop.local/web:no", "waiting-for-pull-again"),
        ("run once --image=busybox -- sleep 1", "waiting-for-restart"),
    ],
)
def test_an_image_that_cannot_be_pulled_is_no_container_that_ended(line: str, key: str) -> None:
    lab = a_lab()
    kubectl(lab, line)

    seen = set()
    for _ in range(40):
        lab.advance(lab.now + SECOND)
        awaited = lab.anticipate()
        seen.add(awaited.reason.key if awaited is not None else "")

    assert {"waiting-for-pull-again", "waiting-for-restart"} & seen == {key}


def test_without_a_quorum_nothing_is_due() -> None:
    lab = a_lab()
    for node in ("cp-1", "cp-2"):
        order(lab, do="power-off", node=node)
    lab.advance(lab.now + 90 * SECOND)

    assert lab.step_end() is None


def test_the_back_off_of_a_pod_that_is_gone_is_not_awaited() -> None:
    lab = a_lab()
    kubectl(lab, "set image deployment/web web=shop.local/web:does-not-exist")
    lab.advance(lab.now + 40 * SECOND)
    kubectl(lab, "rollout undo deployment/web")
    lab.advance(lab.now + 40 * SECOND)

    assert lab.anticipate() is None
    assert lab.step_end() is None


def test_what_is_awaited_is_worked_out_once_while_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lab, looks = a_lab(), []
    monkeypatch.setattr(lab_module, "anticipate", lambda world: looks.append(world.now))

    lab.anticipate()
    lab.step_end()
    lab.anticipate()
    assert len(looks) == 1

    order(lab, do="power-off", node="worker-3")
    lab.anticipate()
    assert len(looks) == 2

    lab.advance(lab.now + 1)
    lab.anticipate()
    assert len(looks) == 3


def test_what_a_command_sets_off_without_a_quorum_is_not_due() -> None:
    lab = a_lab()
    for node in ("cp-1", "cp-2"):
        order(lab, do="power-off", node=node)
    lab.advance(lab.now + 90 * SECOND)
    order(lab, do="cut", a="worker-1", b="worker-2")

    soon = {each.purpose for each in lab.world.timeline.events() if each.due <= lab.now + SECOND}
    assert "traffic/solve" in soon
    assert lab.step_end() is None


def test_the_timer_of_a_container_that_is_gone_is_not_due() -> None:
    lab = a_lab()
    pod = SLOW.replace("DELAY", "100")
    order(lab, do="kubectl", argv=["kubectl", "apply", "-f", "p.yaml"], files={"p.yaml": pod})
    lab.advance(lab.now + 20 * SECOND)
    assert lab.step_end() is not None

    kubectl(lab, "delete pod slow --now")
    lab.advance(lab.now + 20 * SECOND)

    left = [each for each in lab.world.timeline.events() if each.purpose == "kubelet/ready"]
    assert [each.due > lab.now for each in left] == [True]
    assert lab.step_end() is None


@pytest.mark.parametrize(("seconds", "is_due"), [(190, True), (215, False)])
def test_what_nobody_awaits_is_seen_three_minutes_ahead(seconds: int, is_due: bool) -> None:
    lab = a_lab()
    kubectl(lab, f"run job --image=busybox --restart=Never -- sleep {seconds}")
    lab.advance(lab.now + 20 * SECOND)

    end = lab.step_end()

    assert lab.anticipate() is None
    assert (end is not None) == is_due
    assert end is None or lab.now + 160 * SECOND < end < lab.now + seconds * SECOND


def test_the_end_of_a_process_that_was_killed_before_is_not_due() -> None:
    lab = a_lab()
    kubectl(lab, "run job --image=busybox --restart=Never -- sleep 150")
    lab.advance(lab.now + 20 * SECOND)
    assert lab.step_end() is not None

    kubectl(lab, "delete pod job --now")
    lab.advance(lab.now + 20 * SECOND)

    assert lab.step_end() is None
