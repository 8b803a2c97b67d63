"""Who is served next, and when a pod that failed is tried again."""

import pytest

from simulation.kube.scheduler.queue import SchedulingQueue, Waiting, backoff_ends, flushed_at


def a_waiting(key: str, priority: int = 0) -> Waiting:
    return Waiting(key=key, uid=key, priority=priority)


def test_the_most_important_pod_is_served_first_and_then_the_oldest():
    queue = SchedulingQueue()
    queue.add(a_waiting("young"), 20)
    queue.add(a_waiting("old"), 10)
    queue.add(a_waiting("important", priority=5), 30)

    order = [waiting.key for _ in range(3) if (waiting := queue.pop(40)) is not None]

    assert order == ["important", "old", "young"]


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 10), (50, 10)]
)
def test_the_back_off_doubles_up_to_ten_seconds(attempts: int, seconds: int):
    waiting = a_waiting("web")
    waiting.attempts, waiting.tried = attempts, 60_000

    assert backoff_ends(waiting) == 60_000 + 1000 * seconds


def test_a_pod_that_found_no_node_is_not_served_until_something_happens():
    queue = SchedulingQueue()
    queue.give_up(a_waiting("web"), 1_000, ("NodeResourcesFit",))
    assert queue.pop(100_000) is None
    assert queue.next_due(100_000) is None

    queue.move("web", 100_000, (7,))
    served = queue.pop(100_000)

    assert served is not None
    assert served.causes == (7,)


def test_a_pod_that_backs_off_is_served_early_when_nothing_else_is_to_do():
    queue = SchedulingQueue()
    queue.give_up(a_waiting("web"), 1_000, ("NodeResourcesFit",))
    queue.move("web", 1_100)

    assert "web" in queue.backing_off
    assert queue.pop(1_200) is not None


def test_after_an_error_a_pod_waits_for_its_back_off():
    queue = SchedulingQueue()
    queue.retry(a_waiting("web"), 1_000)

    assert queue.pop(1_500) is None
    assert queue.next_due(1_500) == 2_000
    assert queue.pop(2_000) is not None


def test_the_safety_net_looks_every_thirty_seconds_for_pods_older_than_five_minutes():
    waiting = a_waiting("web")
    waiting.tried = 12_345

    assert flushed_at(waiting, 0) == 330_000
    assert flushed_at(waiting, 12_345) == 312_345
