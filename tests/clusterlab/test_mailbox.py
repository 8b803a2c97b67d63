"""Letters reach their lab, or their sender is told; nobody else's is lost for it."""

import pytest
import redis

from clusterlab.runtime import keys, limits, mailbox
from clusterlab.runtime.mailbox import Letter, Overfull, post

LAB = "a-lab-of-letters"


@pytest.fixture(autouse=True)
def nothing_left() -> None:
    """Begin with an empty inbox."""
    keys.connection().delete(keys.inbox(LAB))


def waiting() -> list[str]:
    """Return the ids of the letters that wait."""
    return [mailbox.decode(raw).id for raw in keys.connection().lrange(keys.inbox(LAB), 0, -1)]


def test_a_letter_for_which_there_is_no_room_is_refused_and_costs_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "INBOX_MAX", 2)
    post(LAB, Letter("command", "first"))
    post(LAB, Letter("command", "second"))

    with pytest.raises(Overfull):
        post(LAB, Letter("command", "third"))

    assert waiting() == ["first", "second"]


def test_whoever_posts_between_a_refusal_and_the_next_look_keeps_their_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "INBOX_MAX", 1)
    post(LAB, Letter("command", "first"))
    client = keys.connection()
    execute = redis.client.Pipeline.execute

    def meanwhile(pipe: redis.client.Pipeline, *args: object) -> object:
        answers = execute(pipe, *args)
        monkeypatch.setattr(redis.client.Pipeline, "execute", execute)
        # The host takes what waits, and somebody else's command comes in.
        client.lpop(keys.inbox(LAB), 10)
        post(LAB, Letter("command", "somebody else's"))
        return answers

    monkeypatch.setattr(redis.client.Pipeline, "execute", meanwhile)
    with pytest.raises(Overfull):
        post(LAB, Letter("command", "too much"))

    assert waiting() == ["somebody else's"]
