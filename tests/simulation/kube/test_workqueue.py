"""The queue of a controller: keys without repetition, the oldest cause, and patience."""

import pytest

from simulation.kube.workqueue import BACKOFF_MAX, Flight, QueueState


def test_a_key_that_is_queued_twice_keeps_its_oldest_cause_and_its_earliest_visit():
    queue = QueueState()

    queue.add("web", 50, (1,))
    queue.add("web", 20, (2,))
    queue.add("web", 90, (3,))

    assert queue.queued["web"].causes == (1,)
    assert queue.queued["web"].due == 20
    assert queue.ready(19, 0) == []
    assert queue.ready(20, 0) == ["web"]


def test_a_cause_is_taken_up_where_there_was_none():
    queue = QueueState()

    queue.add("web", 50)
    queue.add("web", 50, (2,))

    assert queue.queued["web"].causes == (2,)


@pytest.mark.parametrize(("seen", "ready"), [(6, []), (7, ["web"])])
def test_a_key_waits_until_its_own_last_write_has_been_seen(seen, ready):
    queue = QueueState(wait_for={"web": 7})
    queue.add("web", 0)

    assert queue.ready(0, seen) == ready


def test_a_key_is_not_visited_while_an_answer_is_outstanding():
    queue = QueueState(flights={"web": Flight(())})
    queue.add("web", 0)
    queue.add("cart", 5)

    assert queue.ready(9, 0) == ["cart"]
    assert queue.next_due() == 5


def test_failures_double_the_wait_up_to_a_bound():
    queue = QueueState()

    waits = [queue.backoff("web") for _ in range(30)]

    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == BACKOFF_MAX
    assert queue.backoff("cart") == 5


def test_what_is_noted_stays_until_it_is_forgotten():
    queue = QueueState()

    queue.remember({"a": (1,), "b": (2,)})
    queue.remember({"a": None, "c": (3,)})

    assert queue.notes == {"b": (2,), "c": (3,)}
