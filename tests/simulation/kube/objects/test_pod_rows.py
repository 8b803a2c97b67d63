"""What kubectl says of pods whose containers do not agree with each other."""

import pytest

from simulation.kube.objects.meta import Condition, ObjectMeta
from simulation.kube.objects.pod import (
    Container,
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
    ContainerStatus,
    Pod,
    PodSpec,
    PodStatus,
)
from simulation.kube.rules.printing import row

RUNS = ContainerState(running=ContainerStateRunning())
WAITS = ContainerState(waiting=ContainerStateWaiting("PodInitializing"))
READY = Condition("Ready", "True")


def ended(reason: str, code: int) -> ContainerState:
    return ContainerState(terminated=ContainerStateTerminated(code, reason=reason))


def a_status(name: str, state: ContainerState, **fields: object) -> ContainerStatus:
    return ContainerStatus(name, state, **fields)


def shown(spec: PodSpec, status: PodStatus) -> tuple[str, str, str]:
    """READY, STATUS and RESTARTS."""
    cells = row(Pod(metadata=ObjectMeta(name="web"), spec=spec, status=status), 0)
    return cells[1], cells[2], cells[3]


@pytest.mark.parametrize(
    ("states", "conditions", "word"),
    [
        ([ended("Completed", 0), ended("Error", 1)], (), "Error"),
        ([ended("Completed", 0), ended("Error", 1), RUNS], (), "Error"),
        ([ended("Completed", 0), ended("Error", 1), RUNS], (READY,), "Running"),
        ([ended("Completed", 0), ended("Odd", 0), RUNS], (), "NotReady"),
        ([ended("Completed", 0), ended("Completed", 0)], (), "Completed"),
    ],
)
def test_a_container_that_failed_is_named_before_one_that_did_its_work(
    states: list[ContainerState], conditions: tuple[Condition, ...], word: str
) -> None:
    names = [f"c{number}" for number in range(len(states))]
    spec = PodSpec(containers=tuple(map(Container, names)))
    statuses = tuple(
        a_status(name, state, ready=state is RUNS)
        for name, state in zip(names, states, strict=True)
    )

    status = PodStatus("Running", conditions=conditions, container_statuses=statuses)

    assert shown(spec, status)[1] == word


def test_nobody_behind_an_init_container_that_is_not_done_counts() -> None:
    sidecar = Container("logs", restart_policy="Always")
    spec = PodSpec(
        containers=(Container("web"),),
        init_containers=(sidecar, Container("migrate"), Container("seed")),
    )
    inits = (
        a_status("logs", RUNS, ready=True, started=True, restart_count=2),
        a_status("migrate", RUNS, restart_count=1),
        a_status("seed", WAITS, restart_count=5),
    )
    main = a_status("web", RUNS, ready=True, restart_count=7)

    status = PodStatus("Pending", init_container_statuses=inits, container_statuses=(main,))

    assert shown(spec, status) == ("1/2", "Init:1/3", "3")
